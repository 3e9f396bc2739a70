"""What the person reads of an appointment: the slip, the calendar, the messages, what to bring; in eight languages.

Plain words, second person. Messages name no service: nobody who sees the telephone learns where somebody goes.
"""

from typing import Any

from lgnet.cases.card_words import RIGHT_TO_LEFT, card_language

WORDS: dict[str, dict[str, str]] = {
    "it": {
        "title": "Appuntamento", "when": "Quando", "where": "Dove", "bring": "Porta con te",
        "reminder": "Promemoria: hai un appuntamento {day} alle {time}.",
        "moved": "Il tuo appuntamento è stato spostato: {day} alle {time}.",
        "cancelled": "L'appuntamento di {day} alle {time} è annullato. Contattaci per averne un altro.",
        "offer": "Si è liberato un posto {day} alle {time}. Se lo vuoi, rispondi entro {until}.",
        "in_person": "Vieni qui", "phone": "Ti telefoniamo noi", "video": "Ci vediamo in video",
        "home": "Veniamo noi da te", "mediator": "Ci sarà una persona che parla la tua lingua.",
        "cannot": "Se non puoi venire, avvisaci: il posto serve a qualcun altro.",
        "scan": "Inquadra per salvarlo nel calendario del telefono.", "code": "Il tuo codice",
        "taken": "Questo orario non è più libero. Scegline un altro.",
        "enough": "Hai già abbastanza appuntamenti. Prima annullane uno.",
        "gone": "Questo appuntamento non c'è più.",
    },
    "en": {
        "title": "Appointment", "when": "When", "where": "Where", "bring": "Bring with you",
        "reminder": "Reminder: you have an appointment on {day} at {time}.",
        "moved": "Your appointment has been moved: {day} at {time}.",
        "cancelled": "The appointment on {day} at {time} is cancelled. Contact us to get another one.",
        "offer": "A place is free on {day} at {time}. If you want it, answer by {until}.",
        "in_person": "Come here", "phone": "We will phone you", "video": "We will meet by video",
        "home": "We will come to you", "mediator": "Somebody who speaks your language will be there.",
        "cannot": "If you cannot come, tell us: somebody else needs the place.",
        "scan": "Scan to save it in the calendar of your phone.", "code": "Your code",
        "taken": "This time is not free any more. Choose another.",
        "enough": "You have enough appointments already. Cancel one first.",
        "gone": "This appointment is not there any more.",
    },
    "fr": {
        "title": "Rendez-vous", "when": "Quand", "where": "Où", "bring": "Apportez",
        "reminder": "Rappel : vous avez un rendez-vous {day} à {time}.",
        "moved": "Votre rendez-vous a été déplacé : {day} à {time}.",
        "cancelled": "Le rendez-vous du {day} à {time} est annulé. Contactez-nous pour en avoir un autre.",
        "offer": "Une place est libre {day} à {time}. Si vous la voulez, répondez avant {until}.",
        "in_person": "Venez ici", "phone": "Nous vous téléphonons", "video": "Nous nous voyons en vidéo",
        "home": "Nous venons chez vous", "mediator": "Une personne qui parle votre langue sera là.",
        "cannot": "Si vous ne pouvez pas venir, dites-le-nous : la place servira à quelqu'un d'autre.",
        "scan": "Scannez pour l'ajouter au calendrier de votre téléphone.", "code": "Votre code",
        "taken": "Cet horaire n'est plus libre. Choisissez-en un autre.",
        "enough": "Vous avez déjà assez de rendez-vous. Annulez-en un d'abord.",
        "gone": "Ce rendez-vous n'existe plus.",
    },
    "es": {
        "title": "Cita", "when": "Cuándo", "where": "Dónde", "bring": "Trae contigo",
        "reminder": "Recordatorio: tienes una cita el {day} a las {time}.",
        "moved": "Tu cita ha cambiado: {day} a las {time}.",
        "cancelled": "La cita del {day} a las {time} está anulada. Contáctanos para tener otra.",
        "offer": "Hay un lugar libre el {day} a las {time}. Si lo quieres, responde antes de: {until}.",
        "in_person": "Ven aquí", "phone": "Te llamamos por teléfono", "video": "Nos vemos por vídeo",
        "home": "Vamos donde estás", "mediator": "Habrá una persona que habla tu idioma.",
        "cannot": "Si no puedes venir, avísanos: otra persona necesita el lugar.",
        "scan": "Escanea para guardarla en el calendario del teléfono.", "code": "Tu código",
        "taken": "Esta hora ya no está libre. Elige otra.",
        "enough": "Ya tienes suficientes citas. Primero anula una.",
        "gone": "Esta cita ya no existe.",
    },
    "ar": {
        "title": "موعد", "when": "متى", "where": "أين", "bring": "أحضر معك",
        "reminder": "تذكير: لديك موعد يوم {day} الساعة {time}.",
        "moved": "تغيّر موعدك: {day} الساعة {time}.",
        "cancelled": "أُلغي موعد يوم {day} الساعة {time}. تواصل معنا للحصول على موعد آخر.",
        "offer": "يوجد مكان شاغر يوم {day} الساعة {time}. إذا أردته فأجب قبل {until}.",
        "in_person": "تعال إلى هنا", "phone": "سنتصل بك هاتفيًا", "video": "نلتقي عبر الفيديو",
        "home": "سنأتي إليك", "mediator": "سيكون هناك شخص يتكلم لغتك.",
        "cannot": "إذا لم تستطع الحضور فأخبرنا: شخص آخر يحتاج إلى المكان.",
        "scan": "امسح الرمز لحفظه في تقويم هاتفك.", "code": "رمزك",
        "taken": "هذا الوقت لم يعد شاغرًا. اختر وقتًا آخر.",
        "enough": "لديك ما يكفي من المواعيد. ألغِ واحدًا أولًا.",
        "gone": "هذا الموعد لم يعد موجودًا.",
    },
    "uk": {
        "title": "Зустріч", "when": "Коли", "where": "Де", "bring": "Візьміть із собою",
        "reminder": "Нагадування: у вас зустріч {day} о {time}.",
        "moved": "Вашу зустріч перенесено: {day} о {time}.",
        "cancelled": "Зустріч {day} о {time} скасовано. Зверніться до нас, щоб призначити іншу.",
        "offer": "Є вільне місце {day} о {time}. Якщо воно вам потрібне, дайте відповідь до: {until}.",
        "in_person": "Приходьте сюди", "phone": "Ми вам зателефонуємо", "video": "Зустрінемося по відео",
        "home": "Ми прийдемо до вас", "mediator": "Буде людина, яка говорить вашою мовою.",
        "cannot": "Якщо не можете прийти, повідомте нас: місце потрібне іншій людині.",
        "scan": "Скануйте, щоб зберегти в календарі телефону.", "code": "Ваш код",
        "taken": "Цей час уже зайнятий. Виберіть інший.",
        "enough": "У вас уже достатньо зустрічей. Спочатку скасуйте одну.",
        "gone": "Цієї зустрічі більше немає.",
    },
    "bn": {
        "title": "অ্যাপয়েন্টমেন্ট", "when": "কখন", "where": "কোথায়", "bring": "সঙ্গে আনুন",
        "reminder": "মনে করিয়ে দিচ্ছি: {day} {time}টায় আপনার অ্যাপয়েন্টমেন্ট আছে।",
        "moved": "আপনার অ্যাপয়েন্টমেন্ট বদলেছে: {day}, সময় {time}।",
        "cancelled": "{day} {time} সময়ের অ্যাপয়েন্টমেন্ট বাতিল হয়েছে। আরেকটির জন্য আমাদের সঙ্গে যোগাযোগ করুন।",
        "offer": "{day} {time} সময়ে একটি জায়গা খালি আছে। চাইলে {until}-এর মধ্যে জানান।",
        "in_person": "এখানে আসুন", "phone": "আমরা আপনাকে ফোন করব", "video": "আমরা ভিডিওতে দেখা করব",
        "home": "আমরা আপনার কাছে আসব", "mediator": "আপনার ভাষা জানেন এমন একজন থাকবেন।",
        "cannot": "আসতে না পারলে আমাদের জানান: জায়গাটি অন্য কারও দরকার।",
        "scan": "ফোনের ক্যালেন্ডারে রাখতে স্ক্যান করুন।", "code": "আপনার কোড",
        "taken": "এই সময়টি আর খালি নেই। অন্য একটি বেছে নিন।",
        "enough": "আপনার যথেষ্ট অ্যাপয়েন্টমেন্ট আছে। আগে একটি বাতিল করুন।",
        "gone": "এই অ্যাপয়েন্টমেন্টটি আর নেই।",
    },
    "ur": {
        "title": "ملاقات", "when": "کب", "where": "کہاں", "bring": "ساتھ لائیں",
        "reminder": "یاد دہانی: {day} کو {time} بجے آپ کی ملاقات ہے۔",
        "moved": "آپ کی ملاقات کا وقت بدل گیا ہے: {day}، {time} بجے۔",
        "cancelled": "{day} کو {time} بجے کی ملاقات منسوخ ہے۔ دوسری ملاقات کے لیے ہم سے رابطہ کریں۔",
        "offer": "{day} کو {time} بجے ایک جگہ خالی ہے۔ اگر آپ چاہیں تو {until} تک جواب دیں۔",
        "in_person": "یہاں آئیں", "phone": "ہم آپ کو فون کریں گے", "video": "ہم ویڈیو پر ملیں گے",
        "home": "ہم آپ کے پاس آئیں گے", "mediator": "آپ کی زبان بولنے والا شخص موجود ہوگا۔",
        "cannot": "اگر آپ نہیں آ سکتے تو ہمیں بتائیں: یہ جگہ کسی اور کے کام آئے گی۔",
        "scan": "فون کے کیلنڈر میں محفوظ کرنے کے لیے اسکین کریں۔", "code": "آپ کا کوڈ",
        "taken": "یہ وقت اب خالی نہیں ہے۔ کوئی اور چنیں۔",
        "enough": "آپ کے پاس پہلے ہی کافی ملاقاتیں ہیں۔ پہلے ایک منسوخ کریں۔",
        "gone": "یہ ملاقات اب موجود نہیں ہے۔",
    },
}  # fmt: skip

