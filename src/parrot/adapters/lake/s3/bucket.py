"""Objects of one bucket: read, written if nobody else wrote meanwhile, listed, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from parrot.kernel.errors import StorageError
from parrot.ports.secrets import Secret

_FIXES: Final = (
    (("nosuchbucket", "bucket does not exist"), "make the bucket, or name another"),
    (
        ("forbidden", "accessdenied", "signature", "unauth", "invalidaccesskey"),
        "give the right key, with rights to the bucket",
    ),
    (("error sending request", "connect", "timed out"), "see that the endpoint is right and answers"),
)


class Changed(Exception):  # noqa: N818  it never leaves this family
    """Somebody else wrote an object meanwhile."""


class Bucket:
    """The bucket `name`, below `prefix` in it; `endpoint` for any S3 but Amazon's ("http://host:port").

    Without key and secret what the environment gives (AWS_ACCESS_KEY_ID, a role) is used. The server has to know
    conditional writes (If-Match, If-None-Match), as Amazon's, MinIO, Ceph and others do.
    """

    def __init__(
        self,
        name: str,
        *,
        prefix: str = "",
        endpoint: str = "",
        region: str = "us-east-1",
        key: str = "",
        secret: Secret | None = None,
        patience_s: float = 30.0,
    ) -> None:
        self.place = f"s3://{name}/{prefix}".rstrip("/")
        settings: dict[str, Any] = {"region": region}
        if endpoint:
            settings["endpoint"] = endpoint
        if secret is not None:
            settings |= {"access_key_id": key, "secret_access_key": secret.reveal()}
        patience = timedelta(seconds=patience_s)
        self._store = S3Store(
            name,
            prefix=prefix or None,
            client_options={"timeout": patience, "allow_http": endpoint.startswith("http://")},
            retry_config={"max_retries": 3, "retry_timeout": patience},
            **settings,
        )

    def get(self, path: str) -> tuple[bytes, str] | None:
        """Content and tag of an object; None when there is none."""
        with self._named(path):
            try:
                found = self._store.get(path)
                return bytes(found.bytes()), found.meta["e_tag"] or ""
            except FileNotFoundError as fault:
                if "NoSuchBucket" in str(fault):
                    raise
                return None

    def put(self, path: str, content: bytes) -> None:
        """Writes an object whatever was there."""
        with self._named(path):
            self._store.put(path, content)

    def put_if(self, path: str, content: bytes, tag: str) -> None:
        """Writes an object if it is still the one of `tag`, or still not there where that is empty. Raises Changed."""
        with self._named(path):
            try:
                self._store.put(path, content, mode={"e_tag": tag} if tag else "create")
            except (AlreadyExistsError, PreconditionError):
                raise Changed from None

    def delete(self, paths: list[str]) -> None:
        """Deletes objects; what cannot be deleted is litter and no harm."""
        with suppress(BaseError, OSError):  # no manifest names them
            self._store.delete(paths)

    def paths(self) -> Iterator[str]:
        """Every object's path."""
        with self._named(""):
            for batch in self._store.list():
                yield from (entry["path"] for entry in batch)

    @contextmanager
    def _named(self, path: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as fault:
            text = str(fault).strip()
            fixes = (fix for words, fix in _FIXES if any(word in text.lower() for word in words))
            problem = f"{self.place}/{path}".rstrip("/") + f": {text.splitlines()[0]}"
            raise StorageError(problem, fix=next(fixes, "see what the server says")) from fault
