"""The card with which a person opens the own page, and the tries to open one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User

CODE_LENGTH = 8  # 24 letters and figures: nobody guesses one, and cards of referrals are shorter


class OwnCard(BaseModel):
    """A person opens the own page with the code of this card and a PIN, of which only the hash is kept.

    Nothing in the database keeps a person from having two: after a merge both cards of the same person go on. What was
    opened with the card ends when `version` changes (a new PIN), when it is stopped, or if it began before `closed_at`.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person shows_name version made_by stopped_at stopped_by closed_at",
        "personal": "code language",
        "sensitive": "pin_hash discreet",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="own_cards")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    pin_hash = models.CharField(max_length=128, editable=False)
    language = models.CharField(_("language"), max_length=8)
    shows_name = models.BooleanField(_("show what the person is called"), default=False)
    discreet = models.BooleanField(_("discreet"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, editable=False)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_discreet(self) -> bool:
        """Whether the page must tell nothing to who looks over the shoulder; of a restricted file it never does."""
        return self.discreet or self.person.restricted


class OwnPageTries(BaseModel):
    """Failed tries to open own pages, of one code or from one address: `key` is a hash, also of codes no card has."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at key failures last_at locked_until"}

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)
