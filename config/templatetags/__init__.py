"""Template tags of the shell: the components that wrap what stands between their tags."""
