"""What the card of a referral says, in the language of the person who carries it.

Plain words of everyday speech, second person; a table of its own because the street app takes it along whole.
"""

ITALIAN, ENGLISH = "it", "en"
RIGHT_TO_LEFT = frozenset({"ar", "ur"})

WORDS: dict[str, dict[str, str]] = {
    "it": {
        "title": "Ti aspettiamo",
        "show_at": "Mostra questa tessera qui",
        "place": "Dove",
        "address": "Indirizzo",
        "hours": "Orari",
        "code": "Mostra o di' questo codice",
        "valid": "La tessera vale fino a quando vieni.",
        "free": "È gratis. Non servono documenti né appuntamento.",
        "no_names": "Sulla tessera non c'è il tuo nome. Quello che ci dici resta con noi.",
    },
    "en": {
        "title": "We are expecting you",
        "show_at": "Show this card here",
        "place": "Where",
        "address": "Address",
        "hours": "Opening hours",
        "code": "Show or say this code",
        "valid": "The card is valid until you come.",
        "free": "It is free. You need no documents and no appointment.",
        "no_names": "Your name is not on the card. What you tell us stays with us.",
    },
    "fr": {
        "title": "Nous vous attendons",
        "show_at": "Montrez cette carte ici",
        "place": "Où",
        "address": "Adresse",
        "hours": "Horaires",
        "code": "Montrez ou dites ce code",
        "valid": "La carte est valable jusqu'à votre venue.",
        "free": "C'est gratuit. Pas besoin de papiers ni de rendez-vous.",
        "no_names": "Votre nom n'est pas sur la carte. Ce que vous nous dites reste entre nous.",
    },
    "es": {
        "title": "Te esperamos",
        "show_at": "Muestra esta tarjeta aquí",
        "place": "Dónde",
        "address": "Dirección",
        "hours": "Horario",
        "code": "Muestra o di este código",
        "valid": "La tarjeta vale hasta que vengas.",
        "free": "Es gratis. No necesitas documentos ni cita.",
        "no_names": "Tu nombre no está en la tarjeta. Lo que nos cuentas queda entre nosotros.",
    },
    "ar": {
        "title": "نحن في انتظارك",
        "show_at": "أظهِر هذه البطاقة هنا",
        "place": "المكان",
        "address": "العنوان",
        "hours": "ساعات العمل",
        "code": "أظهِر هذا الرمز أو قُله",
        "valid": "البطاقة صالحة حتى مجيئك.",
        "free": "الخدمة مجانية. لا تحتاج إلى وثائق ولا إلى موعد.",
        "no_names": "اسمك غير مكتوب على البطاقة. ما تقوله لنا يبقى بيننا.",
    },
    "uk": {
        "title": "Ми на вас чекаємо",
        "show_at": "Покажіть цю картку тут",
        "place": "Де",
        "address": "Адреса",
        "hours": "Години роботи",
        "code": "Покажіть або назвіть цей код",
        "valid": "Картка дійсна, доки ви не прийдете.",
        "free": "Це безкоштовно. Не потрібні ні документи, ні запис.",
        "no_names": "Вашого імені на картці немає. Те, що ви нам скажете, залишиться між нами.",
    },
    "bn": {
        "title": "আমরা আপনার অপেক্ষায় আছি",
        "show_at": "এই কার্ডটি এখানে দেখান",
        "place": "কোথায়",
        "address": "ঠিকানা",
        "hours": "খোলা থাকার সময়",
        "code": "এই কোডটি দেখান বা বলুন",
        "valid": "আপনি না আসা পর্যন্ত কার্ডটি চালু থাকবে।",
        "free": "এটি বিনামূল্যে। কোনো কাগজপত্র বা অ্যাপয়েন্টমেন্ট লাগে না।",
        "no_names": "কার্ডে আপনার নাম নেই। আপনি যা বলবেন তা আমাদের মধ্যেই থাকবে।",
    },
    "ur": {
        "title": "ہم آپ کے منتظر ہیں",
        "show_at": "یہ کارڈ یہاں دکھائیں",
        "place": "کہاں",
        "address": "پتہ",
        "hours": "کھلنے کے اوقات",
        "code": "یہ کوڈ دکھائیں یا بتائیں",
        "valid": "یہ کارڈ آپ کے آنے تک کارآمد ہے۔",
        "free": "یہ مفت ہے۔ نہ کاغذات کی ضرورت ہے نہ پہلے سے وقت لینے کی۔",
        "no_names": "کارڈ پر آپ کا نام نہیں ہے۔ آپ جو کچھ ہمیں بتائیں گے وہ ہمارے پاس ہی رہے گا۔",
    },
}


def card_language(language: str) -> str:
    """The language of WORDS for somebody who speaks `language` ("fr", "fr-CI"): itself, or else English."""
    code = language.split("-", maxsplit=1)[0].lower()
    return code if code in WORDS else ENGLISH


def card_words(language: str) -> dict[str, str]:
    """What the card says to somebody who speaks `language`; English and Italian together for one without words here."""
    known = WORDS.get(language.split("-", maxsplit=1)[0].lower())
    if known is not None:
        return dict(known)
    return {key: f"{words} · {WORDS[ITALIAN][key]}" for key, words in WORDS[ENGLISH].items()}


def direction(language: str) -> str:
    """Whether `card_words(language)` are written "ltr" or "rtl"."""
    return "rtl" if card_language(language) in RIGHT_TO_LEFT else "ltr"
