"""Deeds on people, workspaces, memberships, and the keys of people and workspaces. Each writes the record itself."""

from accounts.actions.keys import (
    OldValuesLeft,
    SiteKeyStays,
    begin_key_rotation,
    destroy_person_key,
    destroy_workspace_key,
    finish_key_rotation,
)
from accounts.actions.members import AlreadyMember, add_member
from accounts.actions.people import AddressTaken, UnknownTimeZone, create_user, update_profile
from accounts.actions.workspaces import create_workspace, set_up_workspace

__all__ = [
    "AddressTaken",
    "AlreadyMember",
    "OldValuesLeft",
    "SiteKeyStays",
    "UnknownTimeZone",
    "add_member",
    "begin_key_rotation",
    "create_user",
    "create_workspace",
    "destroy_person_key",
    "destroy_workspace_key",
    "finish_key_rotation",
    "set_up_workspace",
    "update_profile",
]
