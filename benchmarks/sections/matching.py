"""The matching engine on streams of orders, with accounts, locks, fees and events, beside order books of others."""

import subprocess
from statistics import median
from typing import Any

import crates
import gateway
from bench import Bench
from crates import Stream
from table import EQUAL, Row

from parrot import matching

TITLE = "Matching: streams of orders; accounts, locks, fees and events on"
OPS, OPS_FEW = 5_000_000, 200_000
ORDERS, RECORDS = 1_000_000, 2_000_000
RATES = {"s1": 20.0, "s100": 10.0}  # million operations a second
LATENCIES = {"s1": 150, "s100": 500}  # nanoseconds, 99 of 100
PEERS = ("lobster", "orderbook-rs", "matchcore")
SAID = {"CppTrader": (15.5, 6.3), "Liquibook": (2.0, 1.6)}  # by who measured them on these streams in November 2026


def measure(bench: Bench) -> list[Row]:
    """All rows of the section; one row that says why where nothing can be measured."""
    lacking = crates.lacking()
    if lacking:
        return [Row("left out", None, "", checked=lacking)]
    streams = crates.streams(bench.folder, OPS_FEW if bench.quick else OPS)
    rows = [row for stream in streams for row in _stream(bench, stream)]
    rows += _python(bench, streams[0])
    rows += _standing()
    rows += _journal(bench)
    return rows + [row for stream in streams for row in _peers(bench, stream)]


def _rate(answer: dict[str, Any]) -> float:
    """Million operations a second: the median run."""
    return 1e3 / median(answer["ns"])


def _stream(bench: Bench, stream: Stream) -> list[Row]:
    runs = ("--repeats", bench.repeats(9))
    ours, floor = crates.run("ours", stream.path, *runs), crates.run("floor", stream.path, *runs)
    same, said = stream.judge(ours["check"])
    python = matching.replay(stream.path)
    same_too, _ = stream.judge({name: value for name, value in python.items() if name != "seconds"})
    checked = said if not same or same_too else "parrot.matching.replay differs from the reference"
    name, unit = stream.name, "M ops/s"
    prevention = crates.run("ours", stream.path, *runs, "stp")
    cost = (median(prevention["ns"]) / median(ours["ns"]) - 1) * 100
    return [
        Row(
            f"{name}: {stream.ops:,} operations",
            _rate(ours),
            unit,
            RATES[name],
            checked=checked,
            rate=True,
        ),
        Row(f"{name}: the best run", 1e3 / min(ours["ns"]), unit, checked=checked),
        Row(f"{name}: parrot.matching.replay", stream.ops / python["seconds"] / 1e6, unit, checked=checked),
        Row(f"{name}: floor, commands and events alone", _rate(floor), unit),
        Row(f"{name}: one, median", ours["p50"], "ns", checked=f"{ours['overhead']} ns of the clock taken off"),
        Row(f"{name}: one, 99 of 100", ours["p99"], "ns", LATENCIES[name]),
        Row(f"{name}: one, 999 of 1000", ours["p999"], "ns"),
        Row(f"{name}: self-trade prevention on", cost, "% more time", 10),
    ]


def _python(bench: Bench, stream: Stream) -> list[Row]:
    path = bench.folder / "prepared.bin"
    count = bench.size(1_000_000)
    native = crates.run("prepared", stream.path, "--ops", count, "--repeats", bench.repeats(5), path)
    settings, commands = gateway.commands(path, native["settings"])
    batch, state = gateway.batches(settings, commands, bench.repeats(5))
    same = f"{EQUAL}: state {state}" if state == native["hash"] else f"differs: state {state}, not {native['hash']}"
    share = median(native["ns"]) / batch * 100
    orders = bench.size(100_000)
    return [
        Row("Python: Core.execute, batches of 4096", 1e3 / batch, "M ops/s", checked=same),
        Row("Python: of Rust's speed on the same", share, "%", 80, checked=same, rate=True),
        Row("Python: submit_units, median", gateway.in_units(orders), "ns", 1000),
        Row("Python: submit, names and text, median", gateway.with_names(orders // 5), "ns"),
    ]


def _standing() -> list[Row]:
    found = crates.run("standing", ORDERS)
    what = f"{found['orders']:,} orders"
    same = f"{EQUAL}: hash and bytes" if found["same"] else "differs from what was saved"
    return [
        Row(f"{what}: memory", found["megabytes"], "MB", 150),
        Row(f"{what}: snapshot", found["snapshot_ms"], "ms", 100, checked=f"{found['bytes'] / 1e6:.0f} MB"),
        Row(f"{what}: restore", found["restore_ms"], "ms", checked=same),
    ]


def _journal(bench: Bench) -> list[Row]:
    found = crates.journal(bench.folder, RECORDS)
    checked = f"{EQUAL}: hash after recovery"
    return [
        Row("journal: group commit", found["full_records_per_s"] / 1e6, "M records/s", 1, rate=True),
        Row("journal: 99 of 100 acks, full", found["full_ack_p99_us"] / 1e3, "ms", 1),
        Row("journal: 99 of 100 acks, 1 M/s", found["paced_ack_p99_us"] / 1e3, "ms", 1),
        Row("journal: recovery", found["recovery_records_per_s"] / 1e6, "M records/s", 10, checked=checked, rate=True),
    ]


def _peers(bench: Bench, stream: Stream) -> list[Row]:
    few = min(stream.ops, OPS_FEW)
    truth = next(other for other in crates.streams(bench.folder, few) if other.name == stream.name)
    ours = crates.run("ours", truth.path, "--repeats", bench.repeats(5))
    rows = [_beside(bench, truth, name, _rate(ours)) for name in PEERS]
    for name, rates in SAID.items():
        theirs = rates[stream.name == "s100"]
        rows.append(Row(f"{stream.name}: stated, not measured here", None, "M ops/s", peer=name, theirs=theirs))
    return rows


def _beside(bench: Bench, stream: Stream, name: str, ours: float) -> Row:
    what = f"{stream.name}: a book alone, {stream.ops:,} operations"
    try:
        answer = crates.run(name.replace("-", "_"), stream.path, "--repeats", bench.repeats(3))
    except (RuntimeError, subprocess.TimeoutExpired) as fault:
        return Row(what, ours, "M ops/s", peer=name, checked=f"missing: {fault}"[:100])
    same, said = stream.judge(answer["check"])
    peer = f"{name} {crates.version(name)}"
    return Row(what, ours, "M ops/s", peer=peer, theirs=_rate(answer), checked=said, same=same, rate=True)
