"""The words that spreadsheets of teams have for how a case began, stands and ended; ours are known without them."""

from lgnet.cases.codes import Destination
from lgnet.cases.models import Case

_B, _O, _D = Case.Basis, Case.Outcome, Destination

STATES = {
    Case.Status.OPEN: "aperto|aperta|attivo|attiva|in corso|in carico|si|active|ongoing",
    Case.Status.CLOSED: "chiuso|chiusa|concluso|conclusa|terminato|terminata|dimesso|dimessa|uscito|uscita|no|ended",
}
BASES = {
    _B.REFERRAL: "invio|segnalazione|segnalazione di un servizio|inviato da un servizio|servizi sociali|cas|referral",
    _B.DESK: "sportello|accesso allo sportello|unita mobile|unita di strada|desk",
    _B.REQUEST: "richiesta|richiesta spontanea|spontaneo|spontanea|accesso spontaneo|accesso diretto|request",
    _B.AUTHORITY: "autorita|questura|prefettura|tribunale|tribunale per i minorenni|forze dell ordine|authority",
    _B.TRANSFER: "trasferimento|altra citta|da altra citta|altro comune|transfer",
}
OUTCOMES = {
    _O.GOAL_REACHED: "obiettivo raggiunto|obiettivi raggiunti|progetto concluso|percorso concluso|raggiunti",
    _O.INSERTION: "inserimento|inserimento socio economico|integrazione|autonomia|uscita in autonomia",
    _O.ORDINARY_SERVICES: "servizi ordinari|servizi territoriali|invio ai servizi|passaggio ai servizi|servizi sociali",
    _O.MOVED: "trasferito|trasferita|trasferimento|altra citta|cambio citta",
    _O.ABANDONED: "abbandono|abbandono volontario|rinuncia|ritiro|drop out",
    _O.LOST_CONTACT: "irreperibile|perso contatto|persi contatti|contatti persi|non reperibile|lost",
    _O.END_OF_TERM: "scadenza|fine termine|decorrenza termini|scadenza termini|fine progetto",
    _O.RETURN: "rimpatrio|rimpatrio volontario|rimpatrio volontario assistito|rva|rva r",
    _O.DUBLIN: "dublino|trasferimento dublino|dublinante",
    _O.REMOVED: "allontanamento|revoca|espulsione dal progetto|dimissione per provvedimento",
    _O.NOT_ELIGIBLE: "non ammissibile|non idoneo|non idonea|senza requisiti|requisiti assenti",
    _O.DEATH: "deceduto|deceduta|decesso|morte",
    _O.OTHER: "altro|altra|altro motivo",
}
DESTINATIONS = {
    _D.OWN_HOME: "casa propria|affitto|abitazione autonoma|casa in affitto|alloggio autonomo",
    _D.SHARED_HOME: "casa condivisa|coabitazione|stanza|posto letto in affitto|cohousing",
    _D.FAMILY: "famiglia|amici|parenti|connazionali|familiari",
    _D.WORKPLACE: "alloggio di lavoro|presso il datore di lavoro|datore di lavoro",
    _D.LGNET_HOUSING: "alloggio lgnet|accoglienza lgnet|lgnet",
    _D.SAI: "sai|siproimi|sprar",
    _D.OTHER_RECEPTION: "cas|altra accoglienza|centro di accoglienza|comunita",
    _D.SHELTER: "dormitorio|ostello|rifugio|accoglienza notturna",
    _D.HEALTH: "ospedale|struttura sanitaria|rsa",
    _D.OTHER_CITY: "altra citta|altro comune",
    _D.ABROAD: "estero|altro paese|all estero",
    _D.COUNTRY_OF_ORIGIN: "paese di origine|paese d origine|patria",
    _D.DETENTION: "carcere|detenzione|cpr",
    _D.STREET: "strada|per strada|senza dimora",
    _D.NONE: "deceduto|deceduta",
    _D.UNKNOWN: "non noto|non nota|sconosciuta|sconosciuto|non si sa|ignota",
}
