"""The teams of a colleague, for the page of staff: the network, below the catalogue, knows of no teams."""

from typing import Any

from django import template

from lgnet.catalogue import selectors
from lgnet.network.models import User

register = template.Library()


@register.inclusion_tag("catalogue/_teams_of.html", takes_context=True)
def teams_of(context: Any, colleague: User) -> dict[str, Any]:
    """The teams a colleague is or will be in, of the partners whose staff the reader manages, and adding to one."""
    reader = context["request"].user
    return {
        "colleague": colleague,
        "places": selectors.places_of(reader, colleague),
        "may_add": selectors.teams_for(reader, colleague).exists(),
    }
