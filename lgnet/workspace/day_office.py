"""The day of who steers: coordinator, data protection officer, network, money."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases import selectors as cases
from lgnet.cases.tables import PLAN_DAYS
from lgnet.catalogue.directory_selectors import offers_to_check
from lgnet.network.access import access_of
from lgnet.network.models import Invitation, User
from lgnet.network.roles import Permission
from lgnet.people.selectors import visible_openings
from lgnet.workspace.day import Day, Figure, Item, Section


def city(user: User, day: Day) -> None:
    """What is late or waits for the coordinator, each number opening onto its list."""
    day.add_figures(_late_referrals(user), _late_plans(user), _openings(user), _invitations(user), _old_services(user))
    day.all_well = _("Nothing is late in your city, and nothing waits for you.")
    figures = _("contacts, persons reached, taken in charge, participants")
    day.sections.append(
        Section(
            _("Your city"),
            [
                Item(_("Cases"), _("who follows whom, and since when"), reverse("case_list")),
                Item(_("Board of the street work"), _("outings, contacts, who waits"), reverse("outing_board")),
                Item(_("Figures"), figures, reverse("indicator_list")),
                Item(_("Staff"), _("who works here, with which role"), reverse("staff_list")),
                Item(_("Log"), _("who read and wrote what"), reverse("audit_list")),
            ],
        )
    )


def _late_referrals(user: User) -> Figure:
    number = cases.late(cases.visible_referrals(user)).count()
    text = ngettext(
        "referral late: to be seen, answered or arrived", "referrals late: to be seen, answered or arrived", number
    )
    return Figure(number, text, f"{reverse('referral_list')}?late=on", "danger")


def _late_plans(user: User) -> Figure:
    number = cases.without_signed_plan(cases.visible_cases(user), for_days=PLAN_DAYS).count()
    text = ngettext(
        "case without a signed plan for more than 60 days", "cases without a signed plan for more than 60 days", number
    )
    return Figure(number, text, f"{reverse('case_list')}?plan=late", "danger")


def _invitations(user: User) -> Figure:
    partners = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    number = Invitation.objects.open().filter(partner__in=partners).count()
    text = ngettext("invitation not accepted yet", "invitations not accepted yet", number)
    return Figure(number, text, f"{reverse('invitation_list')}?state=open", "info")


def _old_services(user: User) -> Figure:
    number = offers_to_check(user).count()
    text = ngettext("service of the directory to be checked", "services of the directory to be checked", number)
    return Figure(number, text, f"{reverse('offer_list')}?state=stale", "info")


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
