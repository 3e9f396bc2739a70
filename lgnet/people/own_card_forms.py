"""The form of an own card."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.core.once import RecordIdField
from lgnet.people.models import OwnCard, Person
from lgnet.people.own_cards import OwnCardDetails

FALLBACK = "en"


class OwnCardForm(LgForm):
    """How the page of the card speaks."""

    language = forms.ChoiceField(label=_("Language of the card and of the page"), choices=settings.PUBLIC_LANGUAGES)
    shows_name = forms.BooleanField(
        label=_("The page greets with what the person is called"), required=False,
        help_text=_("Leave it off if others may look at the telephone."),
    )  # fmt: skip
    discreet = forms.BooleanField(
        label=_("Discreet: the page and the card name no service and nobody"), required=False,
        help_text=_("For who could be in danger if somebody reads over the shoulder. A restricted file is always so."),
    )  # fmt: skip

    def details(self) -> OwnCardDetails:
        """What was chosen."""
        data = self.cleaned_data
        return OwnCardDetails(data["language"], shows_name=data["shows_name"], discreet=data["discreet"])


class NewOwnCardForm(OwnCardForm):
    """A card that is made."""

    record_id = RecordIdField()


def first_choice(person: Person) -> dict[str, Any]:
    """What is offered for a new card: the first language of the person that the page speaks; discreet if restricted."""
    offered = dict(settings.PUBLIC_LANGUAGES)
    spoken = [one.language for one in person.languages.all()]
    language = next((code for code in spoken if code in offered), FALLBACK if spoken else settings.LANGUAGE_CODE)
    return {"language": language, "discreet": person.restricted}


def present(card: OwnCard) -> dict[str, Any]:
    """What is chosen for a card now."""
    return {"language": card.language, "shows_name": card.shows_name, "discreet": card.discreet}
