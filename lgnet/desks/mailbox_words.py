"""The message that says there is mail, in the person's language. It names no service and no sender."""

WORDS = {
    "it": ("C'è posta per te", "C'è posta per te. Passa a ritirarla entro il {day}."),
    "en": ("There is mail for you", "There is mail for you. Come and pick it up by {day}."),
    "fr": ("Il y a du courrier pour vous", "Il y a du courrier pour vous. Venez le chercher avant le {day} inclus."),
    "es": ("Hay correo para ti", "Hay correo para ti. Ven a recogerlo antes del {day} inclusive."),
    "ar": ("لديك بريد", "لديك بريد. تعال لاستلامه حتى يوم {day}."),
    "uk": ("Для вас є пошта", "Для вас є пошта. Заберіть її до {day} включно."),
    "bn": ("আপনার চিঠি এসেছে", "আপনার চিঠি এসেছে। {day} তারিখের মধ্যে এসে নিয়ে যান।"),
    "ur": ("آپ کی ڈاک آئی ہے", "آپ کی ڈاک آئی ہے۔ {day} تک آ کر لے جائیں۔"),
}


def mail_has_come(language: str, day: str) -> tuple[str, str]:
    """Subject and text of the message, in Italian where the language is none of those of the public pages."""
    subject, text = WORDS.get(language, WORDS["it"])
    return subject, text.format(day=day)
