"""What every request passes through, in the order the settings name it."""
