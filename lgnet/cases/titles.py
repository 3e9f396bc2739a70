"""Titles to stay that end: who is to be told, what was done about it, and a message to the person in time."""

import uuid
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit.models import AuditEntry
from lgnet.cases.card_words import card_language
from lgnet.cases.models import Case, CaseMember, TitleStep
from lgnet.cases.services import NOBODY_TO_ASK
from lgnet.cases.title_words import REMINDER
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import midnight
from lgnet.messaging.services import Compose, cancel_messages, write_to_person
from lgnet.messaging.switches import is_on, name_switch
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.codes import TitleType
from lgnet.people.models import ContactPoint, EligibilityCheck
from lgnet.people.policies import person_is_whole_for
from lgnet.people.selectors import get_person
from lgnet.people.services import lock, log_write, require

KIND = "title_reminder"
STEPS = (30, 60)  # days before the end at which a message is written, each once for one check
SOON, JUST_ENDED = timedelta(days=90), timedelta(days=60)
# Where a renewal is asked for. What a city does otherwise is in its pages of answers.
AT_POLICE = frozenset({
    TitleType.ASYLUM_REQUEST, TitleType.REFUGEE, TitleType.SUBSIDIARY, TitleType.SPECIAL_PROTECTION,
    TitleType.SPECIAL_CASES, TitleType.TEMPORARY_PROTECTION, TitleType.MINOR_AGE, TitleType.MEDICAL,
})  # fmt: skip
AT_POST = frozenset({TitleType.WORK, TitleType.FAMILY, TitleType.STUDY, TitleType.LONG_TERM})

name_switch(KIND, gettext_lazy("Remind people 60 and 30 days before a title to stay ends"))


def latest_checks(checks: QuerySet[EligibilityCheck]) -> QuerySet[EligibilityCheck]:
    """Those of `checks` that are the last one of their person, of people who are still to be reached.

    Nobody is to be reached whose case was the last to end, and ended so; an open case brings the person back.
    """
    later = EligibilityCheck.objects.filter(person=OuterRef("person")).filter(
        Q(checked_on__gt=OuterRef("checked_on"))
        | Q(checked_on=OuterRef("checked_on"), created_at__gt=OuterRef("created_at"))
    )
    cases = Case.objects.filter(person=OuterRef("person"))
    last = cases.order_by(F("closed_on").desc(nulls_first=True), "-opened_on", "-created_at").values("outcome")[:1]
    rows = checks.alias(ended=Coalesce(Subquery(last), Value("")))
    return rows.filter(~Exists(later), ~Q(ended__in=NOBODY_TO_ASK), person__merged_into__isnull=True)


def with_end(checks: QuerySet[EligibilityCheck]) -> QuerySet[Any]:
    """Those that end on a day (`last_day`), with `state`, `stepped_on` and `way` of the last step taken.

    A receipt without a day on it ends with the answer, which nobody knows.
    """
    steps = TitleStep.objects.filter(check_seen=OuterRef("pk"))
    waits = Q(is_renewal_receipt=True) | Q(renewal_asked_on__isnull=False) | Q(conversion_asked_on__isnull=False)
    return checks.exclude(waits, receipt_ends_on__isnull=True).annotate(
        last_day=Coalesce("receipt_ends_on", "expires_on"),
        state=Subquery(steps.values("state")[:1]), stepped_on=Subquery(steps.values("done_on")[:1]),
        way=Subquery(steps.values("way")[:1]),
    ).filter(last_day__isnull=False)  # fmt: skip


def ending_titles(user: User) -> QuerySet[Any]:
    """Titles that end on a day, of the people whose whole file is open for the user; `mine`: of the user's cases."""
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    rows = EligibilityCheck.objects.filter(person_is_whole_for(user), partner__in=partners)
    mine = CaseMember.objects.filter(case__person=OuterRef("person"), user_id=user.pk, ends_at__isnull=True)
    found = with_end(latest_checks(rows)).annotate(mine=Exists(mine.filter(case__status=Case.Status.OPEN)))
    return found.select_related("person", "partner")


def pressing(rows: QuerySet[Any], *, days: int = SOON.days) -> QuerySet[Any]:
    """Those that end within so many days, or have ended lately."""
    today = timezone.localdate()
    return rows.filter(last_day__gte=today - JUST_ENDED, last_day__lte=today + timedelta(days=days))


