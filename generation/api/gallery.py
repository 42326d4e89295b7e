"""The API of the gallery."""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from generation import gallery
from generation.api import answers
from generation.api.contract import operation
from generation.api.endpoint import Endpoint
from generation.api.errors import invalid
from generation.api.views import addresses_for, parsed_id
from generation.models import Result
from generation.snapshots import Addresses, number, stamp

MOST_ENTRIES = 100
MAX_QUERY = 200
GALLERY_ID = r"[A-Za-z0-9-]{1,100}"
WORDS = {"type": "string", "maxLength": MAX_QUERY}
BOUND = {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES, "default": gallery.PAGE}


class GalleryList(Endpoint):
    """GET /gallery/list: newest first."""

    @operation(
        "galleries",
        "Listed jobs with pictures, newest first",
        answers.Galleries,
        tag="gallery",
        parameters=[
            OpenApiParameter("cursor", WORDS, description="The nextCursor of an earlier answer."),
            OpenApiParameter("limit", BOUND),
            OpenApiParameter("q", WORDS, description="Words that a prompt must hold."),
            OpenApiParameter("model", WORDS, description="The slug of a model that has drawn."),
        ],
    )
    def get(self, request: Request) -> Response:
        addresses = addresses_for(request)
        try:
            page = gallery.page(
                cursor=query_text(request, "cursor"),
                limit=limit_of(request),
                query=query_text(request, "q"),
                model=query_text(request, "model"),
            )
        except gallery.BadCursor:
            text = "cursor must be a nextCursor of an earlier answer."
            raise invalid("cursor", "a nextCursor", text) from None
        entries = [entry_as_json(entry, addresses) for entry in page.entries]
        return Response(
            {"galleries": entries, "total": len(entries), "nextCursor": page.next_cursor}
        )


def query_text(request: Request, name: str) -> str:
    text: str = request.query_params.get(name, "")
    if len(text) > MAX_QUERY or "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        bound = f"at most {MAX_QUERY} characters"
        raise invalid(name, bound, f"{name} must be text of {bound}.")
    return text


def limit_of(request: Request) -> int:
    text = query_text(request, "limit") or str(gallery.PAGE)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_ENTRIES):
        raise invalid(
            "limit", f"1..{MOST_ENTRIES}", f"limit must be a number from 1 to {MOST_ENTRIES}."
        )
    return int(text)


def entry_as_json(entry: gallery.Entry, addresses: Addresses) -> dict[str, Any]:
    first = entry.results[0].picture
    preview = addresses.media(first.thumbnail_key or first.key)
    return {
        "id": str(entry.job.id),
        "timestamp": stamp(entry.job.created_at),
        "preview": preview,
        "previewUrl": preview,
        "prompt": entry.job.prompt,
        "imageCount": len(entry.results),
    }


class Gallery(Endpoint):
    """GET /gallery/{galleryId}: a job's pictures. An unknown id has none, as in the first API."""

    @operation(
        "gallery",
        "One job's pictures",
        answers.Gallery,
        tag="gallery",
        parameters=[
            OpenApiParameter(
                "gallery_id",
                {"type": "string", "pattern": f"^{GALLERY_ID}$"},
                OpenApiParameter.PATH,
            )
        ],
    )
    def get(self, request: Request, gallery_id: str) -> Response:
        if not re.fullmatch(GALLERY_ID, gallery_id):
            raise invalid(
                "galleryId", "letters, digits and hyphens", "galleryId is not a gallery's id."
            )
        job_id = parsed_id(gallery_id)
        entry = gallery.entry(job_id) if job_id else None
        addresses = addresses_for(request)
        images = (
            [image_as_json(entry, result, addresses) for result in entry.results] if entry else []
        )
        return Response({"galleryId": gallery_id, "images": images, "total": len(images)})


def image_as_json(entry: gallery.Entry, result: Result, addresses: Addresses) -> dict[str, Any]:
    job, picture = entry.job, result.picture
    return {
        "key": picture.key,
        "url": addresses.media(picture.key),
        "thumbnailUrl": addresses.media(picture.thumbnail_key or picture.key),
        "model": result.name,
        "prompt": job.prompt,
        "steps": job.steps,
        "guidance": number(job.guidance),
        "control": job.control,
        "timestamp": stamp(result.finished_at),
    }
