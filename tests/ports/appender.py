"""A process that appends to a journal until it is done or refused, and says what it was told, line by line.

    python -m tests.ports.appender KIND PLACE COUNT [SYNCHRONOUS]

"ack N" after entry N was acknowledged; "refused CODE FIX" after an error, once more for the append behind it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from parrot.adapters.journal.files import FileJournal
from parrot.adapters.sql import SqlJournal, open_sqlite
from parrot.kernel.errors import ParrotError
from parrot.ports.journal import Journal

CHECKPOINT_PAGES = 20  # so that a short run has some


def body(seq: int) -> bytes:
    """Recognisable, and of another size each."""
    return b"entry %d " % seq * (1 + seq * 37 % 300)


def opened(kind: str, place: Path, synchronous: str = "FULL") -> Journal:
    if kind == "files":
        return FileJournal(place / "desk.journal")
    engine = open_sqlite(place / "desk.db", synchronous=synchronous, lock_wait_s=0.2)
    journal = SqlJournal(engine, "desk")
    assert journal._connection is not None
    journal._connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    journal._connection.rollback()
    return journal


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def main(kind: str, place: str, count: str, synchronous: str = "FULL") -> None:
    journal = opened(kind, Path(place), synchronous)
    say("open")
    first, refused = journal.head().seq + 1, 0
    for seq in range(first, first + int(count)):
        try:
            journal.append([body(seq)])
        except ParrotError as error:
            say(f"refused {error.code} {bool(error.fix)} {error.problem}")
            refused += 1
            if refused == 2:
                break
        else:
            say(f"ack {seq}")
    os._exit(0)  # as a crash would: nothing is tidied up


if __name__ == "__main__":
    main(*sys.argv[1:])
