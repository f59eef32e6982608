"""Every action that is ever recorded, with what it is called in plain words. Recording one that is not here fails in tests.

Words go on from who did it. `{target}` and `{name}` stand for the target and for facts of the event's detail, `{after.role}`
for a field that changed; what stands in square brackets is left out where any of its facts is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

TESTS = "tests."


@dataclass(frozen=True, slots=True)
class Subject:
    """Actions about one kind of thing, as filters and documentation group them. `is_site`: only in the site's own record."""

    title: str
    words: dict[str, str]
    is_site: bool = False


SUBJECTS: dict[str, Subject] = {
    "sign_in": Subject(
        "Signing in",
        {
            "accounts.session.created": "signed in",
            "accounts.session.ended": "signed out",
            "accounts.session.refused": "gave a wrong password[ for the account of {target}]",
            "accounts.session.revoked": "ended sessions: {which}[ ({sessions})]",
            "accounts.user.locked_out": "was locked out after too many wrong passwords",
            "accounts.address.locked_out": "was held back: too many wrong passwords from one address",
            "accounts.device.added": "signed in from a new device",
            "accounts.password.changed": "changed their password",
            "accounts.user.address_change_started": "asked for another address to sign in with",
            "accounts.user.address_changed": "changed the address they sign in with",
            "accounts.user.address_change_refused": "gave a wrong code for another address to sign in with",
        },
    ),
    "factors": Subject(
        "Second factors",
        {
            "accounts.factor.started": "began to set up a second factor: {kind}",
            "accounts.factor.created": "set up a second factor: {kind}",
            "accounts.factor.renamed": "renamed a second factor: {kind}",
            "accounts.factor.removed": "removed a second factor: {kind}",
            "accounts.factor.proven": "proved a second factor: {kind}",
            "accounts.factor.refused": "gave a wrong second factor: {kind}",
            "accounts.factor.sent": "was sent a code: {kind}",
            "accounts.recovery.requested": "asked to be let in without the second factor[: {user}]",
            "accounts.recovery.confirmed": "confirmed that {user} may be let in without the second factor",
            "accounts.recovery.approved": "approved, as an operator, that {user} may be let in without the second factor",
            "accounts.recovery.refused": "refused to let {user} in without the second factor",
            "accounts.recovery.cancelled": "withdrew the request to be let in without the second factor",
            "accounts.recovery.completed": "was let in without the second factor, and has none any more",
        },
    ),
    "members": Subject(
        "Members and roles",
        {
            "accounts.membership.created": "made {user} a member[, as {role}]",
            "accounts.membership.role_changed": "changed the role of {user}[ from {before.role}][ to {after.role}]",
            "accounts.membership.removed": "removed {user} from the workspace",
            "accounts.membership.left": "left the workspace",
            "accounts.membership.deactivated": "locked {user} out of everything",
            "accounts.membership.reactivated": "let {user} in again",
            "accounts.invitation.created": "invited {email}[ as {role}]",
            "accounts.invitation.resent": "sent an invitation again",
            "accounts.invitation.cancelled": "cancelled an invitation",
            "accounts.invitation.accepted": "accepted an invitation[ as {role}]",
            "accounts.invitation.declined": "declined an invitation",
            "accounts.ownership.offered": "offered ownership to {receiver}",
            "accounts.ownership.accepted": "accepted ownership from {giver}",
            "accounts.ownership.declined": "declined ownership from {giver}",
            "accounts.ownership.cancelled": "withdrew the offer of ownership to {receiver}",
            "accounts.ownership.waited": "made {receiver} an Owner: nobody objected for seven days",
            "accounts.access_review.opened": "opened an access review[ of {members} members]",
            "accounts.access_review.reminded": "reminded the reviewers of an open access review",
            "accounts.access_review.decided": "decided on the access of {user}: {decision}[, {role}]",
            "accounts.access_review.completed": "completed an access review",
        },
    ),
    "access": Subject(
        "Access",
        {
            "accounts.access.refused": "was refused: {reason}",
            "accounts.operator_grant.given": "let the operator {operator} read this workspace for {hours} hours",
            "accounts.operator_grant.ended": "ended what the operator {operator} may read",
            "accounts.operator_grant.read": "read a page as an operator: {route}",
        },
    ),
    "workspace": Subject(
        "Workspace and policies",
        {
            "accounts.workspace.created": "created the workspace {name}",
            "accounts.workspace.set_up": "set the workspace up[: {after.base_currency}]",
            "accounts.workspace.changed": "changed the workspace’s settings",
            "accounts.team_policy.changed": "changed who needs a second factor",
            "accounts.team_policy.begun": "began to ask everybody for a second factor",
            "accounts.workspace_key.rotation_started": "began to rotate the workspace’s key[ to version {version}]",
            "accounts.workspace_key.rotated": "rotated the workspace’s key[ to version {version}]",
            "accounts.workspace_key.destroyed": "destroyed the workspace’s key, and with it what it sealed",
        },
    ),
    "billing": Subject(
        "Plan and payments",
        {
            "accounts.plan.changed": "changed the plan[ to {after.plan}][: {after.plan_state}][, {after.seat_limit} seats]",
            "billing.checkout.requested": "went to Stripe to pay for {plan}[ with {seats} seats]",
            "billing.checkout.ended": "ended a visit to Stripe’s page for paying: {state}",
            "billing.customer.created": "became a customer at Stripe",
            "billing.subscription.created": "began to pay for {plan}[ with {seats} seats]",
            "billing.subscription.changed": "noted a change of what is paid for[: {after.plan}][, {after.status}][, "
            "{after.seats} seats]",
            "billing.change.requested": "asked for {plan}[ with {seats} seats]",
            "billing.cancellation.requested": "cancelled the plan at the end of what is paid for",
            "billing.cancellation.withdrawn": "kept the plan after all",
            "billing.portal.opened": "went to Stripe’s page for cards and invoices",
            "billing.invoices.noted": "noted invoices[: {new} new, {changed} changed]",
            "billing.reconciliation.differed": "found that payments were not as Stripe has them, and set that right: {fields}",
            "billing.event.given_up": "could not follow news from Stripe ({kind}): {problem}",
            "billing.event.replayed": "had news from Stripe followed once more",
            "billing.events.deleted": "deleted {count} old deliveries of Stripe’s news",
        },
    ),
    "connections": Subject(
        "Banks and books",
        {
            "integrations.link.requested": "began to connect a bank",
            "integrations.link.started": "went to the bank’s page",
            "integrations.link.exchanged": "brought access back from the bank’s page",
            "integrations.link.ended": "ended a visit to a bank’s page: {state}",
            "integrations.link.given_back": "gave a second access to {target} back",
            "integrations.grant.requested": "began to connect books",
            "integrations.grant.received": "came back from Zoho’s page",
            "integrations.grant.exchanged": "got access to books from Zoho",
            "integrations.grant.refused": "was refused access to books: {reason}",
            "integrations.grant.ended": "ended a visit to Zoho’s page: {reason}",
            "integrations.grant.revocation_requested": "asked Zoho to end an access",
            "integrations.item.removal_requested": "asked for an access to a bank to be ended",
            "integrations.item.removed": "ended an access at the provider",
            "integrations.connection.created": "connected {institution}",
            "integrations.connection.reconnected": "reconnected {target}",
            "integrations.connection.restored": "signed in at the bank again for {target}",
            "integrations.connection.disconnected": "disconnected {target}",
            "integrations.connection.handed_over": "gave {target} to somebody else[, {after.responsible}]",
            "integrations.connection.ending_noted": "noted that the access to {target} will end soon",
            "integrations.connection.new_accounts_noted": "noted new accounts at {target}",
            "integrations.syncs.resumed": "took up syncs again[ of {connections} connections]",
            "integrations.alert.requested": "asked for mails about {target}: {kind}",
            "integrations.alert.sent": "mailed {person} about {target}: {kind}",
            "integrations.alert.given_up": "could not send a mail about {target}",
            "integrations.books.refused": "refused the books of {target}: {because}",
            "integrations.webhook_receipts.deleted": "deleted {count} old deliveries of webhooks",
        },
    ),
    "syncs": Subject(
        "Syncs",
        {
            "integrations.sync.requested": "asked for a sync of {target}",
            "integrations.sync.completed": "synced {target}[: {added} added, {modified} changed, {removed} removed]",
            "integrations.sync.failed": "could not sync {target}[: {problem}]",
            "ledger.accounts.saved": "wrote the accounts of {target}[: {added} new, {refreshed} refreshed, {closed} closed]",
            "ledger.accounts.adopted": "took {adopted} accounts of {target} over from a former link",
            "ledger.accounts.moved": "moved {accounts} accounts to {target}",
            "ledger.feed_page.applied": "wrote rows of {target}[: {inserted} new, {updated} changed, {removed} removed]",
            "ledger.former_rows.retired": "retired rows that {target} tells anew[: {removed} removed, {kept} kept]",
            "ledger.books_organization.saved": "noted the base currency of {target}: {base_currency}",
            "ledger.books_page.applied": "wrote {resource} of {target}[: {inserted} new, {updated} changed]",
            "ledger.books_rows.retired": "retired {removed} {resource} that {target} has no more",
        },
    ),
    "ledger": Subject(
        "Transactions and categories",
        {
            "ledger.default_categories.created": "made {count} categories to begin with",
            "ledger.category.created": "created the category {name}",
            "ledger.transactions.recategorised": "categorised {count} transactions[ as {category}]",
            "ledger.category_change.reversed": "took a categorisation of {count} transactions back",
            "ledger.transactions.annotated": "wrote a note on {count} transactions",
            "ledger.note_change.reversed": "took a note on {count} transactions back",
            "ledger.note.written": "wrote a note on a transaction",
            "ledger.note.removed": "removed the note of a transaction",
            "ledger.saved_view.created": "saved the view {name}",
            "ledger.saved_view.renamed": "renamed a saved view[ from {before.name}] to {name}",
            "ledger.saved_view.deleted": "deleted the saved view {name}",
        },
    ),
    "record": Subject(
        "Audit log",
        {
            "audit.verification.requested": "asked for the audit log to be verified",
            "audit.bundle.requested": "asked for an export of the audit log",
            "audit.bundle.completed": "finished an export of the audit log[: {events} events]",
            "audit.bundle.failed": "could not finish an export of the audit log",
            "audit.bundle.downloaded": "downloaded an export of the audit log[: {events} events]",
            "audit.proof.downloaded": "downloaded the proof of one event of the audit log",
            "audit.bundle.deleted": "deleted an export of the audit log that had expired",
        },
    ),
    "alerts": Subject(
        "Alerts",
        {
            "alerts.alert.raised": "raised an alert[: {alert}]",
            "alerts.alert.acknowledged": "acknowledged an alert[: {alert}]",
            "alerts.webhook.set": "set the address that alerts are sent to",
            "alerts.webhook.secret_rotated": "made a new secret for what alerts are signed with",
            "alerts.webhook.test_requested": "asked for a test of where alerts are sent",
            "alerts.webhook.removed": "removed the address that alerts are sent to",
            "alerts.webhook.disabled": "stopped sending alerts to an address that took none for hours",
        },
    ),
    "mails": Subject(
        "Mails",
        {
            "accounts.mail.sent": "sent a mail[ to {target}]: {kind}",
            "accounts.mail.given_up": "could not send a mail[ to {target}]: {kind}",
        },
    ),
    "site": Subject(
        "The installation",
        {
            "accounts.user.created": "opened an account",
            "accounts.user.refused": "tried to open an account for an address that has one",
            "accounts.user.changed": "changed their profile",
            "accounts.user.forgotten": "deleted {accounts} accounts whose address was never proven",
            "accounts.user.deactivated": "locked {target} out of everything",
            "accounts.user.reactivated": "let {target} in again",
            "accounts.user.deletion_asked": "asked for their account to be deleted",
            "accounts.user.deletion_cancelled": "kept their account after all",
            "accounts.user.deletion_put_off": "put the deletion of an account off",
            "accounts.user.deleted": "deleted an account for good",
            "accounts.address.verified": "proved their address",
            "accounts.password.looked_up": "had a password looked up among those known from leaks",
            "accounts.person_key.rotation_started": "began to rotate a person’s key[ to version {version}]",
            "accounts.person_key.rotated": "rotated a person’s key[ to version {version}]",
            "accounts.person_key.destroyed": "destroyed a person’s key, and with it what it sealed",
            "accounts.operator.granted": "made {target} an operator",
            "accounts.operator.revoked": "took the operator’s right from {target}",
            "accounts.operator.looked": "opened an operators’ page: {route}",
            "accounts.operator.entered": "came to the door of a workspace as an operator: {route}",
            "operators.sync.requested": "asked for a sync as an operator",
            "operators.event.replayed": "had news from Stripe followed once more, as an operator",
            "integrations.webhook.refused": "was not believed: {reason}",
            "billing.webhook.refused": "was not believed as Stripe: {reason}",
            "trust.policy.violated": "was told by browsers of many violations of a page’s policy: {route}, {directive}",
            "trust.redaction.failed": "found that secrets reach the logs[: {first}]",
            "audit.chain.broken": "found that an audit log does not hold[: {first}]",
            "audit.checkpoint.failed": "could not sign an audit log: {because}",
            "audit.verification.failed": "could not verify an audit log: {because}",
            "audit.copy.failed": "could not copy an audit log to the second place: {because}",
            "audit.record.accepted": "accepted an audit log without its end[ ({missing} events)]: {because}",
            "audit.signing_key.rotated": "rotated the key that signs audit logs[ to {key}]",
        },
        is_site=True,
    ),
}
ACTIONS: dict[str, str] = {action: words for subject in SUBJECTS.values() for action, words in subject.words.items()}


