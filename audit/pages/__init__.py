"""The record as people see it: Settings › Audit log, exports for auditors and the published keys. It may know of every app;
what writes and verifies the record knows of none.
"""
