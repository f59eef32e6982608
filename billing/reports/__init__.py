"""What the billing page asks."""
