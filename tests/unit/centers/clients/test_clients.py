"""Clients are kept whole: no change is lost, no account has two owners, erased data are gone."""

from __future__ import annotations

import pytest

from parrot.centers.clients.manifest import Clients
from parrot.contracts.clients import ClientStatus, Contact
from parrot.kernel.errors import InputError, MissingError
from tests.unit.centers.approvals.memory import MemoryRecords

NOW = 1_800_000_000 * 10**9
CONTACT = Contact(email="zoe@example.org", phone="1", address="Street")


@pytest.fixture
def clients() -> Clients:
    return Clients(MemoryRecords())


def make(clients, name="Zoe"):
    return clients.make(name, CONTACT, "a note", who="ann", now=NOW)


def change(clients, client, **more):
    given = {"name": client.name, "status": client.status, "contact": client.contact, "notes": client.notes} | more
    return clients.change(client.id, client.version, **given, who="ann", now=NOW + 1)


def test_clients_are_numbered_and_change_by_version(clients):
    zoe, max_ = make(clients), make(clients, "Max")
    assert [one.id for one in clients.all()] == [zoe.id, max_.id] == ["000001", "000002"]
    changed = change(clients, zoe, status=ClientStatus.SUSPENDED)
    assert (changed.version, changed.status, changed.updated) == (2, ClientStatus.SUSPENDED, NOW + 1)
    with pytest.raises(InputError, match="meanwhile"):
        change(clients, zoe, name="lost")
    assert clients.get(zoe.id).name == "Zoe"


def test_an_account_has_one_client(clients):
    zoe, max_ = make(clients), make(clients, "Max")
    assert clients.tie(zoe.id, "zoe-1", who="ann", now=NOW).accounts == ["zoe-1"]
    assert clients.tie(zoe.id, "zoe-1", who="ann", now=NOW).accounts == ["zoe-1"]
    with pytest.raises(InputError, match="of client 000001"):
        clients.tie(max_.id, "zoe-1", who="ann", now=NOW)
    assert (clients.owner("zoe-1"), clients.owner("other")) == (zoe.id, "")


def test_erasing_leaves_no_personal_data_and_no_way_back(clients):
    zoe = make(clients)
    clients.tie(zoe.id, "zoe-1", who="ann", now=NOW)
    clients.erase(zoe.id, who="ann", now=NOW)
    assert all(word not in repr(clients._records.kept) for word in ("Zoe", "zoe@example", "Street", "a note"))
    assert clients.get(zoe.id).accounts == ["zoe-1"]
    with pytest.raises(InputError, match="erased"):
        change(clients, clients.get(zoe.id), name="Zoe")


def test_what_was_done_is_newest_first_in_pages(clients):
    zoe, max_ = make(clients), make(clients, "Max")
    for number in range(4):
        clients.note(zoe.id, who="ann", what=f"act {number}", about={}, now=NOW)
    clients.note(max_.id, who="ann", what="other", about={}, now=NOW)
    first = clients.acts(zoe.id, limit=2)
    second = clients.acts(zoe.id, before=first[-1][0], limit=9)
    assert [act.what for _, act in (*first, *second)] == ["act 3", "act 2", "act 1", "act 0", "made"]


def test_a_client_that_is_not_there_is_missing(clients):
    for ask in (clients.get, lambda number: clients.erase(number, who="ann", now=NOW)):
        with pytest.raises(MissingError):
            ask("000009")
