"""What stands below each e-mail to a person, before the link, in the person's language."""

STOP_WORDS = {
    "it": "Non vuoi più ricevere le nostre e-mail? Apri questo link:",
    "en": "You do not want our e-mails any more? Open this link:",
    "fr": "Vous ne voulez plus recevoir nos e-mails ? Ouvrez ce lien :",
    "es": "¿No quieres recibir más nuestros correos? Abre este enlace:",
    "ar": "لا تريد أن تصلك رسائلنا بعد الآن؟ افتح هذا الرابط:",
    "uk": "Не хочете більше отримувати наші листи? Відкрийте це посилання:",
    "bn": "আমাদের ইমেইল আর পেতে চান না? এই লিংকটি খুলুন:",
    "ur": "آپ ہماری ای میلز مزید نہیں چاہتے؟ یہ لنک کھولیں:",
}
