"""Permissions and roles, in code and in words. There are no permission tables.

A role is held at a partner (`Membership`). `scope` says what it reaches: `partner` only that partner's data;
`network` every partner, but of persons only aggregates or pseudonymous rows (DESIGN 4.7).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """One thing a role may do, with its description."""

    VIEW_PARTNERS = "view_partners", _("read the pages of the project and of every partner")
    VIEW_PEOPLE = "view_people", _("list and search the persons of the city, restricted files apart")
    OPEN_FILE = "open_file", _("open a file without being in its team, stating a reason")
    REGISTER_PERSON = "register_person", _("register a person and correct identity, contacts and household")
    CHECK_ELIGIBILITY = "check_eligibility", _("record a dated check of the title to stay")
    RESTRICT_FILE = "restrict_file", _("hide a file from all but its team")
    VIEW_CONTACTS = "view_contacts", _("read the street contacts of the city")
    RECORD_CONTACT = "record_contact", _("record a street contact")
    VIEW_TONIGHT = "view_tonight", _("see what is open now in the city: outings with their stops, sites")
    VIEW_OUTINGS = "view_outings", _("read the calendar and the logs of the outings of the city")
    RUN_OUTINGS = "run_outings", _("plan, start and end the outings of one's own mobile unit, and keep the stops")
    PLAN_OUTINGS = "plan_outings", _("plan the outings of every mobile unit of the city, and follow them on the board")
    VIEW_REFERRALS = "view_referrals", _("read referrals sent by or to the teams of the city")
    SEND_REFERRAL = "send_referral", _("send somebody to another service")
    ANSWER_REFERRAL = "answer_referral", _("accept or refuse somebody referred to one's own team, record the arrival")
    RECORD_VISIT = "record_visit", _("record an arrival at the desk")
    KEEP_DIRECTORY = "keep_directory", _("keep the directory of services of the city")
    VIEW_APPOINTMENTS = "view_appointments", _("read the appointments of the city")
    BOOK_APPOINTMENT = "book_appointment", _("book, move and cancel appointments with the services of the city")
    PLAN_OPENINGS = "plan_openings", _("say when one's own team receives people: openings, absences, rooms")
    PLAN_ALL_OPENINGS = "plan_all_openings", _("say when every team of the city receives people")
    RECORD_REQUESTS = "record_requests", _("record what people ask and what they were answered")
    COUNT_SERVICES = "count_services", _("record showers, mail and other services that are counted")
    WRITE_KNOWLEDGE = "write_knowledge", _("write pages of answers")
    REVIEW_KNOWLEDGE = "review_knowledge", _("review pages of answers, so that they can be used")
    MERGE_PERSONS = "merge_persons", _("join two files of the same person, and undo it")
    OFFER_MEDIATION = "offer_mediation", _("offer the hours of mediators, also to other cities")
    BOOK_MEDIATION = "book_mediation", _("book the hours of mediators, also of other cities")
    SET_MESSAGING = "set_messaging", _("say when no messages go out in the city, and try the gateways")
    VIEW_CASES = "view_cases", _("list the cases of the city, without opening files")
    OPEN_CASE = "open_case", _("take in charge: open a case and form its team")
    WORK_ON_CASE = "work_on_case", _("assess, plan and record services, in the cases of one's own team")
    ASSIGN_CASE = "assign_case", _("say who works on a case, without opening its file")
    KEEP_INSTRUMENTS = "keep_instruments", _("load instruments of assessment for the city, and withdraw them")
    CLOSE_CASE = "close_case", _("close a case of one's own team with an outcome")
    VIEW_INDICATORS = "view_indicators", _("figures of the partner and their pseudonymous evidence")
    VIEW_NETWORK_INDICATORS = "view_network_indicators", _("figures of every partner and their pseudonymous evidence")
    VIEW_FILE_OPENINGS = "view_file_openings", _("see who opened a file with a reason, and acknowledge it")
    VIEW_AUDIT = "view_audit", _("the log of writes and of reads of the partner")
    VIEW_RESTRICTED_AUDIT = "view_restricted_audit", _("the log of restricted files too, without being in their team")
    MANAGE_STAFF = "manage_staff", _("invite staff of the partner, change and end their memberships")
    APPOINT_COORDINATORS = "appoint_coordinators", _("invite the coordinators of any partner")


class Role(models.TextChoices):
    """The roles of DESIGN 1. People helped and the public have no account."""

    OUTREACH_OPERATOR = "outreach_operator", _("outreach operator")
    DESK_OPERATOR = "desk_operator", _("desk operator")
    CASE_WORKER = "case_worker", _("case manager and team")
    HOUSING_MANAGER = "housing_manager", _("housing manager")
    ACTIVITY_COORDINATOR = "activity_coordinator", _("activity coordinator")
    COORDINATOR = "coordinator", _("municipal coordinator")
    FINANCE_OFFICER = "finance_officer", _("finance officer")
    AUDITOR = "auditor", _("auditor")
    NETWORK_SUPPORT = "network_support", _("network support")
    LEAD_AUTHORITY = "lead_authority", _("lead authority")
    DPO = "dpo", _("data protection officer")


class Profile(models.TextChoices):
    """Professions in a team (DOMAIN 1.3)."""

    SOCIAL_WORKER = "social_worker", _("social worker")
    PSYCHOLOGIST = "psychologist", _("psychologist")
    LEGAL_OPERATOR = "legal_operator", _("legal operator")
    MEDIATOR = "mediator", _("intercultural mediator")
    EDUCATOR = "educator", _("educator")
    NURSE = "nurse", _("health worker")
    OPERATOR = "operator", _("social operator")
    OTHER = "other", _("other")


@dataclass(frozen=True)
class RoleSpec:
    """What a role is for, what it may do and how far it reaches."""

    purpose: Promise
    permissions: frozenset[Permission]
    scope: str = "partner"  # "partner" | "network"
    sees_personal_data: bool = True
    works_in_teams: bool = False  # a place in a team counts only with such a role at the team's partner


P = Permission
_EVERYBODY = {P.VIEW_PARTNERS, P.VIEW_INDICATORS}
_FRONT_LINE = _EVERYBODY | {P.VIEW_PEOPLE, P.OPEN_FILE, P.REGISTER_PERSON, P.VIEW_REFERRALS, P.SEND_REFERRAL}
_FRONT_LINE |= {P.VIEW_TONIGHT, P.VIEW_APPOINTMENTS, P.BOOK_APPOINTMENT, P.BOOK_MEDIATION}
_RECEIVES = {P.PLAN_OPENINGS, P.RECORD_REQUESTS, P.COUNT_SERVICES, P.WRITE_KNOWLEDGE, P.MERGE_PERSONS}

ROLES: dict[str, RoleSpec] = {
    Role.OUTREACH_OPERATOR: RoleSpec(
        _("Meets people in the street, recognises them again, gives first help and hands over to a desk."),
        frozenset(_FRONT_LINE | {P.VIEW_CONTACTS, P.RECORD_CONTACT, P.VIEW_OUTINGS, P.RUN_OUTINGS}),
        works_in_teams=True,
    ),
    Role.DESK_OPERATOR: RoleSpec(
        _("Receives people at the one-stop shop, registers them, answers, checks titles to stay and refers."),
        frozenset(
            _FRONT_LINE
            | _RECEIVES
            | {P.CHECK_ELIGIBILITY, P.ANSWER_REFERRAL, P.RECORD_VISIT, P.VIEW_CASES, P.OPEN_CASE}
            | {P.KEEP_DIRECTORY, P.OFFER_MEDIATION}
        ),
        works_in_teams=True,
    ),
    Role.CASE_WORKER: RoleSpec(
        _("Assesses with the team, agrees the plan, follows it and closes the case with an outcome."),
        frozenset(
            _FRONT_LINE
            | _RECEIVES
            | {P.CHECK_ELIGIBILITY, P.RESTRICT_FILE, P.ANSWER_REFERRAL, P.VIEW_CASES}
            | {P.OPEN_CASE, P.WORK_ON_CASE, P.CLOSE_CASE}
        ),
        works_in_teams=True,
    ),
    Role.HOUSING_MANAGER: RoleSpec(
        _("Runs shelters and flats: beds, stays, co-housing and rent aid."),
        frozenset(
            _EVERYBODY
            | {P.VIEW_PEOPLE, P.OPEN_FILE, P.VIEW_REFERRALS, P.ANSWER_REFERRAL, P.VIEW_TONIGHT}
            | {P.VIEW_APPOINTMENTS, P.BOOK_APPOINTMENT, P.BOOK_MEDIATION}
        ),
        works_in_teams=True,
    ),
    Role.ACTIVITY_COORDINATOR: RoleSpec(
        _("Offers civic engagement, courses and workshops, and takes attendance."),
        frozenset(_EVERYBODY | {P.VIEW_REFERRALS, P.ANSWER_REFERRAL, P.VIEW_TONIGHT}),
        works_in_teams=True,
    ),
    Role.COORDINATOR: RoleSpec(
        _("Runs the project in the city: who is waiting, deadlines, staff, targets, who opened which file."),
        frozenset(
            _EVERYBODY
            | {P.VIEW_PEOPLE, P.OPEN_FILE, P.VIEW_CONTACTS, P.VIEW_REFERRALS, P.VIEW_CASES}
            | {P.VIEW_TONIGHT, P.VIEW_OUTINGS, P.PLAN_OUTINGS}
            | {P.KEEP_DIRECTORY, P.VIEW_APPOINTMENTS, P.BOOK_APPOINTMENT, P.PLAN_ALL_OPENINGS}
            | {P.OFFER_MEDIATION, P.BOOK_MEDIATION}
            | {P.WRITE_KNOWLEDGE, P.REVIEW_KNOWLEDGE, P.SET_MESSAGING}
            | {P.ASSIGN_CASE, P.KEEP_INSTRUMENTS, P.RESTRICT_FILE, P.VIEW_FILE_OPENINGS, P.VIEW_AUDIT, P.MANAGE_STAFF}
        ),
    ),
    Role.FINANCE_OFFICER: RoleSpec(
        _("Enters costs with their proof and prepares claims."), frozenset(_EVERYBODY), sees_personal_data=False
    ),
    Role.AUDITOR: RoleSpec(
        _("Verifies a sample of costs and of the evidence behind figures."),
        frozenset(_EVERYBODY),
        sees_personal_data=False,
    ),
    Role.NETWORK_SUPPORT: RoleSpec(
        _("Helps the cities; sees aggregates and pseudonymous rows only."),
        frozenset(
            _EVERYBODY | {P.VIEW_NETWORK_INDICATORS, P.APPOINT_COORDINATORS, P.WRITE_KNOWLEDGE, P.REVIEW_KNOWLEDGE}
        ),
        scope="network",
        sees_personal_data=False,
    ),
    Role.LEAD_AUTHORITY: RoleSpec(
        _("Steers the project: indicators by city and period, down to pseudonymous evidence."),
        frozenset(_EVERYBODY | {P.VIEW_NETWORK_INDICATORS, P.APPOINT_COORDINATORS}),
        scope="network",
        sees_personal_data=False,
    ),
    Role.DPO: RoleSpec(
        _("Oversees data protection: who saw what and why."),
        frozenset(_EVERYBODY | {P.VIEW_AUDIT, P.VIEW_RESTRICTED_AUDIT, P.VIEW_FILE_OPENINGS}),
    ),
}

TEAM_ROLES = frozenset(Role(role) for role, spec in ROLES.items() if spec.works_in_teams)
