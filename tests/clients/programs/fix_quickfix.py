"""Orders and market data over FIX 4.4 with QuickFIX, which validates every message with its dictionary."""

from __future__ import annotations

import queue
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import quickfix as fix
from checks import Place, done, equal, place, true

_PATIENCE_S = 20
_DICTIONARY = Path(sys.prefix) / "share" / "quickfix" / "FIX44.xml"
_SETTINGS = """[DEFAULT]
ConnectionType=initiator
ReconnectInterval=1
FileStorePath={folder}
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=30
UseDataDictionary=Y
DataDictionary={dictionary}
ValidateFieldsOutOfOrder=Y
ValidateFieldsHaveValues=Y
ValidateUserDefinedFields=Y
SocketConnectHost={host}
SocketConnectPort={port}

[SESSION]
BeginString=FIX.4.4
SenderCompID=QUICK
TargetCompID=PARROT
"""


class Application(fix.Application):
    """Keeps what is told; adds key and secret to the logon."""

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.told: queue.Queue[dict[int, str]] = queue.Queue()
        self.sent: list[str] = []
        self.on = 0
        self.session = None

    def onCreate(self, session):  # noqa: N802  QuickFIX's name
        self.session = session

    def onLogon(self, session):  # noqa: N802  QuickFIX's name
        self.on += 1

    def onLogout(self, session):  # noqa: N802  QuickFIX's name
        pass

    def toAdmin(self, message, session):  # noqa: N802  QuickFIX's name
        kind = fields(message)[35]
        if kind == "A":
            message.setField(553, self.at.key)
            message.setField(554, self.at.secret)
        if kind in "3j":
            self.told.put({35: "OUR REJECT", 58: str(message)})

    def fromAdmin(self, message, session):  # noqa: N802  QuickFIX's name
        self.told.put(fields(message))

    def toApp(self, message, session):  # noqa: N802  QuickFIX's name
        if fields(message)[35] == "j":
            self.told.put({35: "OUR REJECT", 58: str(message)})

    def fromApp(self, message, session):  # noqa: N802  QuickFIX's name
        self.told.put(fields(message))

    def wait_for_logon(self, times: int) -> None:
        until = time.monotonic() + _PATIENCE_S
        while self.on < times and time.monotonic() < until:
            time.sleep(0.01)

    def send(self, kind: str, *pairs: tuple[int, object], groups=()) -> None:
        message = fix.Message()
        message.getHeader().setField(35, kind)
        for tag, value in pairs:
            message.setField(tag, str(value))
        for count, first, values in groups:
            for value in values:
                group = fix.Group(count, first)
                group.setField(first, str(value))
                message.addGroup(group)
        if kind in "DFG":
            message.setField(fix.TransactTime())
        assert fix.Session.sendToTarget(message, self.session)

    def order(self, name: str, **change: object) -> None:
        given: dict[int, object] = {21: 1, 11: name, 55: "BTCUSDT", 54: 1, 38: "0.01", 40: 1, 59: 3}
        self.send("D", *(given | {int(tag[1:]): value for tag, value in change.items()}).items())

    def hear(self, *kinds: str, **wanted: str) -> dict[int, str]:
        """The next message of those types with those fields."""
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                told = self.told.get(timeout=1)
            except queue.Empty:
                continue
            if told[35] in ("3", "j", "OUR REJECT") and told[35] not in kinds and told.get(43) != "Y":
                raise AssertionError(f"rejected: {told}")
            if told[35] in kinds and all(told.get(int(tag[1:])) == value for tag, value in wanted.items()):
                return told
        raise AssertionError(f"not told in time: {kinds} {wanted}")


def fields(message) -> dict[int, str]:
    pairs = (pair.split("=", 1) for pair in message.toString().split("\x01") if pair)
    return {int(tag): value for tag, value in reversed(list(pairs))}


