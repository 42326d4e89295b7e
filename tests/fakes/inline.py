"""Pictures inside JSON."""

import base64

from tests.fakes.messages import Picture


def base64_text(picture: Picture) -> str:
    return base64.b64encode(picture.data).decode()


def data_url(picture: Picture) -> str:
    return f"data:{picture.mime};base64,{base64_text(picture)}"
