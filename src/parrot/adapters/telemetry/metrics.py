"""Numbers of a running platform for Prometheus. They are for looking at: nothing is decided by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from parrot.contracts import records
from parrot.contracts.message import Entry

_STATES: Final[Mapping[type, str]] = {
    records.OrderReceived: "received",
    records.OrderApproved: "approved",
    records.OrderRefused: "refused",
    records.OrderHeld: "held",
    records.OrderSent: "sent",
    records.OrderAccepted: "accepted",
    records.OrderRejected: "rejected",
    records.OrderUnknown: "unknown",
    records.OrderCanceled: "canceled",
    records.OrderExpired: "expired",
}
_FAST_S: Final = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0)
_WAITING_FOR_ACK_MOST: Final = 10_000


class Metrics:
    """One registry; `heard` follows the desk's records after each commit, `text` adds what the status says.

    Counters count since the process started. Durations are handed in as ns and shown in seconds.
    """

    def __init__(self, version: str) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._orders = Counter("parrot_orders", "Orders by what happened to them.", ["state"], registry=registry)
        self._refusals = Counter("parrot_refusals", "Orders refused, by rule.", ["rule"], registry=registry)
        self._fills = Counter("parrot_fills", "Fills of own orders.", ["when"], registry=registry)
        self._records = Counter("parrot_records", "Records journalled, by kind.", ["record"], registry=registry)
        self._ack = Histogram("parrot_ack_seconds", "From sending an order to its acceptance.", **_fast(registry))
        self._turn = Histogram("parrot_turn_seconds", "One turn of the order path.", **_fast(registry))
        self._commit = Histogram("parrot_commit_seconds", "Making a batch durable.", **_fast(registry))
        self._gauges = _gauges(registry)
        self._sent: dict[int, int] = {}
        self._gauges["build_info"].labels(version).set(1)

    def heard(self, entries: Sequence[Entry]) -> None:
        """Counts a committed batch."""
        for entry in entries:
            record = entry.record
            kind = type(record)
            self._records.labels(kind.__name__).inc()
            state = _STATES.get(kind)
            if state is not None:
                self._orders.labels(state).inc()
            self._follow(entry, record)

    def _follow(self, entry: Entry, record: Any) -> None:
        if isinstance(record, records.OrderRefused):
            self._refusals.labels(record.rule).inc()
        elif isinstance(record, records.OrderFilled):
            self._orders.labels("filled" if record.left == 0 else "partially_filled").inc()
            self._fills.labels("late" if record.late else "live").inc()
        elif isinstance(record, records.OrderSent):
            self._sent[record.order_id] = entry.ts
            if len(self._sent) > _WAITING_FOR_ACK_MOST:
                del self._sent[next(iter(self._sent))]
        elif isinstance(record, records.OrderAccepted):
            sent = self._sent.pop(record.order_id, None)
            if sent is not None:
                self._ack.observe((entry.ts - sent) / 1e9)

    def turned(self, duration_ns: int) -> None:
        """One turn of the order path took so long."""
        self._turn.observe(duration_ns / 1e9)

    def committed(self, duration_ns: int) -> None:
        """Making one batch durable took so long."""
        self._commit.observe(duration_ns / 1e9)

    def text(self, status: Mapping[str, Any]) -> str:
        """Everything in the text format, with gauges set from `status`; what it does not hold is not shown."""
        gauges = self._gauges
        for name, key in _PLAIN.items():
            if key in status:
                gauges[name].set(float(status[key]))
        if "data_age_ms" in status:
            gauges["data_age_seconds"].set(status["data_age_ms"] / 1e3)
        _fill(gauges["stream_age_seconds"], _ages(status.get("data_ages", {})))
        _fill(gauges["queue_depth"], {(name,): depth for name, depth in status.get("queues", {}).items()})
        _fill(gauges["child_memory_bytes"], {(name,): size for name, size in status.get("memory", {}).items()})
        _fill(gauges["stopped"], {(scope,): 1 for scope in status.get("killed", ())})
        if "equity" in status:
            _fill(gauges["equity"], {(str(status.get("currency", "")),): float(status["equity"])})
        return generate_latest(self._registry).decode()


_PLAIN: Final = {
    "ready": "ready",
    "open_orders": "open_orders",
    "journal_seq": "journal_seq",
    "log_lines_dropped": "log_lines_dropped",
}


def _fast(registry: CollectorRegistry) -> dict[str, Any]:
    return {"buckets": _FAST_S, "registry": registry}


def _gauges(registry: CollectorRegistry) -> dict[str, Gauge]:
    told: dict[str, tuple[str, list[str]]] = {
        "ready": ("1 when orders may flow.", []),
        "open_orders": ("Orders that live.", []),
        "journal_seq": ("Number of the journal's last record.", []),
        "log_lines_dropped": ("Log lines for which there was no room.", []),
        "data_age_seconds": ("Age of the newest datum of the symbol that is furthest behind.", []),
        "stream_age_seconds": ("Age of the newest datum of each stream.", ["symbol", "stream"]),
        "queue_depth": ("What waits in each queue.", ["queue"]),
        "child_memory_bytes": ("Resident memory of each strategy's process.", ["strategy"]),
        "stopped": ("1 for each scope that is stopped.", ["scope"]),
        "equity": ("Equity of the account.", ["currency"]),
        "build_info": ("Version of this process.", ["version"]),
    }
    return {name: Gauge(f"parrot_{name}", text, labels, registry=registry) for name, (text, labels) in told.items()}


def _ages(ages: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, ...], float]:
    return {(symbol, stream): age / 1e9 for symbol, streams in ages.items() for stream, age in streams.items()}


def _fill(gauge: Gauge, values: Mapping[tuple[str, ...], float]) -> None:
    """Sets a gauge to these values and no others: what is gone must not be shown for ever."""
    gauge.clear()
    for labels, value in values.items():
        gauge.labels(*labels).set(value)
