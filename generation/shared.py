"""What a job's page gives away besides itself: its pictures as a zip file, and on one sheet."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from generation import archive, sheet, snapshots
from generation.api.views import addresses_for, parsed_id
from generation.manifest import archive_name
from generation.snapshots import Snapshot

FOR_GOOD = "public, max-age=31536000, immutable"


def snapshot_or_404(job_id: str) -> Snapshot:
    pk = parsed_id(job_id)
    found = snapshots.current(pk) if pk else None
    if found is None:
        raise Http404
    return snapshots.of(found)


@require_safe
def pictures(request: HttpRequest, job_id: str) -> StreamingHttpResponse:
    """Every picture of a job, as its provider sent it, with manifest.json."""
    snapshot = snapshot_or_404(job_id)
    content = archive.stream(snapshot, addresses_for(request))
    answer = StreamingHttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{archive_name(snapshot)}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def contact_sheet(request: HttpRequest, job_id: str, version: str) -> HttpResponse:
    """One sheet of a job's pictures. An older version leads to the present one."""
    keys = sheet.keys_of(snapshot_or_404(job_id))
    present = sheet.version_of(keys)
    if not keys:
        raise Http404
    if version != present:
        return redirect("sheet", job_id, present)
    try:
        content = sheet.compose(keys)
    except OSError as problem:
        raise Http404 from problem
    return HttpResponse(content, "image/jpeg", headers={"Cache-Control": FOR_GOOD})
