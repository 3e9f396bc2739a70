"""Every field of every model of ours is sorted into exactly one class of privacy."""

import pytest
from django.apps import apps

CLASSES = {"public", "internal", "personal", "sensitive"}
MODELS = [model for model in apps.get_models() if model.__module__.startswith("lgnet.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_sorted_once(model):
    fields = sorted(field.name for field in model._meta.concrete_fields)
    assert set(model.PRIVACY) <= CLASSES
    sorted_fields = sorted(name for names in model.PRIVACY.values() for name in names.split())
    assert sorted_fields == fields, f"{model._meta.label}: PRIVACY and fields differ"


def test_there_are_models():
    assert len(MODELS) > 25
