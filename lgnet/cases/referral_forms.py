"""Forms of referrals: sending, sharing with a body outside, answering, closing, writing, and who receives."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.forms import NOT_STATED, offer_receivers
from lgnet.cases.models import Receiver, Referral, ReferralNote
from lgnet.cases.receivers import LONGEST, SHORTEST
from lgnet.cases.referral_sharing import Sharing, Told, missing_notices, not_told
from lgnet.cases.referral_thread import LONGEST_NOTE
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import DayField, LgForm, LongTextField, MomentField
from lgnet.core.once import RecordIdField
from lgnet.network.models import Partner
from lgnet.people.forms import language_field, text_line
from lgnet.people.models import NoticeGiven, Person

CHOOSE = ("", _("Choose"))
NOTICE = ("notice_method", "notice_language", "notice_given_on")


class SharingForm(LgForm):
    """What a body outside is shown, on which basis, and how the person was told, where that is not recorded yet."""

    shared = forms.MultipleChoiceField(
        label=_("What the body can read"), choices=Referral.Share.choices, widget=forms.CheckboxSelectMultiple,
        initial=Referral.SHARED_AT_LEAST, error_messages={"required": _("Tick at least one thing to share.")},
        help_text=_("As little as it needs. It reads this through the link, and nothing else of the file."),
    )  # fmt: skip
    basis = forms.ChoiceField(
        label=_("On which basis"), choices=[CHOOSE, *Referral.Basis.choices],
        error_messages={"required": _("Say on which basis this is shared.")},
    )  # fmt: skip
    notice_method = forms.ChoiceField(
        label=_("How the person was told"), choices=NoticeGiven.Method.choices, widget=forms.RadioSelect
    )
    notice_language = language_field(label=_("In which language"), required=True)
    notice_given_on = DayField(label=_("Told on"), initial=timezone.localdate)

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.missing = missing_notices(person)
        if not self.missing:
            for name in NOTICE:
                del self.fields[name]
        else:
            method, kinds = self.fields["notice_method"], ", ".join(str(kind.label) for kind in self.missing)
            text = _now("Not recorded yet: %(notices)s. What you say here is recorded with the referral.")
            method.help_text = text % {"notices": kinds}
            method.error_messages["required"] = not_told(self.missing)

    def sharing(self) -> Sharing:
        """What was chosen, for the service."""
        data = self.cleaned_data
        told = Told(*(data[name] for name in NOTICE)) if self.missing else None
        return Sharing(tuple(data["shared"]), data["basis"], told)


class ReferralForm(SharingForm):
    """Send a registered person to another team, and perhaps a link to a body outside."""

    record_id = RecordIdField()
    from_team = forms.ModelChoiceField(Team.objects.none(), label=_("From"), empty_label=None)
    to_team = forms.ModelChoiceField(Team.objects.none(), label=_("Send to"), empty_label=_("Choose a team"))
    need = forms.ChoiceField(label=_("Main need"), choices=[NOT_STATED, *ServiceType.Area.choices], required=False)
    reason = LongTextField(
        label=_("What do you ask the colleagues?"), required=False,
        help_text=_(
            "A team of the network reads this, and gets the person's file. A body outside the network gets nothing but "
            "the card in the person's hand, unless you send it a link."
        ),
    )  # fmt: skip
    by_mail = forms.BooleanField(
        label=_("Send the body a link by e-mail"), required=False,
        help_text=_("The mail tells nothing of the person. Behind the link the body reads what you tick, and answers."),
    )  # fmt: skip
    field_order = ("record_id", "from_team", "to_team", "need", "reason", "by_mail")

    def __init__(self, *args: Any, senders: Any, receivers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["from_team"]).queryset = senders
        offer_receivers(cast(forms.ModelChoiceField, self.fields["to_team"]), receivers)
        if self.is_bound and not self["by_mail"].value():  # nothing is shared: what stands there does not matter
            for bound in self.link_fields():
                bound.field.required = False

    def first_fields(self) -> list[Any]:
        """The fields of every referral."""
        return [self[name] for name in ("record_id", "from_team", "to_team", "need", "reason")]

    def link_fields(self) -> list[Any]:
        """The fields of one with a link."""
        return [bound for bound in self if bound not in self.first_fields()]

    def arguments(self) -> dict[str, Any]:
        """Arguments of `referral_links.refer_person` that were typed."""
        data = {name: self.cleaned_data[name] for name in ("record_id", "from_team", "to_team", "need", "reason")}
        return data | {"sharing": self.sharing() if self.cleaned_data["by_mail"] else None}


class AnswerForm(LgForm):
    """Accept or refuse a referral."""

    answer = forms.CharField(
        label=_("Answer to the colleagues"), max_length=300, required=False,
        help_text=_("When you accept: where to come, what to bring. When you refuse: why."),
    )  # fmt: skip
    come_at = MomentField(label=_("When to come"), required=False)


class CloseForm(LgForm):
    """What came of a referral."""

    result = forms.ChoiceField(label=_("What came of it"), choices=[CHOOSE, *Referral.Result.choices])
    answer = forms.CharField(label=_("In some words"), max_length=300, required=False)


class NoteForm(LgForm):
    """Something written to the other side, perhaps in place of an earlier note."""

    record_id = RecordIdField()
    text = LongTextField(label=_("Write to the other side"), rows=3, max_length=LONGEST_NOTE)
    corrects = forms.ModelChoiceField(ReferralNote.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Referral, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["corrects"]).queryset = referral.notes.all()


class EnterForm(LgForm):
    """Who opens a link."""

    name = forms.CharField(
        label=_("Your name and what you do there"), max_length=80, widget=text_line(),
        help_text=_("The colleagues who sent the person see it beside what you write."),
    )  # fmt: skip


class BodyForm(LgForm):
    """A new body outside of the network."""

    record_id = RecordIdField()
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("City"), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=150, widget=text_line())
    kind = forms.ChoiceField(label=_("Kind of body"), choices=[CHOOSE, *Receiver.Kind.choices])
    email = forms.EmailField(
        label=_("E-mail"), required=False,
        help_text=_("Of the office, not of one person: referrals and reminders go there, without data of anybody."),
    )  # fmt: skip
    reach = forms.CharField(
        label=_("Address and telephone"), max_length=300, required=False, widget=text_line(),
        help_text=_("Printed on the cards of those who are sent there."),
    )  # fmt: skip
    schedule = forms.CharField(label=_("Days and hours"), max_length=200, required=False, widget=text_line())

    def __init__(self, *args: Any, partners: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["partner"])
        field.queryset = partners
        if len(partners) == 1:
            field.widget, field.disabled, self.initial["partner"] = forms.HiddenInput(), True, partners[0].pk


class ReceiverForm(LgForm):
    """How people are sent to a team: what the body is and its e-mail; the days, for the coordinator."""

    kind = forms.ChoiceField(label=_("Kind of body"), choices=[CHOOSE, *Receiver.Kind.choices])
    email = BodyForm.base_fields["email"]
    seen_days = forms.IntegerField(label=_("Seen within (working days)"), min_value=SHORTEST, max_value=LONGEST)
    answer_days = forms.IntegerField(label=_("Answered within (days)"), min_value=SHORTEST, max_value=LONGEST)
    arrive_days = forms.IntegerField(
        label=_("Arrived within (days after it was accepted)"), min_value=SHORTEST, max_value=LONGEST
    )

    def __init__(self, *args: Any, receiver: Receiver, keeps_body: bool, sets_clocks: bool, **options: Any) -> None:
        options["initial"] = {name: getattr(receiver, name) for name in self.base_fields}
        super().__init__(*args, **options)
        self.body = ("kind", "email") if keeps_body else ()
        self.days = ("seen_days", "answer_days", "arrive_days") if sets_clocks else ()
        for name in set(self.base_fields) - {*self.body, *self.days}:
            del self.fields[name]

    def chosen(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What was typed in these fields."""
        return {name: self.cleaned_data[name] for name in names}
