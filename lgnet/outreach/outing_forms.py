"""Forms of outings, stops and units."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lgnet.catalogue.models import ServiceType, Team, TeamMembership, Zone
from lgnet.core.forms import DayField, LgForm, LongTextField, MomentField, style
from lgnet.core.once import RecordIdField
from lgnet.core.periods import FIRST_YEAR, at_clock
from lgnet.network.models import User
from lgnet.outreach.forms import now_to_the_minute
from lgnet.outreach.models import MobileUnit, Outing, Stop
from lgnet.outreach.outing_log import MOST_SUPPLIES, LogEntry
from lgnet.outreach.outings import MOST_WEEKS, Halt, Plan
from lgnet.outreach.positions import DegreeField, read_position

ROWS, FREE_ROWS, MOST_ROWS = 6, 3, 20  # stops of a new outing; empty ones after those of an old one
LAST_YEAR = 2200  # a year that no calendar here ever reaches
SUPPLY = "supply_"
DEGREES = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})


class ClockField(forms.TimeField):
    """A time of the day, to the minute."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        usual: dict[str, Any] = {"widget": widget, "input_formats": ["%H:%M", "%H:%M:%S"]}
        super().__init__(**usual | options)


class SeenForm(LgForm):
    """A form that carries which version of the outing the writer saw; None if it does not tell."""

    seen = forms.CharField(
        label=_("Meanwhile"), required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-draft-keep": ""})
    )

    def clean_seen(self) -> str | None:
        """What was seen."""
        return self.cleaned_data["seen"] or None

    def show_as_of(self, version: str) -> None:
        """If a colleague's change was just told, take it as seen: saving once more keeps what was typed here."""
        if "seen" in self.errors:
            typed: Any = self.data
            self.data = typed.copy()
            self.data["seen"] = version  # type: ignore[index]


class ScopeField(forms.ChoiceField):
    """Whether something is said of one outing of a series, or of those that follow too; `later` of them."""

    ONE, FOLLOWING = "one", "following"

    def __init__(self, later: int, **options: Any) -> None:
        text = ngettext("this one and the %(count)s that follows", "this one and the %(count)s that follow", later)
        choices = [(self.ONE, _("this one only")), (self.FOLLOWING, text % {"count": later})]
        usual: dict[str, Any] = {"choices": choices, "initial": self.ONE, "widget": forms.RadioSelect}
        super().__init__(**usual | {"label": _("For which outings of the series")} | options)
        style(self)

    def clean(self, value: Any) -> str:
        """What was chosen; only this outing where nothing was."""
        return str(super().clean(value)) if value else self.ONE


