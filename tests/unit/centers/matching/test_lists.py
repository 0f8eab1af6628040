"""Lists of orders, orders that trail, and orders in the place of others, on the public exchange."""

from __future__ import annotations

import pytest

from parrot.contracts.exchange import SCALE, Kind, Lifetime, ListChanged, ListForm, NewOrderList, OrderListState, Why
from parrot.kernel.errors import Refused
from tests.unit.centers.matching.public import Public, order, scaled

ONE = 1_000_000 * SCALE


@pytest.fixture
def quiet() -> Public:
    """Nobody trades but ann and bob; the last price is 60,000."""
    public = Public(crowd=False)
    trade(public, 60_000)
    public.heard.clear()
    return public


def trade(public: Public, price: float, quantity: float = 0.001) -> None:
    """Bob meets ann at a price."""
    public.exchange.submit("ann", order("sell", quantity, price))
    public.exchange.submit("bob", order("buy", quantity, price))


def send(public: Public, form: ListForm, *orders: object, account: str = "ann") -> OrderListState:
    public.heard.clear()
    return public.exchange.submit_list(account, NewOrderList(form=form, orders=orders))


def stages(public: Public, found: OrderListState, account: str = "ann") -> list[str]:
    return [state.stage.value for state in public.exchange.order_list(account, found.list_id).orders]


def oco(public: Public) -> OrderListState:
    stop = order("sell", 0.02, kind=Kind.STOP, trigger=58_000)
    limit = order("sell", 0.02, 62_000, post_only=True)
    return send(public, ListForm.OCO, stop, limit)


def test_an_oco_locks_once_and_is_told_with_its_orders(quiet: Public) -> None:
    free, locked = quiet.balance("ann", "BTC")
    found = oco(quiet)
    assert quiet.balance("ann", "BTC") == (free - scaled(0.02), locked + scaled(0.02))
    assert quiet.changes() == [("new", "new"), ("new", "new")]
    (told,) = quiet.told(ListChanged)
    assert (told.state.list_id, told.state.done) == (found.list_id, False)
    assert [state.list_id for state in quiet.exchange.open_orders("ann")] == [found.list_id] * 2


def test_the_name_of_a_list_is_used_once_among_open_lists(quiet: Public) -> None:
    legs = (order("buy", 0.01, 50_000), order("sell", 0.01, 70_000))
    named = NewOrderList(form=ListForm.OTO, orders=legs, client_id="mine")
    first = quiet.exchange.submit_list("ann", named)
    with pytest.raises(Refused) as refused:
        quiet.exchange.submit_list("ann", named)
    assert refused.value.reason == Why.DUPLICATE_ID
    quiet.exchange.cancel("ann", first.orders[0].order_id)
    assert quiet.exchange.submit_list("ann", named).list_id == first.list_id + 1


def test_a_leg_that_is_filled_ends_the_other(quiet: Public) -> None:
    found = oco(quiet)
    quiet.send("bob", "buy", 0.005, limit=62_000)
    assert [state.quantity for state in quiet.exchange.order_list("ann", found.list_id).orders] == [
        scaled(0.015),
        scaled(0.02),
    ]
    quiet.send("bob", "buy", 0.015, limit=62_000)
    assert stages(quiet, found) == ["expired", "filled"]
    assert quiet.exchange.order_list("ann", found.list_id).orders[0].expiry == "oco"
    assert quiet.told(ListChanged)[-1].state.done
    assert quiet.balance("ann", "BTC")[1] == 0


def test_a_leg_that_sweeps_several_orders_ends_the_other_without_many_words(quiet: Public) -> None:
    oco(quiet)
    for price in (57_000, 56_990, 56_980, 56_970):
        quiet.exchange.submit("bob", order("buy", 0.005, price))
    quiet.heard.clear()
    trade(quiet, 58_000)
    told = [found for found in quiet.changes() if found[0] in ("replaced", "expired")]
    assert told == [("expired", "expired")]


def test_cancelling_one_leg_cancels_the_list(quiet: Public) -> None:
    found = oco(quiet)
    quiet.exchange.cancel("ann", found.orders[1].order_id)
    assert stages(quiet, found) == ["canceled", "canceled"]
    assert quiet.exchange.order_lists("ann", open_only=True) == []
    assert quiet.balance("ann", "BTC")[1] == 0


def test_what_waits_for_a_first_order_enters_when_that_is_filled_whole(quiet: Public) -> None:
    first, then = order("buy", 0.02, 59_000), order("sell", 0.01, 63_000)
    found = send(quiet, ListForm.OTO, first, then)
    assert quiet.changes() == [("new", "new"), ("new", "pending")]
    assert stages(quiet, found) == ["new", "pending"]
    locked = quiet.balance("ann", "BTC")[1]
    quiet.send("bob", "sell", 0.01, limit=59_000)
    assert stages(quiet, found) == ["partially_filled", "pending"]
    quiet.send("bob", "sell", 0.01, limit=59_000)
    assert stages(quiet, found) == ["filled", "new"]
    assert quiet.balance("ann", "BTC")[1] == locked + scaled(0.01)
    quiet.send("bob", "buy", 0.01, limit=63_000)
    assert quiet.exchange.order_list("ann", found.list_id).done


