"""compose.yaml as Compose itself understands it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.served import ROOT

CLIENT = Path(sys.executable).parent / "docker-compose"
EXAMPLE = (ROOT / "compose.env.example").read_text(encoding="utf-8")
SECRETS = {
    "POSTGRES_PASSWORD": "letters",
    "SECRET_KEY": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYzE=",
    "FIELD_ENCRYPTION_KEYS": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYzI=",
}


def filled(text: str = EXAMPLE, **values: str) -> str:
    """The example with these values where it has an empty place."""
    for name, value in values.items():
        text = text.replace(f"{name}=\n", f"{name}={value}\n")
    return text


def understood(place: Path, env: str) -> tuple[int, str]:
    """Exit code and output of Compose where `.env` holds this."""
    (place / "compose.yaml").write_bytes((ROOT / "compose.yaml").read_bytes())
    (place / ".env").write_text(env, encoding="utf-8")
    words = [str(CLIENT), "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(
        words, cwd=place, env={"HOME": str(place)}, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def services(place: Path) -> dict[str, Any]:
    code, said = understood(place, filled(**SECRETS))
    assert code == 0, said
    told = json.loads(said)
    return dict(told["services"]) | {"": told["networks"]}
