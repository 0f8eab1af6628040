"""A FIX client made of simplefix, on a link without sockets; and an exchange small enough to know by heart."""

from __future__ import annotations

from types import SimpleNamespace

import simplefix

from parrot.adapters.sessions import MemorySessions
from parrot.contracts.exchange import (
    SCALE,
    Change,
    Depth,
    MarketKind,
    NewOrder,
    OrderChanged,
    OrderState,
    Stage,
    Why,
)
from parrot.gateway.fix import Acceptor
from parrot.gateway.fix.moments import moment
from parrot.kernel.errors import Refused
from parrot.ports.exchange import Credential
from parrot.ports.secrets import Secret

SECOND = 1_000_000_000
START = 1_790_000_000 * SECOND


class FewKeys:
    """The keys of two accounts."""

    def __init__(self) -> None:
        self.found = {
            name: Credential(key=name, secret=Secret("secret", f"{name}-secret"), account=account, may_trade=trade)
            for name, account, trade in (("key", "main", True), ("other", "other", True), ("look", "main", False))
        }

    def find(self, key):
        return self.found.get(key)


class QuietExchange:
    """Orders rest until a test fills them."""

    def __init__(self) -> None:
        self.now = START
        self.listeners = []
        self.states: dict[int, OrderState] = {}
        self.book = Depth(symbol="BTCUSDT", last=1, bids=((59 * SCALE, SCALE),), asks=((61 * SCALE, 2 * SCALE),))

    def listen(self, listener):
        self.listeners.append(listener)

    def turn(self, now):
        self.now = now

    def tell(self, *events):
        for listener in self.listeners:
            listener(events)

    def accounts(self):
        return ["main", "other"]

    def orders(self, account, *, limit):
        return [state for state in self.states.values() if state.account == account]

    def executions(self, account, symbol, *, order_id, limit):
        return []

    def markets(self):
        return [SimpleNamespace(symbol="BTCUSDT", kind=MarketKind.SPOT)]

    def depth(self, symbol, limit):
        return self.book

    def trades(self, symbol, *, limit):
        return []

    def submit(self, account, order: NewOrder):
        if order.symbol != "BTCUSDT":
            raise Refused("there is no such symbol", reason=Why.SYMBOL)
        state = OrderState(
            order_id=len(self.states) + 1,
            account=account,
            order=order,
            client_id=order.client_id,
            stage=Stage.NEW,
            quantity=order.quantity,
            limit=order.limit,
            created=self.now,
            updated=self.now,
        )
        return self.change(Change.NEW, state)

    def change(self, change, state, request_id="", **more):
        self.states[state.order_id] = state
        self.tell(OrderChanged(change=change, order=state, ts=self.now, request_id=request_id, **more))
        return state

    def cancel(self, account, order_id, request_id=""):
        state = self.states[order_id]
        if not state.open:
            raise Refused("the order has ended", reason=Why.NOT_OPEN)
        return self.change(Change.CANCELED, with_(state, stage=Stage.CANCELED), request_id)

    def order_named(self, account, client_id, symbol=""):
        for state in reversed(self.states.values()):
            if state.account == account and state.client_id == client_id:
                return state
        raise Refused("there is no such order", reason=Why.UNKNOWN_ORDER)

    def open_orders(self, account, symbol=""):
        return [state for state in self.states.values() if state.open and state.account == account]


def with_(state, **fields):
    return OrderState(**{name: getattr(state, name) for name in OrderState.__struct_fields__} | fields)


class Client:
    """Sends with numbers of its own and hears what the link says; time goes on by `wait`."""

    def __init__(self, acceptor, exchange, *, name="BOT", key="key", target="PARROT") -> None:
        self.acceptor, self.exchange = acceptor, exchange
        self.name, self.key, self.target = name, key, target
        self.next = 1
        self.connect()

    def connect(self):
        self.link = self.acceptor.connect(self.exchange.now)
        self.parser = simplefix.FixParser()

    def drop(self):
        self.link.gone()

    def message(self, kind, *pairs, number=None, begin="FIX.4.4", header=()):
        message = simplefix.FixMessage()
        message.append_pair(8, begin)
        message.append_pair(35, kind)
        message.append_pair(49, self.name)
        message.append_pair(56, self.target)
        if number != -1:
            message.append_pair(34, self.next if number is None else number)
        message.append_pair(52, moment(self.exchange.now))
        for tag, value in (*header, *pairs):
            message.append_pair(tag, value)
        if number is None:
            self.next += 1
        return message.encode()

    def say(self, kind, *pairs, **more):
        """Sends a message and returns what came back."""
        return self.raw(self.message(kind, *pairs, **more))

    def raw(self, data):
        self.link.receive(data, self.exchange.now)
        return self.heard()

    def heard(self):
        self.parser.append_buffer(b"".join(self.link.out))
        self.link.out.clear()
        found = []
        while (message := self.parser.get_message()) is not None:
            found.append(Told(message))
        return found

    def log_on(self, *pairs, hb=30, secret=None, number=None):
        given = ((98, 0), (108, hb), (553, self.key), (554, secret or f"{self.key}-secret"))
        return self.say("A", *given, *pairs, number=number)

    def order(self, name, *pairs, kind="D", **more):
        fields = {11: name, 55: "BTCUSDT", 54: 1, 38: "0.5", 40: 2, 44: "50", 59: 1, 60: moment(self.exchange.now)}
        fields |= dict(pairs)
        return self.say(kind, *((tag, value) for tag, value in fields.items() if value is not None), **more)

    def wait(self, seconds):
        self.exchange.now += int(seconds * SECOND)
        self.link.tick(self.exchange.now)
        return self.heard()


class Told:
    """A message by number of field, as text."""

    def __init__(self, message) -> None:
        self.pairs = [(int(tag), value.decode()) for tag, value in message.pairs]
        self.fields = dict(reversed(self.pairs))

    def __getitem__(self, tag):
        return self.fields.get(tag)

    def all(self, tag):
        return [value for other, value in self.pairs if other == tag]

    def split(self, first):
        """The members of a repeating group, each as a mapping; `first` begins one."""
        groups = []
        for tag, value in self.pairs:
            if tag == first:
                groups.append({})
            if groups and tag != 10:
                groups[-1][tag] = value
        return groups

    @property
    def type(self):
        return self.fields[35]

    def __repr__(self) -> str:
        return "|".join(f"{tag}={value}" for tag, value in self.pairs)


def connected(stores=None, **more):
    """A client that is logged on to a quiet exchange."""
    exchange = QuietExchange()
    client = Client(Acceptor(exchange, FewKeys(), stores or MemorySessions()), exchange, **more)
    [welcome] = client.log_on()
    assert welcome.type == "A"
    return client


def types(messages):
    return "".join(message.type for message in messages)
