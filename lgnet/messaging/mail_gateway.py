"""E-mail to people and to bodies outside."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from lgnet.core.words import one_line
from lgnet.messaging.gateway import Refused, Sent, TryAgain
from lgnet.messaging.links import stop_link
from lgnet.messaging.models import OutgoingMessage
from lgnet.messaging.stop_words import STOP_WORDS


class MailGateway:
    """E-mail by the back end of the settings. The Message-ID is made of the row's id: programs know a double by it."""

    is_safe_to_repeat = True

    def send(self, message: OutgoingMessage) -> Sent:
        """Hand the mail over to the mail server. Raises TryAgain or Refused."""
        mail = _mail(message)
        try:
            connection = get_connection(fail_silently=False)
            connection.open()
        except (OSError, smtplib.SMTPException) as problem:
            raise TryAgain(_words(problem)) from problem
        try:
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as problem:
            codes = [code for code, _text in problem.recipients.values()]
            raise (Refused if all(code >= 500 for code in codes) else TryAgain)(_words(problem)) from problem
        except smtplib.SMTPDataError as problem:
            raise (Refused if problem.smtp_code >= 500 else TryAgain)(_words(problem)) from problem
        except smtplib.SMTPResponseException as problem:  # the sender: ours to put right
            raise TryAgain(_words(problem)) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise TryAgain(_words(problem), may_have_gone=True) from problem
        except ValueError as problem:  # an address or a subject that no mail can have
            raise Refused(_words(problem)) from problem
        finally:
            connection.close()
        return Sent(mail.extra_headers["Message-ID"])


def _mail(message: OutgoingMessage) -> EmailMessage:
    """The mail, with the way to stop them below the text if it goes to a person."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    headers = {"Message-ID": f"<{message.reference}@{domain}>", "Auto-Submitted": "auto-generated"}
    text = message.text
    if message.person_id and (link := stop_link(message)):
        headers |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        text = f"{text}\n\n-- \n{STOP_WORDS.get(message.language, STOP_WORDS['it'])}\n{link}\n"
    return EmailMessage(one_line(message.subject), text, to=[message.to], headers=headers)


def _words(problem: BaseException) -> str:
    return one_line(str(problem) or type(problem).__name__)[:300]
