"""Pages of the books beside the bank: what is owed, documents, contacts and the trial balance. All only show."""
