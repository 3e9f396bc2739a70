"""What tests of referrals start from: a body outside with its e-mail, and mails brought to a real server."""

from django.core.mail import EmailMessage, get_connection

from lgnet.cases.receivers import change_body
from lgnet.cases.referral_sharing import Sharing, Told
from lgnet.catalogue.models import Team
from lgnet.messaging.models import OutgoingMessage

SITE = "http://testserver/"


def make_body(partner, by, *, name="ASL Provaltina", email="ufficio@asl.example.org", kind="health"):
    team = Team.objects.create(partner=partner, kind=Team.Kind.OUTSIDE, name=name, reach="Via Inventata 1, tel. 000")
    change_body(by=by, team=team, kind=kind, email=email)
    return team


def sharing(day, *shared, basis="public_task"):
    return Sharing(shared or ("called", "languages", "need"), basis, Told("spoken", "ar", day))


def deliver(server):
    """Send what is queued to a mail server on this machine, as it stands; return the texts that came in."""
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=server.port)
    queued = OutgoingMessage.objects.filter(status="queued").order_by("created_at")
    for message in queued:
        EmailMessage(message.subject, message.text, to=[message.to], connection=connection).send()
    queued.update(status="sent")
    return [mail.get_content() for mail in server.mails]


def path_in(text):
    """The path of the link in the text of a mail."""
    return next(line for line in text.splitlines() if line.startswith(SITE)).removeprefix(SITE.rstrip("/"))
