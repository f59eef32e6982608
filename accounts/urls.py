"""The front door, workspaces and who belongs to them. allauth's views are mounted one by one, each with its declaration."""

from django.urls import path

from accounts.member_urls import member_urlpatterns
from accounts.operator_urls import operator_urlpatterns
from accounts.security_urls import security_urlpatterns, stage_urlpatterns
from accounts.views import deletions, door
from accounts.views.home import home
from accounts.views.passwords import choose_forgotten, password, sign_up
from accounts.views.profile import profile
from accounts.views.sessions import end_one, end_others, sessions
from accounts.views.switcher import workspaces
from accounts.views.workspaces import create_workspace

app_name = "accounts"
urlpatterns = [
    path("", home, name="home"),
    path("workspaces/", workspaces, name="workspaces"),
    path("workspaces/new/", create_workspace, name="create_workspace"),
    path("settings/profile/", profile, name="profile"),
    path("settings/deletion/", deletions.deletion, name="deletion"),
    path("settings/deletion/request/", deletions.create_deletion, name="ask_deletion"),
    path("settings/deletion/cancellation/", deletions.create_cancellation, name="cancel_deletion"),
    path("settings/security/password/", password, name="password"),
    path("settings/security/sessions/", sessions, name="sessions"),
    path("settings/security/sessions/<uuid:session_id>/ending/", end_one, name="end_session"),
    path("settings/security/sessions/others/ending/", end_others, name="end_other_sessions"),
    *security_urlpatterns,
    *member_urlpatterns,
    *operator_urlpatterns,
]

# Outside the namespace: allauth asks for its own names.
allauth_urlpatterns = [
    *stage_urlpatterns,
    path("accounts/login/", door.sign_in, name="account_login"),
    path("accounts/signup/", sign_up, name="account_signup"),
    path("accounts/code/", door.verify_address, name="account_email_verification_sent"),
    path("accounts/logout/", door.sign_out, name="account_logout"),
    path("accounts/inactive/", door.inactive, name="account_inactive"),
    path("accounts/password/", door.forgotten, name="account_reset_password"),
    path("accounts/password/code/", door.confirm_forgotten, name="account_confirm_password_reset_code"),
    path("accounts/password/new/", choose_forgotten, name="account_complete_password_reset"),
    path("accounts/password/done/", door.forgotten_done, name="account_password_reset_completed"),
]
