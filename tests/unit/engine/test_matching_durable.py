"""An exchange with a journal (M47): what was acknowledged survives the process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parrot.engine.matching import Balance, Exchange, Refused, Side
from parrot.engine.matching.durable import seal
from parrot.kernel.errors import DataError, InputError, ParameterError, StorageError
from tests.unit.engine.opened import PAIR, open_in

# Orders at many prices, most of which rest; the same for everybody who counts from the same number.
_CHILD = """
import sys
from tests.unit.engine.opened import open_in
from tests.unit.engine.test_matching_durable import send
exchange = open_in(sys.argv[1])
for number in range(1_000_000):
    send(exchange, number)
    print(number, flush=True)
"""


def names_in(note: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(note.read_bytes().partition(b"\n")[2])
    return found


def write_names(note: Path, names: dict[str, Any]) -> None:
    text = json.dumps(names).encode()
    note.write_bytes(seal(text).hex().encode() + b"\n" + text)


def send(exchange: Exchange, number: int) -> None:
    """The order of a number; every fifth is a batch of three."""
    side = Side.BUY if number % 2 else Side.SELL
    terms = {"price": 60_000 + number * 7 % 40 - (20 if number % 2 else 0), "client_id": 10 * number}
    order = exchange.order("ann" if number % 3 else "bob", PAIR, side, "0.0001", **terms)
    if number % 5:
        exchange.core.submit(*order)
    else:
        exchange.submit_many([order._replace(id=10 * number + leg) for leg in range(3)])


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    for killed_after in (3, 40):
        folder = tmp_path / str(killed_after)
        root = Path(__file__).parents[3]
        paths = {"PYTHONPATH": os.pathsep.join((str(root / "src"), str(root)))}
        command = [sys.executable, "-c", _CHILD, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | paths) as child:
            assert child.stdout is not None
            acknowledged = 0
            for line in child.stdout:
                acknowledged = int(line) + 1
                if acknowledged == killed_after:
                    child.send_signal(signal.SIGKILL)
        assert acknowledged >= killed_after
        twin = open_in()
        for number in range(acknowledged):
            send(twin, number)
        hashes = [twin.hash()]
        send(twin, acknowledged)  # the last one may have become durable without being acknowledged
        hashes.append(twin.hash())
        assert Exchange(journal=folder).hash() in hashes


def test_an_exchange_goes_on_where_it_ended_with_its_names(tmp_path: Path) -> None:
    exchange = open_in(tmp_path / "venue")
    exchange.add_currency("FEE", decimals=4)
    exchange.set_fee_currency("FEE", discount="25%")
    first = exchange.submit("ann", PAIR, "sell", "0.5", price="60000.00")
    balance, state = exchange.balance("ann", "BTC"), exchange.hash()
    exchange.leave()
    again = Exchange(journal=tmp_path / "venue")
    assert again.hash() == state
    assert again.balance("ann", "BTC") == balance == Balance(Decimal("9.5"), Decimal("0.5"))
    assert again.fee_currency == again.currencies["FEE"]
    assert [symbol.name for symbol in again.symbols] == [PAIR]
    assert len(again.events()) == 0
    again.set_conversion("USD", 2)
    second = again.submit("bob", PAIR, "buy", "0.1", price="59000.00")
    numbers = {int(again.core.order(handle)["id"][0]) for handle in (first, second)}
    assert len(numbers) == 2, "numbers given by the exchange do not come twice"
    again.add_account("cay")
    assert [account.name for account in again.accounts] == ["ann", "bob", "cay"]


def test_a_checkpoint_makes_the_journal_short_and_changes_nothing(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    for number in range(20):
        send(exchange, number)
    exchange.checkpoint()
    assert {"journal", "journal-1", "snapshot"} <= {path.name for path in tmp_path.iterdir()}
    exchange.submit("ann", PAIR, "buy", "0.1", price="100.00")
    state = exchange.hash()
    exchange.leave()
    assert Exchange(journal=tmp_path).hash() == state


def test_a_refused_command_is_not_in_the_journal(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    state = exchange.hash()
    with pytest.raises(Refused):
        exchange.submit("ann", PAIR, "sell", "900", price="60000.00")
    assert exchange.hash() == state
    exchange.leave()
    assert Exchange(journal=tmp_path).hash() == state


def test_lists_come_back_whole(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    exchange.submit("bob", PAIR, "buy", "0.2", price="59000.00")
    legs = [
        exchange.order("ann", PAIR, "sell", "0.2", "61000"),
        exchange.order("ann", PAIR, "sell", "0.2", trigger="58000", tif="GTC"),
    ]
    exchange.submit("bob", PAIR, "sell", "0.1", price="59000.00")
    assert len(exchange.submit_list("OCO", legs)) == 2
    state = exchange.hash()
    exchange.leave()
    assert Exchange(journal=tmp_path).hash() == state


def test_a_folder_has_one_exchange_at_a_time(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    with pytest.raises(StorageError, match="open elsewhere"):
        Exchange(journal=tmp_path)
    exchange.leave()
    with pytest.raises(StorageError, match="no journal"):
        exchange.checkpoint()


def test_who_has_left_is_read_and_not_changed(tmp_path: Path) -> None:
    with open_in(tmp_path) as exchange:
        handle = exchange.submit("ann", PAIR, "sell", "0.5", price="60000.00")
        order = exchange.order("ann", PAIR, "sell", "0.5", price="60000.00")
    exchange.leave()
    tries: list[Callable[[], object]] = [
        lambda: exchange.submit("ann", PAIR, "sell", "0.5", price="60000.00"),
        lambda: exchange.submit_units(*order),
        lambda: exchange.submit_many([order]),
        lambda: exchange.cancel(handle),
        lambda: exchange.mass_cancel("ann"),
        lambda: exchange.deposit("ann", "USD", 1),
        lambda: exchange.add_account("cay"),
        lambda: exchange.advance(9),
    ]
    for attempt in tries:
        with pytest.raises(InputError, match="given its folder back"):
            attempt()
    assert exchange.balance("ann", "BTC").locked == Decimal("0.5")
    with Exchange(tmp_path) as again:
        assert again.hash() == exchange.hash()
    with open_in() as without, without as same:
        same.submit("ann", PAIR, "sell", "0.5", price="60000.00")
    assert without.submit("ann", PAIR, "sell", "0.5", price="60000.00"), "without a journal nothing is given back"


def test_a_journal_is_the_path_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for wrong in ("", "  ", 5, b"venue", "a\0b"):
        with pytest.raises(ParameterError, match="journal is"):
            Exchange(wrong)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="is a file"):
        Exchange(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "in the way"
    Exchange("~/venue").leave()
    assert (tmp_path / "home" / "venue" / "journal").is_file()


def test_damage_is_named(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    exchange.submit("ann", PAIR, "sell", "0.5", price="60000.00")
    exchange.leave()
    journal = tmp_path / "journal"
    sound = journal.read_bytes()
    journal.write_bytes(sound[:4200] + bytes([sound[4200] ^ 1]) + sound[4201:])
    with pytest.raises(DataError, match="record 1 cannot be read"):
        Exchange(journal=tmp_path)
    journal.write_bytes(b"something else")
    with pytest.raises(DataError, match="journal"):
        Exchange(journal=tmp_path)
    journal.write_bytes(sound)
    note = tmp_path / "note"
    names, whole = names_in(note), note.read_bytes()
    write_names(note, names | {"accounts": ["ann"]})
    with pytest.raises(DataError, match="1 names for 2 accounts"):
        Exchange(journal=tmp_path)
    for wrong in (b"", b"{", b"{}", b"\xff" * 9, whole[:-1], whole[:-1] + b"]", whole.replace(b'"ann"', b'"eve"')):
        note.write_bytes(wrong)
        with pytest.raises(DataError, match=r"names are damaged|note"):
            Exchange(journal=tmp_path)


def test_a_name_whose_command_was_lost_is_free_again(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    exchange.leave()
    note = tmp_path / "note"
    names = names_in(note)
    write_names(note, names | {"accounts": [*names["accounts"], "cay"]})
    again = Exchange(journal=tmp_path)
    assert [account.name for account in again.accounts] == ["ann", "bob"]
    again.add_account("cay")
    assert [account.number for account in again.accounts] == [0, 1, 2]


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        Exchange(journal=tmp_path / "file" / "below")


def test_cancels_and_disconnects_are_kept(tmp_path: Path) -> None:
    exchange = open_in(tmp_path)
    handle = exchange.submit("ann", PAIR, "sell", "0.5", price="60000.00")
    exchange.submit("ann", PAIR, "sell", "0.5", price="60001.00", on_disconnect=True)
    exchange.submit("bob", PAIR, "sell", "0.5", price="60001.00")
    exchange.amend(handle, quantity="0.4")
    exchange.cancel(handle)
    assert exchange.disconnect("ann") == 1
    assert exchange.mass_cancel("bob") == 1
    exchange.advance(5)
    state = exchange.hash()
    exchange.leave()
    again = Exchange(journal=tmp_path)
    assert again.hash() == state
    assert again.book(PAIR).asks == ()
