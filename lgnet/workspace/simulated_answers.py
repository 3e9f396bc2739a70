"""Pages of answers of the demo, in plain Italian; a few in English and French. Each says that it is an example.

What they say follows the laws named as their sources; amounts, offices and hours, which change, are left out.
"""

from typing import NamedTuple

EXAMPLE = {
    "it": "Pagina di esempio della dimostrazione: prima di usarla va verificata.",
    "en": "Example page of the demonstration: check it before using it.",
    "fr": "Page d'exemple de la démonstration : à vérifier avant de l'utiliser.",
}


class Page(NamedTuple):
    """A page: topic, sources, title and text by language, whether it is for the public too."""

    topic: str
    sources: tuple[str, ...]
    texts: dict[str, tuple[str, str]]
    is_public: bool = False


OF_NETWORK = (
    Page(
        "legal",
        ("D.lgs. 286/1998, art. 5, commi 4 e 9-bis",),
        {
            "it": (
                "Come si rinnova il permesso di soggiorno?",
                (
                    "La domanda si presenta almeno **60 giorni prima** della scadenza. Chi è in ritardo la "
                    "presenta lo stesso, il prima possibile.\n\n"
                    "1. Si ritira il kit in un ufficio postale con lo Sportello Amico; un patronato aiuta "
                    "gratis a compilarlo.\n"
                    "2. Si consegna il kit alla posta, con copia del passaporto, del permesso e dei "
                    "documenti che provano lavoro, studio o famiglia.\n"
                    "3. La posta dà una **ricevuta** con l'appuntamento in questura per le impronte.\n\n"
                    "Per alcuni permessi, per esempio richiesta di asilo e cure mediche, si va invece "
                    "direttamente in questura.\n\n"
                    "## Con la ricevuta\n\n"
                    "In attesa del rinnovo, con la ricevuta si può continuare a lavorare e a usare i "
                    "servizi. La ricevuta si tiene sempre con sé."
                ),
            ),
        },
    ),
    Page(
        "health",
        (
            "D.lgs. 286/1998, art. 35",
            "D.P.R. 394/1999, art. 43",
        ),
        {
            "it": (
                "Come si cura chi non ha il permesso di soggiorno? (codice STP o ENI)",
                (
                    "Chi non ha il permesso di soggiorno ha diritto alle cure **urgenti o essenziali**, "
                    "anche continuative: medico, ospedale, gravidanza, cure dei minori, vaccinazioni, "
                    "malattie infettive.\n\n"
                    "- **STP** è il codice per chi viene da fuori dell'Unione europea.\n"
                    "- **ENI** è quello per chi viene da un Paese dell'Unione europea e non può iscriversi "
                    "al servizio sanitario.\n\n"
                    "Il codice si chiede alla ASL o in ospedale, anche al momento della cura. Basta dire il "
                    "proprio nome; se mancano i documenti si firma una dichiarazione. Vale sei mesi, in "
                    "tutta Italia, e si rinnova.\n\n"
                    "**Chi va a curarsi non viene segnalato** alla polizia, salvo i casi in cui il referto è "
                    "obbligatorio come per chi è cittadino italiano."
                ),
            ),
            "en": (
                "How do I get care without a permit to stay? (STP or ENI code)",
                (
                    "Without a permit to stay you have the right to **urgent or essential** care, also for a "
                    "long time: doctor, hospital, pregnancy, care of children, vaccinations, infectious "
                    "diseases.\n\n"
                    "- **STP** is the code for people from outside the European Union.\n"
                    "- **ENI** is the code for people from a country of the European Union who cannot "
                    "register with the health service.\n\n"
                    "Ask for the code at the local health authority (ASL) or in the hospital, also when you "
                    "go for care. It is good for six months, everywhere in Italy, and can be renewed.\n\n"
                    "**Who goes for care is not reported** to the police, except where a report is "
                    "compulsory as for Italian citizens."
                ),
            ),
            "fr": (
                "Comment se soigner sans permis de séjour ? (code STP ou ENI)",
                (
                    "Sans permis de séjour, vous avez droit aux soins **urgents ou essentiels**, même de "
                    "longue durée : médecin, hôpital, grossesse, soins des enfants, vaccinations, maladies "
                    "infectieuses.\n\n"
                    "- **STP** : le code pour les personnes venant de pays hors de l'Union européenne.\n"
                    "- **ENI** : le code pour les personnes d'un pays de l'Union européenne qui ne peuvent "
                    "pas s'inscrire au service de santé.\n\n"
                    "Demandez le code à l'ASL ou à l'hôpital, même au moment des soins. Il vaut six mois, "
                    "dans toute l'Italie, et se renouvelle.\n\n"
                    "**Qui va se soigner n'est pas signalé** à la police, sauf quand le rapport est "
                    "obligatoire comme pour les citoyens italiens."
                ),
            ),
        },
        True,
    ),
    Page(
        "social",
        (
            "L. 1228/1954, art. 2",
            "D.P.R. 223/1989",
            "D.lgs. 286/1998, art. 6, comma 7",
        ),
        {
            "it": (
                "Come ha la residenza chi non ha una casa?",
                (
                    "La residenza è un diritto anche per chi non ha una casa. Chi non ha dimora la chiede "
                    "nel Comune dove ha il **domicilio**, cioè dove vive di solito e ha i suoi contatti: "
                    "servizi, amici, lavoro.\n\n"
                    "- Per chi è straniero serve un permesso di soggiorno valido, o la ricevuta del rinnovo.\n"
                    "- Il Comune può registrare la persona in una **via fittizia** oppure presso "
                    "un'associazione.\n"
                    "- Aiuta una relazione del servizio sociale o dell'unità mobile che conosce la persona.\n\n"
                    "Con la residenza si hanno la carta d'identità, il medico di base e gli aiuti del Comune."
                ),
            ),
        },
    ),
    Page(
        "language",
        ("D.P.R. 263/2012",),
        {
            "it": (
                "Dove si impara l'italiano?",
                (
                    "Nei **CPIA**, le scuole pubbliche per adulti, dai 16 anni. I corsi di alfabetizzazione "
                    "arrivano al livello A2; poi si può prendere la licenza media.\n\n"
                    "- Ci si iscrive alla segreteria del CPIA. Di solito le iscrizioni sono tra estate e "
                    "autunno, ma si può chiedere anche dopo.\n"
                    "- Un breve colloquio trova il livello giusto, anche per chi non sa leggere e scrivere.\n"
                    "- Il certificato A2 serve anche per il permesso per soggiornanti di lungo periodo.\n\n"
                    "Anche molte associazioni fanno scuola di italiano, tutto l'anno."
                ),
            ),
        },
    ),
    Page(
        "orientation",
        ("D.lgs. 286/1998, art. 14-ter",),
        {
            "it": (
                "Chi vuole tornare nel proprio Paese può essere aiutato?",
                (
                    "Sì, con il **ritorno volontario assistito**. È gratuito e lo sceglie la persona, che "
                    "può cambiare idea fino alla partenza.\n\n"
                    "- Comprende il colloquio, i documenti di viaggio, il biglietto e spesso un aiuto per "
                    "ricominciare: un piccolo lavoro, la scuola, la casa.\n"
                    "- Può chiederlo anche chi non ha il permesso di soggiorno, salvo alcuni casi previsti "
                    "dalla legge.\n"
                    "- Chi è in una situazione di protezione parla prima con un operatore legale: il ritorno "
                    "può farla finire.\n\n"
                    "Lo sportello mette in contatto con chi realizza i programmi, per esempio l'OIM."
                ),
            ),
        },
    ),
    Page(
        "social",
        (
            "D.lgs. 286/1998, art. 18",
            "L. 228/2003",
        ),
        {
            "it": (
                "Sfruttamento e tratta: il numero verde 800 290 290",
                (
                    "Chi è sfruttato nella prostituzione, nel lavoro, nell'accattonaggio o costretto a "
                    "commettere reati può chiamare il **Numero Verde Antitratta 800 290 290**: gratuito, "
                    "anonimo, 24 ore su 24, in molte lingue.\n\n"
                    "- Si può chiamare anche solo per chiedere un consiglio, e può chiamare anche chi opera "
                    "nei servizi.\n"
                    "- La legge prevede accoglienza, aiuto e un permesso di soggiorno speciale, **anche "
                    "senza denuncia**.\n"
                    "- In caso di pericolo immediato si chiama il 112.\n\n"
                    "Non si chiama mai davanti a chi può essere lo sfruttatore, e non si insiste: si lascia "
                    "il numero."
                ),
            ),
            "en": (
                "Exploitation and trafficking: call 800 290 290",
                (
                    "Does somebody force you to work, to beg, to sell your body or to commit crimes? Call "
                    "**800 290 290**: free, anonymous, 24 hours a day, in many languages.\n\n"
                    "- You can call only to ask for advice.\n"
                    "- The law gives you a safe place, help and a special permit to stay, **also without a "
                    "complaint to the police**.\n"
                    "- If you are in danger now, call 112."
                ),
            ),
            "fr": (
                "Exploitation et traite : appelez le 800 290 290",
                (
                    "Quelqu'un vous force à travailler, à mendier, à vous prostituer ou à commettre des "
                    "délits ? Appelez le **800 290 290** : gratuit, anonyme, 24 heures sur 24, en plusieurs "
                    "langues.\n\n"
                    "- Vous pouvez appeler seulement pour demander un conseil.\n"
                    "- La loi prévoit un lieu sûr, de l'aide et un permis de séjour spécial, **même sans "
                    "plainte**.\n"
                    "- En cas de danger immédiat, appelez le 112."
                ),
            ),
        },
        True,
    ),
    Page(
        "social",
        (
            "D.lgs. 286/1998, art. 18-bis",
            "Dipartimento per le Pari Opportunità",
        ),
        {
            "it": (
                "Violenza contro le donne e stalking: il numero 1522",
                (
                    "Il **1522** è gratuito, attivo 24 ore su 24, anche in chat, in molte lingue. Risponde "
                    "una operatrice formata, che ascolta e indica il centro antiviolenza più vicino.\n\n"
                    "- Chiamare non obbliga a denunciare, e non si deve dire il proprio nome.\n"
                    "- La donna straniera che subisce violenza in famiglia può avere un permesso di "
                    "soggiorno proprio.\n"
                    "- In caso di pericolo immediato si chiama il 112.\n\n"
                    "Il colloquio si fa da sole, con una mediatrice: mai con il marito o un parente come "
                    "interprete."
                ),
            ),
            "en": (
                "Violence against women and stalking: call 1522",
                (
                    "**1522** is free, open 24 hours a day, also by chat, in many languages. A trained woman "
                    "listens to you and tells you where the nearest anti-violence centre is.\n\n"
                    "- You need not report to the police, and need not say your name.\n"
                    "- A foreign woman who suffers violence at home can get a permit to stay of her own.\n"
                    "- If you are in danger now, call 112."
                ),
            ),
            "fr": (
                "Violences contre les femmes et harcèlement : appelez le 1522",
                (
                    "Le **1522** est gratuit, ouvert 24 heures sur 24, aussi par chat, en plusieurs langues. "
                    "Une femme formée vous écoute et vous indique le centre le plus proche.\n\n"
                    "- Vous n'êtes pas obligée de porter plainte ni de dire votre nom.\n"
                    "- Une femme étrangère victime de violences dans sa famille peut avoir son propre permis "
                    "de séjour.\n"
                    "- En cas de danger immédiat, appelez le 112."
                ),
            ),
        },
        True,
    ),
    Page(
        "legal",
        ("D.P.R. 115/2002, artt. 74-79 e 119",),
        {
            "it": (
                "Chi paga l'avvocato se non ho soldi? (patrocinio a spese dello Stato)",
                (
                    "Chi ha un reddito basso può avere un **avvocato pagato dallo Stato**, nei processi "
                    "civili, penali e amministrativi: anche per il ricorso contro il rifiuto dell'asilo.\n\n"
                    "- Il limite di reddito cambia ogni due anni: si chiede allo sportello legale. Conta il "
                    "reddito di tutta la famiglia che vive insieme.\n"
                    "- Si sceglie un avvocato iscritto nell'elenco dell'Ordine.\n"
                    "- La domanda si presenta all'Ordine degli avvocati (cause civili) o al giudice "
                    "(processo penale).\n\n"
                    "L'avvocato ammesso **non può chiedere soldi** alla persona. I termini per i ricorsi "
                    "sono brevi: portare subito la lettera ricevuta."
                ),
            ),
        },
    ),
    Page(
        "legal",
        (
            "D.lgs. 25/2008, art. 26",
            "D.lgs. 142/2015, artt. 4 e 22",
        ),
        {
            "it": (
                "Come si chiede la protezione internazionale? (modello C3)",
                (
                    "Si dice alla polizia di frontiera o in **questura** che si vuole chiedere protezione: "
                    "basta la volontà, anche senza documenti.\n\n"
                    "1. La questura prende foto e impronte e fissa l'appuntamento.\n"
                    "2. All'appuntamento si compila il verbale, il **modello C3**, con un interprete.\n"
                    "3. La persona riceve una copia e un permesso per richiesta di asilo, che si rinnova.\n"
                    "4. La Commissione territoriale ascolta la persona e decide.\n\n"
                    "Dopo **60 giorni** dalla domanda il permesso consente di lavorare. Prima del colloquio "
                    "in Commissione conviene parlare con un operatore legale e dire i propri bisogni: donne "
                    "sole, minori, chi ha subito violenze."
                ),
            ),
        },
    ),
    Page(
        "legal",
        (
            "D.P.R. 605/1973",
            "Agenzia delle Entrate, modello AA4/8",
        ),
        {
            "it": (
                "Come si ha il codice fiscale?",
                (
                    "Il codice fiscale è gratuito. Serve per il contratto di lavoro, il medico, il conto in "
                    "banca, la casa.\n\n"
                    "- Lo dà l'**Agenzia delle Entrate**, con il modello AA4/8 e un documento: passaporto o "
                    "permesso di soggiorno.\n"
                    "- A chi chiede asilo lo attribuisce la **questura** con la domanda di protezione.\n"
                    "- Se il nome o la data sono sbagliati si chiede la correzione con il documento giusto.\n\n"
                    "Il tesserino verde è solo un promemoria: il codice vale anche senza."
                ),
            ),
        },
    ),
)

OF_CITY = (
    Page(
        "orientation",
        (),
        {
            "it": (
                "Che cosa portare al primo colloquio allo sportello",
                (
                    "Si viene anche **senza documenti**. Se ci sono, è utile portarli, anche scaduti o in "
                    "fotografia:\n\n"
                    "- passaporto o carta d'identità;\n"
                    "- permesso di soggiorno o ricevuta;\n"
                    "- codice fiscale, tessera sanitaria, codice STP;\n"
                    "- lettere della questura, del tribunale, dell'ospedale.\n\n"
                    "L'interprete è gratuito: basta dire la propria lingua quando si prende il numero."
                ),
            ),
        },
        True,
    ),
    Page(
        "practical",
        (),
        {
            "it": (
                "Come si ritira la posta allo sportello",
                (
                    "Chi ha la residenza virtuale riceve la posta allo sportello. Si ritira di persona, con "
                    "un documento o con la tessera dello sportello.\n\n"
                    "Se arriva una raccomandata l'operatore avvisa al telefono, se il numero è sicuro."
                ),
            ),
        },
    ),
)
