"""The session layer of FIX 4.4: numbers, gaps and their repair, heartbeats, the end of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from parrot.contracts.exchange import AccountEvent, MarketEvent, OrderChanged
from parrot.gateway.fix import tags
from parrot.gateway.fix.messages import FieldError, Fields, Incoming, again, body, frame
from parrot.gateway.fix.moments import is_moment, moment
from parrot.ports.exchange import Credential
from parrot.ports.sessions import SessionKey, SessionStore

_SECOND: Final = 1_000_000_000
_ASK_AGAIN: Final = 10 * _SECOND  # a resend that does not come is asked for again, but not for every message
_EARLY_MAX: Final = 1_000  # messages that wait for those before them
_GRACE: Final = 1.2  # of a heartbeat interval: the time that a message takes, as the standard suggests


class BusinessError(Exception):
    """A message that was understood and is not for us; becomes a business reject (j), `reason` its 380."""

    def __init__(self, reason: int, text: str, ref: str = "") -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text
        self.ref = ref


class Wire(Protocol):
    """The connection of the moment."""

    closed: bool

    def put(self, data: bytes) -> None:
        """Sends bytes."""

    def close(self) -> None:
        """Ends it once what was put has left."""


class Application(Protocol):
    """What a session is for."""

    def handle(self, message: Incoming) -> None:
        """An application message in its turn. Raises FieldError, BusinessError."""

    def admit(self, credential: Credential, *, cancel_on_disconnect: bool) -> None:
        """Whose logon it was."""

    def left(self) -> None:
        """The connection is gone."""

    def told(self, event: OrderChanged) -> None:
        """An order of the session's account changed."""

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """What happened at the exchange."""


