"""Django's settings with nothing in them: the bare work of an import."""

SECRET_KEY = "for measuring"
USE_TZ = True
