"""Files by their ending: Parquet, and in time the other formats; never a traceback from a reader inside."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from parrot.adapters.importers.table import Table
from parrot.kernel.errors import DataError


def open_file(path: str | PathLike[str]) -> Table:
    """Open one file by its ending. Raises DataError when it is missing, a directory, unreadable or of no known kind."""
    place = Path(path).expanduser()
    if place.is_dir():
        raise DataError(f"{place} is a directory", expected="one file", fix="name a file inside it")
    if not place.exists():
        raise DataError(
            f"{place} does not exist",
            expected="a file",
            fix=f"check the path; you are in {Path.cwd()}",
        )
    opener = OPENERS.get(place.suffix.lower())
    if opener is None:
        raise DataError(
            f"{place} has the unknown ending {place.suffix!r}",
            expected=", ".join(OPENERS),
            fix="convert the file",
        )
    return opener(place)


def _parquet(place: Path) -> Table:
    import polars as pl

    try:
        names = list(pl.read_parquet_schema(place))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"{place} is not a readable Parquet file ({error})",
            fix="download or write it again",
        ) from error
    return Table(
        names,
        lambda chosen: pl.read_parquet(place, columns=list(chosen)).to_dict(),
        str(place),
    )


OPENERS: dict[str, Callable[[Path], Table]] = {".parquet": _parquet}
