"""Whom the units have not met for two weeks: by the latest contact with each, whatever came before."""

from datetime import timedelta

from django.utils import timezone

from lgnet.catalogue.models import Zone
from lgnet.outreach.selectors import not_met_for
from lgnet.outreach.services import Sighting, record_contact


def met(user, unit, *, days, earlier=None, **seen):
    return record_contact(
        by=user, team=unit, zone=Zone.objects.get(partner=unit.partner), earlier=earlier, sighting=Sighting(**seen),
        occurred_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip


def test_who_was_met_again_since_is_not_among_them(outreach_operator, unit):
    first = met(outreach_operator, unit, days=30, nickname="Nuvola")
    met(outreach_operator, unit, days=2, earlier=first)
    met(outreach_operator, unit, days=20, nickname="Mantello")
    assert [contact.called for contact in not_met_for(outreach_operator, [unit], 14)] == ["Mantello"]
