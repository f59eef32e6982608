"""People, workspaces and who belongs to which."""

from accounts.models.people import DELETED_PERSON, User, UserManager
from accounts.models.workspaces import Membership, Workspace

__all__ = ["DELETED_PERSON", "Membership", "User", "UserManager", "Workspace"]
