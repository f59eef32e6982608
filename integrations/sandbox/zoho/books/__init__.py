"""Double-entry books: what happened, how it stands on a day, and the lines of the general ledger that follow from it."""
