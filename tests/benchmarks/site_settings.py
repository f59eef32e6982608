"""The product's settings, with pages over plain text beside its own."""

from config.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "tests.benchmarks.site_urls"
