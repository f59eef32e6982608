"""The project: settings, addresses, the worker, and the launcher of the demonstration."""
