"""Orders, cancels and changes in any order: after each the accounts are what their trades made of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parrot.contracts.exchange import SCALE
from tests.unit.gateway.binance_api.place import KEY, OTHER_KEY, SECOND, Place, decimal

BEGIN = {"USDT": 1_000_000 * SCALE, "BTC": 10 * SCALE}
MODES = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]

CALM = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))  # machines are busy

keys = st.sampled_from([KEY, OTHER_KEY])
sides = st.sampled_from(["BUY", "SELL"])
quantities = st.integers(1, 400).map(lambda steps: decimal(steps * 100_000))
offsets = st.integers(-60, 60)  # dollars from the middle
PLAIN = ["LIMIT", "LIMIT", "LIMIT", "IOC", "FOK", "MARKET", "QUOTE", "LIMIT_MAKER", "ICEBERG"]
WAITING = ["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TRAIL", "OCO"]
actions = st.sampled_from([*PLAIN, *WAITING, "cancel", "cancel all", "replace", "amend", "time"])
steps = st.tuples(actions, keys, sides, quantities, offsets, st.sampled_from(MODES), st.integers(0, 40))


class Game:
    """Two accounts on one exchange, and what was answered so far."""

    def __init__(self) -> None:
        self.place = Place()
        self.answers: Counter[int] = Counter()
        self.middle = sum(self.place.best()) // 2

    def price(self, offset: int) -> str:
        return decimal((self.middle // SCALE + offset) * SCALE)

    def play(self, step: tuple[str, str, str, str, int, str, int]) -> None:
        action, key, side, quantity, offset, mode, number = step
        if action == "time":
            self.place.exchange.turn(self.place.exchange.now + SECOND)
            return
        method, path, params = self.request(action, side, quantity, offset, number)
        if method == "POST":
            params["selfTradePreventionMode"] = mode
        response = self.place.sent(method, path, {"symbol": "BTCUSDT", **params}, key=key)
        self.answers[response.status] += 1
        assert response.status in (200, 400, 409), response

    def request(
        self, action: str, side: str, quantity: str, offset: int, number: int
    ) -> tuple[str, str, dict[str, Any]]:
        price = self.price(offset)
        limit = {"side": side, "type": "LIMIT", "timeInForce": "GTC", "quantity": quantity, "price": price}
        stop = {"side": side, "quantity": quantity, "stopPrice": price}
        far = self.price(offset + (500 if side == "SELL" else -500))
        upper, lower = ("LIMIT_MAKER", "STOP_LOSS") if side == "SELL" else ("STOP_LOSS", "LIMIT_MAKER")
        pair = {"aboveType": upper, "belowType": lower, "side": side, "quantity": quantity}
        made: dict[str, dict[str, Any]] = {
            "LIMIT": limit,
            "IOC": limit | {"timeInForce": "IOC"},
            "FOK": limit | {"timeInForce": "FOK"},
            "MARKET": {"side": side, "type": "MARKET", "quantity": quantity},
            "QUOTE": {"side": side, "type": "MARKET", "quoteOrderQty": decimal((number + 1) * 50 * SCALE)},
            "LIMIT_MAKER": {"side": side, "type": "LIMIT_MAKER", "quantity": quantity, "price": price},
            "ICEBERG": limit | {"icebergQty": quantity},
            "STOP_LOSS": stop | {"type": "STOP_LOSS"},
            "TAKE_PROFIT": stop | {"type": "TAKE_PROFIT"},
            "STOP_LOSS_LIMIT": stop | {"type": "STOP_LOSS_LIMIT", "price": far, "timeInForce": "GTC"},
            "TRAIL": {"side": side, "type": "STOP_LOSS", "quantity": quantity, "trailingDelta": str(number + 10)},
        }
        if action in made:
            return "POST", "order", made[action]
        if action == "OCO":
            prices = {
                ("above" if upper == "LIMIT_MAKER" else "below") + "Price": self.price(80 if side == "SELL" else -80)
            }
            prices[("above" if upper == "STOP_LOSS" else "below") + "StopPrice"] = self.price(
                -80 if side == "SELL" else 80
            )
            return "POST", "orderList/oco", pair | prices
        if action == "cancel":
            return "DELETE", "order", {"orderId": number}
        if action == "cancel all":
            return "DELETE", "openOrders", {}
        if action == "amend":
            return "PUT", "order/amend/keepPriority", {"orderId": number, "newQty": decimal((number + 1) * 100_000)}
        return "POST", "order/cancelReplace", limit | {"cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": number}

    def check(self) -> None:
        for key in (KEY, OTHER_KEY):
            trades = self.place.done("GET", "myTrades", key=key, symbol="BTCUSDT", limit=1000)
            total = dict(BEGIN)
            for one in trades:
                sign = 1 if one["isBuyer"] else -1
                total["BTC"] += sign * units(one["qty"])
                total["USDT"] -= sign * units(one["quoteQty"])
                total[one["commissionAsset"]] -= units(one["commission"])
            for asset in ("BTC", "USDT"):
                free, locked = (units(part) for part in self.place.balance(asset, key=key))
                assert free + locked == total[asset]
                assert min(free, locked) >= 0
            self.check_locks(key)

    def check_locks(self, key: str) -> None:
        """What is locked is what open orders may still sell; orders of one list lock once."""
        shares: dict[Any, int] = {}
        for one in self.place.done("GET", "openOrders", key=key):
            left = units(one["origQty"]) - units(one["executedQty"]) - units(one.get("preventedQuantity", "0"))
            if one["side"] == "SELL" and one["type"] != "STOP_LOSS":
                name = one["orderListId"] if one["orderListId"] >= 0 else ("single", one["orderId"])
                shares[name] = max(shares.get(name, 0), left)
            assert left > 0
        assert units(self.place.balance("BTC", key=key)[1]) >= sum(shares.values())


answered: Counter[int] = Counter()


@settings(CALM, max_examples=25)
@given(st.lists(steps, min_size=20, max_size=60))
def test_balances_are_the_deposits_and_the_trades(played: list[Any]) -> None:
    game = Game()
    for step in played:
        game.play(step)
    game.check()
    answered.update(game.answers)


def test_the_sequences_did_something() -> None:
    if not answered:
        test_balances_are_the_deposits_and_the_trades()
    assert answered[200] > answered[400] > 0


def test_open_orders_leave_nothing_locked_when_they_end() -> None:
    game = Game()
    for number, action in enumerate(("LIMIT", "STOP_LOSS", "OCO", "ICEBERG", "LIMIT_MAKER")):
        for side, offset in (("BUY", -200), ("SELL", 200)):
            at = -offset if action.startswith("STOP") else offset
            game.play((action, KEY, side, "0.01000000", at, "NONE", number))
    assert game.answers == {200: 10}
    game.place.done("DELETE", "openOrders", symbol="BTCUSDT")
    assert [game.place.balance(asset) for asset in BEGIN] == [(decimal(had), "0.00000000") for had in BEGIN.values()]
    assert json.loads(game.place.sent("GET", "openOrders", {}).body) == []


def units(written: str) -> int:
    whole, _, fraction = written.partition(".")
    return int(whole) * SCALE + int(fraction.ljust(8, "0") or 0)
