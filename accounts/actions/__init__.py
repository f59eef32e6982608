"""Deeds on people, workspaces, memberships, and the keys of people and workspaces. Each writes the record itself."""

from accounts.actions.addresses import cancel_address_change, finish_address_change, start_address_change
from accounts.actions.deletions import ask_deletion, cancel_deletion, complete_deletion
from accounts.actions.departures import PersonGone, deactivate_person, reactivate_person
from accounts.actions.invitations import (
    AlreadyInvited,
    InvitationGone,
    TooManyMails,
    WrongAddress,
    accept_invitation,
    cancel_invitation,
    decline_invitation,
    invite,
    resend_invitation,
)
from accounts.actions.keys import (
    OldValuesLeft,
    SiteKeyStays,
    begin_key_rotation,
    destroy_person_key,
    destroy_workspace_key,
    finish_key_rotation,
)
from accounts.actions.members import AlreadyMember, add_member, change_role, leave_workspace, remove_member
from accounts.actions.operator_grants import GrantOver, UnknownOperator, end_operator_grant, give_operator_grant
from accounts.actions.operators import NoOwnerAddress, grant_operator, revoke_operator
from accounts.actions.ownership import (
    NothingOffered,
    OfferOpen,
    accept_ownership,
    cancel_ownership_offer,
    complete_waiting_offer,
    decline_ownership,
    offer_ownership,
)
from accounts.actions.passwords import change_password, note_new_password
from accounts.actions.people import (
    AddressTaken,
    UnknownTimeZone,
    create_user,
    forget_unproven_accounts,
    update_profile,
)
from accounts.actions.plans import set_plan
from accounts.actions.reviews import (
    ReviewDone,
    ReviewOpen,
    Undecided,
    complete_review,
    decide,
    open_quarterly_review,
    open_review,
    remind_reviewers,
)
from accounts.actions.seats import SeatsTaken
from accounts.actions.sessions import (
    UnknownSession,
    end_all_sessions,
    end_other_sessions,
    end_session,
    end_sessions_of_factor,
)
from accounts.actions.standing import LastOwner, NotAllowed
from accounts.actions.workspaces import change_workspace, create_workspace, set_up_workspace

__all__ = [
    "AddressTaken",
    "AlreadyInvited",
    "AlreadyMember",
    "GrantOver",
    "InvitationGone",
    "LastOwner",
    "NoOwnerAddress",
    "NotAllowed",
    "NothingOffered",
    "OfferOpen",
    "OldValuesLeft",
    "PersonGone",
    "ReviewDone",
    "ReviewOpen",
    "SeatsTaken",
    "SiteKeyStays",
    "TooManyMails",
    "Undecided",
    "UnknownOperator",
    "UnknownSession",
    "UnknownTimeZone",
    "WrongAddress",
    "accept_invitation",
    "accept_ownership",
    "add_member",
    "ask_deletion",
    "begin_key_rotation",
    "cancel_address_change",
    "cancel_deletion",
    "cancel_invitation",
    "cancel_ownership_offer",
    "change_password",
    "change_role",
    "change_workspace",
    "complete_deletion",
    "complete_review",
    "complete_waiting_offer",
    "create_user",
    "create_workspace",
    "deactivate_person",
    "decide",
    "decline_invitation",
    "decline_ownership",
    "destroy_person_key",
    "destroy_workspace_key",
    "end_all_sessions",
    "end_operator_grant",
    "end_other_sessions",
    "end_session",
    "end_sessions_of_factor",
    "finish_address_change",
    "finish_key_rotation",
    "forget_unproven_accounts",
    "give_operator_grant",
    "grant_operator",
    "invite",
    "leave_workspace",
    "note_new_password",
    "offer_ownership",
    "open_quarterly_review",
    "open_review",
    "reactivate_person",
    "remind_reviewers",
    "remove_member",
    "resend_invitation",
    "revoke_operator",
    "set_plan",
    "set_up_workspace",
    "start_address_change",
    "update_profile",
]
