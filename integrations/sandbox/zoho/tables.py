"""What Zoho's part of the sandbox keeps: grants with their tokens, calls counted, and changes made from outside."""

TABLES = """
CREATE TABLE IF NOT EXISTS zoho_visit (
    id TEXT PRIMARY KEY, request TEXT NOT NULL, created_at REAL NOT NULL, used_at REAL
);
CREATE TABLE IF NOT EXISTS zoho_code (
    code TEXT PRIMARY KEY, request TEXT NOT NULL, person TEXT NOT NULL, scopes TEXT NOT NULL,
    organizations TEXT NOT NULL, expires_at REAL NOT NULL, used_at REAL
);
CREATE TABLE IF NOT EXISTS zoho_grant (
    id INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT NOT NULL, person TEXT NOT NULL, scopes TEXT NOT NULL,
    organizations TEXT NOT NULL, refresh_token TEXT UNIQUE, created_at REAL NOT NULL, revoked_at REAL,
    refreshes INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS zoho_access (
    token TEXT PRIMARY KEY, grant_id INTEGER NOT NULL REFERENCES zoho_grant (id), issued_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS zoho_access_grant ON zoho_access (grant_id, issued_at);
CREATE TABLE IF NOT EXISTS zoho_budget (
    organization_id TEXT PRIMARY KEY, window_at REAL NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0,
    blocked_until REAL NOT NULL DEFAULT 0, day TEXT NOT NULL DEFAULT '', day_calls INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS zoho_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT, organization_id TEXT NOT NULL, body TEXT NOT NULL, day TEXT NOT NULL,
    at TEXT NOT NULL
);
"""
