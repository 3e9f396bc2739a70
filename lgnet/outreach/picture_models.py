"""Pictures of what a person shows and wants a colleague to see: a document, a wound. Never a face."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lgnet.core.models import BaseModel
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner, User
from lgnet.outreach.sync_models import Device


class ContactPicture(BaseModel):
    """A picture taken at a contact, to which the person agreed. One that was removed stays without its content.

    Its id is made with the form or on the device. `sent_sha256` is of the file as a device sent it.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner contact file thumbnail agreed made_at recorded_by device sent_sha256 "
        "removed_at removed_by",
        "sensitive": "caption removed_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("outreach.Contact", on_delete=models.PROTECT, related_name="pictures")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    agreed = models.BooleanField(_("the person agreed"))
    made_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    sent_sha256 = models.CharField(max_length=64, blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_reason = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(agreed=True), name="picture_with_consent")]
