"""`gunicorn --threads 4 integrations.sandbox.wsgi:application` runs the sandbox. Settings: see settings.py."""

from integrations.sandbox.application import build_application
from integrations.sandbox.plaid.delivery import Delivery
from integrations.sandbox.plaid.world import build_world
from integrations.sandbox.settings import read_settings
from integrations.sandbox.stripe.delivery import stripe_deliveries

_world = build_world(read_settings())
application = build_application(_world)
Delivery(_world, *stripe_deliveries(_world)).start()
