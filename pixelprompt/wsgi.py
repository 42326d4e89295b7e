"""Django as WSGI: how it runs everywhere."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelprompt.settings")
application = get_wsgi_application()
