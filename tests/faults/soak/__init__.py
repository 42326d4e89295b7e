"""`make soak`: orders and faults for ten minutes against a team's installation."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # what waits in tests/support.py comes with models
