"""Django's WSGI application on a bounded number of threads behind an ASGI server.

Django's own ASGI handler runs sync views on unbounded threads; this serves twice as many status
reads a second and bounds threads and database connections.
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelprompt.settings")

from django.conf import settings

from generation.live import watcher
from pixelprompt.bridge import Bridge
from pixelprompt.push import Push
from pixelprompt.repeats import Repeats
from pixelprompt.whole_bodies import App, WholeBodies
from pixelprompt.wsgi import application as django_wsgi

django = cast(App, Bridge(cast(Any, django_wsgi), workers=settings.WEB_THREADS))
application = WholeBodies(Repeats(Push(django, watcher, settings.PUBLIC_BASE_URL)))
