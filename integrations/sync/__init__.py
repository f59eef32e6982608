"""A run, from its lease to its end.

An update is all that Plaid gives from one cursor on until it has no more. What Plaid leaves out of an update that was begun
anew (a row added and gone in between, say) it never mentions again, so rows of an update that was broken off must not stay.
Hence nothing is written until the update is whole:

* an update of one page is written with its cursor in one transaction, and merged into the month sheets at once;
* the pages of a longer one are kept, sealed, as they are read (`StagedPage`). Once the last is there, they are written one
  by one, each in the transaction that deletes it, the last one together with the connection's cursor. Only then are the
  months added up, a transaction each.

Broken off while reading: the pages are dropped and the update begins again at the connection's cursor, which has not
moved. Broken off while writing: the pages that are left are written. So a crash at any point, and a rerun, give the same
rows. The one exception to dropping is being asked to wait (429): nothing was read and the cursor stays good, and a long
first update could otherwise never end.

The network is used outside transactions. Every transaction first locks the connection, then the run, and checks that the
lease is still this worker's.
"""
