"""The front door, workspaces and who belongs to them. allauth's views are mounted one by one, each with its declaration."""

from allauth.account import views as allauth
from django.urls import path

from accounts.access import public, signed_in
from accounts.views.home import home
from accounts.views.members import members
from accounts.views.profile import profile
from accounts.views.switcher import workspaces
from accounts.views.workspaces import create_workspace

app_name = "accounts"
urlpatterns = [
    path("", home, name="home"),
    path("workspaces/", workspaces, name="workspaces"),
    path("workspaces/new/", create_workspace, name="create_workspace"),
    path("settings/profile/", profile, name="profile"),
    path("w/<slug:slug>/settings/members/", members, name="members"),
]

# Outside the namespace: allauth asks for its own names.
allauth_urlpatterns = [
    path("accounts/login/", public(because="signing in comes before a session")(allauth.login), name="account_login"),
    path(
        "accounts/signup/", public(because="signing up comes before an account")(allauth.signup), name="account_signup"
    ),
    path("accounts/logout/", signed_in(allauth.logout), name="account_logout"),
]
