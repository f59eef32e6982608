"""Plaid's wire format (API 2020-09-14), as far as the product and Plaid's own client need it."""
