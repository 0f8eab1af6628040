"""A whole desk on the wire: `parrot up` with a venue of ccxt, on paper and live, against a served exchange."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.folder import DataFolder
from parrot.app.platform.assemble import House, assemble
from parrot.app.platform.runtime import record
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.setup import Opening, first_commands
from parrot.app.platform.spine import Parts, Spine
from parrot.app.venues.register import Register
from parrot.contracts.commands import OpenDesk, Side, SubmitOrder
from parrot.contracts.connections import Connection
from tests.ports.trading.served import served

PATIENCE_S = 30


def spine_of(house: House) -> Spine:
    hosts: Any = SimpleNamespace(
        collect=lambda take, now: 0, beat=lambda now: None, heard=lambda entries: None, offer=lambda *_: None
    )
    return Spine(
        Parts(
            desk=house.desk,
            venue=house.trading.venue,
            feed=house.trading.feed,
            market=house.market,
            hosts=hosts,
            flagged_kills=list,
            record=lambda flow, now: record(house, flow, now),
            beat=lambda now: None,
        )
    )


def until(house: House, spine: Spine, reached: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not reached() and time.monotonic() < end:
        spine.turn(house.clock.now_ns())
        time.sleep(0.001)
    assert reached()


def buying(key: str) -> SubmitOrder:
    return SubmitOrder(strategy="manual", key=key, symbol="BTC/USDT", side=Side.BUY, quantity=Decimal("0.01"))


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_an_order_of_the_desk_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    made = served().account({"USDT": "50000", "BTC": "1"})
    connection = Connection(name="sim", exchange="binance", url=served().urls["binance"], options={"limits": "off"})
    Register(tmp_path / "home").add(connection, [made.key.reveal(), made.secret.reveal()])
    settings = PlatformSettings.model_validate(
        {
            "venue": {
                "kind": "ccxt", "name": "sim", "symbols": ["BTC/USDT"], "mode": mode,
                "acknowledge": "live on sim", "deposit": {"USDT": "50000", "BTC": "1"},
            },
            "limits": {"max_notional": "5000"},
        }
    )  # fmt: skip
    folder = DataFolder(tmp_path / "data")
    folder.make()
    house = assemble(folder, settings)
    try:
        spine = spine_of(house)
        spine.connect()
        house.desk.take(OpenDesk(build="b", schema="s", config="c"), house.clock.now_ns())
        for command in first_commands(settings, by_venue=house.by_venue):
            house.desk.take(command, house.clock.now_ns())
        house.desk.watchers.append(Opening(spine.ask).heard)
        capital, blotter = house.components.capital, house.components.blotter
        held = lambda: {row.currency: row.total for row in capital.balances()}  # noqa: E731
        touch = house.market.symbol("BTC/USDT").touch
        until(house, spine, lambda: touch.valid(house.clock.now_ns()) and house.components.execution.ready)
        until(house, spine, lambda: held().get("USDT") == 50_000)
        for attempt in range(20):  # on a busy machine data may be too old for the desk: then it refuses, as it should
            until(house, spine, lambda: touch.valid(house.clock.now_ns()))
            house.desk.take(buying(f"a{attempt}"), house.clock.now_ns())
            until(house, spine, lambda: blotter.orders and not blotter.live)
            (newest,) = blotter.newest_orders(1)
            if newest["status"] != "refused" and "not known now" not in newest["reason"]:
                break
        assert newest["status"] == "filled", newest["reason"]
        assert held()["BTC"] == 1 + Decimal("0.01") * (1 - Decimal("0.001"))
        assert not house.components.risk.stopped()
    finally:
        house.hosts.close()
        house.recorder.close(house.clock.now_ns())
        house.trading.close()
        house.journal.close()
        house.audit.close(house.clock.now_ns())
