"""Serving stored pictures: our own names, our own types, and nothing a browser could run."""

import re
from typing import Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from generation.etags import matches

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEY = re.compile(rf"{UUID}/{UUID}/\d+-[0-9a-f]{{64}}(?:-[mts])?\.(png|jpg|webp)")
NAME = re.compile(r"[\w .-]{1,150}")
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@csrf_exempt  # so that a POST is told that it is not allowed, not that it is forged
@require_safe
def media(request: HttpRequest, key: str) -> FileResponse | HttpResponse:
    """One picture. The key names its content, so it may be cached for good. `?download=name` has it
    saved under this name: what a link's `download` says is ignored where a bucket answers."""
    match = KEY.fullmatch(key)
    if match is None:
        raise Http404
    disposition = saved_as(request.GET.get("download", ""))
    if settings.S3_BUCKET:
        return to_bucket(key, disposition)
    etag = f'"{key}"'
    if matches(request.headers.get("If-None-Match", ""), etag):
        answer: FileResponse | HttpResponse = HttpResponse(status=304)
    else:
        try:
            stored = default_storage.open(key)
        except OSError as problem:
            raise Http404 from problem
        answer = FileResponse(stored, content_type=TYPES[match[1]])
        del answer["Content-Disposition"]  # Django's would name it by its key
        if disposition:
            answer["Content-Disposition"] = disposition
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def saved_as(name: str) -> str:
    """The Content-Disposition under which a picture is saved; "" without a plain name."""
    return content_disposition_header(True, name) or "" if NAME.fullmatch(name) else ""


def to_bucket(key: str, disposition: str) -> HttpResponse:
    """A redirect to a fresh signature, which is forgotten well before it runs out."""
    wish = {"ResponseContentDisposition": disposition} if disposition else {}
    answer = HttpResponse(status=302)
    answer["Location"] = cast(Any, default_storage).url(key, parameters=wish)
    answer["Cache-Control"] = "private, max-age=1800"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