class UnknownAction(LookupError):
    """An action that the vocabulary has no words for."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} has no words: give it some in audit/vocabulary.py")


def is_known(action: str) -> bool:
    """Whether the vocabulary has the action, or it is one of the tests' own."""
    return action in ACTIONS or action.startswith(TESTS)


def short_words(action: str) -> str:
    """An action's words for a list to choose from: dots for its facts, and nothing of what may be missing."""
    return "".join("…" if part.is_fact else part.text for part in _required(parse(ACTIONS.get(action, action))))


@dataclass(frozen=True, slots=True)
class Part:
    """Words or, where `is_fact`, the name of a fact. Parts of one `group` above 0 are left out together."""

    text: str
    is_fact: bool = False
    group: int = 0


@cache
def parse(words: str) -> tuple[Part, ...]:
    """The parts of an action's words in their order."""
    return tuple(_parts(words))


def _parts(words: str) -> Iterator[Part]:
    group = number = 0
    text, is_fact = "", False
    for character in words:
        if character not in "[]{}":
            text += character
            continue
        if text:
            yield Part(text, is_fact, group)
        text, is_fact = "", character == "{"
        if character == "[":
            number += 1
            group = number
        elif character == "]":
            group = 0
    if text:
        yield Part(text, is_fact, group)


def _required(parts: tuple[Part, ...]) -> Iterator[Part]:
    return (part for part in parts if not part.group)
