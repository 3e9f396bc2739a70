"""What a message about a title that ends says, in the language of the person.

It may be read by somebody else who holds the telephone. So it says neither "permit" nor "title to stay", names no
office, no service and no name: everybody has papers that end. The day is in it because it is what the person needs.
"""

REMINDER: dict[str, tuple[str, str]] = {
    "it": (
        "Promemoria",
        "Promemoria: un tuo documento vale fino al {day}. Passa da noi prima di quel giorno: ti aiutiamo, è gratis.",
    ),
    "en": (
        "Reminder",
        "Reminder: one of your papers is good until {day}. Come to us before that day: we help you, it is free.",
    ),
    "fr": (
        "Rappel",
        (
            "Rappel : un de vos papiers est valable jusqu'au {day}"
            ". Venez nous voir avant ce jour : nous vous aidons, c'est gratuit."
        ),
    ),
    "es": (
        "Recordatorio",
        (
            "Recordatorio: uno de tus documentos vale hasta el {day}"
            ". Ven a vernos antes de ese día: te ayudamos, es gratis."
        ),
    ),
    "ar": (
        "تذكير",
        "تذكير: إحدى أوراقك صالحة حتى {day}. تعال إلينا قبل هذا اليوم: نساعدك مجانًا.",
    ),
    "uk": (
        "Нагадування",
        (
            "Нагадування: один із ваших документів дійсний до {day}"
            ". Зайдіть до нас до цього дня: ми допоможемо, це безкоштовно."
        ),
    ),
    "bn": (
        "মনে করিয়ে দিচ্ছি",
        "মনে করিয়ে দিচ্ছি: আপনার একটি কাগজের মেয়াদ {day} পর্যন্ত। সেই দিনের আগে আমাদের কাছে আসুন: আমরা বিনা খরচে সাহায্য করি।",
    ),
    "ur": (
        "یاد دہانی",
        "یاد دہانی: آپ کا ایک کاغذ {day} تک کارآمد ہے۔ اس دن سے پہلے ہمارے پاس آئیں: ہم مفت مدد کرتے ہیں۔",
    ),
}
