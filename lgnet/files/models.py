"""What is known of a stored file. Its bytes are on the disk, encrypted (`vault`)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class StoredFile(BaseModel):
    """A file of a partner. `size` and `sha256` are of the content as it is read, not of what is on the disk.

    The content is encrypted with a key of its own, kept here wrapped under the key of the installation that `key_id`
    names. When a file is destroyed, that key goes in the same transaction: what is left of the bytes, here or on a
    copy, opens no more. The row stays as a tombstone.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner content_type size sha256 key_id wrapped_key stored_by destroyed_at "
        "destroyed_by",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16, db_index=True)
    wrapped_key = models.BinaryField(null=True)
    stored_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, wrapped_key__isnull=False)
                | Q(destroyed_at__isnull=False, wrapped_key__isnull=True),
                name="file_without_key_when_destroyed",
            ),
        ]
