"""Pages about banks. A view that calls the provider has no transaction around it and works in short blocks."""
