"""Jobs of a running platform: opened beside it, with the examples' back-tests asked for at the very first start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

from parrot.app.exhibits import CASH, EXAMPLES, Example
from parrot.app.folder import DataFolder
from parrot.app.jobs.catalogue import EXAMPLES as EXAMPLES_FOLDER
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.assemble import House
from parrot.contracts.jobs import BacktestAsked, JobState

BY: Final = "parrot up"


@contextmanager
def working(house: House, folder: DataFolder) -> Iterator[Jobs]:
    """The jobs of a platform, at work until the block ends."""
    jobs = Jobs(house.records, str(folder.root.absolute()), house.clock.now_ns)
    places = JobPlaces(folder)
    places.make()
    jobs.open()
    try:
        show(jobs, places)
        threading.Thread(target=places.catalogue().warm, name="catalogue", daemon=True).start()
        yield jobs
    finally:
        jobs.close()


def show(jobs: Jobs, places: JobPlaces) -> None:
    """Has the examples back-tested where that has never been asked for, or was interrupted."""
    asked = [job for job in jobs.all() if job.by == BY]
    known = set(places.catalogue().ids())
    if not asked:
        for example in EXAMPLES:
            if f"{EXAMPLES_FOLDER}/{example.file}" in known:
                jobs.ask(_asked(example), BY)
    repeated = {job.again for job in asked}
    for job in asked:
        if job.state is JobState.INTERRUPTED and job.id not in repeated:
            jobs.again(job.id, BY)


def _asked(example: Example) -> BacktestAsked:
    return BacktestAsked(
        file=f"{EXAMPLES_FOLDER}/{example.file}",
        name=example.name,
        data=[f"demo:{symbol}" for symbol in example.symbols],
        cash=Decimal(CASH),
        fees=example.fees,
        slippage=example.slippage,
        account=example.account.value,
        bounds=True,
    )
