"""Snapshots and gallery entries as the templates want them."""

from typing import Any

from django.urls import reverse

from generation import known
from generation import sheet as contact
from generation.curl import as_curl
from generation.gallery import Entry
from generation.models import Job, Picture, Result
from generation.pictures import COPIES
from generation.snapshots import Addresses, Snapshot, sentence, stamp
from providers.sizes import pixels

SHEET = 4


def job_view(snapshot: Snapshot, addresses: Addresses) -> dict[str, Any]:
    job = snapshot.job
    return {
        "id": str(job.id),
        "url": job.get_absolute_url(),
        "status": snapshot.status,
        "prompt": job.prompt,
        "created_at": job.created_at,
        "listed": job.listed,
        "parameters": {
            "aspect_ratio": job.aspect_ratio,
            "negative_prompt": job.negative_prompt,
        },
        "known": known.parameters(job, snapshot.results),
        "total": len(snapshot.results),
        "completed": snapshot.count("completed"),
        "failed": snapshot.count("error"),
        "version": job.version,
        "status_url": reverse("api:status", args=[job.id]),
        "events_url": reverse("api:events", args=[job.id]),
        "duration": duration(snapshot),
        "curl": as_curl(snapshot, addresses),
        "address": addresses.of(job.get_absolute_url()),
        "sheet": sheet_address(snapshot, addresses),
        "models": ", ".join(result.name for result in snapshot.results),
        "demo": all(result.kind == "demo" for result in snapshot.results),
        "tiles": [tile(result, job, addresses) for result in snapshot.results],
    }


def sheet_address(snapshot: Snapshot, addresses: Addresses) -> str:
    """Where the job's pictures are to be had on one sheet, or "" where there are none yet."""
    keys = contact.keys_of(snapshot)
    if not keys:
        return ""
    return addresses.of(reverse("sheet", args=[snapshot.job.id, contact.version_of(keys)]))


def duration(snapshot: Snapshot) -> float | None:
    """Seconds until the job was over. Retries, which may come days later, do not count."""
    if snapshot.status in ("pending", "in_progress"):
        return None
    ends = [result.finished_at for result in snapshot.results if not result.round]
    known = [end for end in ends if end is not None]
    return (max(known) - snapshot.job.created_at).total_seconds() if known else None


def tile(result: Result, job: Job, addresses: Addresses) -> dict[str, Any]:
    width, height = pixels(job.aspect_ratio or "1:1")
    told: dict[str, Any] = {
        "id": str(result.pk),
        "index": result.index,
        "slug": result.slug,
        "model": result.name,
        "status": result.state,
        "started_at": stamp(result.started_at),
        "completed_at": stamp(result.finished_at),
        "duration": result.duration,
        "price_micros": result.price_micros,
        "width": width,
        "height": height,
        "error": sentence(result),
        "error_code": result.error_code,
        "retryable": result.retryable,
        "alt": "",
    }
    if result.state == Result.State.COMPLETED:
        told |= picture(result, addresses) | {"alt": alt_text(result, job)}
    return told


def alt_text(result: Result, job: Job) -> str:
    return f"{result.name}: {job.prompt}"


def picture(result: Result, addresses: Addresses) -> dict[str, Any]:
    shown = result.picture
    return {
        "width": shown.width,
        "height": shown.height,
        "image_url": addresses.media(shown.key),
        "thumbnail_url": addresses.media(shown.thumbnail_key or shown.key),
        "srcset": srcset(shown, addresses),
        "lost": shown.lost_at is not None,
    }


def srcset(shown: Picture, addresses: Addresses, *, least: int = 480) -> str:
    """The display copies with their widths, for the browser to choose from; "" before they are
    made. `least` is the side of the smallest one. `static/js/tile.js` says the same."""
    longer = max(shown.width, shown.height)
    there = ((getattr(shown, name), side) for name, _, side in COPIES if side >= least)
    widths = ((key, max(1, shown.width * min(side, longer) // longer)) for key, side in there)
    return ", ".join(f"{addresses.media(key)} {width}w" for key, width in widths if key)


def sheet(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    """A job as a contact sheet of its first pictures."""
    return {
        "id": str(entry.job.id),
        "url": entry.job.get_absolute_url(),
        "prompt": entry.job.prompt,
        "created_at": entry.job.created_at,
        "image_count": len(entry.results),
        "thumbs": [
            {
                "url": addresses.media(result.picture.thumbnail_key or result.picture.key),
                "srcset": srcset(result.picture, addresses, least=0),
                "alt": alt_text(result, entry.job),
                "width": result.picture.width,
                "height": result.picture.height,
            }
            for result in entry.results[:SHEET]
        ],
    }
