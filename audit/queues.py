"""Names of the audit's tasks."""

LINK_WAITING = "audit.link_waiting"
LINK_WORKSPACE = "audit.link_workspace"
