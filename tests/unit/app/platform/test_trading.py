"""Paper on a real market in a whole desk: a venue that is reached, money that is kept, a directory for one venue."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from parrot.app.folder import DataFolder
from parrot.app.platform.assemble import House, assemble, components
from parrot.app.platform.runtime import record
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.setup import Opening, first_commands
from parrot.app.platform.spine import Parts, Spine
from parrot.app.platform.trading import home_currency, known_terms
from parrot.app.venues.register import Register
from parrot.centers.matching import manifest as matching
from parrot.contracts.commands import AdoptVenue, OpenDesk, Side, SubmitOrder
from parrot.contracts.connections import Connection
from parrot.contracts.ledger import BalancesCompared
from parrot.contracts.message import Entry
from parrot.kernel.errors import InputError

STEP = 20_000_000
CCXT = {"kind": "ccxt", "exchange": "binance", "symbols": ["BTC/USDT", "ETH/USDT"]}


class Market:
    """A venue of this process in the place of one behind a wire: as a feed, and with keys for orders too."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.closed = 0
        self.feed: matching.PaperVenue | None = None

    def connect(self, connection: Any, credentials: Any, symbols: Any, *, clock: Any, trades: Any) -> Any:
        self.asked.append((connection, credentials, list(symbols), trades))
        self.feed = matching.build(matching.Settings(), now=clock.now_ns())
        venue = self.feed if credentials else None
        return SimpleNamespace(
            venue=venue, feed=self.feed, warnings=["look"], wake=lambda callback: None, close=self._close
        )

    def _close(self) -> None:
        self.closed += 1


def settings(**venue: Any) -> PlatformSettings:
    return PlatformSettings.model_validate({"venue": {**CCXT, **venue}, "history": False})


def running(folder: DataFolder, market: Market, chosen: PlatformSettings) -> tuple[House, Spine, list[int]]:
    folder.make()
    house = assemble(folder, chosen, market.connect)
    spine = Spine(
        Parts(
            desk=house.desk,
            venue=house.trading.venue,
            feed=house.trading.feed,
            market=house.market,
            hosts=SimpleNamespace(
                collect=lambda take, now: 0, beat=lambda now: None, heard=lambda entries: None, offer=lambda *_: None
            ),
            flagged_kills=list,
            record=lambda flow, now: record(house, flow, now),
            beat=lambda now: None,
        )
    )
    spine.connect()
    now = house.clock.now_ns()
    fresh = house.desk.seq == 0
    house.desk.take(OpenDesk(build="b", schema="s", config="c"), now)
    for command in first_commands(chosen, by_venue=house.by_venue) if fresh else ():
        house.desk.take(command, now)
    house.desk.commit()
    return house, spine, [now]


def turn(spine: Spine, now: list[int], seconds: float) -> None:
    for _ in range(int(seconds * 1e9 / STEP)):
        now[0] += STEP
        spine.turn(now[0])


def close(house: House) -> None:
    house.hosts.close()
    house.recorder.close(house.clock.now_ns())
    house.trading.close()
    house.journal.close()
    house.audit.close(house.clock.now_ns())


def buy(house: House, now: int, key: str) -> None:
    order = SubmitOrder(strategy="manual", key=key, symbol="BTC/USDT", side=Side.BUY, quantity=Decimal("0.01"))
    house.desk.take(order, now)
    house.desk.commit()


def test_orders_are_filled_on_the_live_market_and_a_restart_knows_them(tmp_path):
    folder, market = DataFolder(tmp_path / "data"), Market()
    house, spine, now = running(folder, market, settings())
    turn(spine, now, 2)
    buy(house, now[0], "a")
    turn(spine, now, 1)
    blotter = house.components.blotter
    assert blotter.fills >= 1
    fill = blotter.newest_fills(1)[0]
    assert (fill["symbol"], fill["fee_currency"]) == ("BTC/USDT", "BTC")
    held = {row.currency: row.total for row in house.components.capital.balances()}
    assert held["BTC"] == Decimal("0.01") * (1 - Decimal("0.001"))
    close(house)
    assert market.closed == 1
    again, spine, now = running(folder, market, settings())
    turn(spine, now, 2)
    assert {row.currency: row.total for row in again.components.capital.balances()} == held
    assert not again.components.risk.stopped()
    buy(again, now[0], "b")
    turn(spine, now, 1)
    assert again.components.blotter.fills > blotter.fills
    close(again)
    assert [one[1] for one in market.asked] == [None, None], "paper asks for no keys"


