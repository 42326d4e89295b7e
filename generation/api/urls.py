"""The API's paths: no prefix, no trailing slash."""

from django.urls import path

from generation.api import enhance, gallery, jobs, limits, log, models, schema, views, votes

app_name = "api"
urlpatterns = [
    path("generate", views.Generate.as_view(), name="generate"),
    path("status/<str:job_id>", views.Status.as_view(), name="status"),
    path("events/<str:job_id>", views.Events.as_view(), name="events"),
    path("enhance", enhance.Enhance.as_view(), name="enhance"),
    path("models", models.Models.as_view(), name="models"),
    path("jobs/<str:job_id>/manifest", views.Manifest.as_view(), name="manifest"),
    path("jobs/<str:job_id>/votes", votes.Votes.as_view(), name="vote"),
    path("jobs/<str:job_id>/cancel", jobs.Cancel.as_view(), name="cancel"),
    path("jobs/<str:job_id>/rerun", jobs.Rerun.as_view(), name="rerun"),
    path("jobs/<str:job_id>/results/<str:result_id>/retry", jobs.Retry.as_view(), name="retry"),
    path("limits", limits.Limits.as_view(), name="limits"),
    path("log", log.Log.as_view(), name="log"),
    path("gallery/list", gallery.GalleryList.as_view(), name="gallery-list"),
    path("gallery/<str:gallery_id>", gallery.Gallery.as_view(), name="gallery"),
    path("schema", schema.Schema.as_view(), name="schema"),
]
