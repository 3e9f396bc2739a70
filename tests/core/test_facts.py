"""Labels with values: days as in the lists, and nothing without a value."""

from datetime import UTC, date, datetime

from django.template.loader import render_to_string
from django.utils import translation

from lgnet.core.templatetags.components import facts


def test_days_are_written_as_in_lists_and_numbers_stay_as_they_are():
    rows = [("Giorno", date(2026, 8, 19)), ("Ora", datetime(2026, 8, 19, 7, 5, tzinfo=UTC)), ("Casella", 1204),
            ("Chiusa il", None), ("Nota", "")]  # fmt: skip
    with translation.override("it"):
        text = render_to_string("core/facts.html", facts(rows))
    assert "<dd>19/08/2026</dd>" in text
    assert "<dd>19/08/2026 09:05</dd>" in text
    assert "<dd>1204</dd>" in text
    assert text.count("<dt>") == 3
