"""The directory of services in the demo: invented services of a city, with hours, a season and days that differ."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from lgnet.catalogue import directory
from lgnet.catalogue.directory_places import PlaceDetails, add_exception, create_offer_at, set_season
from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.models import Offer, ServiceType, Site, Team, Zone
from lgnet.network.models import Partner, User

At = Callable[[datetime, Callable[[], None]], None]

# Name, service types, provider, hours, for whom, how to come in, address, phone, more. All of it is invented.
SERVICES: tuple[dict[str, Any], ...] = (
    {
        "name": "Scuola di italiano Prova",
        "types": ("italian_course", "italian_literacy"),
        "hours": "lun-gio 9:30-12:30, mar e gio anche 17-19",
        "audiences": ("everybody",),
        "access": ("walk_in",),
        "provider": "Associazione Inventata Parole",
        "en": ("Italian classes (sample)", "Free Italian classes, from the alphabet to the exam."),
        "fr": ("Cours d'italien (exemple)", "Cours d'italien gratuits, de l'alphabet à l'examen."),
        "ar": ("دروس اللغة الإيطالية (مثال)", "دروس مجانية من الحروف إلى الامتحان."),
        "description": "Corsi gratuiti di italiano, dall'alfabeto all'esame. Ci si iscrive il primo giorno.",
    },
    {
        "name": "Mensa Esempio",
        "types": ("food",),
        "hours": "tutti i giorni 12-13:30 e 19-20",
        "audiences": ("everybody",),
        "access": ("walk_in",),
        "provider": "Opera Inventata",
        "opens_on_holidays": True,
        "en": ("Sample canteen", "A hot meal, every day. No documents."),
        "description": "Un pasto caldo ogni giorno. Non servono documenti.",
    },
    {
        "name": "Docce e lavanderia Prova",
        "types": ("shower", "laundry"),
        "hours": "lun, mer, ven 8:30-12; sab 9-11",
        "audiences": ("everybody",),
        "access": ("walk_in",),
        "provider": "Cooperativa Inventata Acqua",
        "description": "Doccia, cambio di biancheria e lavatrice. Si prende il numero all'ingresso.",
    },
    {
        "name": "Ambulatorio Esempio",
        "types": ("health_visit", "health_registration"),
        "hours": "lun e mer 15-19, ven 9-13",
        "audiences": ("without_papers", "everybody"),
        "access": ("walk_in", "appointment"),
        "provider": "Ambulatorio Inventato",
        "accessibility": ("wheelchair", "lift"),
        "en": ("Sample clinic", "A doctor for everybody, also without a permit."),
        "description": "Visite mediche per tutti, anche senza permesso di soggiorno (codice STP o ENI).",
    },
    {
        "name": "Sportello legale Prova",
        "types": ("legal_advice", "residence_permit", "asylum_support"),
        "hours": "mar 14:30-18, gio 9-12:30",
        "audiences": ("asylum_seekers", "permit_holders", "without_papers"),
        "access": ("appointment",),
        "provider": "Avvocati Inventati",
        "documents": "Tutte le carte della questura che si hanno.",
        "description": "Aiuto con il permesso di soggiorno, la domanda di asilo e i ricorsi.",
    },
    {
        "name": "Dormitorio Esempio",
        "types": ("emergency_bed",),
        "hours": "tutti i giorni 20-8",
        "opens_on_holidays": True,
        "audiences": ("men", "homeless"),
        "access": ("referral",),
        "provider": "Opera Inventata",
        "description": "Un letto per la notte, per quindici notti. Si entra tramite lo sportello o l'unità mobile.",
    },
    {
        "name": "Centro antiviolenza Prova",
        "types": ("protected_shelter", "psychological_interview"),
        "hours": "lun-ven 9-18",
        "audiences": ("women", "victims"),
        "access": ("phone",),
        "provider": "Associazione Inventata Insieme",
        "phone": "1522",
        "is_protected": True,
        "en": ("Sample centre against violence", "Call: somebody listens, in your language, in secret."),
        "description": "Ascolto e protezione per donne che subiscono violenza. Il luogo è segreto: si chiama.",
    },
    {
        "name": "Ricerca lavoro Esempio",
        "types": ("job_search", "skills_balance"),
        "hours": "lun-ven 9-13, mar anche 15-17",
        "audiences": ("adults", "permit_holders"),
        "access": ("appointment",),
        "provider": "Cooperativa Inventata Mestieri",
        "description": "Curriculum, candidature e corsi di formazione.",
    },
    {
        "name": "Spazio donne Prova",
        "types": ("workshop", "childcare"),
        "hours": "mer 15-18",
        "audiences": ("women", "families"),
        "access": ("walk_in",),
        "provider": "Associazione Inventata Insieme",
        "accessibility": ("pushchair",),
        "description": "Merenda, cucito e italiano, con un angolo per i bambini.",
    },
    {
        "name": "Fermo posta Esempio",
        "types": ("poste_restante", "civil_registration"),
        "hours": "lun-ven 10-12",
        "audiences": ("homeless",),
        "access": ("walk_in",),
        "provider": "",
        "description": "Ritiro della posta per chi ha la residenza virtuale.",
    },
)
LANGUAGES = ("it", "en", "fr", "ar", "es", "bn", "ur", "uk", "wo", "pa")


class Directory:
    """The services of one city; `plan` puts them into the simulation."""

    def __init__(self, partner: Partner, staff: list[User], *, seed: int, scale: float, at: At) -> None:
        self.partner, self.staff, self.at = partner, staff, at
        self.rng = random.Random(f"directory {seed} {partner.slug}")  # noqa: S311  invented services
        self.count = min(len(SERVICES), max(3, round(10 * scale)))
        self.made: list[Offer] = []

    def plan(self, now: datetime, days: int) -> None:
        """Written on the first of so many days; near the end most is confirmed, one closed for days, one suspended."""
        self.at(now - timedelta(days=days - 1), self._write)
        self.at(now - timedelta(days=min(25, days / 2)), self._look_through)

    def _write(self) -> None:
        for number, said in enumerate(SERVICES[: self.count]):
            if types := list(ServiceType.objects.filter(code__in=said["types"])):
                self._add(number, said, types)

    def _add(self, number: int, said: dict[str, Any], types: list[ServiceType]) -> None:
        by = self.rng.choice(self.staff)
        is_own = not said["provider"]
        desk = (
            Team.objects.filter(partner=self.partner, kind=Team.Kind.DESK, is_active=True).first() if is_own else None
        )
        details = directory.OfferDetails(
            name=said["name"], types=types, description=said["description"], team=desk,
            provider=said["provider"] or ("" if desk else "Sportello inventato"), audiences=said["audiences"],
            access=said["access"], languages=("it", *self.rng.sample(LANGUAGES[1:], 3)),
            accessibility=said.get("accessibility", ()), documents=said.get("documents", ""),
            phone=said.get("phone", ""), is_published=True,
            is_protected=said.get("is_protected", False),
        )  # fmt: skip
        place = self._place(number, said, desk)
        offer = create_offer_at(by=by, partner=self.partner, details=details, place=place)
        texts: dict[str, tuple[str, str]] = {code: said[code] for code in ("en", "fr", "ar") if code in said}
        directory.translate_offer(by=by, offer=offer, texts=texts)
        self.made.append(offer)

    def _place(self, number: int, said: dict[str, Any], desk: Team | None) -> PlaceDetails:
        zones = list(Zone.objects.filter(partner=self.partner, is_active=True).order_by("name"))
        zone = self.rng.choice(zones) if zones else None
        site: Site | None = desk.site if desk else None
        return PlaceDetails(
            site=site, name="" if site else f"Sede inventata {number + 1}", zone=zone,
            address="" if site and site.address else f"Via dell'Esempio {10 + number}",
            directions="" if said.get("is_protected") else f"Autobus {number + 1}, fermata Prova",
            opens_on_holidays=said.get("opens_on_holidays", False), hours=read_hours(said["hours"]).spans,
        )  # fmt: skip

    def _look_through(self) -> None:
        """Most of it is confirmed; one service has summer hours, one is closed for some days, one is suspended."""
        by = self.staff[0]
        today = timezone.localdate()
        for offer in self.made[:-1]:
            if self.rng.random() < 0.8:
                directory.confirm_offer(by=by, offer=offer)
        if self.made:
            first, last = self.made[0].places.get(), self.made[-1]
            days = date(today.year + 1, 7, 1), date(today.year + 1, 8, 31)
            hours = read_hours("lun-gio 9-11").spans
            set_season(by=by, place=first, first_day=days[0], last_day=days[1], hours=hours)
            away = today + timedelta(days=30), today + timedelta(days=36)
            add_exception(by=by, place=first, first_day=away[0], last_day=away[1], note="Chiuso per ferie")
            if len(self.made) > 3:
                until = today + timedelta(days=40)
                directory.suspend_offer(by=by, offer=last, reason="Lavori nella sede inventata", until=until)
