"""Where an alert is raised: under the site for operators, and in each workspace that the event concerns for its admins."""

import logging
from uuid import UUID

from accounts.access import workspace_scope
from accounts.actions.standing import workspaces_of
from audit.log import Actor
from trust.alerts.actions import raise_alert
from trust.alerts.deciding import Decision
from trust.alerts.rules import RULES, Audience
from trust.alerts.sightings import Sighting
from trust.alerts.telling import tell_of_destruction
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable
from vault.tenancy import SITE_ID

log = logging.getLogger(__name__)

ACTOR = Actor.system("alerts")


def carry_out(decision: Decision) -> None:
    """Raise what was decided. Outside any scope, in the transaction that notes how far the record was looked through."""
    rule = RULES[decision.rule]
    if Audience.OPERATORS in rule.audience:
        with workspace_scope(SITE_ID):
            raise_alert(actor=ACTOR, rule=decision.rule, sighting=decision.sighting)
    if Audience.ADMINS in rule.audience:
        for workspace_id in _workspaces(decision):
            _raise_in(workspace_id, decision)


def _workspaces(decision: Decision) -> list[UUID]:
    if decision.record_id != SITE_ID:
        return [decision.record_id]
    facts = decision.sighting.facts
    if facts.target_kind == "workspace":
        return [facts.target_id] if facts.target_id not in {None, SITE_ID} else []
    person_id = _person_in(decision.sighting)
    return workspaces_of(person_id) if person_id else []


def _person_in(sighting: Sighting) -> UUID | None:
    return sighting.facts.target_id if sighting.facts.target_kind == "user" else sighting.facts.actor_id


def _raise_in(workspace_id: UUID, decision: Decision) -> None:
    rule = RULES[decision.rule]
    try:
        with workspace_scope(workspace_id):
            raise_alert(actor=ACTOR, rule=decision.rule, sighting=decision.sighting)
    except KeyDestroyed:
        if rule.outlives_key:
            tell_of_destruction(workspace_id, rule)
    except KeyUnusable as reason:
        # One workspace whose keys are not to be had must not keep all others from being told.
        log.error("No alert could be raised in workspace %s: %s", workspace_id, reason)
