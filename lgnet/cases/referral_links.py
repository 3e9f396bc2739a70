"""The signed link by which a body outside of the network reads and answers a referral without an account.

The mail tells nothing of anybody. The link is made of the id of its row and its `turn`, signed with the key of the
platform: the row itself opens nothing (the text of the mail in `messaging` does, while the link is good), a newer link
puts an older one out of use, and a reminder can carry the same link again. Whoever opens it first says for which body
and under which name; each read is logged.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral, ReferralLink, ReferralNote
from lgnet.cases.policies import may_withdraw
from lgnet.cases.referral_clocks import receiver_of
from lgnet.cases.referral_moves import Outside, Said, change, log
from lgnet.cases.referral_sharing import Share, Sharing, see_to_notices
from lgnet.cases.referral_thread import mark_notes_read, write_note
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.messaging.models import Channel
from lgnet.messaging.services import cancel_messages, write_to_address
from lgnet.network.accounts import line_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import file_is_open_for
from lgnet.people.selectors import FileClosed

LINK = "cases.referrallink"
GOOD_FOR = timedelta(days=30)
MAIL, REMINDER = "referral_link", "referral_reminder"
LANGUAGE = "it"  # of mails to Italian bodies
TRIES, PAUSE = 10, timedelta(minutes=15)  # wrong links from one address of the network, before it has to wait
ANSWERS = {
    "accept": Referral.Status.ACCEPTED, "refuse": Referral.Status.REFUSED, "arrived": Referral.Status.ARRIVED,
    "not-arrived": Referral.Status.NOT_ARRIVED, "close": Referral.Status.CLOSED,
}  # fmt: skip
_signer = signing.Signer(sep=".", salt="lgnet referral link")


@transaction.atomic
def refer_person(
    *, by: User, person: Person, from_team: Team, to_team: Team, site_url: str, need: str = "", reason: str = "",
    sharing: Sharing | None = None, follows: Referral | None = None, record_id: uuid.UUID | None = None,
) -> Referral:  # fmt: skip
    """Send a registered person, and with `sharing` the link to the body outside too: both or nothing.

    Raises DomainError as `send_referral` and `send_link`.
    """
    sent = send_referral(
        by=by, from_team=from_team, to_team=to_team, person=person, need=need, reason=reason, record_id=record_id,
        follows=follows,
    )  # fmt: skip
    if sharing and not ReferralLink.objects.filter(referral=sent).exists():  # the same form may come twice
        send_link(by=by, referral=sent, sharing=sharing, site_url=site_url)
    return sent


@transaction.atomic
def send_link(*, by: User, referral: Referral, sharing: Sharing, site_url: str) -> ReferralLink:
    """Let the body outside read the ticked parts of what is known, and answer, by a link; an older link ends.

    Raises PermissionDenied for whoever is not of the team that sends, FileClosed when the file is closed to her or him,
    DomainError when the referral is over, the body is of the network or has no e-mail, nobody is registered, nothing
    is ticked, a basis or a notice is missing.
    """
    if not may_withdraw(by, referral):
        raise PermissionDenied(str(Permission.SEND_REFERRAL))
    locked = Referral.objects.select_for_update().get(pk=referral.pk)
    email = receiver_of(referral.to_team).email
    person = _check_sharing(locked, referral.to_team, email, sharing)
    if not file_is_open_for(by, person):
        raise FileClosed(person)
    see_to_notices(by=by, person=person, told=sharing.told)
    referral.shared, referral.basis = [code for code in Share.values if code in sharing.shared], sharing.basis
    referral.save(update_fields=["shared", "basis"])
    link = ReferralLink.objects.filter(referral=referral).first() or ReferralLink(referral=referral)
    link.turn += 1
    link.email, link.site_url, link.sent_by, link.of_restricted = email, site_url, by, person.restricted
    link.sent_at, link.expires_at = timezone.now(), timezone.now() + GOOD_FOR
    link.stopped_at = link.stopped_by = None
    link.save()
    cancel_messages(about=referral, kind=MAIL)
    mail_link(link, kind=MAIL, key=f"{link.pk}:{link.turn}", by=by)
    log(AuditEntry.Action.UPDATE, by, referral, {"link": email, "shared": referral.shared, "basis": referral.basis})
    return link


@transaction.atomic
def stop_link(*, by: User, link: ReferralLink) -> ReferralLink:
    """Put a link out of use; stopped already, nothing changes."""
    if not may_withdraw(by, link.referral):
        raise PermissionDenied(str(Permission.SEND_REFERRAL))
    if link.stopped_at is None:
        link.stopped_at, link.stopped_by = timezone.now(), by
        link.save(update_fields=["stopped_at", "stopped_by"])
        for kind in (MAIL, REMINDER):
            cancel_messages(about=link.referral, kind=kind)
        log(AuditEntry.Action.UPDATE, by, link.referral, {"link": "stopped"})
    return link


def mail_link(link: ReferralLink, *, kind: str, key: str, by: User | None, late: bool = False) -> None:
    """Queue the mail with the link. It says which team writes, and nothing about anybody."""
    referral = link.referral
    address = urljoin(link.site_url, reverse("answer_link", args=[token_of(link)]))
    context = {"referral": referral, "link": address, "until": link.expires_at, "late": late}
    with translation.override(LANGUAGE):
        subject = _("Reminder: a referral waits for your answer") if late else _("Somebody was referred to you")
        text = render_to_string("cases/mail/referral_link.txt", context)
    write_to_address(
        by=by, partner=referral.partner, channel=Channel.EMAIL, to=link.email, kind=kind, about=referral,
        key=f"{kind}:{key}", language=LANGUAGE, subject=f"{subject} · LGNet {referral.partner.short_name}", text=text,
        expires_at=link.expires_at,
    )  # fmt: skip


def _check_sharing(referral: Referral, to_team: Team, email: str, sharing: Sharing) -> Person:
    if referral.status not in Referral.OPEN:
        raise DomainError(_("This referral is over: %(status)s.") % {"status": referral.get_status_display()})
    if not to_team.is_outside:
        raise DomainError(_("A team of the network reads the file: only other bodies get a link."), field="by_mail")
    if not email:
        raise DomainError(_("The e-mail of this body is not known. Write it under “Who receives”."), field="by_mail")
    if referral.person is None:
        raise DomainError(_("Somebody who is not registered is sent with the card only."), field="by_mail")
    if not set(sharing.shared) & set(Share.values):
        raise DomainError(_("Tick at least one thing to share."), field="shared")
    if sharing.basis not in Referral.Basis.values:
        raise DomainError(_("Say on which basis this is shared."), field="basis")
    return referral.person


# -- who opens a link ------------------------------------------------------------------------------------------------


def token_of(link: ReferralLink) -> str:
    """What stands in the address."""
    return _signer.sign(f"{link.pk.hex}-{link.turn}")


def find_link(token: str) -> tuple[ReferralLink | None, str]:
    """The link of a token, if it is good; otherwise why not, for the log: nobody outside is told."""
    try:
        key, _sign, turn = _signer.unsign(token).partition("-")
        pk = uuid.UUID(key)
    except (signing.BadSignature, ValueError):
        return None, "unknown"
    rows = ReferralLink.objects.select_related(
        "referral__to_team", "referral__from_team", "referral__person", "referral__partner"
    )
    link = rows.filter(pk=pk).first()
    if link is None:
        return None, "unknown"
    reasons = {
        "replaced": str(link.turn) != turn, "stopped": link.stopped_at is not None,
        "expired": link.expires_at <= timezone.now(), "withdrawn": link.referral.status == Referral.Status.WITHDRAWN,
        "restricted": bool(link.referral.person and link.referral.person.restricted and not link.of_restricted),
    }  # fmt: skip
    why = next((reason for reason, holds in reasons.items() if holds), "")
    return (None, why) if why else (link, "")


def has_tried_too_often(ip: str) -> bool:
    """Whether so many wrong links were opened from an address, or its line, that it has to wait."""
    tries = AuditEntry.objects.filter(
        object_type=LINK, action=AuditEntry.Action.SIGN_IN_FAILED, created_at__gte=timezone.now() - PAUSE,
        detail__line=line_of(ip),
    )  # fmt: skip
    return tries.count() >= TRIES


def note_wrong_link(*, ip: str, why: str) -> None:
    """Log that a link was opened which is not good."""
    audit.note_read(
        by=None, object_type=LINK, object_id=None, action=AuditEntry.Action.SIGN_IN_FAILED,
        detail={"ip": ip, "line": line_of(ip), "why": why},
    )  # fmt: skip


def note_read_by_link(link: ReferralLink, *, by: Outside, ip: str) -> None:
    """Log that the body read what is shared: who said to be reading, from where, which parts."""
    referral = link.referral
    audit.note_read(
        by=by, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id, detail={"ip": ip, "shared": referral.shared},
    )  # fmt: skip


@transaction.atomic
def enter_by_link(*, link: ReferralLink, by: Outside, ip: str) -> Referral:
    """Somebody says to be of the body and opens the referral: it is seen, and the notes to the body are read."""
    referral = link.referral
    if link.opened_at is None:
        link.opened_at = timezone.now()
        link.save(update_fields=["opened_at"])
    log(AuditEntry.Action.UPDATE, by, referral, {"link": "opened", "ip": ip})
    if Referral.objects.select_for_update().get(pk=referral.pk).status == Referral.Status.SENT:
        change(referral, Referral.Status.SEEN, by=by)
    mark_notes_read(by=by, referral=referral)
    return referral


@transaction.atomic
def answer_by_link(
    *, link: ReferralLink, by: Outside, act: str, answer: str = "", come_at: datetime | None = None, result: str = ""
) -> Referral:
    """The body answers: accepts, refuses, says whether the person came, or closes. Raises DomainError as `change`."""
    said: dict[str, Any] = {"words": answer, "come_at": come_at if act == "accept" else None, "result": result}
    done = change(link.referral, ANSWERS[act], by=by, said=Said(**said))
    _stay_open(link)
    return done


@transaction.atomic
def write_by_link(
    *, link: ReferralLink, by: Outside, text: str, corrects: ReferralNote | None = None,
    record_id: uuid.UUID | None = None,
) -> ReferralNote:  # fmt: skip
    """The body writes to the team that sent the person. Raises DomainError as `write_note`."""
    note = write_note(by=by, referral=link.referral, text=text, corrects=corrects, record_id=record_id)
    mark_notes_read(by=by, referral=link.referral)
    _stay_open(link)
    return note


def _stay_open(link: ReferralLink) -> None:
    """While the two sides speak, the link lasts."""
    until = timezone.now() + GOOD_FOR
    ReferralLink.objects.filter(pk=link.pk).update(expires_at=until)