class OutingForm(SeenForm):
    """When a unit goes out, with whom, where it stops. An end, or a stop, before the start means the next day."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), empty_label=_("Choose the unit"))
    day = DayField(label=_("Day"), initial=timezone.localdate)
    since = ClockField(label=_("Begins at"), initial=time(18, 30))
    until = ClockField(label=_("Ends at"), initial=time(23, 0))
    crew = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Crew"), widget=forms.CheckboxSelectMultiple, required=False
    )
    volunteers = forms.CharField(
        label=_("Others without a sign-in"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Volunteers, trainees: one name a line."),
    )  # fmt: skip
    weeks = forms.IntegerField(
        label=_("For how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1, required=False,
        help_text=_("1 is this outing only; 4 plans the same day and hours in the next three weeks too."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: Sequence[Team], places: Iterable[TeamMembership], stops: Sequence[Stop],
        outing: Outing | None = None, later: int = 0, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        if later:
            self.fields["scope"] = ScopeField(later)
        self.outing, self.known = outing, {str(stop.pk): stop for stop in stops}
        self._offer(units, places)
        choices = [("", _("no stop")), *((pk, stop.where) for pk, stop in self.known.items())]
        for number in range(self._row_count()):
            self.fields[f"stop_{number}"] = forms.ChoiceField(label=_("Stop"), choices=choices, required=False)
            self.fields[f"arrives_{number}"] = ClockField(label=_("Arrives at"), required=False)
            self.fields[f"leaves_{number}"] = ClockField(label=_("Leaves at"), required=False)
            for name in (f"stop_{number}", f"arrives_{number}", f"leaves_{number}"):
                css = "form-select" if name.startswith("stop") else "form-control"
                self.fields[name].widget.attrs["class"] = css

    def _offer(self, units: Sequence[Team], places: Iterable[TeamMembership]) -> None:
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = Team.objects.filter(pk__in=[unit.pk for unit in units])
        if len(units) == 1 or self.outing:
            fields["team"].widget, fields["team"].disabled = forms.HiddenInput(), True
            self.initial["team"] = self.outing.team_id if self.outing else units[0].pk
        names = {unit.pk: unit.name for unit in units}
        offered: dict[str, list[str]] = {}
        for place in places:
            offered.setdefault(str(place.user_id), [place.user.full_name]).append(names.get(place.team_id, ""))
        fields["crew"].queryset = User.objects.filter(pk__in=offered)
        fields["crew"].choices = [
            (pk, " · ".join([name, *teams]) if len(units) > 1 else name) for pk, (name, *teams) in offered.items()
        ]
        if self.outing:
            del fields["weeks"], fields["record_id"]
            if self.outing.started_at:
                for name in ("day", "since", "until"):
                    fields[name].disabled = True

    def _row_count(self) -> int:
        if self.is_bound:
            sent = [name for name in self.data if name.startswith("stop_")]
            return min(max(len(sent), 1), MOST_ROWS)
        return min((self.outing.stops.count() + FREE_ROWS) if self.outing else ROWS, MOST_ROWS)

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each stop."""
        count = len([name for name in self.fields if name.startswith("stop_")])
        return [
            (self[f"stop_{number}"], self[f"arrives_{number}"], self[f"leaves_{number}"]) for number in range(count)
        ]

    def clean_day(self) -> date | None:
        """A day in a year that can be meant."""
        day: date | None = self.cleaned_data.get("day")
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("Check the year."))
        return day

    def clean_weeks(self) -> int:
        """One week when nothing is written."""
        return self.cleaned_data.get("weeks") or 1

    def clean_volunteers(self) -> list[str]:
        """Names, one a line."""
        lines = [" ".join(line.split())[:120] for line in self.cleaned_data["volunteers"].splitlines()]
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        """Read the stops: each with a place and a time, or left empty."""
        data = super().clean() or self.cleaned_data
        for stop, arrives, _leaves in self.rows():
            if data.get(stop.name) and not data.get(arrives.name) and arrives.name not in self.errors:
                self.add_error(arrives.name, _("From what time?"))
            if data.get(arrives.name) and not data.get(stop.name) and stop.name not in self.errors:
                self.add_error(stop.name, _("Which stop?"))
        return data

    def plan(self) -> Plan:
        """What is planned, in moments."""
        data = self.cleaned_data
        start = at_clock(data["day"], data["since"])
        halts = []
        for stop, arrives, leaves in self.rows():
            if data.get(stop.name):
                arrives_at = not_before(start, data["day"], data[arrives.name])
                leaves_at = None
                if data.get(leaves.name):
                    leaves_at = not_before(arrives_at, timezone.localdate(arrives_at), data[leaves.name])
                halts.append(Halt(self.known[data[stop.name]], arrives_at, leaves_at))
        end = not_before(start, data["day"], data["until"])
        return Plan(start, end, list(data["crew"]), data["volunteers"], halts)


def not_before(start: datetime, day: date, clock: time) -> datetime:
    """The moment of the clock on that day, or on the next one where it would be before `start`."""
    if clock < timezone.localtime(start).time():
        return at_clock(day + timedelta(days=1), clock)
    return at_clock(day, clock)


def as_typed(outing: Outing) -> dict[str, Any]:
    """What the form of an outing shows at first."""
    start, end = timezone.localtime(outing.starts_at), timezone.localtime(outing.ends_at)
    crew = list(outing.crew.all())
    initial: dict[str, Any] = {
        "day": start.date(), "since": start.time(), "until": end.time(),
        "crew": [one.user_id for one in crew if one.user_id],
        "volunteers": "\n".join(one.name for one in crew if one.name),
    }  # fmt: skip
    for number, row in enumerate(outing.stops.all()):
        initial[f"stop_{number}"] = str(row.stop_id)
        initial[f"arrives_{number}"] = timezone.localtime(row.arrives_at).time()
        initial[f"leaves_{number}"] = timezone.localtime(row.leaves_at).time() if row.leaves_at else None
    return initial


class CancelForm(LgForm):
    """Why an outing does not take place."""

    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, later: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        if later:
            self.fields["scope"] = ScopeField(later)


