"""Forms refuse bad text at its field and lose nothing."""

import pytest
from django import forms
from django.template import Context, Template

from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm, run_service


class Sample(LgForm):
    name = forms.CharField(label="Name", max_length=10)
    day = forms.DateField(label="Day", required=False)
    pick = forms.ChoiceField(label="Pick", choices=[("a", "A")], widget=forms.RadioSelect, required=False)


def test_nul_is_refused_with_a_word_at_the_field():
    form = Sample({"name": "a\0b"})
    assert "Null characters are not allowed." in form.errors["name"]


@pytest.mark.parametrize("text", ["😀🎉", "محمد", "\u202eabc", "Ω" * 10])
def test_other_texts_are_kept_as_they_are(text):
    form = Sample({"name": text})
    assert form.is_valid()
    assert form.cleaned_data["name"] == text


def test_an_invalid_form_is_drawn_with_what_was_typed_and_its_errors():
    form = Sample({"name": "far too long a name", "day": "31/02/2026"})
    html = Template("{% form_body form %}").render(Context({"form": form, "csrf_token": "t"}))
    assert 'value="far too long a name"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'href="#id_day"' in html
    assert "Nothing you typed is lost" in html


def test_a_broken_rule_becomes_an_error_of_its_field():
    def service(*, field):
        raise DomainError("not so", field=field)

    form = Sample({"name": "x"})
    assert form.is_valid()
    assert run_service(form, service, field="name") is None
    assert form.errors["name"] == ["not so"]
    assert run_service(form, service, field="elsewhere") is None
    assert form.non_field_errors() == ["not so"]
    assert run_service(form, lambda: 5) == 5


def test_a_badge_of_unknown_colour_fails_at_once():
    with pytest.raises(ValueError, match="purple"):
        Template("{% badge 'x' 'purple' %}").render(Context())
