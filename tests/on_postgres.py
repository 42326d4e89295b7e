"""`python -m tests.on_postgres`: the tests of rows once more, on PostgreSQL where it answers.

Tests beside them that ask no database are left out: they would do the same again.
"""

import base64
import os
import subprocess
import sys

from tests.services import POSTGRES, answers

PLACES = (
    "tests/generation",
    "tests/api",
    "tests/gates",
    "tests/faults/test_state_machine.py",
    "tests/providers/test_encryption.py",
    "tests/providers/test_sync.py",
    "tests/serverless/test_batches.py",
    "tests/test_brokers.py",
    "tests/test_doctor.py",
)


def main(words: list[str]) -> int:
    if not answers(POSTGRES):
        print(f"PostgreSQL does not answer at {POSTGRES}, so nothing is tested on it.")
        return int(os.environ.get("PIXELPROMPT_DEMAND") == "all")
    env = os.environ | {
        "DATABASE_URL": POSTGRES,
        "TESTS_OF_ROWS": "only",
        "SECRET_KEY": base64.b64encode(os.urandom(32)).decode(),
        "FIELD_ENCRYPTION_KEYS": base64.b64encode(os.urandom(32)).decode(),
    }
    places = [place for place in PLACES if os.path.exists(place)]
    command = [sys.executable, "-m", "pytest", "-m", "not browser", *words, *places]
    return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
