"""Exchanges of ccxt as they are made: what is not understood is refused, and no number becomes a float."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from parrot.adapters.venues import connecting
from parrot.adapters.venues.ccxt.making import make
from parrot.adapters.venues.connecting import check, wire
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.table import row
from parrot.contracts.connections import Connection, Verdict
from parrot.kernel.errors import InputError, ParameterError
from parrot.ports.secrets import Credentials, Secret


def made(name="binance", **given):
    return make(name, row(name), key=None, secret=None, passphrase=None, **given)


def test_numbers_without_quotes_keep_all_their_digits():
    found = made().parse_json('{"p": 0.1234567890123456789, "n": 3, "e": 1e-7}')
    assert found == {"p": "0.1234567890123456789", "n": 3, "e": "1e-7"}
    assert made().safe_string(found, "p") == "0.1234567890123456789"


def test_a_sandbox_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="kraken has no sandbox"):
        made("kraken", sandbox=True)


@pytest.mark.parametrize("options", [{"sandbox": "True"}, {"sandbox": "yes"}, {"sandbx": "true"}])
def test_an_option_that_is_not_understood_leads_nowhere(options):
    with pytest.raises(ParameterError):
        wire(Connection(name="mine", exchange="binance", options=options), None, lambda: 0)


def test_what_is_not_recorded_is_said():
    with pytest.raises(InputError, match="not recorded"):
        wire(Connection(name="mine", exchange="alpaca", options={"record": "x.jsonl"}), None, lambda: 0)


class Halfway:
    """A venue that answers at first, and then not, or with what nobody can read."""

    def __init__(self, fault):
        self.offset = 0
        self._fault = fault

    async def open(self):
        pass

    async def close(self):
        pass

    def listings(self):
        return []

    async def server_time(self):
        if self._fault is not None:
            raise self._fault
        await asyncio.Event().wait()


@pytest.mark.parametrize("fault", [None, KeyError("balances")])
def test_a_look_that_does_not_come_to_its_end_has_failed(monkeypatch, fault):
    monkeypatch.setattr(connecting, "_LOOK_S", 0.01)
    monkeypatch.setattr(connecting, "wire", lambda *given: Halfway(fault))
    found = check(Connection(name="mine", exchange="binance"), None)
    assert [one.what for one in found] == ["reachable", "markets", "answers"]
    assert found[-1].verdict is Verdict.FAIL


class Deaf(Halfway):
    """A venue whose streams end with what nobody can read."""

    def listings(self):
        return [SimpleNamespace(symbol="BTC/USDT")]

    async def server_time(self):
        raise Trouble(Outcome.REFUSED, "no")

    def markets(self, names, hear):
        return [self._stream]

    async def _stream(self):
        raise KeyError("spot")


def test_a_stream_that_ends_by_a_defect_is_named_by_it(monkeypatch):
    monkeypatch.setattr(connecting, "wire", lambda *given: Deaf(None))
    found = check(Connection(name="mine", exchange="binance"), None)
    assert (found[-1].what, found[-1].verdict, found[-1].text) == ("streams", Verdict.FAIL, "it ended: KeyError")


class Locked(Halfway):
    """A venue that does not know the key, and would say so in words of its own where its stream is asked for."""

    async def server_time(self):
        return None

    async def scope(self):
        raise Trouble(Outcome.KEY, "Signature for this request is not valid.")

    def private(self, on_news, ready):
        pytest.fail("asked for")

    def markets(self, symbols, on_raw):
        async def come():
            on_raw({})
            await asyncio.Event().wait()

        return [come]


def test_a_key_that_does_not_work_is_said_once(monkeypatch):
    monkeypatch.setattr(connecting, "wire", lambda *given: Locked(None))
    keys = Credentials(Secret("key", "a-key"), Secret("secret", "a-secret"), None)
    found = check(Connection(name="mine", exchange="binance"), keys, ["BTC/USDT"])
    assert [one.what for one in found if one.verdict is Verdict.FAIL] == ["markets", "key"]
    assert "private stream" not in [one.what for one in found]


class Silent:
    """What ccxt would send to a venue's timer."""

    def __init__(self, exchange):
        self.told = []
        exchange.cancel_all_orders_after = self.after
        exchange.close = self.close

    async def after(self, milliseconds):
        self.told.append(milliseconds)

    async def close(self):
        self.told.append("closed")


def test_a_venue_with_a_dead_mans_switch_hears_of_us_and_is_told_when_we_mean_to_go():
    async def told(options, *, alive=True):
        looked = wire(Connection(name="mine", exchange="kraken", options=options), None, lambda: 0)
        silent = Silent(looked.ex)  # type: ignore[attr-defined]  # that of ccxt
        if alive:
            await looked.alive()
        await looked.close()
        return silent.told

    assert asyncio.run(told({"withdraw_after": "60"})) == [60_000, 0, "closed"]
    assert asyncio.run(told({"withdraw_after": "60"}, alive=False)) == ["closed"]  # a look, or a start that failed
    assert asyncio.run(told({})) == ["closed"]


@pytest.mark.parametrize(
    ("exchange", "seconds"),
    [("binance", "60"), ("alpaca", "60"), ("kraken", "29"), ("kraken", "601"), ("okx", "121"), ("kraken", "x")],
)
def test_a_dead_mans_switch_that_cannot_be_is_refused(exchange, seconds):
    with pytest.raises(ParameterError, match=r"dead-man|withdraw_after"):
        wire(Connection(name="mine", exchange=exchange, options={"withdraw_after": seconds}), None, lambda: 0)
