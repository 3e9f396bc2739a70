"""The minutes as PDF: complete, to be kept, and as far as a reader may see; in Italian, as papers of the office are."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.cases.agenda import label_of
from lgnet.cases.meeting_models import AgendaItem, TeamMeeting
from lgnet.cases.meeting_selectors import ON, note_read_of, readable_items, standing
from lgnet.core.papers import paper_pdf
from lgnet.network.models import User
from lgnet.people.models import Person

TEMPLATE = "cases/papers/minutes.typ"
LANGUAGE = "it"


def complete_minutes(meeting: TeamMeeting) -> bytes:
    """Every point of a meeting, with codes: what is kept. The caller has closed the meeting."""
    return paper_pdf(TEMPLATE, paper_of(meeting, AgendaItem.objects.filter(meeting=meeting)))


def minutes_for(user: User, meeting: TeamMeeting, *, full_names: bool = False) -> bytes:
    """The points that the reader may see, of a meeting that she or he may read; what is read is logged."""
    items = readable_items(user).filter(meeting=meeting)
    for item in items.filter(state__in=ON).select_related("case"):
        note_read_of(user, item)
    return paper_pdf(TEMPLATE, paper_of(meeting, items, full_names=full_names))


def name_on_paper(person: Person, *, full_names: bool) -> str:
    """The code, with initials; of a restricted file the code alone; the name only where it was asked for."""
    if full_names:
        return f"{person.name_as_used} ({person.pseudonym})"
    initials = " ".join(f"{part[0].upper()}." for part in person.full_name.split()[:3] if part)
    return f"{person.pseudonym} ({initials})" if initials and not person.restricted else person.pseudonym


def paper_of(meeting: TeamMeeting, items: QuerySet[AgendaItem], *, full_names: bool = False) -> dict[str, Any]:
    """What the paper says of these items of a meeting."""
    rows = items.filter(state__in=ON).select_related("case__person", "case__manager")
    points = rows.prefetch_related(standing(), "addenda__by")
    with translation.override(LANGUAGE):
        begun = timezone.localtime(meeting.started_at or meeting.starts_at)
        ended = f"–{timezone.localtime(meeting.closed_at):%H:%M}" if meeting.closed_at else ""
        return {
            "language": LANGUAGE, "title": _title(meeting), "draft": _draft(meeting),
            "facts": [
                [_("Team"), f"{meeting.team.name}, {meeting.partner.name}"],
                [_("Day"), f"{date_format(begun, 'l j F Y')}, {begun:%H:%M}{ended}"],
                [_("Where"), meeting.place or "—"],
                [_("Leads the meeting"), meeting.chair.full_name],
                [_("Present"), ", ".join(_present(meeting)) or "—"],
                [_("Guests"), ", ".join(meeting.guests.split("\n")) or "—"],
            ],
            "points": [_point(item, full_names) for item in points],
            "addenda": [_addendum(one) for one in meeting.addenda.filter(item__isnull=True).select_related("by")],
            "words": {
                "decisions": _("Decisions"), "what": _("What"), "who": _("Who"), "by": _("By"), "why": _("Why"),
                "nothing": _("No points."), "chair": _("Signature of who led the meeting"), "added": _("Added later"),
                "codes": "" if full_names else _("Persons are named by their code, because paper travels."),
            },
        }  # fmt: skip


def _title(meeting: TeamMeeting) -> str:
    kind = _("Agenda of the team meeting") if meeting.status == meeting.Status.PLANNED else _("Minutes of the meeting")
    return f"{kind} · {date_format(timezone.localtime(meeting.starts_at), 'd/m/Y')}"


def _draft(meeting: TeamMeeting) -> str:
    return _("Draft: the meeting is not closed.") if meeting.status == meeting.Status.RUNNING else ""


def _present(meeting: TeamMeeting) -> Iterable[str]:
    rows = meeting.attendances.select_related("user").order_by("user__full_name")
    return [row.user.full_name for row in rows]


def _point(item: Any, full_names: bool) -> dict[str, Any]:
    about = name_on_paper(item.case.person, full_names=full_names) if item.case else item.words
    return {
        "about": about,
        "manager": _("case manager: %(name)s") % {"name": item.case.manager.full_name} if item.case else "",
        "why": list(dict.fromkeys(label_of(code) for code, _since, _detail in item.reasons)),
        "state": item.get_state_display() if item.state != AgendaItem.State.DISCUSSED else "",
        "disagreement": _("colleagues judge differently") if item.disagreement else "",
        "said": [line for line in item.said.split("\n") if line.strip()],
        "decisions": [
            [one.words, one.owner.full_name, date_format(one.due_on, "d/m/Y")] for one in item.standing
        ],
        "addenda": [_addendum(one) for one in item.addenda.all()],
    }  # fmt: skip


def _addendum(one: Any) -> dict[str, str]:
    when = date_format(timezone.localtime(one.created_at), "d/m/Y")
    return {"words": one.words, "by": f"{one.by.full_name}, {when}"}
