"""Market data as the gateway asks for it: the lakes, and jobs on them."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from parrot.adapters.lake.files import FileLake
from parrot.app.jobs.datasets import RECORDED
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.questions.acts import Noting
from parrot.app.platform.questions.chores import chore_row
from parrot.app.sources import LAKE
from parrot.app.venues.register import exchanges
from parrot.app.wiring import home
from parrot.contracts.access import Principal
from parrot.contracts.jobs import DownloadAsked, ImportAsked, Job, QualityAsked
from parrot.engine.calendar import ALWAYS
from parrot.engine.columns import timeframe_ns, timeframe_text
from parrot.gateway.rest.models.data import FILE_BYTES_MAX
from parrot.kernel.errors import BusyError, InputError, MissingError, StorageError
from parrot.ports.lake import LakeEntry, bar_timeframe

_KINDS: Final = {DownloadAsked: "download", ImportAsked: "import", QualityAsked: "quality"}
_RESULTS: Final = {"download": "downloaded", "import": "imported", "quality": "quality"}
_CALENDARS: Final = (ALWAYS, "XNYS", "XNAS", "XLON", "XETR", "XPAR", "XAMS", "XTKS", "XHKG", "CMES")
_SENT_MOST: Final = 20


class DataQuestions:
    """Answers of one running platform (gateway.rest.ports.data.DataDoor)."""

    def __init__(self, jobs: Jobs, places: JobPlaces, note: Noting, now: Callable[[], int]) -> None:
        self._jobs = jobs
        self._places = places
        self._note = note
        self._now = now

    def facts(self) -> dict[str, Any]:
        """Exchanges and calendars that can be named."""
        return {"venues": _venues(), "calendars": list(_CALENDARS), "file_bytes_max": FILE_BYTES_MAX}

    def series(self) -> list[dict[str, Any]]:
        """Every series of both lakes, in order."""
        lakes = {LAKE: home() / "lake", RECORDED: self._places.folder.lake}
        return [_series(lake, entry) for lake, root in lakes.items() for entry in FileLake(root).entries()]

    def download(self, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
        """Begins a download."""
        start, end, now = wanted["from_ns"], wanted["to_ns"], self._now()
        if wanted["venue"] not in _venues():
            raise InputError(
                f"history of {wanted['venue']} cannot be downloaded", expected="an exchange that ccxt knows"
            )
        timeframe_ns(wanted["timeframe"])
        if start >= min(end or now, now):
            raise InputError("the span ends before it begins", expected="a start in the past and before the end")
        asked = DownloadAsked(
            venue=wanted["venue"], symbol=wanted["symbol"], timeframe=wanted["timeframe"], start=start, end=end or 0
        )
        job = self._jobs.ask(asked, who.name)
        self._note(who, "data download", venue=asked.venue, symbol=asked.symbol, timeframe=asked.timeframe)
        return _row(job)

    def upload(self, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
        """Takes a file and begins to import it."""
        try:
            content = base64.b64decode(wanted["content"], validate=True)
        except ValueError:
            raise InputError("the content is no base64", expected="the bytes of the file in base64") from None
        if len(content) > FILE_BYTES_MAX:
            raise InputError(
                f"the file has {len(content):,} bytes", expected=f"at most {FILE_BYTES_MAX:,}", fix="parrot data import"
            )
        name: str = wanted["name"]
        ending = name.rpartition(".")[2]
        asked = ImportAsked(
            file=self._keep(content, ending),
            name=name,
            venue=wanted["venue"],
            symbol=wanted["symbol"],
            timeframe=wanted["timeframe"],
            timezone=wanted["timezone"],
            repair=wanted["repair"],
        )
        try:
            job = self._jobs.ask(asked, who.name)
        except BaseException:
            (self._places.sent / asked.file).unlink(missing_ok=True)
            raise
        self._note(who, "data import", file=name, bytes=str(len(content)), venue=asked.venue, symbol=asked.symbol)
        return _row(job)

    def quality(self, who: Principal, source: str, calendar: str) -> dict[str, Any]:
        """Begins to look at a series."""
        if calendar not in _CALENDARS:
            raise InputError(f"there is no calendar {calendar}", expected=f"one of {', '.join(_CALENDARS)}")
        self._places.datasets().require(source)
        return _row(self._jobs.ask(QualityAsked(source=source, calendar=calendar), who.name))

    def jobs(self) -> list[dict[str, Any]]:
        """Jobs on data, newest first."""
        return [_row(job) for job in self._jobs.all() if type(job.asked) in _KINDS]

    def job(self, job_id: str) -> dict[str, Any]:
        """One of them."""
        return _row(self._find(job_id))

    def cancel(self, who: Principal, job_id: str) -> dict[str, Any]:
        """Ends one."""
        job = self._jobs.cancel(self._find(job_id).id)
        self._note(who, "data cancel", job=job.id)
        return _row(job)

    def again(self, who: Principal, job_id: str) -> dict[str, Any]:
        """The same once more."""
        before = self._find(job_id)
        if isinstance(before.asked, ImportAsked) and not (self._places.sent / before.asked.file).exists():
            raise InputError(f"{before.asked.name} is not there any more", fix="send it again")
        job = self._jobs.again(before.id, who.name)
        self._note(who, "data again", job=job.id)
        return _row(job)

    def _find(self, job_id: str) -> Job:
        job = self._jobs.job(job_id)
        if type(job.asked) not in _KINDS:
            raise MissingError(f"there is no job {job_id}")
        return job

    def _keep(self, content: bytes, ending: str) -> str:
        """Keeps a file that was sent under a name of ours."""
        folder = self._places.sent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sum(1 for _ in folder.iterdir()) >= _SENT_MOST:
                raise BusyError("too many files wait to be imported", expected=f"at most {_SENT_MOST}", fix="wait")
            name = f"{secrets.token_hex(16)}.{ending}"
            number = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(content)
        except OSError as fault:
            raise StorageError(f"the file cannot be kept: {fault.strerror}", fix="look at the free space") from fault
        return name


@cache
def _venues() -> list[str]:
    return sorted(exchanges())


def _series(lake: str, entry: LakeEntry) -> dict[str, Any]:
    length = bar_timeframe(entry.key.kind)
    return {
        "source": f"{lake}:{entry.key}",
        "lake": lake,
        "venue": entry.key.venue,
        "symbol": entry.key.symbol,
        "kind": entry.key.kind,
        "timeframe": "" if length is None else timeframe_text(length),
        "rows": entry.rows,
        "first_ts": entry.first_ts,
        "last_ts": entry.last_ts,
        "files": entry.files,
        "bytes": entry.size_bytes,
    }


def _row(job: Job) -> dict[str, Any]:
    kind = _KINDS[type(job.asked)]
    results: dict[str, Any] = dict.fromkeys(_RESULTS.values())
    if job.result:
        results[_RESULTS[kind]] = _shaped(kind, job.result)
    source = job.asked.source if isinstance(job.asked, QualityAsked) else ""
    return chore_row(job, kind) | results | {"source": source}


def _shaped(kind: str, result: dict[str, Any]) -> dict[str, Any]:
    """Without what the answer has no place for."""
    return {name: value for name, value in result.items() if not (kind == "quality" and name in ("from", "to"))}
