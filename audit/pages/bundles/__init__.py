"""Exports for an auditor. `verify.py` is the one file of this product that travels: it imports nothing of it."""
