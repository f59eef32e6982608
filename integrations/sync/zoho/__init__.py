"""A run over an organisation's books: list after list, page after page, each page written with the place to go on from.

Nothing is staged. A page's rows and the state of its list (`ResourceState`) land in one transaction, so a run that is broken
off anywhere goes on where it was. What a list no longer shows is given up only when a reading of all of it has ended well,
and not before a second look where pages may have shifted. The general ledger is read account by account, from the earliest
day on that anything was changed of. No worker waits: what the minute's or the day's calls do not allow is put off.
"""
