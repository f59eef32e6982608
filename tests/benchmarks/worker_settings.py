"""The product's settings for a worker whose calls nobody counts: a measurement would else be of the pauses."""

from config.settings import *  # noqa: F403 - all of them
from integrations import zoho_budget

zoho_budget.CALLS = 1_000_000
