"""Forms of staff and invitations."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm, LgModelForm
from lgnet.network.invitations import free_username
from lgnet.network.models import Invitation, Membership, User
from lgnet.network.policies import grantable_roles
from lgnet.network.roles import Profile, Role
from lgnet.network.selectors import partners_to_staff

_PROFILES = [("", "—"), *Profile.choices]


class InvitationForm(LgModelForm):
    """Who is invited, to which role where, from when to when; only what the inviting user may give is offered."""

    class Meta:
        model = Invitation
        fields = ["full_name", "email", "partner", "role", "profile", "employer", "starts_on", "ends_on"]
        widgets = {"starts_on": forms.DateInput, "ends_on": forms.DateInput}

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        partners = list(partners_to_staff(user))
        roles = frozenset[Role]().union(*(grantable_roles(user, partner) for partner in partners))
        self.fields["partner"].queryset = partners_to_staff(user)  # type: ignore[attr-defined]
        self.fields["partner"].label = _("Partner")
        if len(partners) == 1:
            self.initial["partner"] = partners[0].pk
            self.fields["partner"].empty_label = None  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "—"), *((r.value, r.label) for r in Role if r in roles)]  # type: ignore[attr-defined]
        self.fields["profile"].choices = _PROFILES  # type: ignore[attr-defined]
        self.fields["ends_on"].help_text = _("Leave empty if it is not known.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        partner, role = data.get("partner"), data.get("role")
        if partner and role and role not in grantable_roles(self.user, partner):
            self.add_error("role", _("You cannot give this role at this partner."))
        return data


class MembershipForm(LgModelForm):
    """Profession, employer and dates; the role changes by ending the membership and inviting again."""

    class Meta:
        model = Membership
        fields = ["profile", "employer", "starts_on", "ends_on"]
        widgets = {"starts_on": forms.DateInput, "ends_on": forms.DateInput}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["profile"].choices = _PROFILES  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes it."""


class EndForm(LgForm):
    """The last day of work."""

    last_day = forms.DateField(
        label=_("Last day"),
        initial=timezone.localdate,
        help_text=_("Today or an earlier day ends the access at once; a later day ends it after that day."),
    )


class JoinForm(LgForm):
    """How somebody invited will sign in."""

    full_name = forms.CharField(label=_("Name and surname"), max_length=150)
    username = forms.CharField(
        label=_("Username"),
        max_length=60,
        help_text=_("With it, or with your e-mail, you will sign in. Letters, digits, dots and hyphens."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words in a row are easy to remember and hard to guess."),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        try:
            return free_username(self.cleaned_data["username"])
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("The two passwords are not the same."))
        return data
