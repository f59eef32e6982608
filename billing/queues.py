"""Names of billing's tasks. They are asked for by name, after the commit, with ids and nothing else."""

HANDLE_EVENT = "billing.handle_event"
REFRESH = "billing.refresh"
RECONCILE = "billing.reconcile"
FIND_DUE_EVENTS = "billing.find_due_events"
FIND_CUSTOMERS = "billing.find_customers"
FIND_OLD_EVENTS = "billing.find_old_events"
DELETE_OLD_EVENTS = "billing.delete_old_events"
