"""What the ledger's pages show: reports turned into frozen shapes of words, formatted amounts and addresses.

Nothing here asks the database, and nothing adds up: every sum was made by the report.
"""