class Session:
    """One numbered conversation, which outlives its connections; `now` in ns UTC comes in with every call."""

    def __init__(self, key: SessionKey, store: SessionStore, application: Callable[[Session], Application]) -> None:
        self.key = key
        self.store = store
        self.now = 0
        self.wire: Wire | None = None
        self.application = application(self)
        self._interval = 0
        self._heard = self._said = self._tested = 0
        self._early: dict[int, Incoming] = {}  # by number
        self._asked: tuple[int, int] = (0, 0)  # from which number on a resend was asked for, and when

    # -- what leaves ---------------------------------------------------------------------------------------------------

    def send(self, kind: str, fields: Fields, *, repeat: bool = True) -> None:
        """Our next message, kept before it is sent; where nobody is connected it waits to be asked for.

        One that is not to be repeated is of the moment: later its place is filled by a gap.
        """
        if self.wire is None and not repeat:
            return
        message = frame(kind, self._header(self.store.outgoing), body(fields))
        self.store.keep(message if repeat else b"")
        self._put(message)

    def _put(self, message: bytes) -> None:
        if self.wire is not None:
            self.wire.put(message)
            self._said = self.now

    def _header(self, number: int) -> bytes:
        sending = moment(self.now)
        names = (tags.SENDER, self.key.ours), (tags.TARGET, self.key.theirs)
        return body((*names, (tags.MSG_SEQ_NUM, number), (tags.SENDING_TIME, sending)))

    def end(self, text: str = "") -> None:
        """Says good-bye and closes the connection; the numbers stay."""
        self.send(tags.LOGOUT, [(tags.TEXT, text or None)], repeat=False)
        self._leave()

    def _leave(self) -> None:
        if self.wire is not None:
            self.wire.close()

    def lost(self) -> None:
        """The connection is gone."""
        self.wire = None
        self.application.left()

    # -- the beginning -------------------------------------------------------------------------------------------------

    def begin(self, wire: Wire, message: Incoming, *, interval_s: int, reset: bool, now: int) -> None:
        """Answers a logon whose name and password are right."""
        self.now = self._heard = self._said = now
        self.wire = wire
        self._tested = 0
        self._asked = (0, 0)
        self._early.clear()
        self._interval = interval_s * _SECOND
        if reset:
            self.store.reset()
        if reset and message.number != 1:
            self.end("MsgSeqNum (34) must be 1 where ResetSeqNumFlag (141) is Y")
        elif message.number < self.store.incoming and not message.flag(tags.POSS_DUP):
            self.end(f"MsgSeqNum too low, expecting {self.store.incoming} but received {message.number}")
        else:
            self._welcome(message, reset=reset)

    def _welcome(self, message: Incoming, *, reset: bool) -> None:
        fields: list[tuple[int, object]] = [(tags.ENCRYPT_METHOD, 0), (tags.HEARTBEAT, self._interval // _SECOND)]
        self.send(tags.LOGON, [*fields, (tags.RESET, "Y" if reset else None)], repeat=False)
        if message.number == self.store.incoming:
            self.store.expect(message.number + 1)
        elif message.number > self.store.incoming:
            self._ask()

    # -- what arrives --------------------------------------------------------------------------------------------------

    def receive(self, message: Incoming, now: int) -> None:
        """One whole message behind the logon."""
        self.now = self._heard = now
        self._tested = 0
        if message.begin != tags.BEGIN:
            self.end("BeginString (8) must be FIX.4.4")
        elif message.number < 0:
            self.end("MsgSeqNum (34) is missing or no number")
        else:
            try:
                self._sort(message)
            except FieldError as fault:
                self._reject(message, fault)
                if message.number == self.store.incoming:
                    self.store.expect(message.number + 1)
            self._catch_up()

    def _sort(self, message: Incoming) -> None:
        """By its number: in its turn, ahead of it or behind it."""
        if message.type == tags.SEQUENCE_RESET and not message.flag(tags.GAP_FILL):
            self._jump(message)
        elif message.type == tags.LOGON:
            self._logon_again(message)
        elif message.number > self.store.incoming:
            self._ahead(message)
        elif message.number < self.store.incoming:
            self._behind(message)
        else:
            self._in_turn(message)

    def _catch_up(self) -> None:
        """What came early has its turn once nothing is missing before it."""
        while self._early and self.wire is not None and not self.wire.closed:
            message = self._early.pop(self.store.incoming, None)
            if message is None:
                break
            self._in_turn(message)
        if self._early and min(self._early) < self.store.incoming:
            self._early = {number: early for number, early in self._early.items() if number > self.store.incoming}

    def _ahead(self, message: Incoming) -> None:
        if message.type == tags.LOGOUT:
            self.end()
            return
        if message.type == tags.RESEND_REQUEST:  # first of all, or both sides would wait for each other
            self._tell_again(message)
        elif len(self._early) < _EARLY_MAX:
            self._early[message.number] = message
        self._ask()

    def _behind(self, message: Incoming) -> None:
        if message.type == tags.RESEND_REQUEST:  # whoever asks has lost something, perhaps its count too
            self._tell_again(message)
        elif not message.flag(tags.POSS_DUP):
            self.end(f"MsgSeqNum too low, expecting {self.store.incoming} but received {message.number}")
        elif message.need(tags.ORIG_SENDING_TIME) > message.need(tags.SENDING_TIME):
            text = "OrigSendingTime (122) is later than SendingTime (52)"
            self._reject(message, FieldError(tags.ORIG_SENDING_TIME, tags.WRONG_TIME, text))
            self.end(text)

    def _in_turn(self, message: Incoming) -> None:
        expected = message.number + 1
        try:
            self._look_at_header(message)
            if message.type == tags.SEQUENCE_RESET:
                expected = self._gap(message)
            elif message.type in tags.ADMIN:
                self._administer(message)
            else:
                self.application.handle(message)
        except FieldError as fault:
            self._reject(message, fault)
            if fault.reason == tags.WRONG_COMP_ID:
                self.end(fault.text)
        except BusinessError as fault:
            self._business_reject(message, fault)
        self.store.expect(expected)

    def _look_at_header(self, message: Incoming) -> None:
        if message.flaw is not None:
            raise message.flaw
        for tag, name in ((tags.SENDER, self.key.theirs), (tags.TARGET, self.key.ours)):
            if message.need(tag) != name:
                raise FieldError(tag, tags.WRONG_COMP_ID, f"tag {tag} is not the one of the logon")
        if not is_moment(message.need(tags.SENDING_TIME)):
            raise FieldError(tags.SENDING_TIME, tags.WRONG_FORMAT, "SendingTime (52) must be YYYYMMDD-HH:MM:SS.sss")
        original = message.find(tags.ORIG_SENDING_TIME)
        if message.flag(tags.POSS_DUP) and not original:
            raise FieldError(tags.ORIG_SENDING_TIME, tags.MISSING, "a possible duplicate needs OrigSendingTime (122)")

    def _administer(self, message: Incoming) -> None:
        if message.type == tags.TEST_REQUEST:
            self.send(tags.HEARTBEAT_MSG, [(tags.TEST_REQ_ID, message.name(tags.TEST_REQ_ID))], repeat=False)
        elif message.type == tags.RESEND_REQUEST:
            self._tell_again(message)
        elif message.type == tags.LOGOUT:
            self.end()

    def _reject(self, message: Incoming, fault: FieldError) -> None:
        fields = [
            (tags.REF_SEQ_NUM, message.number),
            (tags.REF_TAG, fault.tag or None),
            (tags.REF_MSG_TYPE, message.type if message.type.isalnum() else None),
            (tags.REJECT_REASON, fault.reason),
            (tags.TEXT, fault.text),
        ]
        self.send(tags.REJECT, fields)

    def _business_reject(self, message: Incoming, fault: BusinessError) -> None:
        fields = [
            (tags.REF_SEQ_NUM, message.number),
            (tags.REF_MSG_TYPE, message.type if message.type.isalnum() else "?"),
            (tags.BUSINESS_REF, fault.ref or None),
            (tags.BUSINESS_REASON, fault.reason),
            (tags.TEXT, fault.text),
        ]
        self.send(tags.BUSINESS_REJECT, fields)

    # -- gaps ----------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Asks for everything from the first number that is missing on."""
        expected = self.store.incoming
        since, at = self._asked
        if since == expected and self.now - at < _ASK_AGAIN:
            return
        self._asked = (expected, self.now)
        self.send(tags.RESEND_REQUEST, [(tags.BEGIN_SEQ_NO, expected), (tags.END_SEQ_NO, 0)], repeat=False)

    def _tell_again(self, message: Incoming) -> None:
        first, last = message.number_of(tags.BEGIN_SEQ_NO), message.number_of(tags.END_SEQ_NO)
        newest = self.store.outgoing - 1
        last = min(last or newest, newest)
        if first < 1:
            raise FieldError(tags.BEGIN_SEQ_NO, tags.WRONG_VALUE, "BeginSeqNo (7) must be 1 or more")
        sending = moment(self.now).encode()
        for number, kept in self.store.kept(first, last):
            self._fill(first, number)
            self._put(again(kept, sending))
            first = number + 1
        self._fill(first, last + 1)

    def _fill(self, first: int, following: int) -> None:
        """Says that `first` and all below `following` will not come."""
        if first < following:
            fields = [
                (tags.POSS_DUP, "Y"),
                (tags.ORIG_SENDING_TIME, moment(self.now)),
                (tags.GAP_FILL, "Y"),
                (tags.NEW_SEQ_NO, following),
            ]
            self._put(frame(tags.SEQUENCE_RESET, self._header(first), body(fields)))

    def _gap(self, message: Incoming) -> int:
        following = message.number_of(tags.NEW_SEQ_NO)
        if following <= message.number:
            raise FieldError(tags.NEW_SEQ_NO, tags.WRONG_VALUE, f"NewSeqNo (36) must be above {message.number}")
        return following

    def _jump(self, message: Incoming) -> None:
        """A reset, whatever the number of the message that says so; never backwards."""
        following = message.number_of(tags.NEW_SEQ_NO)
        if following >= self.store.incoming:
            self.store.expect(following)
            return
        text = f"NewSeqNo (36) must not be below {self.store.incoming}"
        self._reject(message, FieldError(tags.NEW_SEQ_NO, tags.WRONG_VALUE, text))

    def _logon_again(self, message: Incoming) -> None:
        """A second logon may only begin the numbers again."""
        if message.flag(tags.RESET) and message.number == 1:
            self.store.reset()
            self._welcome(message, reset=True)
        elif message.number >= self.store.incoming or not message.flag(tags.POSS_DUP):
            self.end("this session is logged on already")

    # -- time ----------------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> None:
        """Heartbeats, and the question whether the other side is still there."""
        self.now = now
        if not self._interval or self.wire is None:
            return
        if now - self._said >= self._interval:
            self.send(tags.HEARTBEAT_MSG, [], repeat=False)
        patience = int(self._interval * _GRACE) + _SECOND
        if self._tested:
            if now - self._tested >= patience:
                self.end("no answer to the test request")
        elif now - self._heard >= patience:
            self._tested = now
            self.send(tags.TEST_REQUEST, [(tags.TEST_REQ_ID, f"T{now}")], repeat=False)
