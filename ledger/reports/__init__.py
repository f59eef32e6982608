"""Questions and their answers: each report is a function that returns frozen dataclasses and writes nothing.

Every report runs inside a workspace's scope, in a number of queries that does not grow with the rows.
"""
