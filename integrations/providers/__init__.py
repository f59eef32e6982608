"""Clients of the providers' APIs. They know wire formats and nothing of workspaces, models or Django."""
