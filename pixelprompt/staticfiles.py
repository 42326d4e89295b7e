"""Static files under names that carry a hash of their content, so that they are cached for good."""

from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the imports between our ES modules. Missing names do not break a page."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:
        """Under the prefix that the page was asked under, such as a stage of API Gateway."""
        return get_script_prefix().rstrip("/") + str(super().url(name, force))
