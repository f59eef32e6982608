"""What Stripe's part of the sandbox keeps: objects as they go over the wire, clocks, requests and deliveries."""

TABLES = """
CREATE TABLE IF NOT EXISTS stripe_object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, customer TEXT, clock TEXT,
    due_at REAL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS stripe_object_kind ON stripe_object (kind, customer, seq);
CREATE INDEX IF NOT EXISTS stripe_object_due ON stripe_object (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS stripe_clock (id TEXT PRIMARY KEY, ahead REAL NOT NULL DEFAULT 0, frozen REAL);
CREATE TABLE IF NOT EXISTS stripe_key (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS stripe_request (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, body TEXT NOT NULL, idempotency_key TEXT, version TEXT, status INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS stripe_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, created_at REAL NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'due', status INTEGER
);
CREATE INDEX IF NOT EXISTS stripe_delivery_due ON stripe_delivery (due_at) WHERE state = 'due';
CREATE TABLE IF NOT EXISTS stripe_choice (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