def test_what_the_venue_listed_is_known_without_it(tmp_path):
    folder, chosen = DataFolder(tmp_path / "data"), settings(symbols=["ETH/USDT"])
    house, _, _ = running(folder, Market(), chosen)
    close(house)
    listings, terms = known_terms(folder.root, chosen.venue)
    assert [listing.symbol for listing in listings] == ["ETH/USDT"]
    assert terms.venue == "binance"


@pytest.mark.parametrize(
    "other", [{"exchange": "kraken"}, {"kind": "paper", "exchange": ""}, {"exchange": "", "name": "mine"}]
)
def test_a_directory_is_of_one_venue(tmp_path, other, monkeypatch):
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    folder, market = DataFolder(tmp_path / "data"), Market()
    house, _, _ = running(folder, market, settings())
    close(house)
    with pytest.raises(InputError, match="was begun with paper on binance"):
        running(folder, market, settings(**other))


def test_the_directory_of_the_simulated_venue_takes_no_other(tmp_path):
    folder = DataFolder(tmp_path / "data")
    house, _, _ = running(folder, Market(), PlatformSettings())
    close(house)
    with pytest.raises(InputError, match="was begun with the simulated venue"):
        running(folder, Market(), settings())


def test_live_has_keys_and_begins_with_what_the_venue_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    Register(tmp_path / "home").add(Connection(name="mine", exchange="binance"), ["a-long-key", "a-long-secret"])
    chosen = PlatformSettings.model_validate(
        {
            "venue": CCXT | {"exchange": "", "name": "mine", "mode": "live", "acknowledge": "live on mine"},
            "limits": {"max_notional": "5000"},
        }
    )
    folder, market = DataFolder(tmp_path / "data"), Market()
    house, spine, now = running(folder, market, chosen)
    house.desk.watchers.append(Opening(spine.ask).heard)
    turn(spine, now, 3)
    (_, credentials, _, trades), *_ = market.asked
    assert credentials.secret.reveal() == "a-long-secret"
    assert trades is not None
    held = {row.currency: row.total for row in house.components.capital.balances()}
    assert held["USDT"] == Decimal(1_000_000)
    assert held["BTC"] == Decimal(2)
    assert "SOL" not in held, "no symbol has it, so nobody here could say what it is worth"
    buy(house, now[0], "a")
    turn(spine, now, 1)
    assert house.components.blotter.fills >= 1
    close(house)


def test_live_without_keys_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    Register(tmp_path / "home").add(Connection(name="mine", exchange="binance"), [])
    chosen = PlatformSettings.model_validate(
        {
            "venue": CCXT | {"exchange": "", "name": "mine", "mode": "live", "acknowledge": "live on mine"},
            "limits": {"max_notional": "5000"},
        }
    )
    with pytest.raises(InputError, match="there are no keys of mine"):
        running(DataFolder(tmp_path / "data"), Market(), chosen)


def test_an_account_is_counted_in_what_most_symbols_are_quoted_in():
    listed = [pair.listing for pair in matching.Settings().pairs]
    assert home_currency(listed) == "USDT"
    stocks = [structs.replace(listed[0], symbol="AAPL/USD", base="AAPL", quote="USD")]
    assert home_currency(stocks) == "USD"
    parts = components(stocks, matching.Settings().terms)
    assert parts.capital.settings.currency == "USD"


def test_the_opening_is_taken_over_once():
    asked: list[Any] = []
    opening = Opening(asked.append)
    told = BalancesCompared(account="main", venue_ts=1, differences={"USDT": Decimal(5)})
    for seq in (1, 2):
        opening.heard([Entry(seq, 1, 0, told)])
    assert [type(one) for one in asked] == [AdoptVenue]
