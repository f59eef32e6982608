"""What the web server serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What is loaded by now stays. Set aside, it is not looked through again at each collection, and processes that are forked
# from this one go on sharing it.
gc.collect()
gc.freeze()
