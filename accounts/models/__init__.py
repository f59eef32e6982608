"""People, workspaces and who belongs to which."""

from accounts.models.address_changes import AddressChange
from accounts.models.deletions import DELETED_DOMAIN, AccountDeletion
from accounts.models.devices import KnownDevice
from accounts.models.factors import ALL_FACTORS, BackupCode, BackupCodes, EmailDevice, Factor, Passkey, TotpDevice
from accounts.models.invitations import Invitation, OwnershipOffer
from accounts.models.mails import Mail, MailFacts
from accounts.models.once import OnceKey
from accounts.models.operators import LONGEST_GRANT, Operator, OperatorGrant
from accounts.models.people import DELETED_PERSON, User, UserManager
from accounts.models.recovery import RecoveryRequest, RecoveryStep
from accounts.models.reviews import AccessReview, Reviewed, ReviewEntry
from accounts.models.sessions import UserSession
from accounts.models.workspaces import TRIAL, Membership, Plan, PlanState, Workspace

__all__ = [
    "ALL_FACTORS",
    "DELETED_DOMAIN",
    "DELETED_PERSON",
    "LONGEST_GRANT",
    "TRIAL",
    "AccessReview",
    "AccountDeletion",
    "AddressChange",
    "BackupCode",
    "BackupCodes",
    "EmailDevice",
    "Factor",
    "Invitation",
    "KnownDevice",
    "Mail",
    "MailFacts",
    "Membership",
    "OnceKey",
    "Operator",
    "OperatorGrant",
    "OwnershipOffer",
    "Passkey",
    "Plan",
    "PlanState",
    "RecoveryRequest",
    "RecoveryStep",
    "ReviewEntry",
    "Reviewed",
    "TotpDevice",
    "User",
    "UserManager",
    "UserSession",
    "Workspace",
]
