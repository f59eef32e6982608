"""Zoho's accounts server and the reading half of Zoho Books (API v3), as far as the product needs them."""
