"""What a plan says beside the words that were typed, in the language of the person: on paper and on the own page.

Plain words of everyday speech, second person; a table of its own, as that of the card, because both languages stand on
one paper.
"""

from datetime import date

from babel.dates import format_date

ITALIAN = "it"
RIGHT_TO_LEFT = frozenset({"ar", "ur"})

WORDS: dict[str, dict[str, str]] = {
    "it": {
        "title": "Progetto individualizzato", "mine": "Il mio progetto", "version": "Versione {n}", "draft": "bozza",
        "signed_on": "Firmato il {day}", "goal": "Obiettivo", "area": "Area", "action": "Che cosa si fa", "who": "Chi",
        "by": "Entro", "from": "dal {day}", "me": "io", "team": "l'équipe", "no_actions": "Nessuna azione ancora.",
        "follows": "{name} segue questo progetto con te.",
        "change": "Puoi chiedere di cambiare questo progetto in ogni momento. Ne hai una copia.",
        "review": "Lo riguardiamo insieme il {day}.",
        "agree": "Ho capito questo progetto e sono d'accordo.",
        "signatures": "Firme", "person": "La persona", "operator": "Per l'équipe",
        "interpreter": "Interprete o mediatore", "place": "Luogo e data", "typed": "ha confermato con il suo nome",
        "none": "Non c'è ancora un progetto firmato.",
        "hidden": "Per proteggerti, qui non si mostra niente. Chiedi allo sportello.",
        "todo": "da fare", "under_way": "in corso", "done": "fatto", "not_done": "non fatto",
        "open": "in corso", "reached": "raggiunto", "partly": "raggiunto in parte", "not_reached": "non raggiunto",
        "first_help": "primo aiuto in strada", "orientation": "orientamento", "legal": "aiuto legale e documenti",
        "health": "salute", "psychological": "sostegno psicologico", "language": "lingua italiana",
        "work": "lavoro e formazione", "housing": "casa", "social": "sostegno sociale",
        "practical": "docce, lavanderia, posta",
    },
    "en": {
        "title": "Individual plan", "mine": "My plan", "version": "Version {n}", "draft": "draft",
        "signed_on": "Signed on {day}", "goal": "Goal", "area": "Area", "action": "What is done", "who": "Who",
        "by": "By", "from": "from {day}", "me": "me", "team": "the team", "no_actions": "No action yet.",
        "follows": "{name} follows this plan with you.",
        "change": "You can ask to change this plan at any time. You have a copy of it.",
        "review": "We look at it together again on {day}.",
        "agree": "I have understood this plan and I agree with it.",
        "signatures": "Signatures", "person": "The person", "operator": "For the team",
        "interpreter": "Interpreter or mediator", "place": "Place and date", "typed": "agreed by typing the name",
        "none": "There is no signed plan yet.",
        "hidden": "To protect you, nothing is shown here. Ask the desk.",
        "todo": "to do", "under_way": "under way", "done": "done", "not_done": "not done",
        "open": "under way", "reached": "reached", "partly": "partly reached", "not_reached": "not reached",
        "first_help": "first help in the street", "orientation": "orientation", "legal": "legal help and documents",
        "health": "health", "psychological": "psychological support", "language": "Italian language",
        "work": "work and training", "housing": "housing", "social": "social support",
        "practical": "showers, laundry, mail",
    },
    "fr": {
        "title": "Projet individuel", "mine": "Mon projet", "version": "Version {n}", "draft": "brouillon",
        "signed_on": "Signé le {day}", "goal": "Objectif", "area": "Domaine", "action": "Ce qu'on fait", "who": "Qui",
        "by": "Avant le", "from": "à partir du {day}", "me": "moi", "team": "l'équipe",
        "no_actions": "Aucune action encore.",
        "follows": "{name} suit ce projet avec vous.",
        "change": "Vous pouvez demander à changer ce projet à tout moment. Vous en avez une copie.",
        "review": "Nous le regardons de nouveau ensemble le {day}.",
        "agree": "J'ai compris ce projet et je suis d'accord.",
        "signatures": "Signatures", "person": "La personne", "operator": "Pour l'équipe",
        "interpreter": "Interprète ou médiateur", "place": "Lieu et date", "typed": "a confirmé avec son nom",
        "none": "Il n'y a pas encore de projet signé.",
        "hidden": "Pour vous protéger, rien n'est montré ici. Demandez au guichet.",
        "todo": "à faire", "under_way": "en cours", "done": "fait", "not_done": "pas fait",
        "open": "en cours", "reached": "atteint", "partly": "atteint en partie", "not_reached": "pas atteint",
        "first_help": "première aide dans la rue", "orientation": "orientation",
        "legal": "aide juridique et papiers", "health": "santé", "psychological": "soutien psychologique",
        "language": "langue italienne", "work": "travail et formation", "housing": "logement",
        "social": "soutien social", "practical": "douches, laverie, courrier",
    },
    "es": {
        "title": "Plan individual", "mine": "Mi plan", "version": "Versión {n}", "draft": "borrador",
        "signed_on": "Firmado el {day}", "goal": "Objetivo", "area": "Área", "action": "Qué se hace", "who": "Quién",
        "by": "Antes del", "from": "desde el {day}", "me": "yo", "team": "el equipo",
        "no_actions": "Ninguna acción todavía.",
        "follows": "{name} sigue este plan contigo.",
        "change": "Puedes pedir que se cambie este plan en cualquier momento. Tienes una copia.",
        "review": "Lo volvemos a mirar juntos el {day}.",
        "agree": "He entendido este plan y estoy de acuerdo.",
        "signatures": "Firmas", "person": "La persona", "operator": "Por el equipo",
        "interpreter": "Intérprete o mediador", "place": "Lugar y fecha", "typed": "ha confirmado con su nombre",
        "none": "Todavía no hay un plan firmado.",
        "hidden": "Para protegerte, aquí no se muestra nada. Pregunta en la oficina.",
        "todo": "por hacer", "under_way": "en marcha", "done": "hecho", "not_done": "no hecho",
        "open": "en marcha", "reached": "logrado", "partly": "logrado en parte", "not_reached": "no logrado",
        "first_help": "primera ayuda en la calle", "orientation": "orientación",
        "legal": "ayuda legal y documentos", "health": "salud", "psychological": "apoyo psicológico",
        "language": "lengua italiana", "work": "trabajo y formación", "housing": "vivienda",
        "social": "apoyo social", "practical": "duchas, lavandería, correo",
    },
    "ar": {
        "title": "الخطة الفردية", "mine": "خطتي", "version": "النسخة {n}", "draft": "مسودة",
        "signed_on": "وُقِّعت في {day}", "goal": "الهدف", "area": "المجال", "action": "ماذا نفعل", "who": "من",
        "by": "قبل", "from": "ابتداءً من {day}", "me": "أنا", "team": "الفريق", "no_actions": "لا توجد خطوات بعد.",
        "follows": "{name} يتابع هذه الخطة معك.",
        "change": "يمكنك أن تطلب تغيير هذه الخطة في أي وقت. ولديك نسخة منها.",
        "review": "ننظر فيها معًا مرة أخرى في {day}.",
        "agree": "فهمتُ هذه الخطة وأنا موافق عليها.",
        "signatures": "التوقيعات", "person": "الشخص", "operator": "عن الفريق",
        "interpreter": "المترجم أو الوسيط", "place": "المكان والتاريخ", "typed": "أكّد بكتابة اسمه",
        "none": "لا توجد خطة موقَّعة بعد.",
        "hidden": "لحمايتك لا يظهر هنا شيء. اسأل في مكتب الاستقبال.",
        "todo": "لم يتم بعد", "under_way": "جارٍ", "done": "تم", "not_done": "لم يتم",
        "open": "جارٍ", "reached": "تحقق", "partly": "تحقق جزئيًا", "not_reached": "لم يتحقق",
        "first_help": "المساعدة الأولى في الشارع", "orientation": "التوجيه",
        "legal": "المساعدة القانونية والوثائق", "health": "الصحة", "psychological": "الدعم النفسي",
        "language": "اللغة الإيطالية", "work": "العمل والتدريب", "housing": "السكن",
        "social": "الدعم الاجتماعي", "practical": "الاستحمام وغسل الملابس والبريد",
    },
    "uk": {
        "title": "Індивідуальний план", "mine": "Мій план", "version": "Версія {n}", "draft": "чернетка",
        "signed_on": "Підписано {day}", "goal": "Мета", "area": "Сфера", "action": "Що робимо", "who": "Хто",
        "by": "До", "from": "з {day}", "me": "я", "team": "команда", "no_actions": "Кроків ще немає.",
        "follows": "{name} супроводжує цей план разом з вами.",
        "change": "Ви можете будь-коли попросити змінити цей план. У вас є його копія.",
        "review": "Ми знову переглянемо його разом {day}.",
        "agree": "Мені зрозумілий цей план, і я з ним погоджуюся.",
        "signatures": "Підписи", "person": "Особа", "operator": "Від команди",
        "interpreter": "Перекладач або медіатор", "place": "Місце і дата", "typed": "погоджено введенням імені",
        "none": "Підписаного плану ще немає.",
        "hidden": "Щоб захистити вас, тут нічого не показано. Запитайте на стійці.",
        "todo": "треба зробити", "under_way": "виконується", "done": "зроблено", "not_done": "не зроблено",
        "open": "виконується", "reached": "досягнуто", "partly": "досягнуто частково", "not_reached": "не досягнуто",
        "first_help": "перша допомога на вулиці", "orientation": "орієнтація",
        "legal": "правова допомога і документи", "health": "здоров'я", "psychological": "психологічна підтримка",
        "language": "італійська мова", "work": "робота і навчання", "housing": "житло",
        "social": "соціальна підтримка", "practical": "душ, прання, пошта",
    },
    "bn": {
        "title": "ব্যক্তিগত পরিকল্পনা", "mine": "আমার পরিকল্পনা", "version": "সংস্করণ {n}", "draft": "খসড়া",
        "signed_on": "{day} তারিখে স্বাক্ষরিত", "goal": "লক্ষ্য", "area": "ক্ষেত্র", "action": "কী করা হবে", "who": "কে",
        "by": "যে তারিখের মধ্যে", "from": "{day} থেকে", "me": "আমি", "team": "দল", "no_actions": "এখনো কোনো কাজ নেই।",
        "follows": "{name} আপনার সাথে এই পরিকল্পনা দেখছেন।",
        "change": "আপনি যেকোনো সময় এই পরিকল্পনা বদলাতে বলতে পারেন। আপনার কাছে এর একটি কপি আছে।",
        "review": "আমরা {day} তারিখে আবার একসাথে এটি দেখব।",
        "agree": "আমি এই পরিকল্পনা বুঝেছি এবং এতে একমত।",
        "signatures": "স্বাক্ষর", "person": "ব্যক্তি", "operator": "দলের পক্ষে",
        "interpreter": "দোভাষী বা মধ্যস্থতাকারী", "place": "স্থান ও তারিখ", "typed": "নাম লিখে সম্মতি দিয়েছেন",
        "none": "এখনো কোনো স্বাক্ষরিত পরিকল্পনা নেই।",
        "hidden": "আপনার সুরক্ষার জন্য এখানে কিছু দেখানো হচ্ছে না। ডেস্কে জিজ্ঞাসা করুন।",
        "todo": "করতে হবে", "under_way": "চলছে", "done": "হয়ে গেছে", "not_done": "হয়নি",
        "open": "চলছে", "reached": "অর্জিত", "partly": "আংশিক অর্জিত", "not_reached": "অর্জিত হয়নি",
        "first_help": "রাস্তায় প্রথম সাহায্য", "orientation": "দিকনির্দেশনা",
        "legal": "আইনি সহায়তা ও কাগজপত্র", "health": "স্বাস্থ্য", "psychological": "মানসিক সহায়তা",
        "language": "ইতালীয় ভাষা", "work": "কাজ ও প্রশিক্ষণ", "housing": "থাকার জায়গা",
        "social": "সামাজিক সহায়তা", "practical": "গোসল, কাপড় ধোয়া, চিঠি",
    },
    "ur": {
        "title": "انفرادی منصوبہ", "mine": "میرا منصوبہ", "version": "نسخہ {n}", "draft": "مسودہ",
        "signed_on": "{day} کو دستخط ہوئے", "goal": "مقصد", "area": "شعبہ", "action": "کیا کیا جائے گا", "who": "کون",
        "by": "کب تک", "from": "{day} سے", "me": "میں", "team": "ٹیم", "no_actions": "ابھی کوئی قدم نہیں۔",
        "follows": "{name} آپ کے ساتھ اس منصوبے کو دیکھتے ہیں۔",
        "change": "آپ کسی بھی وقت اس منصوبے کو بدلنے کا کہہ سکتے ہیں۔ اس کی ایک نقل آپ کے پاس ہے۔",
        "review": "ہم {day} کو اسے دوبارہ مل کر دیکھیں گے۔",
        "agree": "میں نے یہ منصوبہ سمجھ لیا ہے اور اس سے متفق ہوں۔",
        "signatures": "دستخط", "person": "متعلقہ فرد", "operator": "ٹیم کی طرف سے",
        "interpreter": "مترجم یا ثالث", "place": "جگہ اور تاریخ", "typed": "نام لکھ کر تصدیق کی",
        "none": "ابھی کوئی دستخط شدہ منصوبہ نہیں ہے۔",
        "hidden": "آپ کی حفاظت کے لیے یہاں کچھ نہیں دکھایا جاتا۔ ڈیسک پر پوچھیں۔",
        "todo": "کرنا ہے", "under_way": "جاری ہے", "done": "ہو گیا", "not_done": "نہیں ہوا",
        "open": "جاری ہے", "reached": "حاصل ہو گیا", "partly": "کچھ حد تک حاصل", "not_reached": "حاصل نہیں ہوا",
        "first_help": "سڑک پر پہلی مدد", "orientation": "رہنمائی",
        "legal": "قانونی مدد اور کاغذات", "health": "صحت", "psychological": "نفسیاتی مدد",
        "language": "اطالوی زبان", "work": "کام اور تربیت", "housing": "رہائش",
        "social": "سماجی مدد", "practical": "غسل، کپڑوں کی دھلائی، ڈاک",
    },
}  # fmt: skip


def plan_language(language: str) -> str:
    """The language beside Italian on the plan of somebody who speaks `language` ("fr-CI": "fr"); Italian for others."""
    code = language.split("-", maxsplit=1)[0].lower()
    return code if code in WORDS else ITALIAN


def plan_words(language: str) -> dict[str, str]:
    """What the plan says to somebody who speaks `language`."""
    return WORDS[plan_language(language)]


def plan_day(day: date, language: str) -> str:
    """A day as this language writes it, in the figures of the clocks and calendars of the city."""
    return format_date(day, "d MMMM y", locale=plan_language(language))
