"""Errors of the readers inside, told as ours: what could not be read, and why, in one line."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from parrot.kernel.errors import DataError


@contextmanager
def reading(source: str, what: str) -> Iterator[None]:
    """Turn what a reader raises on broken bytes into a DataError that names the source."""
    import polars as pl

    broken = (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        KeyError,
        NotImplementedError,
        RuntimeError,
    )
    try:
        yield
    except DataError:
        raise
    except broken as error:
        raise DataError(
            f"{source} cannot be read as {what} ({_first_line(error)})",
            fix="check the file; download or write it again",
        ) from None


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
