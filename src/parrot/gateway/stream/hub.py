"""The hub: topics and who hears them. It belongs to one thread, and time comes in with each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from parrot.contracts.access import Principal
from parrot.gateway.stream.channels import RATE, channel_of, pace, require
from parrot.gateway.stream.clients import SIGNED_OUT, Client
from parrot.gateway.stream.topics import Line, Message, Topic, message
from parrot.kernel.errors import InputError, ParrotError

CHANNELS_MOST = 64  # of one client


class Hub:
    """What is told to whom. `wanted` hears which topics have listeners when that changes."""

    def __init__(self, wanted: Callable[[], None] = lambda: None) -> None:
        self.clients: set[Client] = set()
        self.now = 0
        self._topics: dict[str, Topic] = {}
        self._wanted = wanted

    # -- what is told --------------------------------------------------------------------------------------------------

    def topics(self) -> dict[str, int]:
        """The topics that somebody hears, and the quickest pace that anybody wants of each."""
        return {name: max(topic.lines) or RATE for name, topic in self._topics.items()}

    def ready(self, name: str) -> bool:
        """Whether a topic has a state."""
        topic = self._topics.get(name)
        return topic is not None and topic.ready

    def newest(self, name: str) -> Any:
        """The last row of a log, None for none."""
        topic = self._topics.get(name)
        return topic.log[-1] if topic is not None and topic.log else None

    def begin(self, name: str, state: Any) -> None:
        """Gives a topic a whole state: all who hear it begin anew."""
        topic = self._topics.get(name)
        if topic is not None:
            topic.begin(state)

    def set(self, name: str, value: Any) -> None:
        """Gives a topic of one value its next one, where it is another."""
        topic = self._topics.get(name)
        if topic is None:
            return
        if not topic.ready:
            topic.begin(value)
        elif topic.value != value:
            topic.set(value)

    def change(self, name: str, put: Sequence[Any] = (), drop: Iterable[Any] = ()) -> None:
        """Changes rows of a keyed topic."""
        topic = self._topics.get(name)
        if topic is not None and topic.ready:
            topic.change(put, drop)

    def sync(self, name: str, rows: Iterable[Any]) -> None:
        """Changes of a keyed topic what differs from `rows`."""
        topic = self._topics.get(name)
        if topic is None:
            return
        if topic.ready:
            topic.sync(rows)
        else:
            topic.begin(rows)

    def add(self, name: str, rows: Sequence[Any]) -> None:
        """Adds rows to a log."""
        topic = self._topics.get(name)
        if topic is not None and topic.ready and rows:
            topic.add(rows)

    def refuse(self, name: str, fault: ParrotError) -> None:
        """Tells all who hear a topic that there is no such thing."""
        topic = self._topics.get(name)
        for line in list(topic.lines.values()) if topic is not None else ():
            for client in list(line.listeners):
                self.unsubscribe(client, name)
                client.tell(error(fault, name))

    def flush(self, now: int) -> None:
        """Tells what is due at `now`, ns."""
        self.now = now
        for topic in self._topics.values():
            for line in topic.lines.values():
                if line.pending and now >= line.due:
                    self._tell(line)

    # -- who hears it --------------------------------------------------------------------------------------------------

    def join(self, client: Client) -> None:
        """A client comes."""
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        """A client goes."""
        self.clients.discard(client)
        for name in list(client.lines):
            self.unsubscribe(client, name)

    def subscribe(self, client: Client, name: str, rate: int = RATE) -> None:
        """Lets a client hear a topic from its next snapshot on. Raises AccessError, MissingError, InputError."""
        channel = channel_of(name)
        require(client.who, channel)
        if len(client.lines) >= CHANNELS_MOST and name not in client.lines:
            raise InputError("too many channels", expected=f"at most {CHANNELS_MOST}")
        kept = pace(rate) if channel.conflated else 0
        before = client.lines.get(name)
        if before is not None and before.rate == kept:
            self.resync(client, name)
            return
        if before is not None:
            self.unsubscribe(client, name)
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = Topic(name, channel)
        line = topic.lines.get(kept)
        if line is None:
            line = topic.lines[kept] = Line(topic, kept)
        self._settle(line)
        client.lines[name] = line
        line.listeners.add(client)
        if topic.ready:
            client.tell(line.snapshot(self.now), line)
        self._wanted()

    def unsubscribe(self, client: Client, name: str) -> None:
        """Ends it; a topic that nobody hears is forgotten."""
        line = client.lines.pop(name, None)
        if line is None:
            return
        client.forget(line)
        line.listeners.discard(client)
        if not line.listeners:
            del line.topic.lines[line.rate]
            if not line.topic.lines:
                del self._topics[name]
            self._wanted()

    def resync(self, client: Client, name: str) -> None:
        """Tells a client a whole state anew. Raises InputError for what it does not hear."""
        line = client.lines.get(name)
        if line is None:
            raise InputError(f"{name[:80]!r} was not subscribed", expected="a channel that is heard")
        self._settle(line)
        client.forget(line)
        if line.topic.ready:
            client.tell(line.snapshot(self.now), line)

    def take(self, client: Client) -> Message | None:
        """What a client is to be sent next."""
        return client.take(self._state_of)

    def review(self, stands: Callable[[Principal], Principal | None], user: str = "") -> None:
        """Looks who still stands (of one user, or of all): ends those who do not, and what is not theirs any more."""
        for client in list(self.clients):
            if user and client.who.user != user:
                continue
            now = stands(client.who)
            if now is None:
                client.close(SIGNED_OUT, "signed out")
            elif now != client.who:
                client.who = now
                self._review(client)

    def _review(self, client: Client) -> None:
        for name, line in list(client.lines.items()):
            try:
                require(client.who, line.topic.channel)
            except ParrotError as fault:
                self.unsubscribe(client, name)
                client.tell(error(fault, name))

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _tell(self, line: Line) -> None:
        said, whole = line.take(self.now)
        line.due = line.after(self.now)
        for client in list(line.listeners):
            if whole:
                client.forget(line)
            client.tell(said, line)

    def _settle(self, line: Line) -> None:
        """Tells the others what waits, so that a snapshot stands exactly at a number."""
        if line.pending:
            self._tell(line)

    def _state_of(self, line: Line) -> Message:
        self._settle(line)
        return line.snapshot(self.now)


def error(fault: ParrotError, channel: str = "") -> Message:
    """What went wrong, as clients are told it."""
    return message({"type": "error", "channel": channel, "problem": {"title": fault.problem, **fault.as_dict()}})
