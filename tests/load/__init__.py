"""`python -m tests.load`: many people at once while Redis and then the worker are killed and started again."""
