"""The street work of the large invented network: units, outings, contacts of known and unknown people, what phones sent."""

import json
import random
import uuid
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from bench.writer import Writer
from lgnet.cases.models import Referral
from lgnet.catalogue.models import Team, TeamMembership, Zone
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership, Partner, User
from lgnet.outreach.models import Conflict, Contact, CrewMember, Device, Operation, Outing, PlannedStop, Stop

ZONES = ("Stazione", "Porto", "Centro", "Mercato", "Parco", "Lungofiume")
UNKNOWN = 0.4  # for each contact with a registered person so many with somebody unknown, half of them with a nickname
OPERATIONS_DAYS = 60  # what phones sent that long ago is in the log
REFUSED, CLASHING = 0.02, 0.005  # of the operations
CONTACT = ("id", "created_at", "trace", "person", "partner", "team", "zone", "occurred_at", "nickname", "head_count",
           "gender", "age_band", "language", "needs", "given", "next_step", "note", "recorded_by")  # fmt: skip
OPERATION = ("id", "created_at", "partner", "team", "device", "user", "kind", "record_id", "base", "changes", "extra",
             "after", "made_at", "skew_seconds", "clock", "app_version", "digest", "person", "result", "reason",
             "errors", "fates", "answer", "settled_at", "set_aside_reason")  # fmt: skip
CONFLICT = ("id", "created_at", "partner", "team", "contact", "operation", "field", "base", "proposed", "server_value",
            "server_by", "server_at", "state", "choice")  # fmt: skip
REFERRAL = ("id", "created_at", "trace", "person", "partner", "from_team", "to_team", "code", "called", "language", "need",
            "reason", "status", "sent_by", "sent_at", "answer", "asked_at", "due_at", "arrived_at", "shared", "basis",
            "result", "result_note")  # fmt: skip


class Place:
    """The mobile unit of a city, with its zones, its operator and a phone."""

    def __init__(self, partner: Partner, user: User, since: datetime) -> None:
        self.partner, self.user, day = partner, user, since.date()
        self.unit = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Unità di prova")
        Membership.objects.create(user=user, partner=partner, role="outreach_operator", starts_on=day)
        TeamMembership.objects.create(team=self.unit, user=user, starts_on=day)
        self.zones = [Zone.objects.create(partner=partner, name=f"{name} di prova") for name in ZONES]
        self.stops = [Stop.objects.create(partner=partner, zone=zone, name=f"{zone.name}, lato") for zone in self.zones]
        self.device = Device.objects.create(partner=partner, team=self.unit, user=user, name="Telefono di prova")


class StreetWork:
    """Writes what the units did; `met` once for each contact that the journeys tell of."""

    def __init__(self, rng: random.Random, places: dict[uuid.UUID, Place], desks: dict[Any, Team]) -> None:
        self.rng, self.places, self.desks, self.now = rng, places, desks, timezone.now()
        self.codes = count(1)  # of cards: chosen at random, two of so many would be the same
        self.contacts, self.operations = Writer(Contact, CONTACT), Writer(Operation, OPERATION)
        self.conflicts, self.referrals = Writer(Conflict, CONFLICT), Writer(Referral, REFERRAL)

    def met(self, partner: Partner, person_id: uuid.UUID, at: datetime) -> uuid.UUID:
        """Write a contact with the person, perhaps one with somebody unknown the same night; return its id."""
        place, rng = self.places[partner.pk], self.rng
        if rng.random() < UNKNOWN:
            nickname = rng.choice(("", f"N{rng.randrange(400)}"))
            trace = uuid.uuid5(place.unit.pk, nickname) if nickname else None
            self._contact(place, at - timedelta(minutes=rng.randrange(1, 90)), None, trace, nickname)
        return self._contact(place, at, person_id, None, "")

    def _contact(self, place: Place, at: datetime, person_id: Any, trace: Any, nickname: str) -> uuid.UUID:
        pk, zone = uuid7(), self.rng.choice(place.zones)
        self.contacts.add(
            pk, at, trace, person_id, place.partner.pk, place.unit.pk, zone.pk, at, nickname, 1, "", "", "ar",
            '["health"]', "[]", "", "quattro parole di prova", place.user.pk,
        )  # fmt: skip
        if at > self.now - timedelta(days=OPERATIONS_DAYS):
            self._operation(place, pk, at, person_id)
        return pk

    def _operation(self, place: Place, contact: uuid.UUID, at: datetime, person_id: Any) -> None:
        pk, refused = uuid7(), self.rng.random() < REFUSED
        clashes = not refused and self.rng.random() < CLASHING
        result = "refused" if refused else "conflict" if clashes else "applied"
        changes = json.dumps({"team": str(place.unit.pk), "zone": str(place.zones[0].pk), "note": "prova"})
        self.operations.add(
            pk, at, place.partner.pk, place.unit.pk, place.device.pk, place.user.pk, "contact.change",
            uuid7() if refused else contact, "{}", changes, "{}", "[]", at, 0, "right", "1", "0" * 64, person_id,
            result, "Manca la zona." if refused else "", "{}", "{}", "{}", None if refused else at, "",
        )  # fmt: skip
        if clashes:
            self.conflicts.add(
                uuid7(), at, place.partner.pk, place.unit.pk, contact, pk, "note", '""', '"una"', '"altra"',
                place.user.pk, at, "open", "",
            )  # fmt: skip

    def referred(self, partner: Partner, person_id: uuid.UUID, at: datetime) -> uuid.UUID:
        """Write a referral of the person to the desk; those of the last days have no answer yet. Return its id."""
        place, pk = self.places[partner.pk], uuid7()
        is_sent = at > self.now - timedelta(days=10)
        status, due, came = ("sent", at + timedelta(days=2), None) if is_sent else ("arrived", None, at)
        self.referrals.add(
            pk, at, None, person_id, partner.pk, place.unit.pk, self.desks[partner.pk].pk, f"{next(self.codes):08X}",
            "", "", "health", "", status, place.user.pk, at, "", at, due, came, "[]", "", "", "",
        )  # fmt: skip
        return pk

    def finish(self, days: int) -> None:
        """Write three outings a week for each unit, with four stops each, and all that is still collected."""
        begins = self.now.replace(hour=19, minute=0)
        for place in self.places.values():
            outings = [_outing(place, begins - timedelta(days=day), self.now) for day in range(-14, days, 2)]
            Outing.objects.bulk_create(outings)
            CrewMember.objects.bulk_create(CrewMember(outing=outing, user=place.user) for outing in outings)
            PlannedStop.objects.bulk_create(
                PlannedStop(outing=outing, stop=stop, arrives_at=outing.starts_at + timedelta(hours=number))
                for outing in outings
                for number, stop in enumerate(place.stops[:4])
            )
        for writer in (self.referrals, self.contacts, self.operations, self.conflicts):
            writer.flush()


def _outing(place: Place, begin: datetime, now: datetime) -> Outing:
    end = begin + timedelta(hours=4)
    return Outing(
        partner=place.partner, team=place.unit, starts_at=begin, ends_at=end, planned_by=place.user,
        started_at=begin if begin < now and end < now else None, ended_at=end if end < now else None,
    )  # fmt: skip
