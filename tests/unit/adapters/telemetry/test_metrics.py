"""Numbers follow the records and the status."""

from __future__ import annotations

from decimal import Decimal

from parrot.adapters.telemetry import Metrics
from parrot.contracts import records
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.venue import Filled

ORDER = SubmitOrder(strategy="s", key="1", symbol="BTC/USDT", side=Side.BUY, quantity=Decimal(1))


def fill(left: str, *, late: bool = False) -> records.OrderFilled:
    execution = Filled(
        client_id="c",
        venue_id="v",
        symbol="BTC/USDT",
        trade_id="t",
        number=1,
        side=Side.BUY,
        quantity=Decimal(1),
        price=Decimal(100),
        fee=Decimal(0),
        fee_currency="USDT",
        maker=False,
        ts=0,
    )
    return records.OrderFilled(order_id=1, fill=execution, filled=Decimal(1), left=Decimal(left), late=late)


def entries(*told: object) -> list[Entry]:
    return [Entry(number, number * 1_000_000, 0, record) for number, record in enumerate(told, 1)]


def read(metrics: Metrics, **status: object) -> dict[str, float]:
    rows = (line.rpartition(" ") for line in metrics.text(status).splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_orders_and_fills_are_counted_as_they_are_journalled() -> None:
    metrics = Metrics("1.2")
    refused = records.OrderRefused(order_id=1, rule="max_position", scope="firm", limit="1", actual="2", text="")
    received = records.OrderReceived(order=ORDER)
    metrics.heard(entries(received, refused, received, fill("1"), fill("0"), fill("0", late=True)))
    seen = read(metrics)
    assert seen['parrot_orders_total{state="received"}'] == 2
    assert seen['parrot_orders_total{state="refused"}'] == 1
    assert seen['parrot_orders_total{state="partially_filled"}'] == 1
    assert seen['parrot_orders_total{state="filled"}'] == 2
    assert seen['parrot_refusals_total{rule="max_position"}'] == 1
    assert seen['parrot_fills_total{when="live"}'] == 2
    assert seen['parrot_fills_total{when="late"}'] == 1
    assert seen['parrot_records_total{record="OrderReceived"}'] == 2
    assert seen['parrot_build_info{version="1.2"}'] == 1


def test_the_time_from_sending_to_acceptance_is_measured() -> None:
    metrics = Metrics("1")
    sent = records.OrderSent(order_id=1, client_id="c", attempt=1, quantity=Decimal(1))
    accepted = records.OrderAccepted(order_id=1, client_id="c", venue_id="v", venue_ts=0)
    metrics.heard(entries(sent, accepted, accepted))
    seen = read(metrics)
    assert seen["parrot_ack_seconds_count"] == 1
    assert seen["parrot_ack_seconds_sum"] == 0.001


def test_orders_that_are_never_accepted_do_not_pile_up() -> None:
    metrics = Metrics("1")
    sent = (records.OrderSent(order_id=n, client_id="c", attempt=1, quantity=Decimal(1)) for n in range(10_500))
    metrics.heard(entries(*sent))
    assert len(metrics._sent) == 10_000


def test_durations_come_in_as_ns() -> None:
    metrics = Metrics("1")
    metrics.turned(300_000)
    metrics.committed(2_000_000)
    seen = read(metrics)
    assert seen["parrot_turn_seconds_sum"] == 0.0003
    assert seen["parrot_commit_seconds_sum"] == 0.002


def test_the_status_is_shown_as_gauges_and_what_is_gone_is_gone() -> None:
    metrics = Metrics("1")
    status = {
        "ready": True,
        "open_orders": 3,
        "equity": "1000.5",
        "currency": "USDT",
        "data_age_ms": 250,
        "data_ages": {"BTC/USDT": {"trade": 2_000_000_000}},
        "queues": {"commands": 4},
        "memory": {"momentum": 1024},
        "killed": ["strategy:s"],
    }
    seen = read(metrics, **status)
    assert (seen["parrot_ready"], seen["parrot_open_orders"], seen["parrot_data_age_seconds"]) == (1, 3, 0.25)
    assert seen['parrot_equity{currency="USDT"}'] == 1000.5
    assert seen['parrot_stream_age_seconds{stream="trade",symbol="BTC/USDT"}'] == 2
    assert seen['parrot_queue_depth{queue="commands"}'] == 4
    assert seen['parrot_child_memory_bytes{strategy="momentum"}'] == 1024
    assert seen['parrot_stopped{scope="strategy:s"}'] == 1
    later = read(metrics, ready=False, killed=[])
    assert later["parrot_ready"] == 0
    assert 'parrot_stopped{scope="strategy:s"}' not in later


def test_each_platform_has_its_own_numbers() -> None:
    one, other = Metrics("1"), Metrics("1")
    one.heard(entries(fill("0")))
    assert 'parrot_fills_total{when="live"}' not in read(other)
