"""The words of the own page for what the services tell in codes."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit.models import AuditEntry
from lgnet.cases.after_models import Helpfulness
from lgnet.cases.models import Referral
from lgnet.network.roles import Role
from lgnet.people.file_looks import Day, Look
from lgnet.public.wording import day_of_date

# Who looked, when it was nobody of a team.
ROLES: dict[str, Promise] = {
    Role.COORDINATOR: gettext_lazy("The coordination of the city"),
    Role.DPO: gettext_lazy("Who checks that your data are protected"),
    Role.HOUSING_MANAGER: gettext_lazy("Who looks after the housing"),
    Role.ACTIVITY_COORDINATOR: gettext_lazy("Who runs courses and activities"),
}
SOMEBODY = gettext_lazy("Somebody of the services of the city")
DONE: dict[str, Promise] = {
    "read": gettext_lazy("read your file"),
    "wrote": gettext_lazy("wrote in your file"),
    "took": gettext_lazy("took your data out as a table"),
}
ENTRIES: dict[str, Promise] = {
    AuditEntry.Action.SIGN_IN: gettext_lazy("This page was opened with your card and PIN."),
    AuditEntry.Action.SIGN_IN_FAILED: gettext_lazy("Somebody tried your card with a wrong PIN."),
}
# What is said after an answer or a booking, by the word in the address.
SAID: dict[str, Promise] = {
    "coming": gettext_lazy("Thank you: they know that you come."),
    "cannot": gettext_lazy("The appointment is cancelled. Thank you for telling us."),
    "take": gettext_lazy("The appointment is yours."),
    "decline": gettext_lazy("You did not take this time. You go on waiting for another."),
    "booked": gettext_lazy("The appointment is booked."),
}
# Whether the help was of use: the answer, its picture, its words.
HELPED: tuple[tuple[str, str, Promise], ...] = (
    (Helpfulness.Answer.MUCH, "face-glad", gettext_lazy("Yes, a lot")),
    (Helpfulness.Answer.SOME, "face-half", gettext_lazy("A little")),
    (Helpfulness.Answer.NOT, "face-sad", gettext_lazy("It did not help me")),
    (Helpfulness.Answer.REFUSED, "face-quiet", gettext_lazy("I do not want to say")),
)
CHANGED = gettext_lazy("This appointment has changed meanwhile. Look at it again, or ask the desk.")
TAKEN = gettext_lazy("Somebody took this time meanwhile. Choose another.")
TOO_MANY = gettext_lazy("This cannot be booked here: you have other appointments. Ask the desk.")
# A state that is not here is not shown: the card is not good any more.
STATES: dict[str, Promise] = {
    Referral.Status.SENT: gettext_lazy("They know that you may come."),
    Referral.Status.ACCEPTED: gettext_lazy("They expect you."),
    Referral.Status.ARRIVED: gettext_lazy("You have been there."),
    Referral.Status.REFUSED: gettext_lazy("They cannot help you now. Ask who sent you: we find another way."),
}


def told_day(day: Day, *, discreet: bool) -> dict[str, Any]:
    """A day of who saw the file, in words; on a discreet page nobody is named, and no reason."""
    looks = [{"who": "" if discreet else look.team, "role": _who(look, discreet), "done": _done(look),
              "reasons": [] if discreet else look.reasons} for look in day.looks]  # fmt: skip
    return {
        "day": day_of_date(day.day),
        "looks": [look for number, look in enumerate(looks) if look not in looks[:number]],
        "entries": [ENTRIES[entry] for entry in ENTRIES if entry in day.entries],
    }


def _who(look: Look, discreet: bool) -> str:
    if discreet:
        return str(SOMEBODY)
    if look.team:
        return ""
    return str(ROLES.get(look.role, SOMEBODY)) if look.role else _("You on this page, or the platform by itself")


def _done(look: Look) -> list[str]:
    return [str(words) for key, words in DONE.items() if key in look.done]