_ORDER = ("it", "en", "fr", "es", "ar", "uk", "bn", "ur")
# What people are asked to bring, in the order of _ORDER.
_DOCUMENTS: dict[str, tuple[str, ...]] = {
    "passport": ("passaporto", "passport", "passeport", "pasaporte", "جواز السفر", "паспорт", "পাসপোর্ট", "پاسپورٹ"),
    "permit": ("permesso di soggiorno", "residence permit", "titre de séjour", "permiso de residencia", "تصريح الإقامة",
               "дозвіл на проживання", "রেসিডেন্স পারমিট", "رہائشی اجازت نامہ"),
    "receipt": ("ricevuta della domanda o del rinnovo", "receipt of the application or renewal",
                "récépissé de la demande ou du renouvellement", "resguardo de la solicitud o renovación",
                "إيصال الطلب أو التجديد", "квитанція про подання або продовження", "আবেদন বা নবায়নের রসিদ",
                "درخواست یا تجدید کی رسید"),
    "tax_code": ("codice fiscale", "Italian tax code", "code fiscal italien", "código fiscal italiano",
                 "الرقم الضريبي الإيطالي", "італійський податковий код", "ইতালীয় ট্যাক্স কোড", "اطالوی ٹیکس کوڈ"),
    "health_card": ("tessera sanitaria", "health card", "carte de santé", "tarjeta sanitaria", "البطاقة الصحية",
                    "медична картка", "স্বাস্থ্য কার্ড", "ہیلتھ کارڈ"),
    "photos": ("fototessere", "passport photos", "photos d'identité", "fotos de carné", "صور شخصية",
               "фото на документи", "পাসপোর্ট সাইজ ছবি", "پاسپورٹ سائز تصاویر"),
    "hosting": ("dichiarazione di ospitalità", "declaration of hospitality", "déclaration d'hébergement",
                "declaración de alojamiento", "إقرار الاستضافة", "декларація про надання житла",
                "আশ্রয়দাতার ঘোষণাপত্র", "میزبانی کا بیان"),
    "residence": ("certificato di residenza", "certificate of residence", "certificat de résidence",
                  "certificado de residencia", "شهادة السكن", "довідка про місце проживання", "বসবাসের সনদ",
                  "رہائش کا سرٹیفکیٹ"),
    "contract": ("contratto di lavoro", "work contract", "contrat de travail", "contrato de trabajo", "عقد العمل",
                 "трудовий договір", "কাজের চুক্তিপত্র", "ملازمت کا معاہدہ"),
    "payslips": ("buste paga", "payslips", "fiches de paie", "nóminas", "قسائم الراتب", "розрахункові листки",
                 "বেতনের রসিদ", "تنخواہ کی پرچیاں"),
    "school": ("titoli di studio", "school certificates", "diplômes", "títulos de estudios", "الشهادات الدراسية",
               "документи про освіту", "শিক্ষার সনদ", "تعلیمی اسناد"),
    "medical": ("documenti medici", "medical papers", "documents médicaux", "documentos médicos", "الأوراق الطبية",
                "медичні документи", "চিকিৎসার কাগজপত্র", "طبی کاغذات"),
    "letters": ("lettere ricevute da uffici o tribunali", "letters from offices or courts",
                "lettres reçues d'administrations ou de tribunaux", "cartas de oficinas o tribunales",
                "رسائل من الدوائر أو المحاكم", "листи від установ або судів", "অফিস বা আদালতের চিঠি",
                "دفاتر یا عدالتوں کے خطوط"),
}  # fmt: skip
DOCUMENTS: dict[str, dict[str, str]] = {
    code: dict(zip(_ORDER, texts, strict=True)) for code, texts in _DOCUMENTS.items()
}  # fmt: skip


def appointment_words(language: str) -> dict[str, str]:
    """The words for somebody who speaks `language` ("fr", "fr-CI"); in English where there are none."""
    return WORDS[card_language(language)]


def direction(language: str) -> str:
    """Whether they are written "ltr" or "rtl"."""
    return "rtl" if card_language(language) in RIGHT_TO_LEFT else "ltr"


def documents_in(language: str, codes: list[Any], note: str = "") -> list[str]:
    """What to bring, in a language; `note` as it was written."""
    known = [DOCUMENTS[code][card_language(language)] for code in codes if code in DOCUMENTS]
    return [*known, note] if note else known


def documents_choices(language: str) -> list[tuple[str, str]]:
    """(code, name) of what people are asked to bring."""
    return [(code, texts[card_language(language)]) for code, texts in DOCUMENTS.items()]
