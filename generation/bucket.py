"""Pictures in S3, or in a store that speaks its protocol.

A module of its own, so that boto3 is imported only where a bucket is named: a fifth of a start.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from generation.storage import StoredObject

IMMUTABLE = "public, max-age=31536000, immutable"
MOST_AT_ONCE = 1000  # keys in one DeleteObjects, by S3's rule


class PictureBucket(S3Storage):  # type: ignore[misc]
    """One boto3 resource for all threads, writes that never overwrite, and plain OSErrors.

    The storage it extends makes a resource per thread: with 64 threads, a gigabyte of memory.
    Only its client is used here, and boto3's clients, unlike its resources, are thread-safe.
    """

    _making = threading.Lock()
    _shared: Any = None

    @property
    def connection(self) -> Any:
        with self._making:
            if self._shared is None:
                self._shared = self._create_session().resource(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                )
        return self._shared

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def _save(self, name: str, content: File[bytes]) -> str:
        """Write an object unless it is there. An interrupted write that arrived is there."""
        with plain_errors():
            try:
                self.client.put_object(
                    Bucket=self.bucket_name,
                    Key=name,
                    Body=content.read(),
                    IfNoneMatch="*",
                    CacheControl=IMMUTABLE,
                    **self._get_write_parameters(name, content),
                )
            except ClientError as problem:
                if status_of(problem) != 412:
                    raise
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with plain_errors():
            answer = self.client.get_object(Bucket=self.bucket_name, Key=name)
            return ContentFile(answer["Body"].read(), name)

    def exists(self, name: str) -> bool:
        with plain_errors():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with plain_errors():
            self.client.delete_object(Bucket=self.bucket_name, Key=name)

    def objects(self) -> Iterator[StoredObject]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name)
        with plain_errors():
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"], entry["LastModified"])

    def delete_all(self, keys: Collection[str]) -> None:
        waiting = iter(keys)
        while some := [{"Key": key} for key in islice(waiting, MOST_AT_ONCE)]:
            with plain_errors():
                answer = self.client.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": some, "Quiet": True}
                )
            if kept := answer.get("Errors"):
                raise OSError(f"S3 kept {len(kept)} of {len(some)} objects: {kept[0].get('Code')}")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: names tell the content, so there is nothing to evade."""
        return name


@contextmanager
def plain_errors() -> Iterator[None]:
    """Whatever boto3 raises as an OSError, as local files would raise it."""
    try:
        yield
    except ClientError as problem:
        kind = FileNotFoundError if status_of(problem) == 404 else OSError
        raise kind(f"S3 answered {status_of(problem)}") from problem
    except BotoCoreError as problem:
        raise OSError(f"S3 cannot be used: {type(problem).__name__}") from problem


def status_of(problem: ClientError) -> int:
    return int(problem.response["ResponseMetadata"]["HTTPStatusCode"])
