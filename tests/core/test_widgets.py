"""Lists to choose from are drawn in Python, word for word as Django's templates do."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from lgnet.core.widgets import Renderer

GROUPED = [("", "—"), ("Città & dintorni", [("1", "<Stazione>"), (2, "Porto")]), (None, "altro")]


@pytest.mark.parametrize("value", ["", "1", 2, None, "x"])
@pytest.mark.parametrize(
    "widget",
    [
        forms.Select(choices=GROUPED),
        forms.Select(
            attrs={"class": 'a"b', "data-x": "<", "disabled": True, "hidden": False, "size": 3}, choices=GROUPED
        ),
        forms.SelectMultiple(choices=GROUPED),
        forms.NullBooleanSelect(),
    ],
)
def test_a_select_is_drawn_as_django_draws_it(widget, value):
    def drawn(renderer):
        return widget.render("na<me", value, attrs={"id": "x", "aria-describedby": "y"}, renderer=renderer)

    assert drawn(Renderer()) == drawn(DjangoTemplates())


def test_other_widgets_are_left_to_the_templates():
    assert "<textarea" in forms.Textarea().render("a", "b", renderer=Renderer())