def test_a_first_order_that_ends_otherwise_ends_what_waits(quiet: Public) -> None:
    found = send(quiet, ListForm.OTO, order("buy", 0.02, 59_000), order("sell", 0.01, 63_000))
    quiet.exchange.cancel("ann", found.orders[1].order_id)
    assert stages(quiet, found) == ["canceled", "canceled"]
    found = send(quiet, ListForm.OTO, order("buy", 0.02, 59_000, lifetime=Lifetime.IOC), order("sell", 0.01, 63_000))
    assert stages(quiet, found) == ["expired", "expired"]
    assert quiet.balance("ann", "USDT")[1] == 0


def test_two_that_wait_become_an_oco(quiet: Public) -> None:
    pair = order("sell", 0.02, kind=Kind.STOP, trigger=58_000), order("sell", 0.02, 63_000)
    found = send(quiet, ListForm.OTOCO, order("buy", 0.02, 59_000), *pair)
    quiet.send("bob", "sell", 0.02, limit=59_000)
    assert stages(quiet, found) == ["filled", "new", "new"]
    assert quiet.balance("ann", "BTC")[1] == scaled(0.02)
    quiet.send("bob", "buy", 0.02, limit=57_000)
    trade(quiet, 58_000)
    assert stages(quiet, found) == ["filled", "filled", "expired"]
    assert quiet.balance("ann", "BTC")[1] == 0


def test_what_cannot_enter_any_more_is_told(quiet: Public) -> None:
    first, then = order("buy", 0.01, 59_000), order("buy", 20, 50_000)
    found = send(quiet, ListForm.OTO, first, then)
    quiet.exchange.deposit("ann", "USDT", -quiet.balance("ann", "USDT")[0])
    quiet.send("bob", "sell", 0.01, limit=59_000)
    assert stages(quiet, found) == ["filled", "expired"]
    assert quiet.exchange.order("ann", found.orders[1].order_id).expiry == "rejected"
    assert quiet.exchange.order_list("ann", found.list_id).done


@pytest.mark.parametrize(
    ("form", "orders"),
    [
        (ListForm.OCO, [order("sell", 0.02, 62_000)]),
        (ListForm.OCO, [order("sell", 0.02, 62_000), order("sell", 0.01, kind=Kind.STOP, trigger=58_000)]),
        (ListForm.OCO, [order("sell", 0.02, 62_000), order("buy", 0.02, 50_000)]),
        (ListForm.OTO, [order("buy", 0.02, kind=Kind.STOP, trigger=62_000), order("sell", 0.02, 63_000)]),
    ],
)
def test_what_forms_no_list_is_refused(quiet: Public, form: ListForm, orders: list[object]) -> None:
    with pytest.raises(Refused) as refused:
        send(quiet, form, *orders)
    assert refused.value.reason == Why.LIST
    assert not quiet.heard


def test_one_leg_that_is_refused_refuses_the_list(quiet: Public) -> None:
    was = quiet.exchange._floor.exchange.hash()
    with pytest.raises(Refused) as refused:
        send(
            quiet,
            ListForm.OCO,
            order("sell", 0.02, 62_000),
            order("sell", 0.02, kind=Kind.STOP, trigger=61_000),
        )
    assert refused.value.reason == Why.WOULD_TRIGGER
    assert quiet.exchange._floor.exchange.hash() == was
    assert not quiet.exchange.order_lists("ann")


# -- trailing ----------------------------------------------------------------------------------------------------------


def test_a_trailing_stop_follows_and_fires(quiet: Public) -> None:
    stop = quiet.send("ann", "sell", 0.01, kind=Kind.STOP, trail_bips=100)
    trade(quiet, 61_000)
    quiet.send("bob", "buy", 0.01, limit=60_300)
    trade(quiet, 60_391)
    assert quiet.exchange.order("ann", stop.order_id).stage == "new"
    trade(quiet, 60_390)
    assert quiet.exchange.order("ann", stop.order_id).stage == "filled"


