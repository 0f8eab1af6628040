"""Replays of recorded order streams against results worked out by another program."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import parrot
from parrot.kernel.errors import DataError, MissingError, ParameterError
from tests.end_to_end.command import parrot as command

OPS = 200_000
STREAMS = {"s1_5m": ("1", "42", "10000"), "s100_5m": ("100", "43", "1000")}  # symbols, seed, orders alive

ADD, CANCEL, IOC, MARKET = range(4)
BUY, SELL = range(2)


@pytest.fixture(scope="session")
def generator(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = shared / "matching" / "gen.cpp"
    if not source.is_file():
        pytest.skip(f"no generator of order streams: {source} is missing")
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++ to build the generator of order streams with")
    program = tmp_path_factory.mktemp("streams") / "gen"
    subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
    return program


@pytest.fixture(scope="session")
def stream(generator: Path) -> Callable[[str], Path]:
    """The first operations of a stream: the generator works one after the other, so a short file begins a long one."""

    def made(name: str) -> Path:
        path = generator.with_name(f"{name}.bin")
        if not path.is_file():
            symbols, seed, alive = STREAMS[name]
            subprocess.run([str(generator), str(path), str(OPS), symbols, seed, alive], check=True, capture_output=True)
        return path

    return made


@pytest.fixture(scope="session")
def expected(shared: Path) -> dict[str, dict[str, str]]:
    rows = (shared / "matching" / "reference.txt").read_text("utf-8").splitlines()
    return {row.partition(":")[0]: dict(re.findall(r"(\w+)=(\w+)", row)) for row in rows}


@pytest.mark.shared
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_comes_to_the_reference(
    name: str, stream: Callable[[str], Path], expected: dict[str, dict[str, str]]
) -> None:
    found = parrot.matching.replay(stream(name))
    seconds = found.pop("seconds")
    assert {key: str(value) for key, value in found.items()} == expected[f"{name} {OPS}"]
    assert seconds > 0


@pytest.mark.shared
def test_a_limit_ends_a_replay_early(stream: Callable[[str], Path]) -> None:
    path = stream("s1_5m")
    full = parrot.matching.replay(path, OPS + 1)
    assert full["ops"] == OPS
    parts = [parrot.matching.replay(path, limit) for limit in (0, 1, 1_000, OPS)]
    assert [part["ops"] for part in parts] == [0, 1, 1_000, OPS]
    assert (parts[0]["trades"], parts[0]["trade_hash"], parts[0]["book_hash"]) == (0, *["cbf29ce484222325"] * 2)
    assert parts[3]["book_hash"] == full["book_hash"] != parts[2]["book_hash"]


@pytest.mark.shared
def test_the_command_line_replays(stream: Callable[[str], Path], tmp_path: Path) -> None:
    path = stream("s100_5m")
    direct = parrot.matching.replay(path, 5_000)
    told = command("matching", "replay", str(path), "--limit", "5000", "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer.pop("seconds") > 0
    assert answer == {key: value for key, value in direct.items() if key != "seconds"}
    shown = command("matching", "replay", str(path), "--limit", "5000", cwd=tmp_path)
    assert str(direct["trade_hash"]) in shown.stdout
    assert "operations a second" in shown.stdout


def header(ops: int, symbols: int = 1, magic: bytes = b"PMB1", version: int = 1) -> bytes:
    return struct.pack("<4sIQIIQ", magic, version, ops, symbols, 0, 7)


def record(op: int, side: int = BUY, price: int = 0, quantity: int = 0, number: int = 1, **more: int) -> bytes:
    return struct.pack("<BBHIqqQ", op, side, more.get("symbol", 0), more.get("owner", 0), price, quantity, number)


def fnv(*words: int) -> str:
    found = 0xCBF29CE484222325
    for word in words:
        found = (found ^ word) * 0x100000001B3 % 2**64
    return f"{found:016x}"


def test_a_replay_worked_by_hand(tmp_path: Path) -> None:
    records = [
        record(ADD, SELL, 101, 5, 1, owner=3),
        record(ADD, SELL, 101, 4, 2),
        record(IOC, BUY, 101, 7, 3, owner=3),  # takes 5 of the first, its own, and 2 of the second
        record(MARKET, SELL, 0, 9, 4),  # nobody buys
        record(CANCEL, SELL, number=1),  # gone
        record(ADD, BUY, 99, 6, 5),
        record(ADD, BUY, 100, 1, 6),
        record(CANCEL, BUY, number=6, owner=9),  # whoever asks
        record(CANCEL, BUY, number=900),  # never was
    ]
    path = tmp_path / "hand.bin"
    path.write_bytes(header(len(records)) + b"".join(records))
    found = parrot.matching.replay(path)
    del found["seconds"]
    assert found == {
        "ops": 9,
        "trades": 2,
        "volume": 7,
        "notional": 707,
        "rejects": 2,
        "resting": 2,
        "levels": 2,
        "trade_hash": fnv(1, 3, 101, 5, 2, 3, 101, 2),
        "book_hash": fnv(0, BUY, 99, 6, 5, 0, SELL, 101, 2, 2),
    }


GOOD = record(ADD, BUY, 100, 1)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes"),
        (b"PMB1" * 7, "28 bytes"),
        (header(1, magic=b"PK\3\4") + GOOD, "PMB1"),
        (header(1, version=2) + GOOD, "version 2"),
        (header(1, symbols=0) + GOOD, "0 symbols"),
        (header(1, symbols=2**32 - 1) + GOOD, "4294967295 symbols"),
        (header(2) + GOOD, "cut off"),
        (header(1) + GOOD[:-1], "cut off"),
        (header(2**63) + GOOD, "cut off"),
        (header(1) + GOOD + b"x", "too long"),
        (header(2) + GOOD + record(4), "record 1: unknown op 4"),
        (header(1) + record(ADD, 2, 100, 1), "record 0: side 2"),
        (header(1, 3) + record(ADD, BUY, 100, 1, symbol=3), "symbol 3 .*3 symbols"),
        (header(1) + record(ADD, BUY, 100, 1, owner=1_000), "owner 1000"),
        (header(1) + record(ADD, BUY, 0, 1), "price 0"),
        (header(1) + record(IOC, BUY, -5, 1), "price -5"),
        (header(1) + record(MARKET, BUY, 5, 1), "price 5"),
        (header(1) + record(ADD, BUY, 100, 0), "quantity 0"),
        (header(1) + record(ADD, BUY, 100, 2**62), "quantity"),
        (header(1) + record(ADD, BUY, 100, 1, 0), "order id 0"),
        (header(1) + record(ADD, BUY, 100, 1, 2**60), "order id"),
        (header(1) + record(ADD, BUY, 2**53, 2**53), r"record 0: .*refuses.*AMOUNT"),
    ],
)
def test_files_that_are_no_stream_are_refused(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "wrong.bin"
    path.write_bytes(data)
    with pytest.raises(DataError, match=told):
        parrot.matching.replay(path)


def test_files_and_limits_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no file"):
        parrot.matching.replay(tmp_path / "none.bin")
    for wrong in (-1, 1.5, True):
        with pytest.raises(ParameterError, match="limit"):
            parrot.matching.replay(tmp_path / "none.bin", wrong)
    told = command("matching", "replay", "none.bin", "--json", cwd=tmp_path)
    assert told.returncode == 5
    assert json.loads(told.stdout)["error"]["code"] == "not_found"
