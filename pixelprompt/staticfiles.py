"""Static files under names that carry a hash of their content, so that they are cached for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the imports between our ES modules. Missing names do not break a page."""

    support_js_module_import_aggregation = True
    manifest_strict = False
