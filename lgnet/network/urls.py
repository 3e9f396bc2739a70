"""Addresses of sign-in, staff, invitations and roles. Of django-allauth only the pages that are needed."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.urls import path, re_path

from lgnet.network import views
from lgnet.network.sign_in_pages import as_ours

urlpatterns = [
    path("accounts/login/", as_ours(transaction.non_atomic_requests(account.login)), name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/confirm/", as_ours(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/password/change/", as_ours(account.password_change), name="account_change_password"),
    path("accounts/password/reset/", as_ours(account.password_reset), name="account_reset_password"),
    path("accounts/password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        as_ours(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/security/", mfa.index, name="mfa_index"),
    path("accounts/security/code/", as_ours(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/security/confirm/", as_ours(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/security/app/", as_ours(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/security/app/remove/", as_ours(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("accounts/security/recovery/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/security/recovery/new/",
        as_ours(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/security/recovery/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    path("accounts/security/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("accounts/security/keys/add/", as_ours(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("accounts/security/keys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "accounts/security/keys/confirm/", as_ours(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("accounts/security/keys/<int:pk>/", as_ours(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("accounts/security/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("accounts/second-factor", views.second_factor_needed, name="second_factor_needed"),
    path("accounts/no-membership", views.no_membership, name="no_membership"),
    path("join/<str:token>", views.invitation_accept, name="invitation_accept"),
    path("staff", views.staff_list, name="staff_list"),
    path("staff/<uuid:pk>", views.staff_detail, name="staff_detail"),
    path("staff/<uuid:pk>/deactivate", views.user_deactivate, name="user_deactivate"),
    path("staff/<uuid:pk>/reactivate", views.user_reactivate, name="user_reactivate"),
    path("staff/<uuid:pk>/second-factor", views.second_factor_reset, name="second_factor_reset"),
    path("memberships/<uuid:pk>", views.membership_edit, name="membership_edit"),
    path("memberships/<uuid:pk>/end", views.membership_end, name="membership_end"),
    path("invitations", views.invitation_list, name="invitation_list"),
    path("invitations/new", views.invitation_new, name="invitation_new"),
    path("invitations/<uuid:pk>", views.invitation_detail, name="invitation_detail"),
    path("invitations/<uuid:pk>/withdraw", views.invitation_withdraw, name="invitation_withdraw"),
    path("invitations/<uuid:pk>/resend", views.invitation_resend, name="invitation_resend"),
    path("roles", views.role_list, name="role_list"),
]