def to_tell(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those about which nothing was done yet, or the person could not be reached."""
    return rows.filter(Q(state__isnull=True) | Q(state=TitleStep.State.NOT_REACHED))


def get_title(user: User, pk: uuid.UUID) -> Any:
    """One of `ending_titles`; the read is logged. Raises Http404, or FileClosed."""
    check = EligibilityCheck.objects.filter(pk=pk).first()
    if check is None:
        raise Http404
    get_person(user, check.person_id)
    found = ending_titles(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def next_thing(check: EligibilityCheck, last_day: date) -> Promise:
    """What is to be done next, from the day on which it ends."""
    today, rules = timezone.localdate(), settings.ELIGIBILITY_RULES
    if last_day < today - timedelta(days=rules["renewal_days_after"]):
        return gettext_lazy("ended long ago: ask a legal operator")
    if last_day < today:
        return gettext_lazy("ended: ask for the renewal at once, it is still possible")
    if last_day <= today + timedelta(days=rules["renewal_days_before"]):
        return gettext_lazy("ask for the renewal now")
    return gettext_lazy("tell the person: the renewal can be asked for soon")


def office_for(title_type: str) -> Promise:
    """Where the renewal is asked for."""
    if title_type in AT_POLICE:
        return gettext_lazy("the immigration office of the police headquarters (questura), with an appointment")
    if title_type in AT_POST:
        return gettext_lazy("a post office with the kit for permits (Sportello Amico)")
    return gettext_lazy("ask the legal operator")


BRING = gettext_lazy(
    "Passport, permit with a copy, tax code, four photographs, the revenue stamp, proof of where one lives; for work, "
    "family and study also the papers about these."
)


@transaction.atomic
def record_title_step(
    *, by: User, check: EligibilityCheck, state: str, done_on: date, way: str = "", note: str = "",
    record_id: uuid.UUID | None = None,
) -> TitleStep:  # fmt: skip
    """Write down what was done about a title that ends; sent twice, it is written once.

    Raises DomainError for a day that cannot be, or when the person was told without saying how.
    """
    require(by, Permission.REGISTER_PERSON, check.partner)
    lock(check.person)
    if state not in TitleStep.State.values:
        raise DomainError(_("Choose what was done."), field="state")
    if state == TitleStep.State.TOLD and way not in TitleStep.Way.values:
        raise DomainError(_("Say how the person was told."), field="way")
    if done_on > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="done_on")
    if done_on < check.checked_on:
        raise DomainError(_("The title was looked at only after this day."), field="done_on")

    def write() -> TitleStep:
        step = TitleStep.objects.create(
            pk=record_id or uuid7(), partner=check.partner, check_seen=check, state=state, done_on=done_on, way=way,
            done_by=by, note=note.strip(),
        )  # fmt: skip
        if state == TitleStep.State.ASKED:
            cancel_messages(about=check, kind=KIND)
        log_write(AuditEntry.Action.CREATE, by, step, check.person, detail={"state": state})
        return step

    def is_mine(there: TitleStep) -> bool:
        return (there.done_by_id, there.check_seen_id) == (by.pk, check.pk)

    return write_once(TitleStep, record_id, is_mine=is_mine, write=write)


# -- messages -----------------------------------------------------------------------------------------------------


def remind_of_titles() -> int:
    """Queue a message for each title that ends in 60 and in 30 days, once for each check and step; return how many.

    Only where the city wants it, to contacts that are safe, and not when the renewal was asked for.
    """
    return sum(_remind_in(partner) for partner in Partner.objects.order_by("slug") if is_on(partner, KIND))


def _remind_in(partner: Partner) -> int:
    today = timezone.localdate()
    safe = ContactPoint.objects.filter(
        person=OuterRef("person"), ended_on__isnull=True, safe=ContactPoint.Safe.YES,
        kind__in=(ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL),
    )  # fmt: skip
    rows = with_end(latest_checks(EligibilityCheck.objects.filter(Exists(safe), partner=partner)))
    soon = rows.filter(last_day__gte=today, last_day__lte=today + timedelta(days=max(STEPS)))
    wanted = soon.filter(Q(state__isnull=True) | ~Q(state=TitleStep.State.ASKED))
    return sum(_remind(check, check.last_day) for check in wanted.select_related("person__partner"))


def _remind(check: EligibilityCheck, last_day: date) -> int:
    left = (last_day - timezone.localdate()).days
    step = min(days for days in STEPS if left <= days)
    sent = write_to_person(
        by=None, person=check.person, kind=KIND, about=check, key=f"title:{check.pk}:{step}",
        compose=_composer(last_day),
        expires_at=midnight(last_day + timedelta(days=1)),
    )  # fmt: skip
    return len(sent)


def _composer(last_day: date) -> Compose:
    def compose(language: str) -> tuple[str, str]:
        subject, text = REMINDER.get(language, REMINDER["it"])
        return subject, text.format(day=format_date(last_day, "d MMMM y", locale=card_language(language)))

    return compose
