"""Connections and sessions: who may log on, which conversation goes on, and who is told what the exchange did."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from parrot.contracts.exchange import AccountEvent, MarketEvent, OrderChanged
from parrot.gateway.fix import tags
from parrot.gateway.fix.framing import MESSAGE_BYTES_MAX, Framer
from parrot.gateway.fix.messages import FieldError, Incoming, body, frame
from parrot.gateway.fix.moments import moment
from parrot.gateway.fix.recovery import untold
from parrot.gateway.fix.session import Session
from parrot.gateway.fix.trading import Trading
from parrot.kernel.errors import StorageError
from parrot.ports.exchange import Credential, KeyRing, PublicExchange
from parrot.ports.secrets import Secret
from parrot.ports.sessions import SessionKey, SessionStores

LOGON_SECONDS_MAX: Final = 10
HEARTBEAT_SECONDS_MAX: Final = 3_600
SESSIONS_MAX: Final = 64  # of an account: each keeps all that it is told
OUT_BYTES_MAX: Final = 32 << 20  # waiting in one link: many requests to tell all again come in a few bytes
_LOGON_NS: Final = LOGON_SECONDS_MAX * 1_000_000_000


class Link:
    """One connection. `out` is what must be written to it, in order; `closed` says that nothing comes after that.

    `wake` is called whenever there is something to write or to close. Its owner calls `gone` when it is over.
    """

    def __init__(self, acceptor: Acceptor, now: int, wake: Callable[[], None]) -> None:
        self.out: deque[bytes] = deque()
        self.closed = False
        self._acceptor = acceptor
        self._since = now
        self._wake = wake
        self._waiting = 0
        self._framer = Framer()
        self._session: Session | None = None

    def put(self, data: bytes) -> None:
        """Sends bytes; a client for whom too many wait is let go."""
        if self.closed:
            return
        self._waiting = self._waiting + len(data) if self.out else len(data)
        if self._waiting > OUT_BYTES_MAX:
            self.out.clear()
            self.close()
            return
        self.out.append(data)
        self._wake()

    def close(self) -> None:
        """Nothing is read or written behind this."""
        if not self.closed:
            self.closed = True
            self._wake()

    def gone(self) -> None:
        """The other side is not there any more; calling it again does nothing."""
        self.closed = True
        session, self._session = self._session, None
        if session is not None:
            session.lost()

    def receive(self, data: bytes, now: int) -> None:
        """Bytes as they come, cut anywhere."""
        for whole in self._framer.feed(data):
            if self.closed:
                return
            message = Incoming(whole)
            if self._session is None:
                self._log_on(message, now)
            else:
                self._guard(self._session, partial(_receive, message=message, now=now))
        if self._session is None and self._framer.garbled > MESSAGE_BYTES_MAX:
            self.close()  # no FIX is spoken here

    def tick(self, now: int) -> None:
        """Time went on to `now`."""
        if self.closed:
            return
        if self._session is not None:
            self._guard(self._session, lambda session: session.tick(now))
        elif now - self._since >= _LOGON_NS:
            self.close()

    def stop(self, now: int) -> None:
        """The exchange closes."""
        if self._session is not None:
            self._session.now = now
            self._guard(self._session, lambda session: session.end("the exchange is closing"))
        self.close()

    def _guard(self, session: Session, work: Callable[[Session], None]) -> None:
        try:
            work(session)
        except StorageError:  # what cannot be kept is not said
            self.close()

    def _log_on(self, message: Incoming, now: int) -> None:
        if message.type != tags.LOGON:
            self.close()
            return
        try:
            text = self._admit(message, now)
        except FieldError as fault:
            text = fault.text
        except StorageError as fault:
            text = fault.problem
        if text:
            self._turn_away(message, text, now)

    def _admit(self, message: Incoming, now: int) -> str:
        """What is wrong with a logon; empty when the session has begun."""
        if message.begin != tags.BEGIN:
            return "BeginString (8) must be FIX.4.4"
        if message.flaw is not None:
            raise message.flaw
        theirs, ours = message.name(tags.SENDER), message.name(tags.TARGET)
        if message.number < 1:
            return "MsgSeqNum (34) is missing or no number"
        if message.need(tags.ENCRYPT_METHOD) != "0":
            return "EncryptMethod (98) must be 0"
        interval_s = message.number_of(tags.HEARTBEAT)
        if interval_s > HEARTBEAT_SECONDS_MAX:
            return f"HeartBtInt (108) must be at most {HEARTBEAT_SECONDS_MAX} seconds"
        credential = self._acceptor.credential(message)
        if credential is None:
            return "Username (553) or Password (554) is wrong"
        reset, end_all = message.flag(tags.RESET), message.flag(tags.CANCEL_ON_DISCONNECT)
        key = SessionKey(credential.account, theirs, ours)
        if self._acceptor.full(key):
            return f"this account has {SESSIONS_MAX} sessions already; use the names of one"
        session = self._acceptor.session(key)
        if session.wire is not None:
            return "this session is connected already"
        session.application.admit(credential, cancel_on_disconnect=end_all)
        self._session = session
        session.begin(self, message, interval_s=interval_s, reset=reset, now=now)
        return ""

    def _turn_away(self, message: Incoming, text: str, now: int) -> None:
        """A good-bye that belongs to no session."""
        theirs, ours = message.shown(tags.SENDER), message.shown(tags.TARGET)
        names = (tags.SENDER, ours or "?"), (tags.TARGET, theirs or "?")
        header = body((*names, (tags.MSG_SEQ_NUM, 1), (tags.SENDING_TIME, moment(now))))
        self.put(frame(tags.LOGOUT, header, body([(tags.TEXT, text)])))
        self.close()


def _receive(session: Session, *, message: Incoming, now: int) -> None:
    session.receive(message, now)


def _told(session: Session, *, event: OrderChanged) -> None:
    session.application.told(event)


def _heard(session: Session, *, events: Sequence[AccountEvent | MarketEvent]) -> None:
    session.application.hear(events)


class Acceptor:
    """All FIX sessions of an exchange, used in the thread that owns it.

    It listens to the exchange for changes of orders; what happens in the market must be told to `hear`, between calls
    of the exchange. A session whose client is away goes on: reports get their numbers and wait to be asked for.
    """

    def __init__(self, exchange: PublicExchange, keys: KeyRing, stores: SessionStores) -> None:
        self._exchange = exchange
        self._keys = keys
        self._stores = stores
        self._sessions: dict[SessionKey, Session] = {}
        self._by_account: defaultdict[str, list[Session]] = defaultdict(list)
        known = stores.known()
        if known:
            exchange.turn(exchange.now)  # what it still had to tell is told, and so is not told twice
        for key in known:
            self._catch_up(self.session(key))
        exchange.listen(self._report)

    def _catch_up(self, session: Session) -> None:
        """What a session was not told when the process died is told first of all."""
        session.now = self._exchange.now
        if session.key.account in self._exchange.accounts():
            for event in untold(self._exchange, session.key.account, session.store):
                session.application.told(event)

    def connect(self, now: int, wake: Callable[[], None] = lambda: None) -> Link:
        """A new connection."""
        return Link(self, now, wake)

    def close(self) -> None:
        """Lets go of what sessions are kept in."""
        for session in self._sessions.values():
            session.store.close()

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """What happened at the exchange, for those who asked for market data."""
        for session in self._sessions.values():
            if session.wire is not None:
                self._guard(session, partial(_heard, events=events))

    def _report(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        for event in events:
            if isinstance(event, OrderChanged):
                for session in self._by_account.get(event.order.account, ()):
                    self._guard(session, partial(_told, event=event))

    def credential(self, message: Incoming) -> Credential | None:
        """Whose logon it is."""
        credential = self._keys.find(message.need(tags.USERNAME))
        given = Secret("554", message.need(tags.PASSWORD))
        return credential if credential is not None and credential.secret == given else None

    def full(self, key: SessionKey) -> bool:
        """Whether this would be one session too many."""
        return key not in self._sessions and len(self._by_account[key.account]) >= SESSIONS_MAX

    def session(self, key: SessionKey) -> Session:
        """The session of that key, as it was left."""
        found = self._sessions.get(key)
        if found is None:
            found = Session(key, self._stores.open(key), lambda made: Trading(self._exchange, self._keys, made))
            self._sessions[key] = found
            self._by_account[key.account].append(found)
        return found

    def _guard(self, session: Session, work: Callable[[Session], None]) -> None:
        session.now = self._exchange.now
        try:
            work(session)
        except StorageError:  # this client cannot be served; the exchange goes on
            if session.wire is not None:
                session.wire.close()
