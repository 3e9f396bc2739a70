"""The day of who steers: coordinator, data protection officer, network, money."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases import selectors as cases
from lgnet.cases.models import Referral
from lgnet.cases.tables import LATE_DAYS, PLAN_DAYS
from lgnet.network.access import access_of
from lgnet.network.models import Invitation, User
from lgnet.network.roles import Permission
from lgnet.people.selectors import visible_openings
from lgnet.workspace.day import Day, Figure, Item, Section


def city(user: User, day: Day) -> None:
    """What is late or waits for the coordinator, each number opening onto its list."""
    late = cases.visible_referrals(user).filter(
        status=Referral.Status.SENT, sent_at__lt=timezone.now() - timedelta(days=LATE_DAYS)
    )
    without_plan = cases.without_signed_plan(cases.visible_cases(user), for_days=PLAN_DAYS)
    partners = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    invited = Invitation.objects.filter(
        partner__in=partners, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    )
    late_cards, no_plan, invitations = late.count(), without_plan.count(), invited.count()
    day.add_figures(
        Figure(
            late_cards,
            ngettext(
                "referral without an answer for more than a week",
                "referrals without an answer for more than a week", late_cards,
            ),
            f"{reverse('referral_list')}?late=on", "danger",
        ),
        Figure(
            no_plan,
            ngettext(
                "case without a signed plan for more than 60 days",
                "cases without a signed plan for more than 60 days", no_plan,
            ),
            f"{reverse('case_list')}?plan=late", "danger",
        ),
        _openings(user),
        Figure(
            invitations,
            ngettext("invitation not accepted yet", "invitations not accepted yet", invitations),
            reverse("staff_list"), "info",
        ),
    )  # fmt: skip
    day.all_well = _("Nothing is late in your city, and nothing waits for you.")
    day.sections.append(
        Section(
            _("Your city"),
            [
                Item(_("Cases"), _("who follows whom, and since when"), reverse("case_list")),
                Item(
                    _("Figures"),
                    _("contacts, persons reached, taken in charge, participants"),
                    reverse("indicator_list"),
                ),
                Item(_("Staff"), _("who works here, with which role"), reverse("staff_list")),
                Item(_("Log"), _("who read and wrote what"), reverse("audit_list")),
            ],
        )
    )


def protection(user: User, day: Day) -> None:
    """Files opened with a reason that nobody has looked at yet, and the log."""
    day.add_figures(_openings(user))
    day.all_well = day.all_well or _("Every opening of a file with a reason has been looked at.")
    day.sections.append(
        Section(
            _("Who saw what"),
            [
                Item(_("Openings of files"), _("who opened a closed file, and why"), reverse("file_openings")),
                Item(_("Log"), _("who read and wrote what, and when"), reverse("audit_list")),
            ],
        )
    )


def _openings(user: User) -> Figure:
    number = visible_openings(user).filter(seen_at__isnull=True).count()
    text = ngettext("opening of a file to look at", "openings of files to look at", number)
    return Figure(number, text, reverse("file_openings"))


def network(user: User, day: Day) -> None:
    """The four counts of the network in this quarter, and where to go from them."""
    day.sections.append(
        Section(
            _("The network"),
            [
                Item(_("Figures by city and quarter"), _("down to pseudonymous evidence"), reverse("indicator_list")),
                Item(_("Partners"), _("what each runs, with its targets"), reverse("partner_list")),
                Item(_("How every number is counted"), _("the rule of each indicator"), reverse("methodology")),
            ],
        )
    )


def money(_user: User, day: Day) -> None:
    """Costs come later; the figures are there."""
    day.sections.append(
        Section(
            _("What you can do now"),
            [
                Item(_("Figures"), _("what was done in the city, quarter by quarter"), reverse("indicator_list")),
                Item(_("How every number is counted"), _("the rule of each indicator"), reverse("methodology")),
                Item(_("Project and partners"), _("objectives, expected results, targets"), reverse("project_page")),
            ],
        )
    )
