"""The day of who meets people: in the street, at the desk, in the team of a case, in a shelter."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from lgnet.cases import selectors as cases
from lgnet.cases.models import Case, Goal, Referral
from lgnet.cases.tables import days_since, due_words, who_is_sent
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.dates import day_words
from lgnet.desks import selectors as desks
from lgnet.desks.models import Visit
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach import selectors as outreach
from lgnet.outreach.models import Contact, Outing, OutingState
from lgnet.outreach.outing_selectors import next_outings
from lgnet.outreach.outing_tables import STATE_KINDS, hours, stop_names
from lgnet.outreach.sync_selectors import work_for
from lgnet.outreach.tables import who_was_met
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Action, Day, Item, Section

SHOWN = 6  # things of one kind on the page; the rest is one tap away
NOT_MET_DAYS = 14
REFUSED_DAYS = 14
DUE_DAYS = 14
OUTING_DAYS = 4
START_SOON = timedelta(hours=1)


def street(user: User, day: Day) -> None:
    """A contact in one tap; who was not met for two weeks; what the unit did today; cards without an answer."""
    units = list(outreach.units_of(user))
    if not units:
        day.sections.append(_in_no_team(_("mobile unit")))
        return
    outings = list(next_outings(units, timezone.now() + timedelta(days=OUTING_DAYS))[:SHOWN])
    day.actions += [
        Action(_("New contact"), reverse("contact_new")), *_outing_action(outings),
        Action(_("Tonight"), reverse("tonight"), "it-map-marker"),
        Action(_("Record without signal"), reverse("street_app"), "it-wifi"),
    ]  # fmt: skip
    today = list(outreach.contacts_since_midnight(user)[:SHOWN])
    missed = list(outreach.not_met_for(user, units, NOT_MET_DAYS)[:SHOWN])
    _log(user, (contact.person for contact in [*missed, *today]))
    day.sections += [
        *_from_phones(user),
        _outings(outings),
        Section(
            _("Not met for two weeks"), [_missed_item(contact) for contact in missed],
            _("Everybody your unit knows was met in the last two weeks."), reverse("not_met_list"), _("All of them"),
        ),
        *_refused(user),
        *_late(user),
        _waiting_answers(user),
        Section(
            _("My contacts today"),
            [
                Item(
                    who_was_met(contact), f"{timezone.localtime(contact.occurred_at):%H:%M} · {contact.zone.name}",
                    reverse("contact_detail", args=[contact.pk]),
                )
                for contact in today
            ],
            _("None yet. A contact needs half a minute and no name."),
            reverse("contact_list"), _("All street contacts"), True,
        ),
    ]  # fmt: skip


def _from_phones(user: User) -> list[Section]:
    """What phones sent and somebody has to decide; nothing when all of it was taken."""
    work, lost = work_for(user), _("What the server could not take. Nothing of it is lost.")
    kinds = [
        (work["attention"], _("To mend"), lost, "attention_list"),
        (work["to_choose"], _("Values to choose from"), _("Two people changed the same."), "conflict_list"),
    ]
    items = [Item(f"{title} ({number})", text, reverse(url)) for number, title, text, url in kinds if number]
    return [Section(_("Sent from the street"), items)] if items else []


def _outing_action(outings: list[Outing]) -> list[Action]:
    """Starting the outing whose time has come, or ending the one whose planned end has passed."""
    now = timezone.now()
    for outing in outings:
        if outing.state == OutingState.RUNNING and outing.ends_at < now:
            return [Action(_("End the outing"), reverse("outing_end", args=[outing.pk]), "it-check")]
        if outing.state == OutingState.PLANNED and outing.starts_at < now + START_SOON:
            return [Action(_("Start the outing"), reverse("outing_start", args=[outing.pk]), "it-arrow-right")]
    return []


def _outings(outings: list[Outing]) -> Section:
    """Outings of the own units that are running or begin in the next days; the next thing is one tap away."""
    items = [
        Item(
            _("%(day)s, %(hours)s") % {"day": capfirst(day_words(outing.begins_at)), "hours": hours(outing)},
            stop_names(outing) or outing.team.name, reverse("outing_detail", args=[outing.pk]),
            str(outing.state.label), STATE_KINDS[outing.state],
        )
        for outing in outings
    ]  # fmt: skip
    nothing = _("No outing is planned for the next days.")
    return Section(_("Our outings"), items, nothing, reverse("outing_calendar"), _("Calendar of outings"), True)


def _refused(user: User) -> list[Section]:
    """Cards of the last two weeks that came to nothing: the person still needs a way. Nothing when there are none."""
    since = timezone.now() - timedelta(days=REFUSED_DAYS)
    referrals = list(cases.came_to_nothing(user, since=since)[:SHOWN])
    _log(user, (referral.person for referral in referrals))
    title = _("Refused, or nobody came: look for another way")
    return [Section(title, [_referral_item(one) for one in referrals])] if referrals else []


def _late(user: User) -> list[Section]:
    """Referrals of the own teams, to whichever side, whose next step is late. Nothing when there are none."""
    referrals = list(cases.late(cases.own_referrals(user))[: SHOWN + 1])
    _log(user, (referral.person for referral in referrals[:SHOWN]))
    if not referrals:
        return []
    items = [_referral_item(one) for one in referrals[:SHOWN]]
    url = f"{reverse('referral_list')}?late=on" if len(referrals) > SHOWN else ""
    return [Section(_("Late referrals"), items, more=url, more_label=_("All of them"))]


def _waiting_answers(user: User) -> Section:
    sent = cases.own_referrals(user).filter(from_team__in=team_ids_of(user), status__in=Referral.UNANSWERED)
    referrals = list(sent.order_by("sent_at")[:SHOWN])
    _log(user, (referral.person for referral in referrals))
    return Section(
        _("Cards without an answer"),
        [_referral_item(referral) for referral in referrals],
        _("Every card you gave has its answer."),
        f"{reverse('referral_list')}?direction=from&status=unanswered", _("All of them"),
    )  # fmt: skip


def counter(user: User, day: Day) -> None:
    """Who is here, who is expected, what waits for an answer."""
    if not desks.desks_of(user):
        day.sections.append(_in_no_team(_("desk")))
        return
    day.at_desk = True
    expected = list(desks.expected(user)[:SHOWN])
    arrived = list(desks.arrivals_today(user)[:SHOWN])
    _log(user, [referral.person for referral in expected] + [visit.person for visit in arrived])
    day.sections += [
        Section(
            _("Expected"), [_referral_item(referral) for referral in expected],
            _("Nobody is expected. Whom the mobile units refer to your desk appears here."),
            reverse("desk_today"), _("The desk today"), True,
        ),
        *_refused(user),
        *_late(user),
        Section(
            _("Arrived today"),
            [
                Item(
                    visit.person.name_as_used if visit.person else _("does not say who it is"),
                    f"{timezone.localtime(visit.arrived_at):%H:%M}", _place_of(visit),
                    str(visit.get_topic_display()),
                )
                for visit in arrived
            ],
            _("Nobody yet. Type a card code or a name above to receive the first."),
            reverse("visit_list"), _("All arrivals"), True,
        ),
    ]  # fmt: skip


def case_work(user: User, day: Day) -> None:
    """Deadlines, referrals to answer, plans to sign, and the open cases nobody has touched for longest."""
    own = cases.own_cases(user).filter(status=Case.Status.OPEN)
    goals = list(cases.goals_due(user, within_days=DUE_DAYS)[:SHOWN])
    waiting = cases.own_referrals(user).filter(to_team__in=team_ids_of(user), status__in=Referral.UNANSWERED)
    referrals = list(waiting.order_by("sent_at")[:SHOWN])
    unsigned = list(cases.without_signed_plan(own).order_by("opened_on")[:SHOWN])
    oldest = list(own.order_by(F("last_event_at").asc(nulls_first=True))[:SHOWN])
    _log(user, [goal.plan.case.person for goal in goals] + [case.person for case in [*unsigned, *oldest]])
    _log(user, [referral.person for referral in referrals])
    day.sections += [
        Section(
            _("Referrals to answer"), [_referral_item(referral) for referral in referrals],
            _("No referral waits for your team."), f"{reverse('referral_list')}?direction=to", _("All referrals"), True,
        ),
        *_late(user),
        Section(
            _("Goals due"), [_goal_item(goal) for goal in goals],
            _("No goal is due in the next two weeks."),
        ),
        Section(
            _("Plans to agree and sign"),
            [
                _case_item(case, _("in charge since %(day)s") % {"day": _day(case.opened_on)})
                for case in unsigned
            ],
            _("Every case of yours has its signed plan."), f"{reverse('case_list')}?whose=mine&plan=unsigned",
            _("All of them"),
        ),
        Section(
            _("My open cases, the quietest first"),
            [
                _case_item(case, _("last event %(days)s days ago") % {"days": days_since(case.last_event_at)})
                for case in oldest
            ],
            _("You work on no case yet. A case is opened from the person's page, by you or by the desk."),
            f"{reverse('case_list')}?whose=mine&status=open", _("All my cases"),
        ),
    ]  # fmt: skip


def receiving(user: User, day: Day) -> None:
    """Referrals to the teams of who runs shelters or activities, and the people of the city where allowed."""
    waiting = cases.own_referrals(user).filter(to_team__in=team_ids_of(user), status__in=Referral.OPEN)
    referrals = list(waiting.order_by("sent_at")[:SHOWN])
    _log(user, (referral.person for referral in referrals))
    items = [
        Item(_("Referrals"), _("who was sent to whom"), reverse("referral_list")),
        Item(_("Figures"), _("what was done in the city, quarter by quarter"), reverse("indicator_list")),
    ]
    if Permission.VIEW_PEOPLE in access_of(user).permissions:
        items.insert(0, Item(_("People"), _("find a person of the city"), reverse("person_list")))
    day.sections += [
        Section(
            _("Sent to your team"), [_referral_item(referral) for referral in referrals],
            _("Nobody waits. Whom the desks and the teams send to yours appears here."),
        ),
        *_late(user),
        Section(_("What you can do now"), items),
    ]  # fmt: skip


def _in_no_team(kind: str) -> Section:
    text = _("You are in no %(kind)s today. Ask the coordinator to add you to one.") % {"kind": kind}
    return Section(_("Your team"), empty=text)


def _referral_item(referral: Referral) -> Item:
    text = _("from %(from)s to %(to)s, %(days)s days ago") % {
        "from": referral.from_team.name, "to": referral.to_team.name, "days": days_since(referral.sent_at),
    }  # fmt: skip
    is_late = referral.is_late
    return Item(
        who_is_sent(referral), f"{text} · {due_words(referral)}" if is_late else text,
        reverse("referral_detail", args=[referral.pk]), str(referral.get_status_display()),
        "danger" if is_late else "info",
    )  # fmt: skip


def _missed_item(contact: Contact) -> Item:
    when = {"days": days_since(contact.occurred_at), "zone": contact.zone.name}
    return Item(
        contact.called or _("somebody with a card"), _("%(days)s days ago, %(zone)s") % when,
        f"{reverse('contact_new')}?earlier={contact.pk}", _("met again?"), "info",
    )  # fmt: skip


def _case_item(case: Case, text: str) -> Item:
    return Item(case.person.name_as_used, text, reverse("case_detail", args=[case.pk]))


def _goal_item(goal: Goal) -> Item:
    late = goal.due_on is not None and goal.due_on < timezone.localdate()
    return Item(
        goal.plan.case.person.name_as_used, Truncator(goal.words).chars(80),
        reverse("case_detail", args=[goal.plan.case_id]), _day(goal.due_on),
        "danger" if late else "warning",
    )  # fmt: skip


def _place_of(visit: Visit) -> str:
    """The file of who came; of who does not say who it is, the visit."""
    if visit.person_id:
        return reverse("person_detail", args=[visit.person_id])
    return reverse("visit_detail", args=[visit.pk])


def _log(user: User, persons: Iterable[Person | None]) -> None:
    log_listing(user, {person.pk: person for person in persons if person}.values())


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
