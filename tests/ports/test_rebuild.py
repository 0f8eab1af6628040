"""I13: a desk that is rebuilt from its journal is the live one, to the last bit, whatever the journal is kept in."""

from __future__ import annotations

from functools import cache

import pytest

from parrot.app.desk import Desk
from tests.ports.conftest import empty_database
from tests.ports.journals import FileStore, SqlStore, Store
from tests.simulation.parts import real_parts
from tests.simulation.world import World

SEED = 7


@cache
def lived() -> World:
    """The whole order path on virtual time, with faults: its desk is alive when it ends."""
    world = World(SEED, real_parts)
    outcome = world.run()
    assert not outcome.violation, outcome
    return world


@pytest.fixture(params=["files", "sqlite", "postgres"])
def store(request, tmp_path) -> Store:
    return FileStore(tmp_path) if request.param == "files" else SqlStore(empty_database(request.param, request))


def desk(store: Store, *, snapshots: bool = False) -> Desk:
    world = lived()
    parts = real_parts(world.market.listings, world.terms)
    return Desk(parts, store.open(), print, snapshots=store.snapshots() if snapshots else None)


def test_a_rebuilt_desk_is_the_live_one_from_the_beginning_and_from_a_snapshot(store):
    bodies = lived().disk.bodies
    half = len(bodies) // 2
    journal = store.open()
    for first in range(0, half, 7):
        journal.append(bodies[first : min(first + 7, half)])
    journal.close()
    at_half = desk(store, snapshots=True)
    assert at_half.recover() == half
    at_half.save_snapshot()
    at_half._journal.append(bodies[half:])
    at_half._journal.close()

    whole = desk(store)
    assert whole.recover() == len(bodies) > 100
    whole._journal.close()
    rest = desk(store, snapshots=True)
    assert rest.recover() == len(bodies) - half
    assert whole.hash() == rest.hash() == lived().office.desk.hash()
