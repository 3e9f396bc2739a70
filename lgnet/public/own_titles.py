"""What the own page tells of a title to stay: until when it is good and what to do. Never its type, nor a verdict.

It stands behind card and PIN, and not at all on a page that is to be discreet (docs/adr/0026).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.cases.models import TitleStep
from lgnet.cases.titles import latest_checks, with_end
from lgnet.people.models import EligibilityCheck, Person
from lgnet.public.wording import day_of_date

TOLD_BEFORE, TOLD_AFTER = timedelta(days=120), timedelta(days=180)
ASKED = gettext_lazy("You have asked to renew it. Keep the receipt with you.")
NOW = gettext_lazy("Ask to renew it now. Our desk helps you, for free.")
OVER = gettext_lazy("Come to our desk soon: there is often still a way.")


@dataclass(frozen=True)
class TitleTold:
    """Until when, in words, and what to do."""

    until: str
    what: Promise | str


def title_told(person: Person) -> TitleTold | None:
    """What to tell of the last title that was seen, when its end is near or has passed; else nothing."""
    row = with_end(latest_checks(EligibilityCheck.objects.filter(person=person))).first()
    if row is None:
        return None
    last_day, today = row.last_day, timezone.localdate()
    if not today - TOLD_AFTER <= last_day <= today + TOLD_BEFORE:
        return None
    from_day = last_day - timedelta(days=settings.ELIGIBILITY_RULES["renewal_days_before"])
    if row.state == TitleStep.State.ASKED:
        what: Promise | str = ASKED
    elif last_day < today:
        what = OVER
    elif from_day <= today:
        what = NOW
    else:
        what = _("Ask to renew it from %(day)s. Our desk helps you, for free.") % {"day": day_of_date(from_day)}
    words = _("It ended on %(day)s.") if last_day < today else _("It is good until %(day)s.")
    return TitleTold(words % {"day": day_of_date(last_day)}, what)
