"""After the end of a case: how it goes on, and whether it helped."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import User
from lgnet.people.codes import HousingSituation

FOLLOWED_AFTER = (3, 6, 12)  # months


class FollowUp(BaseModel):
    """So many months after a case was closed: how the person lives. Without `done_on` it is still to be asked.

    `has_work` says whether she or he works, is in training or at school; `occupation` which of these.
    """

    class Occupation(models.TextChoices):
        WORK = "work", _("works")
        TRAINING = "training", _("in training or an internship")
        SCHOOL = "school", _("at school, or learns Italian")
        NOTHING = "nothing", _("none of these")

    class Result(models.TextChoices):
        STABLE = "stable", pgettext_lazy("follow-up", "goes on well")
        HARDER = "harder", pgettext_lazy("follow-up", "harder than before")
        AGAIN = "again", pgettext_lazy("follow-up", "needs help again")
        NOT_FOUND = "not_found", pgettext_lazy("follow-up", "could not be reached")
        DECLINED = "declined", pgettext_lazy("follow-up", "does not want to be asked")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case months due_on done_on done_by tries last_tried_on",
        "sensitive": "result housing has_work occupation note",
    }

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="follow_ups")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("asked on"), null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("how it goes"), max_length=10, choices=Result, blank=True)
    housing = models.CharField(_("housing now"), max_length=2, choices=HousingSituation.choices, blank=True)
    occupation = models.CharField(_("work, training or school"), max_length=10, choices=Occupation, blank=True)
    has_work = models.BooleanField(_("works, is in training or at school"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries without reaching the person"), default=0)
    last_tried_on = models.DateField(null=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="follow_up_due", condition=Q(done_on__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, result="") | Q(done_on__isnull=False, result__gt=""),
                name="follow_up_done_with_a_result",
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Whether it should have been asked before today."""
        return self.done_on is None and self.due_on < timezone.localdate()


class Helpfulness(BaseModel):
    """What the person says of the help: asked of everybody in her or his language, also to be refused."""

    class Answer(models.TextChoices):
        MUCH = "much", pgettext_lazy("helpfulness", "it helped much")
        SOME = "some", pgettext_lazy("helpfulness", "it helped a little")
        NOT = "not", pgettext_lazy("helpfulness", "it did not help")
        REFUSED = "refused", pgettext_lazy("helpfulness", "does not want to say")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case language asked_by asked_at",
        "sensitive": "answer words",
    }

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="helpfulness")
    answer = models.CharField(_("did it help?"), max_length=10, choices=Answer)
    words = models.TextField(_("in the person's words"), blank=True)
    language = models.CharField(_("asked in"), max_length=8, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: on the own page


class HelpfulnessNotAsked(BaseModel):
    """Why somebody was not asked whether the help was of use. What she or he says later counts all the same."""

    class Reason(models.TextChoices):
        LOST = "lost", pgettext_lazy("not asked", "the person cannot be reached")
        DEATH = "death", pgettext_lazy("not asked", "the person has died")
        NO_INTERPRETER = "no_interpreter", pgettext_lazy("not asked", "nobody who speaks the language was there")
        UNWELL = "unwell", pgettext_lazy("not asked", "the person was not well enough")
        OTHER = "other", pgettext_lazy("not asked", "another reason")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at case written_by", "sensitive": "reason"}

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="not_asked")
    reason = models.CharField(_("why"), max_length=15, choices=Reason)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
