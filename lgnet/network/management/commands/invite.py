from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import translation

from lgnet.core.errors import DomainError
from lgnet.network.invitations import VALID_DAYS, invite_colleague
from lgnet.network.models import Partner
from lgnet.network.roles import Role


class Command(BaseCommand):
    help = "Invite somebody to a role at a partner and print the link: for the first user, and for network roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partner", required=True, help="slug of the partner, as in the address of its page")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="name and surname; can be set when accepting")
        parser.add_argument("--site-url", default="http://127.0.0.1:8000/", help="address of this installation")

    def handle(self, *args: Any, **options: Any) -> None:
        partner = Partner.objects.filter(slug=options["partner"]).first()
        if partner is None:
            known = ", ".join(Partner.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"no partner {options['partner']}; there are: {known or 'none, run load_network'}")
        try:
            validate_email(options["email"])
            with translation.override(settings.LANGUAGE_CODE):
                invited = invite_colleague(
                    by=None, partner=partner, role=options["role"], email=options["email"],
                    full_name=options["name"], site_url=options["site_url"],
                )  # fmt: skip
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Send this link, valid for {VALID_DAYS} days and for once:\n{invited.link}")
