"""Cold starts of the packages, measured: `python -m tests.serverless.cold`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # the events of tests/serverless name queues, which come with models
