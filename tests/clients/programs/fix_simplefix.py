"""Orders, market data and repair over FIX 4.4 with simplefix and a socket."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from decimal import Decimal

import simplefix
from checks import Place, done, equal, place, true

_PATIENCE_S = 20


def moment() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H:%M:%S.%f}"[:-3]


class Session:
    """One connection, and the number of the next message."""

    def __init__(self, at: Place, name: str, *, number: int = 1) -> None:
        self.socket = socket.create_connection((at.host, at.fix), timeout=_PATIENCE_S)
        self.parser = simplefix.FixParser()
        self.name, self.number, self.last = name, number, 0
        self.key, self.secret = at.key, at.secret

    def send(self, kind: str, *pairs: tuple[int, object], number: int | None = None) -> None:
        message = simplefix.FixMessage()
        header = [(8, "FIX.4.4"), (35, kind), (49, self.name), (56, "PARROT"), (34, number or self.number)]
        for tag, value in (*header, (52, moment()), *pairs):
            message.append_pair(tag, value)
        if number is None:
            self.number += 1
        self.socket.sendall(message.encode())

    def log_on(self, *pairs: tuple[int, object]) -> dict[int, str]:
        self.send("A", (98, 0), (108, 30), (553, self.key), (554, self.secret), *pairs)
        return self.hear("A")

    def hear(self, *kinds: str, **fields: str) -> dict[int, str]:
        """The next message of those types (any but heartbeats where none is named) with those fields, t11="a"."""
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            message = self.parser.get_message()
            if message is None:
                data = self.socket.recv(65536)
                if not data:
                    raise AssertionError(f"the connection ended, wanted {kinds} {fields}")
                self.parser.append_buffer(data)
                continue
            told = {int(tag): value.decode() for tag, value in reversed(message.pairs)}
            told[-1] = message  # type: ignore[assignment]  # for its groups
            if told[35] in ("3", "j") and told[35] not in kinds and told.get(43) != "Y":
                raise AssertionError(f"rejected: {message}")
            if (told[35] in kinds or (not kinds and told[35] != "0")) and all(
                told.get(int(tag[1:])) == value for tag, value in fields.items()
            ):
                return told
        raise AssertionError(f"not told in time: {kinds} {fields}")

    def order(self, name: str, **change: object) -> None:
        fields: dict[int, object] = {21: 1, 11: name, 55: "BTCUSDT", 54: 1, 60: moment(), 38: "0.01", 40: 1, 59: 3}
        fields |= {int(tag[1:]): value for tag, value in change.items()}
        self.send("D", *fields.items())


def market_data(session: Session) -> Decimal:
    """A snapshot, then increments; gives the best bid."""
    asked = [(263, 1), (264, 5), (265, 1), (267, 3), (269, 0), (269, 1), (269, 2), (146, 1), (55, "BTCUSDT")]
    session.send("V", (262, "book"), *asked)
    snapshot = session.hear("W", t262="book")
    equal("W names its symbol", snapshot[55], "BTCUSDT")
    pairs = [(int(tag), value.decode()) for tag, value in snapshot[-1].pairs]  # type: ignore[attr-defined]  # simplefix has no types
    bids, offers = prices(pairs, "0"), prices(pairs, "1")
    equal("W has the levels that were asked for", (len(bids), len(offers)), (5, 5))
    true("W has the best level first", bids == sorted(bids, reverse=True) and offers == sorted(offers))
    true("the book is not crossed", bids[0] < offers[0], (bids[0], offers[0]))
    increment = session.hear("X", t262="book")
    true("X says what to do", increment[279] in "012", increment)
    session.hear("X", t269="2")  # a trade
    session.send("V", (262, "book"), (263, 2), *asked[1:])
    session.send("V", (262, "none"), *asked[:-1], (55, "NOPE"))
    equal("Y says that a symbol is unknown", session.hear("Y", t262="none")[281], "0")
    return bids[0]


def prices(pairs: list[tuple[int, str]], kind: str) -> list[Decimal]:
    return [
        Decimal(pairs[at + 1][1]) for at, pair in enumerate(pairs) if pair == (269, kind) and pairs[at + 1][0] == 270
    ]


def filled(session: Session) -> None:
    """A market order and its fills, summed."""
    session.order("buy")
    equal("D is answered with New", session.hear("8", t11="buy")[150], "0")
    quantity = amount = Decimal(0)
    while True:
        fill = session.hear("8", t11="buy")
        quantity, amount = quantity + Decimal(fill[32]), amount + Decimal(fill[32]) * Decimal(fill[31])
        equal("CumQty is the sum of fills", Decimal(fill[14]), quantity)
        equal("LeavesQty is the rest", Decimal(fill[151]), Decimal("0.01") - quantity)
        true("AvgPx is the average", abs(Decimal(fill[6]) - amount / quantity) < Decimal("0.00000001"), fill[6])
        equal("a fee of 0.1 % of what came in", Decimal(fill[12]), Decimal(fill[32]) / 1000)
        if fill[39] == "2":
            break
    equal("Filled at the end", (fill[150], fill[151], fill[479]), ("F", "0", "BTC"))


def worked(session: Session, bid: Decimal) -> None:
    """A limit order that rests, is replaced, asked for and cancelled."""
    price = str((bid * Decimal("0.95")).quantize(Decimal("0.01")))
    lower = str((bid * Decimal("0.94")).quantize(Decimal("0.01")))
    session.order("rest", t40=2, t44=price, t59=1)
    new = session.hear("8", t11="rest")
    equal("it rests", (new[150], new[39], Decimal(new[44]), new[151]), ("0", "0", Decimal(price), "0.01"))
    symbol = ((55, "BTCUSDT"), (54, 1), (60, moment()))
    session.send("G", (11, "rest2"), (41, "rest"), (40, 2), (38, "0.02"), (44, lower), *symbol)
    replaced = session.hear("8", t11="rest2")
    equal("G replaces", [replaced[tag] for tag in (150, 41, 37, 38)], ["5", "rest", new[37], "0.02"])
    equal("at the new price", Decimal(replaced[44]), Decimal(lower))
    session.send("H", (11, "rest2"), *symbol)
    status = session.hear("8", t150="I")
    equal("H tells how it stands", [status[tag] for tag in (37, 39, 38, 14, 151)], [new[37], "0", "0.02", "0", "0.02"])
    session.send("F", (11, "end"), (41, "rest2"), *symbol)
    ended = session.hear("8", t11="end")
    equal("F cancels", [ended[tag] for tag in (150, 39, 41, 151)], ["4", "4", "rest2", "0"])
    session.send("F", (11, "end2"), (41, "rest2"), *symbol)
    late = session.hear("9", t11="end2")
    equal("a second F is too late", [late[tag] for tag in (434, 102, 39, 37)], ["1", "0", "4", new[37]])
    session.send("G", (11, "x"), (41, "nothing"), (40, 2), (38, 1), (44, lower), *symbol)
    equal("G of nothing is unknown", [session.hear("9", t11="x")[tag] for tag in (434,)], ["2"])


def refused(session: Session) -> None:
    """What cannot be, and what is missing."""
    session.order("much", t38="60", t40=2, t44="50000", t59=1)
    report = session.hear("8", t11="much")
    equal("too much is refused", (report[150], report[39], report[103]), ("8", "8", "3"))
    session.order("fok", t40=2, t44="1", t59=4)
    equal("a price far away is refused", session.hear("8", t11="fok")[150], "8")
    session.send("D", (11, "bare"), (54, 1), (60, moment()), (38, 1), (40, 1))
    reject = session.hear("3")
    equal("a missing tag is named", (reject[371], reject[372], reject[373]), ("55", "D", "1"))
    session.send("E", (66, "list"))
    equal("a type that is not supported", session.hear("j")[380], "3")


def repaired(session: Session, at: Place) -> None:
    """A resend, a gap of ours, and the same session on another connection."""
    session.send("2", (7, 1), (16, 0))
    gap = session.hear("4")
    equal("what is administrative is a gap", (gap[43], gap[123], gap[34]), ("Y", "Y", "1"))
    again = session.hear("8", t11="buy", t150="0")
    true("reports come again, marked", again[43] == "Y" and again[122] <= again[52], again)
    session.send("1", (112, "back"))
    session.hear("0", t112="back")
    session.send("1", (112, "ahead"), number=session.number + 3)
    ask = session.hear("2")
    equal("a gap is asked for", (int(ask[7]), ask[16]), (session.number, "0"))
    session.send("4", (43, "Y"), (122, moment()), (123, "Y"), (36, session.number + 4))
    session.number += 3
    session.send("1", (112, "closed"))
    session.hear("0", t112="closed")
    session.socket.close()
    second = Session(at, session.name, number=session.number)
    for _ in range(50):  # until the exchange has seen that the first connection is gone
        try:
            welcome = second.log_on()
            break
        except AssertionError:
            time.sleep(0.05)
            second = Session(at, session.name, number=session.number)
    true("numbers go on after a reconnect", int(welcome[34]) > 20, welcome[34])
    second.order("more", t38="0.001")
    second.hear("8", t11="more", t39="2")
    second.send("5")
    second.hear("5")
    low = Session(at, session.name)
    low.send("A", (98, 0), (108, 30), (553, at.key), (554, at.secret))
    true("a number too low is told", "too low, expecting" in low.hear("5")[58])
    fresh = Session(at, session.name)
    welcome = fresh.log_on((141, "Y"))
    equal("both begin again", (welcome[34], welcome[141]), ("1", "Y"))


def main() -> None:
    at = place()
    session = Session(at, "SIMPLE")
    welcome = session.log_on((141, "Y"))
    equal(
        "the logon is answered", [welcome[tag] for tag in (49, 56, 98, 108, 141)], ["PARROT", "SIMPLE", "0", "30", "Y"]
    )
    bid = market_data(session)
    filled(session)
    worked(session, bid)
    refused(session)
    repaired(session, at)
    wrong = Session(at, "SIMPLE2")
    wrong.secret = "wrong"
    wrong.send("A", (98, 0), (108, 30), (553, wrong.key), (554, wrong.secret))
    true("a wrong secret is told", "Password (554)" in wrong.hear("5")[58])
    done()


main()
