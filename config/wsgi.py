"""What the web server serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

OBJECTS_BETWEEN_COLLECTIONS = 3_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Django imports the views with the first request: each process would do it for itself, and its first visitor wait.
import_module(settings.ROOT_URLCONF)
# What is loaded by now stays. Set aside, it is not looked through again at each collection, and processes that are forked
# from this one go on sharing it.
gc.collect()
gc.freeze()
# A page makes some thousands of objects, nearly all of which go by themselves: at Python's 700 it would be looked through
# many times on its way, for a tenth of its time. Some hundreds hold each other and wait for the collector: with more between
# two collections a process would be some megabytes larger.
gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
