"""Django's PostgreSQL, with a health check that asks nothing while nothing was heard."""
