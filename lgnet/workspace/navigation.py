"""The menu by permission, and what every page of staff needs for its frame."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.core.addresses import address_of_page
from lgnet.network.access import access_of
from lgnet.network.roles import Permission, Role


@dataclass(frozen=True)
class Item:
    """One entry of the menu, shown to whoever holds one of `permissions`; none means everybody signed in.

    The reader is there on its page, below it, and on pages whose addresses begin with one of `also`. What is `seldom`
    opened stands under "More" for whoever has a long menu.
    """

    label: str | Promise
    url_name: str
    permissions: frozenset[Permission] = frozenset()
    also: tuple[str, ...] = ()
    seldom: bool = False

    def holds(self, path: str, url: str) -> bool:
        """Whether a page belongs to this entry, whose own page has the address `url`."""
        below = [*self.also, *([f"{url}/"] if url != "/" else [])]
        return path == url or path.startswith(tuple(below))


def _for(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


MENU = (
    Item(_("My day"), "home", also=("/week",)),
    Item(_("People"), "person_list", _for(Permission.VIEW_PEOPLE)),
    Item(_("Street"), "contact_list", _for(Permission.VIEW_CONTACTS)),
    Item(_("Tonight"), "tonight", _for(Permission.VIEW_TONIGHT)),
    Item(_("Desk"), "desk_today", _for(Permission.RECORD_VISIT)),
    Item(_("Appointments"), "appointment_day", _for(Permission.VIEW_APPOINTMENTS), also=("/mediators", "/messages")),
    Item(_("Directory"), "offer_list"),
    Item(_("Referrals"), "referral_list", _for(Permission.VIEW_REFERRALS)),
    Item(
        _("Answers"),
        "knowledge_list",
        _for(Permission.VIEW_PEOPLE, Permission.VIEW_REFERRALS, Permission.WRITE_KNOWLEDGE),
    ),
    Item(
        _("Cases"),
        "case_list",
        _for(Permission.VIEW_CASES),
        also=("/waiting", "/tasks", "/meetings", "/instruments", "/assessments", "/follow-ups"),
    ),
    Item(_("Indicators"), "indicator_list", _for(Permission.VIEW_INDICATORS)),
    Item(_("Street report"), "contact_report", _for(Permission.VIEW_NETWORK_INDICATORS), seldom=True),
    Item(
        _("Report of the desks"),
        "desk_report",
        _for(Permission.VIEW_NETWORK_INDICATORS, Permission.PLAN_ALL_OPENINGS),
        seldom=True,
    ),
    Item(_("Network"), "partner_list", _for(Permission.VIEW_PARTNERS), seldom=True),
    Item(
        _("Staff"),
        "staff_list",
        _for(Permission.MANAGE_STAFF, Permission.APPOINT_COORDINATORS),
        also=("/teams", "/invitations", "/memberships"),
        seldom=True,
    ),
    Item(_("Files opened"), "file_openings", _for(Permission.VIEW_FILE_OPENINGS), seldom=True),
    Item(_("Log"), "audit_list", _for(Permission.VIEW_AUDIT), seldom=True),
)
ONE_LINE = 11  # entries that fit beside each other on a screen of 1280 points


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the menu of this reader, the roles held, and whether this is a demo."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"is_demo": settings.DEMO, "languages": settings.LANGUAGES}
    if user is None or not user.is_authenticated:
        return context
    access = access_of(user)
    shown = [item for item in MENU if not item.permissions or item.permissions & access.permissions]
    entries = [(item.seldom, _entry(item, request.path)) for item in shown]
    long = len(entries) > ONE_LINE
    menu_more = [entry for seldom, entry in entries if seldom and long]
    context |= {"menu": [entry for seldom, entry in entries if not (seldom and long)], "menu_more": menu_more}
    context["menu_more_here"] = any(entry["here"] for entry in menu_more)
    roles = [f"{Role(grant.role).label} · {grant.partner_name}" for grant in access.grants]
    return context | {"roles": roles, "permissions": access.permissions}


def _entry(item: Item, path: str) -> dict[str, Any]:
    url = address_of_page(item.url_name)
    return {"label": item.label, "url": url, "here": item.holds(path, url)}
