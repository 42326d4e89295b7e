"""The addresses of the operator's desk, imported with it."""

from django.contrib import admin

admin.autodiscover()
urlpatterns = admin.site.urls[0]
