"""The audit log: any flip, deletion, insertion, swap or cut is found, with the first entry that is bad."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parrot.centers.audit.log import WITNESS_EVERY, AuditLog, decode_act
from parrot.centers.audit.manifest import LogReading, Signer, act_of
from parrot.contracts import records
from parrot.contracts.acts import ActNoted, FilesWitnessed, HeadSeen, HeadSigned
from parrot.kernel.errors import InputError
from parrot.ports.journal import EMPTY_DIGEST, Head, chain
from tests.unit.centers.audit.histories import History
from tests.unit.centers.capital.kept import MemoryJournal

KEY = bytes(range(32))


class ChainedJournal(MemoryJournal):
    def head(self) -> Head:
        digest = EMPTY_DIGEST
        for seq, body in enumerate(self.bodies, 1):
            digest = chain(digest, seq, body)
        return Head(len(self.bodies), digest)


class Place:
    """The second place, and the files that the log witnesses."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.heads: dict[str, HeadSeen] = {}


def log_of(journal: ChainedJournal, place: Place, key: bytes = KEY) -> AuditLog:
    return AuditLog(journal, Signer(key), heads=lambda: place.heads, second=place.kept.__setitem__)


def kept_log() -> tuple[ChainedJournal, Place]:
    """A log of a short life with two owners, one kill and one witnessed file."""
    journal, place, history = ChainedJournal(), Place(), History()
    log = log_of(journal, place)
    log.open("main", desk=0, now=1)
    history.tell(records.KillEngaged(scope="all", by="Ada", source="cli", reason="drill"))
    log.heard(history.entries)
    log.expect("strategies/a.journal", 2)
    for turn in range(1, 4):
        place.heads["desk.journal"] = HeadSeen(turn * 10, f"{turn:032x}")
        log.beat(turn * WITNESS_EVERY)
    log.close(9 * WITNESS_EVERY)
    log_of(journal, place).open("main", desk=30, now=10 * WITNESS_EVERY)
    return journal, place


def read(bodies: list[bytes], second: bytes = b"") -> list[tuple[int, str]]:
    reading = LogReading()
    for seq, body in enumerate(bodies, 1):
        reading.look(seq, body)
    reading.end()
    return reading.problems + [(len(bodies), text) for text in (reading.compare(second) if second else [])]


def newest(place: Place) -> bytes:
    (signed,) = place.kept.values()
    return signed


def test_a_log_that_nobody_touched_holds() -> None:
    journal, place = kept_log()
    assert read(journal.bodies, newest(place)) == []
    reading = LogReading()
    for seq, body in enumerate(journal.bodies, 1):
        reading.look(seq, body)
    assert reading.expected == {"strategies/a.journal": 2}
    assert [head.seq for head in reading.witnessed["desk.journal"]] == [10, 20, 30]
    assert [(act.who, act.what) for act in reading.acts if act.what == "kill"] == [("Ada", "kill")]
    assert list(place.kept) == [reading.identity]


def test_a_witness_tells_what_was_durable_one_witness_before() -> None:
    journal, _ = kept_log()
    told = [record for record in map(decode_act, journal.bodies) if isinstance(record, FilesWitnessed)]
    assert [(record.seen, record.ts) for record in told[:2]] == [
        (WITNESS_EVERY, 2 * WITNESS_EVERY),
        (2 * WITNESS_EVERY, 3 * WITNESS_EVERY),
    ]


@pytest.mark.parametrize("seq", range(1, 16))
def test_an_entry_that_is_altered_is_found_by_the_next_signature(seq: int) -> None:
    journal, place = kept_log()
    record: Any = decode_act(journal.bodies[seq - 1])
    altered = msgspec.structs.replace(record, ts=record.ts + 1)
    bodies = list(journal.bodies)
    bodies[seq - 1] = msgspec.msgpack.encode(altered)
    problems = read(bodies, newest(place))
    if isinstance(record, HeadSigned) and seq == len(bodies):
        assert problems == []  # nothing was signed behind it; the chain of the file holds it
    else:
        assert problems


def test_an_entry_that_is_taken_out_put_in_or_swapped_is_found() -> None:
    journal, place = kept_log()
    bodies = journal.bodies
    assert read(bodies[:4] + bodies[5:], newest(place))
    assert read([*bodies[:5], bodies[4], *bodies[5:]], newest(place))
    assert read([*bodies[:4], bodies[5], bodies[4], *bodies[6:]], newest(place))


def test_a_signature_of_somebody_else_is_found() -> None:
    journal, _ = kept_log()
    forged = ChainedJournal(journal.bodies[:-1])
    head = forged.head()
    signature = Signer(bytes(32)).sign(head.seq, head.digest)
    signed = HeadSigned(ts=1, seq=head.seq, digest=head.digest.hex(), signature=signature)
    forged.append([msgspec.msgpack.encode(signed)])
    assert "not the owner's" in read(forged.bodies)[-1][1]


def test_a_tail_that_is_cut_off_is_found_by_the_second_place() -> None:
    journal, place = kept_log()
    ((_, text),) = read(journal.bodies[:-3], newest(place))
    assert "its end is cut off" in text


def test_a_log_that_is_written_anew_with_another_key_is_found_by_the_second_place() -> None:
    journal, place = kept_log()
    forged, elsewhere = ChainedJournal(), Place()
    log = log_of(forged, elsewhere, bytes(32))
    log.open("main", desk=0, now=1)
    while forged.head().seq < journal.head().seq:
        log.expect(f"x{forged.head().seq}", 2)
    assert read(forged.bodies) == []
    assert read(forged.bodies, newest(place))


def test_a_log_without_its_beginning_is_found() -> None:
    journal, place = ChainedJournal(), Place()
    log_of(journal, place).open("main", desk=7, now=1)
    ((seq, text),) = read(journal.bodies)
    assert (seq, "beginning is missing" in text) == (1, True)


def test_acts_are_noted_once_also_when_they_are_heard_again() -> None:
    journal, place, history = ChainedJournal(), Place(), History()
    log = log_of(journal, place)
    log.heard(history.entries)
    again = log_of(journal, place)
    again.heard(history.entries)
    acts = [record for record in map(decode_act, journal.bodies) if isinstance(record, ActNoted)]
    assert [act.what for act in acts] == ["open", "limits", "deposit"]
    assert again.acts_to == history.entries[-1].seq


def test_acts_that_no_record_shows_are_noted_on_one_line_each() -> None:
    journal, place = ChainedJournal(), Place()
    log = log_of(journal, place)
    log.open("main", desk=0, now=1)
    told = {"by": "x\r\n2026-01-01 ann signed in", "colour": "\x1b[31mred\u2028"}
    log.note("eve\n", "sign in failed", ts=2, about=told)
    log.close(3)
    [act] = [record for record in map(decode_act, journal.bodies) if isinstance(record, ActNoted)]
    assert act.entry == 0
    assert all(text.isprintable() for text in (act.who, act.what, *act.about, *act.about.values()))
    assert read(journal.bodies, newest(place)) == []


def test_what_nobody_did_is_no_act() -> None:
    history = History()
    history.bought()
    acts = [act for entry in history.entries if (act := act_of(entry)) is not None]
    assert [act.what for act in acts] == ["open", "limits", "deposit"]
    assert acts[1].who == "Ada"


def test_an_order_of_a_person_is_an_act() -> None:
    history = History()
    history.receive("1", user="Bob")
    act = act_of(history.entries[-1])
    assert act is not None
    assert (act.who, act.what, act.about["quantity"]) == ("Bob", "order", "1")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        Signer(b"short")
