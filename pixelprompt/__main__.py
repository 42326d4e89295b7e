"""The command `pixelprompt`, which `python -m pixelprompt` and `manage.py` are, too."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from providers.version import VERSION


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelprompt.settings")
    if sys.argv[1:] == ["--version"]:  # which Django would answer with its own
        print(f"Pixel Prompt {VERSION}")
        return
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
