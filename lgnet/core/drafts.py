"""What was typed and not yet sent, kept on the server: nothing is lost to a time-out, a crash or a closed lid.

A draft belongs to one user and one form. Its key names the form and what the form is about, so that what was typed
about one person never comes back on the page of another.
"""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from lgnet.core.models import Draft

KEPT = timedelta(days=30)
MAX_FIELDS, MAX_LENGTH = 300, 50_000
KEY = re.compile(r"[-\w]{1,200}", re.ASCII)


def draft_key(form: str, *about: Any) -> str:
    """The key of the drafts of `form`; of those about somebody in particular where `about` says who.

    `about` is what the page was opened with, a name that was searched too: the key does not tell it.
    """
    told = [str(part) for part in about if part]
    return f"{form}-{salted_hmac('draft', json.dumps(told)).hexdigest()[:24]}" if told else form


def save_draft(*, owner_id: uuid.UUID, form_key: str, data: Any) -> Draft:
    """Keep `data` (field name to text or list of texts) for this owner and form, and drop the owner's old drafts.

    Raises ValueError if it is no form.
    """
    if not isinstance(data, dict) or len(data) > MAX_FIELDS or not KEY.fullmatch(form_key):
        raise ValueError("not a form of ours")
    clean = {_text(name)[:100]: _texts(value) for name, value in data.items() if name != "csrfmiddlewaretoken"}
    Draft.objects.filter(owner_id=owner_id, updated_at__lt=timezone.now() - KEPT).delete()
    draft, _created = Draft.objects.update_or_create(owner_id=owner_id, form_key=form_key, defaults={"data": clean})
    return draft


def get_draft(*, owner_id: uuid.UUID, form_key: str) -> Draft | None:
    """The owner's draft of this form, unless it is older than 30 days."""
    fresh = timezone.now() - KEPT
    return Draft.objects.filter(owner_id=owner_id, form_key=form_key, updated_at__gte=fresh).first()


def clear_draft(*, owner_id: uuid.UUID, form_key: str) -> None:
    """Forget the draft: the form was sent, or the owner does not want it. A key that is none has no draft."""
    if KEY.fullmatch(form_key):
        Draft.objects.filter(owner_id=owner_id, form_key=form_key).delete()


def purge_drafts() -> int:
    """Delete everybody's drafts that are older than 30 days; return how many there were."""
    count, _by_model = Draft.objects.filter(updated_at__lt=timezone.now() - KEPT).delete()
    return count


def _texts(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_text(item) for item in value[:MAX_FIELDS]]
    return _text(value)


def _text(value: Any) -> str:
    """A text as every database takes it: without NUL, and without halves of a character. ValueError for no text."""
    if not isinstance(value, str):
        raise ValueError("a form has texts")
    return value[:MAX_LENGTH].replace("\0", "").encode("utf-8", "replace").decode()
