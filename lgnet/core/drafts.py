"""What was typed and not yet sent, kept on the server: nothing is lost to a time-out, a crash or a closed lid."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from lgnet.core.models import Draft

KEPT = timedelta(days=30)
MAX_FIELDS, MAX_LENGTH = 300, 50_000


def save_draft(*, owner_id: uuid.UUID, form_key: str, data: Any) -> Draft:
    """Keep `data` (field name to text or list of texts) for this owner and form. Raises ValueError if it is no form."""
    if not isinstance(data, dict) or len(data) > MAX_FIELDS or len(form_key) > 200:
        raise ValueError("not a form of ours")
    clean = {str(name)[:100]: _texts(value) for name, value in data.items() if name != "csrfmiddlewaretoken"}
    draft, _created = Draft.objects.update_or_create(owner_id=owner_id, form_key=form_key, defaults={"data": clean})
    return draft


def get_draft(*, owner_id: uuid.UUID, form_key: str) -> Draft | None:
    """The owner's draft of this form, unless it is older than 30 days."""
    fresh = timezone.now() - KEPT
    return Draft.objects.filter(owner_id=owner_id, form_key=form_key, updated_at__gte=fresh).first()


def clear_draft(*, owner_id: uuid.UUID, form_key: str) -> None:
    """Forget the draft: the form was sent, or the owner does not want it."""
    Draft.objects.filter(owner_id=owner_id, form_key=form_key).delete()


def _texts(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item).replace("\0", "")[:MAX_LENGTH] for item in value[:MAX_FIELDS]]
    return str(value).replace("\0", "")[:MAX_LENGTH]
