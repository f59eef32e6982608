"""Month sheets: columnar copies of a book's rows in sealed parts. Rows are the truth; a sheet is derived.

`layout` is the bytes, `parts` and `documents` what they mean, `build` and `merge` make them, `contents` says which a book
has, `store` locks and writes them, `reading` opens them for reports, `verify` holds them against the rows.
"""
