"""Alerts of a running platform: made from the desk's records, seen by named persons, and what is wrong right now."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from parrot.app.platform.history import History
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.acts import Noting
from parrot.contracts.access import Principal
from parrot.contracts.alerts import AlertAcknowledged
from parrot.contracts.history import AlertRow
from parrot.kernel.errors import MissingError
from parrot.ports.history import Wanted
from parrot.ports.records import Records

_ROW: Final = msgspec.json.Decoder(AlertRow)
_UNSEEN: Final = {"standing": False, "acknowledged_by": "", "acknowledged_ns": 0, "note": ""}
_OPEN_MOST: Final = 200
_SCANNED_MOST: Final = 5_000  # rows that a page looks at before it ends early
_NUMBERS: Final = re.compile(r"\d+")

Drop = Callable[[Sequence[str]], None]


class AlertQuestions:
    """Thread-safe. `told` hears of alerts that somebody has seen now."""

    def __init__(self, platform: Platform, history: History, records: Records, note: Noting) -> None:
        self.told: Drop = lambda ids: None
        self._platform = platform
        self._history = history
        self._records = records
        self._note = note
        self._lock = threading.Lock()
        self._one = threading.Lock()  # of two who see the same alert at once one has seen it, and stands in the log
        self._seen: dict[str, AlertAcknowledged] | None = None

    def page(self, wanted: Wanted, *, all_of_them: bool) -> tuple[list[dict[str, Any]], int]:
        """Alerts, newest first, and where the page ended."""
        self._history.settle()
        seen, rows, after, looked = self._known(), list[dict[str, Any]](), wanted.after, 0
        while len(rows) < wanted.limit and looked < _SCANNED_MOST:
            found = self._history.reader.alerts(msgspec.structs.replace(wanted, after=after))
            looked += len(found.rows)
            for made in map(_ROW.decode, found.rows):
                after = made.seq
                if all_of_them or made.alert_id not in seen:
                    rows.append(shown(made, seen))
                if len(rows) == wanted.limit:
                    break
            else:
                if not found.after:
                    return rows, 0
        return rows, after

    def open(self) -> list[dict[str, Any]]:
        """The newest that nobody has seen, oldest first."""
        return self.page(Wanted(limit=_OPEN_MOST), all_of_them=False)[0][::-1]

    def rows(self, made: Sequence[AlertRow]) -> list[dict[str, Any]]:
        """New alerts as they are shown."""
        return [shown(row, {}) for row in made]

    def standing(self) -> list[dict[str, Any]]:
        """What is wrong now."""
        return self._platform.read(
            lambda house: list(conditions(self._platform.troubles_of(house), house.clock.now_ns()))
        )

    def acknowledge(self, ids: Sequence[str], who: Principal, by: str, note: str) -> int:
        """Notes that a person has seen alerts, durably. Raises MissingError for one that is not there."""
        self._history.settle()
        with self._one:
            return self._acknowledge(ids, who, by, note)

    def _acknowledge(self, ids: Sequence[str], who: Principal, by: str, note: str) -> int:
        new = [one for one in dict.fromkeys(ids) if one not in self._known()]
        for one in new:
            self._require(one, who)
        if not new:
            return 0
        made = AlertAcknowledged(by=by, ts=self._platform.read(lambda house: house.clock.now_ns()), note=note)
        with self._records.work() as work:
            for one in new:
                work.put(one, made)
        with self._lock:
            assert self._seen is not None  # asked for above
            self._seen.update(dict.fromkeys(new, made))
        self._note(who, "alerts acknowledged", alerts=" ".join(new), note=note)
        self.told(new)
        return len(new)

    def _require(self, alert_id: str, who: Principal) -> None:
        """Raises MissingError for one that is not there, or of an account not theirs."""
        found = self._history.reader.alerts(Wanted(after=int(alert_id) + 1, limit=1)).rows
        row = _ROW.decode(found[0]) if found else None
        if row is None or row.alert_id != alert_id or not who.sees(row.account):
            raise MissingError(f"there is no alert {alert_id}", expected="its number")

    def _known(self) -> Mapping[str, AlertAcknowledged]:
        with self._lock:
            if self._seen is None:
                self._seen = dict(_scan(self._records))
            return self._seen


def shown(row: AlertRow, seen: Mapping[str, AlertAcknowledged]) -> dict[str, Any]:
    """An alert as it is shown."""
    found = {name: getattr(row, name) for name in row.__struct_fields__ if name != "seq"} | _UNSEEN
    by = seen.get(row.alert_id)
    return found if by is None else found | {"acknowledged_by": by.by, "acknowledged_ns": by.ts, "note": by.note}


def conditions(troubles: Sequence[tuple[str, int]], now: int) -> Iterator[dict[str, Any]]:
    """What is wrong now as alerts, from its begin where that is known; its id stays while its numbers change."""
    for text, since in troubles:
        made = AlertRow(
            alert_id=f"standing:{_NUMBERS.sub('', text)[:80]}",
            seq=0,
            ts=since or now,
            account="main",
            level="warning",
            kind="condition",
            text=text,
        )
        yield shown(made, {}) | {"standing": True}


def _scan(records: Records) -> Iterator[tuple[str, AlertAcknowledged]]:
    after = ""
    while found := records.scan(AlertAcknowledged, after):
        yield from found
        after = found[-1][0]
