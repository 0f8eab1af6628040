"""The platform trades on paper from an empty directory, and whatever ends it, it goes on without a scratch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.command import parrot, told
from tests.end_to_end.platform import Running, up, verified

pytestmark = pytest.mark.alone  # a start has its seconds

FIRST_FILLS_S = 60


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One platform through the whole story of this file; the tests run in their order."""
    running = up(tmp_path_factory.mktemp("live"))
    yield running
    if running.process.poll() is None:
        running.kill()


def test_within_a_minute_two_strategies_have_traded(alive: Running) -> None:
    begin = time.monotonic()
    found = alive.wait(lambda status: status["fills"] >= 5, FIRST_FILLS_S)
    assert time.monotonic() - begin <= FIRST_FILLS_S
    assert found["ready"] is True
    assert found["pid"] == alive.process.pid
    assert len(found["strategies"]) >= 2
    assert found["orders"] >= found["fills"] // 2 > 0
    assert 0 <= found["data_age_ms"] < 5_000
    assert float(found["equity"]) > 0


def test_a_second_one_on_the_same_directory_is_refused(alive: Running) -> None:
    done = parrot("up", "--data", str(alive.data), "--port", "0", "--json", cwd=alive.place)
    assert done.returncode == 2
    assert "in use" in done.stdout
    assert alive.status()["ready"] is True


def test_a_copy_made_while_it_runs_verifies(alive: Running, tmp_path: Path) -> None:
    shutil.copytree(alive.data, tmp_path / "copy")
    assert verified(tmp_path, tmp_path / "copy")["ok"] is True
    assert verified(tmp_path, alive.data)["ok"] is True


def test_killed_and_started_again_it_goes_on(alive: Running) -> None:
    before = alive.status()
    alive.kill()
    stopped = parrot("status", "--data", str(alive.data), "--json", cwd=alive.place)
    assert stopped.returncode != 0
    assert '"ready": false' in stopped.stdout
    checked = verified(alive.place, alive.data)
    assert checked["ok"] is True
    assert checked["fills"] >= before["fills"]
    begin = time.monotonic()
    again = up(alive.place)
    assert time.monotonic() - begin < 10
    alive.process, alive.told = again.process, again.told
    found = alive.wait(lambda status: status["fills"] > checked["fills"], 30)
    assert found["orders"] >= before["orders"]
    names = [[row["strategy"] for row in status["strategies"]] for status in (before, found)]
    assert names[0] == names[1]
    assert all(row["running"] for row in found["strategies"])
    assert verified(alive.place, alive.data)["ok"] is True


def test_where_nothing_differs_from_the_venue_there_is_nothing_to_adopt(alive: Running) -> None:
    done = parrot("adopt", "--by", "ann", "--data", str(alive.data), cwd=alive.place)
    assert (done.returncode, "nothing differs" in done.stdout) == (0, True)


def test_the_kill_switch_stops_orders_until_a_person_rearms(alive: Running) -> None:
    told("kill", "--data", str(alive.data), "--by", "ann", cwd=alive.place)
    time.sleep(1)
    orders = alive.status()["fills"]
    time.sleep(3)
    assert alive.status()["fills"] <= orders
    told("rearm", "--data", str(alive.data), "--by", "ann", cwd=alive.place)
    alive.wait(lambda status: status["fills"] > orders, 30)


def test_asked_to_end_it_ends_cleanly_and_verifies(alive: Running) -> None:
    fills = alive.status()["fills"]
    assert alive.stop() == 0
    checked = verified(alive.place, alive.data)
    assert checked["ok"] is True
    assert checked["fills"] >= fills
    assert checked["orders"] >= 1
    assert len(checked["state_hash"]) >= 16


def test_any_flipped_byte_is_found(alive: Running, tmp_path: Path) -> None:
    durable = sorted(path for path in alive.data.rglob("*") if path.suffix in (".journal", ".db"))
    assert len(durable) >= 4
    for path in durable:
        copy = tmp_path / "copy"
        shutil.copytree(alive.data, copy)
        victim = copy / path.relative_to(alive.data)
        whole = bytearray(victim.read_bytes())
        # A page of a database has room that holds nothing; a journal has none.
        place = whole.find(b'{"type"') + 12 if path.suffix == ".db" else len(whole) // 2
        whole[place] ^= 1
        victim.write_bytes(whole)
        found = verified(tmp_path, copy, 1)
        assert found["ok"] is False
        assert path.name in str(found["problems"])
        shutil.rmtree(copy)
