"""The project's settings for tests: a data directory of their own, and nothing from a `.env`."""

import os
import tempfile

for name in list(os.environ):
    if name.startswith(("MODEL_", "PROMPT_MODEL_", "PIXELPROMPT_DATA_DIR")):
        del os.environ[name]
os.environ["PIXELPROMPT_ENV_FILE"] = ""
data = tempfile.TemporaryDirectory(prefix="pixelprompt-tests-")
os.environ["PIXELPROMPT_DATA_DIR"] = data.name
os.environ["ALLOWED_PRIVATE_HOSTS"] = "127.0.0.1"

from pixelprompt.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
ALLOWED_HOSTS = ["*"]
# A file, because worker threads have connections of their own.
DATABASES["default"].setdefault("TEST", {})  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"]["NAME"] = f"{data.name}/test.sqlite3"  # noqa: F405
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
