"""Month sheets: columnar copies of a book's rows in five sealed parts. Rows are the truth; a sheet is derived.

`layout` is the bytes, `parts` what they mean, `build` and `merge` make them, `store` locks and writes them, `reading`
opens them for reports, `verify` holds them against the rows.
"""
