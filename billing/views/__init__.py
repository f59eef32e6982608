"""Settings › Billing."""