class KilometreField(forms.IntegerField):
    """What the vehicle's counter shows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 2_000_000, "required": False} | options)


class StartForm(LgForm):
    """The unit goes out."""

    started_at = MomentField(label=_("Started at"), initial=now_to_the_minute)
    km_start = KilometreField(label=_("Kilometres at the start"))


class LogForm(SeenForm):
    """What the outing was like, at its end; or, afterwards, all of its log to mend."""

    started_at = MomentField(label=_("Started at"))
    km_start = KilometreField(label=_("Kilometres at the start"))
    ended_at = MomentField(label=_("Ended at"), initial=now_to_the_minute)
    km_end = KilometreField(label=_("Kilometres at the end"))
    weather = forms.ChoiceField(
        label=_("Weather"), choices=[("", _("not noted")), *Outing.Weather.choices], required=False
    )
    incidents = LongTextField(
        label=_("Incidents"), required=False, help_text=_("What went wrong or could have. No names of people met.")
    )
    note = LongTextField(label=_("Note"), required=False, help_text=_("What colleagues should know. No names."))

    def __init__(self, *args: Any, things: Iterable[ServiceType], is_over: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_over = is_over
        if not is_over:
            del self.fields["started_at"], self.fields["km_start"]
        self.codes = [thing.code for thing in things]
        for thing in things:
            self.fields[SUPPLY + thing.code] = forms.IntegerField(
                label=thing.name, required=False, min_value=0, max_value=MOST_SUPPLIES,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )  # fmt: skip

    def supplies(self) -> list[Any]:
        """The fields of what was handed out."""
        return [self[SUPPLY + code] for code in self.codes]

    def arguments(self) -> dict[str, Any]:
        """Arguments of `end_outing`, or of `mend_log` for an outing that is over, apart from `by` and `outing`."""
        data = self.cleaned_data
        supplies = {code: count for code in self.codes if (count := data.get(SUPPLY + code))}
        entry = LogEntry(
            km_end=data["km_end"], supplies=supplies, weather=data["weather"], incidents=data["incidents"],
            note=data["note"],
        )  # fmt: skip
        begun = {name: data[name] for name in ("started_at", "km_start", "seen") if self.is_over}
        return {"ended_at": data["ended_at"], "entry": entry} | begun


class StopForm(LgForm):
    """A stop: where, called what, how one gets there."""

    record_id = RecordIdField()
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), empty_label=_("Choose the zone"))
    name = forms.CharField(
        label=_("Name"), max_length=120,
        help_text=_("A square, a street corner, a side of a station. Never the place where somebody sleeps."),
    )  # fmt: skip
    directions = forms.CharField(label=_("How to get there"), max_length=300, required=False)
    latitude = DegreeField(label=_("Latitude"), most=90, widget=DEGREES, help_text=_("Degrees, to about 100 m: 44.405"))
    longitude = DegreeField(label=_("Longitude"), most=180, widget=DEGREES)
    is_published = forms.BooleanField(
        label=_("Published"), required=False,
        help_text=_("Published stops are for the public site; the others are for staff only."),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Out of use, it stays in past outings and is not offered.")
    )

    def __init__(self, *args: Any, zones: Sequence[Zone], stop: Stop | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["zone"])
        kept = Q(pk__in=[zone.pk for zone in zones])
        if stop:
            kept = (kept & Q(partner=stop.partner_id)) | Q(pk=stop.zone_id)
            del self.fields["record_id"]
            names = ("zone", "name", "directions", "is_published", "is_active", "latitude", "longitude")
            self.initial = {name: getattr(stop, name) for name in names}
        else:
            del self.fields["is_active"]
        field.queryset = Zone.objects.filter(kept).select_related("partner")
        if len({zone.partner_id for zone in zones}) > 1:
            field.label_from_instance = _with_city  # type: ignore[method-assign, assignment]

    def clean(self) -> dict[str, Any]:
        """One position of its two halves, as the services take it."""
        position = read_position(self)
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"latitude", "longitude"}}
        return data | {"position": position}


def _with_city(zone: Zone) -> str:
    return f"{zone.partner.short_name} · {zone.name}"


class UnitForm(LgForm):
    """What a mobile unit has beside its people."""

    vehicle = forms.CharField(label=_("Vehicle"), max_length=150, required=False)
    plate = forms.CharField(label=_("Plate or name"), max_length=40, required=False)
    equipment = LongTextField(label=_("Equipment"), required=False, help_text=_("One thing a line."))

    def __init__(self, *args: Any, unit: MobileUnit | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if unit:
            self.initial = {name: getattr(unit, name) for name in ("vehicle", "plate", "equipment")}
