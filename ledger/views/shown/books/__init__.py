"""What the pages of the books show."""
