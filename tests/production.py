"""Settings as a team would run them, for `check --deploy`."""

import base64
import os
import tempfile

os.environ |= {
    "PIXELPROMPT_ENV_FILE": "",
    "PIXELPROMPT_DATA_DIR": tempfile.mkdtemp(prefix="pixelprompt-check-"),
    "DATABASE_URL": "postgres://pixelprompt@localhost/pixelprompt",
    "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
    "FIELD_ENCRYPTION_KEYS": base64.b64encode(os.urandom(32)).decode(),
    "ALLOWED_HOSTS": "pictures.example.org",
    "PUBLIC_BASE_URL": "https://pictures.example.org",
}

from pixelprompt.settings import *  # noqa: F403