def trade(application: Application) -> None:
    entries = [(267, 269, "012"), (146, 55, ["BTCUSDT"])]
    book = [(262, "book"), (263, 1), (264, 5), (265, 1)]
    application.send("V", *book, groups=entries)
    snapshot = application.hear("W", t262="book")
    bid = Decimal(snapshot[270])
    true("W validates and has a price", bid > 1000, snapshot)
    application.hear("X", t262="book")
    application.send("V", book[0], (263, 2), *book[2:], groups=entries)
    application.order("buy")
    new = application.hear("8", t11="buy")
    equal("D is New first", (new[150], new[39], new[14], new[151]), ("0", "0", "0", "0.01"))
    last = application.hear("8", t11="buy", t39="2")
    equal("and filled", (last[150], Decimal(last[14]), Decimal(last[151])), ("F", Decimal("0.01"), 0))
    price, lower = (str((bid * Decimal(part)).quantize(Decimal("0.01"))) for part in ("0.95", "0.94"))
    application.order("rest", t40=2, t44=price, t59=1)
    rest = application.hear("8", t11="rest")
    symbol = ((55, "BTCUSDT"), (54, 1))
    application.send("G", (11, "rest2"), (41, "rest"), (21, 1), (40, 2), (38, "0.02"), (44, lower), (59, 1), *symbol)
    replaced = application.hear("8", t11="rest2")
    equal("G replaces", [replaced[tag] for tag in (150, 41, 37, 38)], ["5", "rest", rest[37], "0.02"])
    application.send("H", (11, "rest2"), *symbol)
    equal("H tells how it stands", application.hear("8", t150="I")[39], "0")
    application.send("AF", (584, "all"), (585, 7))
    equal("AF tells of all", application.hear("8", t584="all")[912], "Y")
    application.send("F", (11, "end"), (41, "rest2"), *symbol)
    ended = application.hear("8", t11="end")
    equal("F cancels", [ended[tag] for tag in (150, 39, 41)], ["4", "4", "rest2"])
    application.send("F", (11, "end2"), (41, "rest2"), *symbol)
    late = application.hear("9")
    equal("a second F is too late", (late[434], late[102]), ("1", "0"))
    application.order("stop", t40=3, t54=2, t99=lower, t59=0)
    stop = application.hear("8", t11="stop")
    equal("a stop waits", (stop[150], stop[636], Decimal(stop[99])), ("0", "N", Decimal(lower)))
    application.order("iceberg", t40=2, t44=price, t59=1, t38="0.1", t111="0.02", t18=6)
    equal("an iceberg and post-only", application.hear("8", t11="iceberg")[111], "0.02")
    application.send("q", (11, "all"), (530, 7))
    equal("q ends both", application.hear("r")[533], "2")
    application.order("much", t38="60", t40=2, t44=price)
    refused = application.hear("8", t11="much")
    equal("too much is refused", (refused[150], refused[39], refused[103]), ("8", "8", "3"))
    application.send("V", (262, "no"), *book[1:], groups=[entries[0], (146, 55, ["NOPE"])])
    equal("Y: an unknown symbol", application.hear("Y")[281], "0")
    application.send("D", (11, "bare"), (54, 1), (38, 1), (40, 1), (21, 1))
    reject = application.hear("3")
    equal("3: a missing tag", (reject[371], reject[372], reject[373]), ("55", "D", "1"))


def again(application: Application) -> None:
    """What was told is asked for again by QuickFIX, as after a loss."""
    session = fix.Session.lookupSession(application.session)
    session.setNextTargetMsgSeqNum(3)
    application.send("H", (11, "buy"), (55, "BTCUSDT"), (54, 1))
    report = application.hear("8", t11="buy", t43="Y")
    equal("reports come again, marked", report[150], "0")
    application.hear("8", t11="buy", t150="I")


def visit(application: Application, settings: Path, number: int) -> None:
    """One run of an initiator; its numbers are in files, so that the next goes on."""
    chosen = fix.SessionSettings(str(settings))
    store = fix.FileStoreFactory(chosen)  # the initiator holds none of its arguments alive
    initiator = fix.SocketInitiator(application, store, chosen)
    initiator.start()
    try:
        equal("A is answered", application.hear("A")[108], "30")
        application.wait_for_logon(number)
        if number == 1:
            trade(application)
            again(application)
        else:
            application.order("later", t38="0.001")
            application.hear("8", t11="later", t39="2")
    finally:
        initiator.stop()
    application.hear("5")


def main() -> None:
    at = place()
    application = Application(at)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.cfg"
        settings.write_text(_SETTINGS.format(folder=folder, dictionary=_DICTIONARY, host=at.host, port=at.fix))
        for number in (1, 2):
            visit(application, settings, number)
    equal("two logons, numbers went on", application.on, 2)
    done()


main()
