"""A provider of its own for demo and tests: a WSGI program that speaks the providers' wire formats over real HTTP.

It shares no code with the product, keeps its own database, and refuses to be imported in production.
"""

import os

if os.environ.get("COUNTERFOIL_ENV", "production") == "production":
    raise ImportError("The sandbox has no place in production.")
