"""Addresses of second factors: signing in with one, one's own, and what a workspace asks for."""

from django.urls import path

from accounts.views.confirm import confirm, confirm_challenge
from accounts.views.enrolment import (
    confirm_app,
    confirm_email,
    create_app,
    create_email,
    create_passkey,
    create_passkey_challenge,
)
from accounts.views.recovery import confirm_step, recoveries, recovery, refuse_step
from accounts.views.second_factor import second_factor, second_factor_challenge, second_factor_mail
from accounts.views.team_policy import team_policy
from accounts.views.two_factor import create_backup_codes, needed, remove, rename, two_factor

FACTORS = "settings/security/two-factor/"
RECOVERIES = "w/<slug:slug>/settings/recoveries/"

security_urlpatterns = [
    path("settings/security/confirm/", confirm, name="confirm"),
    path("settings/security/confirm/challenge/", confirm_challenge, name="confirm_challenge"),
    path(FACTORS, two_factor, name="two_factor"),
    path(f"{FACTORS}needed/", needed, name="factor_needed"),
    path(f"{FACTORS}apps/", create_app, name="create_app"),
    path(f"{FACTORS}apps/<uuid:device_id>/", confirm_app, name="confirm_app"),
    path(f"{FACTORS}e-mail/", create_email, name="create_email"),
    path(f"{FACTORS}e-mail/<uuid:device_id>/", confirm_email, name="confirm_email"),
    path(f"{FACTORS}passkeys/", create_passkey, name="create_passkey"),
    path(f"{FACTORS}passkeys/challenge/", create_passkey_challenge, name="create_passkey_challenge"),
    path(f"{FACTORS}backup-codes/", create_backup_codes, name="create_backup_codes"),
    path(f"{FACTORS}<uuid:factor_id>/name/", rename, name="rename_factor"),
    path(f"{FACTORS}<uuid:factor_id>/removal/", remove, name="remove_factor"),
    path("w/<slug:slug>/settings/security/", team_policy, name="team_policy"),
    path(RECOVERIES, recoveries, name="recoveries"),
    path(f"{RECOVERIES}<uuid:step_id>/confirmation/", confirm_step, name="confirm_recovery"),
    path(f"{RECOVERIES}<uuid:step_id>/refusal/", refuse_step, name="refuse_recovery"),
]

# Outside the namespace, beside allauth's own.
stage_urlpatterns = [
    path("accounts/login/second-factor/", second_factor, name="account_second_factor"),
    path("accounts/login/second-factor/challenge/", second_factor_challenge, name="account_second_factor_challenge"),
    path("accounts/login/second-factor/mail/", second_factor_mail, name="account_second_factor_mail"),
    path("accounts/login/second-factor/recovery/", recovery, name="account_recovery"),
]
