"""Mails to people who work in the network, sent after the change they tell of has been saved."""

import logging
import smtplib
from collections.abc import Callable
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.network.models import User

log = logging.getLogger(__name__)


def send_after_commit(
    *,
    to: str,
    language: str,
    subject: str | Promise,
    template: str,
    context: dict[str, Any],
    then: Callable[[], object] | None = None,
) -> None:
    """Write the mail now, in `language`, and send it once the transaction has succeeded; `then` runs if it went out.

    A mail server that refuses or does not answer is logged and changes nothing else.
    """
    with translation.override(language):
        message = EmailMessage(str(subject), render_to_string(template, context), to=[to])

    def send() -> None:
        try:
            message.send()
        except (OSError, smtplib.SMTPException):
            log.exception("a mail could not be sent: %s", template)
        else:
            if then:
                then()

    transaction.on_commit(send)


def send_security_notice(*, user: User, notice: str | Promise) -> None:
    """Tell the owner of a sign-in, who must have an e-mail, that something about it has changed."""
    send_after_commit(
        to=user.email,
        language=user.language,
        subject=_("Your sign-in to LGNet has changed"),
        template="network/mail/security_notice.txt",
        context={"user": user, "notice": notice, "at": timezone.now()},
    )