@pytest.mark.parametrize(
    ("kind", "side", "trigger", "path", "held"),
    [
        (Kind.TOUCH, "sell", 61_000, [60_500, 59_000, 61_000, 60_500, 60_389], ("BTC", 0.01)),
        (Kind.STOP, "buy", 61_000, [60_500, 61_000, 60_800, 61_408], ("USDT", 616.1)),
    ],
)
def test_a_trailing_order_with_a_trigger_sleeps_until_it_is_reached(
    quiet: Public, kind: Kind, side: str, trigger: float, path: list[float], held: tuple[str, float]
) -> None:
    free, locked = quiet.balance("ann", held[0])
    found = quiet.send("ann", side, 0.01, kind=kind, trigger=trigger, trail_bips=100)
    assert quiet.changes() == [("new", "new")]
    assert quiet.balance("ann", held[0]) == (free - scaled(held[1]), locked + scaled(held[1]))
    quiet.exchange.submit("bob", order("buy" if side == "sell" else "sell", 0.01, 55_000 if side == "sell" else 65_000))
    for price in path[:-1]:
        trade(quiet, price)
        assert quiet.exchange.order("ann", found.order_id).stage == "new"
    trade(quiet, path[-1])
    assert quiet.exchange.order("ann", found.order_id).stage == "filled"
    assert quiet.balance("ann", held[0])[1] == 0


def test_a_sleeping_order_is_cancelled_and_gives_back_what_it_held(quiet: Public) -> None:
    before = quiet.balance("ann", "BTC")
    found = quiet.send("ann", "sell", 0.01, kind=Kind.TOUCH_LIMIT, trigger=61_000, limit=60_000, trail_bips=100)
    quiet.exchange.cancel("ann", found.order_id, "bye")
    assert quiet.changes() == [("new", "new"), ("canceled", "canceled")]
    assert quiet.balance("ann", "BTC") == before


def test_a_sleeping_order_of_the_day_ends_with_the_session(quiet: Public) -> None:
    before = quiet.balance("ann", "BTC")
    quiet.send("ann", "sell", 0.01, kind=Kind.TOUCH, trigger=61_000, trail_bips=100, lifetime=Lifetime.DAY)
    kept = quiet.send("ann", "sell", 0.01, kind=Kind.TOUCH, trigger=61_000, trail_bips=100)
    quiet.exchange.set_phase("BTCUSDT", "closed")
    assert quiet.changes()[-1] == ("expired", "expired")
    assert [state.order_id for state in quiet.exchange.open_orders("ann")] == [kept.order_id]
    quiet.exchange.cancel("ann", kept.order_id)
    assert quiet.balance("ann", "BTC") == before


def test_a_triggered_immediate_order_leaves_nothing(quiet: Public) -> None:
    quiet.send("bob", "sell", 0.01, limit=61_500)
    stop = quiet.send("ann", "buy", 0.02, kind=Kind.STOP_LIMIT, trigger=61_000, limit=61_500, lifetime=Lifetime.IOC)
    trade(quiet, 61_000)
    state = quiet.exchange.order("ann", stop.order_id)
    assert (state.stage, state.expiry, state.filled) == ("expired", "ioc", scaled(0.01))


# -- one in the place of another ---------------------------------------------------------------------------------------


def test_an_order_takes_the_place_and_the_money_of_another(quiet: Public) -> None:
    old = quiet.send("ann", "buy", 16, limit=60_000)
    quiet.heard.clear()
    new = quiet.exchange.replace("ann", old.order_id, order("buy", 16.5, 60_000, client_id="b"), "swap")
    assert quiet.changes() == [("replaced", "replaced"), ("new", "new")]
    assert (new.replaces, quiet.exchange.order("ann", old.order_id).replaced_by) == (old.order_id, new.order_id)
    assert quiet.balance("ann", "USDT")[1] == scaled(16.5) * 60_000


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        (Why.BALANCE, {"quantity": 17, "limit": 60_000}),
        (Why.NOTIONAL, {"quantity": 0.00001, "limit": 60_000}),
        (Why.WOULD_TAKE, {"quantity": 1, "limit": 61_000, "post_only": True}),
        (Why.WOULD_TRIGGER, {"quantity": 1, "kind": Kind.STOP, "trigger": 59_000}),
    ],
)
def test_what_cannot_take_the_place_leaves_the_other(quiet: Public, why: Why, fields: dict[str, object]) -> None:
    quiet.send("bob", "sell", 0.01, limit=60_500)
    old = quiet.send("ann", "buy", 16, limit=60_000)
    quiet.heard.clear()
    with pytest.raises(Refused) as refused:
        quiet.exchange.replace("ann", old.order_id, order("buy", **fields))
    assert refused.value.reason == why
    assert quiet.exchange.order("ann", old.order_id).stage == "new"
    assert not quiet.heard


def test_in_a_call_only_what_may_gather_takes_the_place_of_another(quiet: Public) -> None:
    quiet.exchange.set_phase("BTCUSDT", "opening")
    old = quiet.send("ann", "buy", 1, limit=50_000)
    quiet.heard.clear()
    for fields in ({"lifetime": Lifetime.IOC}, {"post_only": True}, {"lifetime": Lifetime.FOK}):
        with pytest.raises(Refused) as refused:
            quiet.exchange.replace("ann", old.order_id, order("buy", 1, 50_000, **fields))
        assert refused.value.reason == Why.CLOSED
    assert not quiet.heard
    assert quiet.exchange.replace("ann", old.order_id, order("buy", 1, 50_001)).stage == "new"
