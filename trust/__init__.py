"""What the product lets be seen of itself and of who runs it."""
