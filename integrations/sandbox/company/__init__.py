"""Sample companies, made up day by day: the same day always gives the same rows."""
