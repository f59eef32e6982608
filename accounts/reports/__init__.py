"""Questions about people and workspaces, answered in frozen dataclasses."""
