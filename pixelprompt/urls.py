"""Every address. What few starts are asked for comes later: desk, reference, metrics."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from generation import health, media, shared, views
from pixelprompt import later

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

urlpatterns = [
    path("", views.studio, name="studio"),
    path("jobs/<str:job_id>", views.job, name="job"),
    path("jobs/<str:job_id>/pictures.zip", shared.pictures, name="pictures"),
    path("jobs/<str:job_id>/sheet-<slug:version>.jpg", shared.contact_sheet, name="sheet"),
    path("gallery", RedirectView.as_view(pattern_name="gallery", query_string=True)),
    path("gallery/", views.gallery, name="gallery"),
    path("leaderboard", RedirectView.as_view(pattern_name="leaderboard")),
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("docs", RedirectView.as_view(pattern_name="docs")),
    path("docs/", later.view("generation.reference.docs"), name="docs"),
    path("media/<path:key>", media.media, name="media"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", csrf_exempt(later.view("generation.metrics.metrics")), name="metrics"),
    path("favicon.ico", views.favicon),
    path("admin", RedirectView.as_view(pattern_name="admin:index"), name="desk"),
    later.Addresses("admin/", "pixelprompt.desk", "admin"),
    path("", include("generation.api.urls")),
]
