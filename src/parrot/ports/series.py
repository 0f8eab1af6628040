"""The series port: recent ticks and bars as they come, to be read again at once; history is the lake's."""

from __future__ import annotations

from typing import Protocol

from parrot.engine.bars import Bars
from parrot.engine.ticks import Books
from parrot.kernel.errors import DataError
from parrot.ports.lake import SeriesKey, Ticks


class Series(Protocol):
    """Streams by key, in order of time, exact. Methods raise StorageError when the store fails.

    The first rows of a series settle its decimals.
    """

    def append(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Adds rows behind those that are there, all or nothing.

        Ticks may share a time with the last ones; a bar that opens with the last one takes its place. Raises DataError
        for rows that begin earlier than the series ends, have other decimals or belong to another kind.
        """

    def bars(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""

    def ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Trades, quotes or books (kind "l2") of [start, end), ns UTC. Raises MissingError when there are none."""

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last time of a series, ns UTC; None when there is nothing."""

    def forget(self, before: int) -> None:
        """Lets go of all rows whose time is before `before`, ns UTC."""


def shape(data: Bars | Ticks) -> dict[str, object]:
    """What all rows of one series have in common."""
    if isinstance(data, Bars):
        return {
            "price_decimals": data.price_decimals,
            "size_decimals": data.volume_decimals,
            "adjusted": data.adjusted,
            "update_ids": False,
        }
    ids = isinstance(data, Books) and data.last_id is not None
    return {
        "price_decimals": data.price_decimals,
        "size_decimals": data.size_decimals,
        "adjusted": "none",
        "update_ids": ids,
    }


def check_follows(key: SeriesKey, known: dict[str, object], last: int | None, data: Bars | Ticks) -> None:
    """Raises DataError when rows cannot stand behind those of shape `known` that end at `last`, ns UTC."""
    for name, value in shape(data).items():
        if known[name] != value:
            raise DataError(
                f"{key} has {name} {known[name]}, these rows {value}",
                expected=f"{name} {known[name]}",
                fix="keep them as a series of their own",
            )
    if last is not None and int(data.ts[0]) < last:
        raise DataError(
            f"{key} goes to {last}, these rows begin at {int(data.ts[0])}",
            expected="rows in order of time",
            fix="put what came late into the lake",
        )
