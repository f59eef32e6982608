"""The ledger's pages. A view fetches, validates, does at most one deed and renders; what a page shows is made ready in
the module of the same name under `ledger.views.shown`, in words and formatted amounts, so that templates only place it.
"""
