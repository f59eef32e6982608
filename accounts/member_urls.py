"""Who belongs to a workspace, and who will: members, invitations, ownership, access reviews, leaving, settings; and a
person's own address.
"""

from django.urls import path

from accounts.views import addresses, invitations, members, ownership, reviews, workspace_settings

INSIDE = "w/<slug:slug>/settings/"

member_urlpatterns = [
    path("settings/address/", addresses.address, name="address"),
    path("settings/address/codes/", addresses.confirm_address, name="confirm_address"),
    path("settings/address/cancellation/", addresses.create_cancellation, name="cancel_address"),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitation/acceptance/", invitations.create_acceptance, name="accept_invitation"),
    path("invitation/refusal/", invitations.create_refusal, name="decline_invitation"),
    path(f"{INSIDE}workspace/", workspace_settings.change_settings, name="workspace_settings"),
    path(f"{INSIDE}leaving/", members.leave, name="leave"),
    path(f"{INSIDE}members/", members.members, name="members"),
    path(f"{INSIDE}members/<uuid:membership_id>/", members.change_member, name="member"),
    path(f"{INSIDE}members/<uuid:membership_id>/removal/", members.create_removal, name="remove_member"),
    path(f"{INSIDE}invitations/", invitations.create_invitation, name="invite"),
    path(f"{INSIDE}invitations/<uuid:invitation_id>/mail/", invitations.create_mail, name="resend_invitation"),
    path(
        f"{INSIDE}invitations/<uuid:invitation_id>/cancellation/",
        invitations.create_cancellation,
        name="cancel_invitation",
    ),
    path(f"{INSIDE}ownership/", ownership.create_offer, name="ownership"),
    path(f"{INSIDE}ownership/cancellation/", ownership.create_cancellation, name="cancel_ownership"),
    path(f"{INSIDE}ownership/acceptance/", ownership.create_acceptance, name="accept_ownership"),
    path(f"{INSIDE}ownership/refusal/", ownership.create_refusal, name="decline_ownership"),
    path(f"{INSIDE}access-reviews/", reviews.reviews, name="reviews"),
    path(f"{INSIDE}access-reviews/opening/", reviews.create_review, name="open_review"),
    path(f"{INSIDE}access-reviews/<uuid:review_id>/", reviews.review, name="review"),
    path(f"{INSIDE}access-reviews/<uuid:review_id>/decisions/", reviews.create_decisions, name="decide_review"),
    path(f"{INSIDE}access-reviews/<uuid:review_id>/completion/", reviews.create_completion, name="complete_review"),
]
