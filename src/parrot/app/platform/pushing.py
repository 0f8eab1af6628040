"""Pushes of a running platform: alerts as they come, to browsers of people who may see them, in a thread of its own."""

from __future__ import annotations

import ipaddress
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

import msgspec
import structlog

from parrot.adapters.feeds.http.guard import Guard, Target, forbidden
from parrot.adapters.push import Pusher, Sent, VapidKeys, new_keys, require_browser_keys
from parrot.adapters.secrets.master import master
from parrot.adapters.secrets.sealed import SealedSecrets
from parrot.app.folder import DataFolder
from parrot.app.platform.assemble import House
from parrot.app.platform.questions.acts import Noting
from parrot.app.platform.questions.alerts import AlertQuestions
from parrot.centers.users.manifest import Users
from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal, permissions_of
from parrot.contracts.push import Notice, PushSubscription, PushSwitch
from parrot.kernel.errors import InputError, MissingError
from parrot.ports.history import Wanted
from parrot.ports.records import Records
from parrot.ports.secrets import Secret

_SECRET: Final = "push-vapid"  # the name of what is sealed
_SWITCH: Final = "switch"
_CONTACT: Final = "mailto:parrot@localhost.localdomain"
_LOOK_S: Final = 3.0
_MOST_OF_ONE: Final = 10
_FAILURES_MOST: Final = 20
_LOOKED_AT: Final = 50
_AT_ONCE: Final = 20  # alerts of one look; more are told in one line
_LATEST_STOP_S: Final = 12.0

Alerts = Callable[[], Sequence[dict[str, Any]]]
MaySee = Callable[[str, dict[str, Any] | None], bool | None]


class SecretKeeper(Protocol):
    """Keeps secrets sealed."""

    def get(self, name: str) -> Secret:
        """The secret of that name."""

    def set(self, name: str, text: str) -> None:
        """Seals a secret."""

    def names(self) -> Sequence[str]:
        """All that are kept."""


def require_push_address(url: str) -> None:
    """Raises InputError for an address that is no push service's: https to a public name on its usual port."""
    expected = "https:// and the name of a push service"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("the address of the subscription cannot be read", expected=expected) from None
    host = parts.hostname or ""
    plain = parts.scheme == "https" and port in (None, 443) and not parts.username and not parts.password
    if not plain or "." not in host or not url.isascii() or parts.fragment:
        raise InputError("the address of the subscription is no push service's", expected=expected)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    reason = forbidden(host) or "an address without a name"
    raise InputError(f"the subscription leads to {host}, which is {reason}", expected=expected)


@dataclass(slots=True)
class PushGuard:
    """Says where a push goes: resolved once, every address public. `allow` are "host:port" that tests mean."""

    guard: Guard = field(default_factory=Guard)
    allow: frozenset[str] = frozenset()

    def __call__(self, url: str) -> Target:
        """Where it goes. Raises InputError, VenueError."""
        if urlsplit(url).netloc not in self.allow:
            require_push_address(url)
        return self.guard.check(url)


class Pushing:
    """Subscriptions and the switch, kept; and the thread that sends. Thread-safe.

    `alerts` gives the newest ones; `may` says whether a user may see an alert (of None: any push), None when there is
    no such user any more. The key is made at the first use, and sealed.
    """

    def __init__(
        self,
        records: Records,
        keeper: SecretKeeper,
        *,
        alerts: Alerts,
        may: MaySee,
        now: Callable[[], int],
        note: Noting,
        guard: PushGuard | None = None,
    ) -> None:
        self._records = records
        self._keeper = keeper
        self._alerts = alerts
        self._may = may
        self._now = now
        self._note = note
        self._guard = guard or PushGuard()
        self._lock = threading.Lock()
        self._keys: VapidKeys | None = None
        self._waiting: deque[tuple[str, Notice]] = deque(maxlen=1_000)
        self._told: int | None = None
        self._over = threading.Event()
        self._something = threading.Event()
        self._thread = threading.Thread(target=self._run, name="push", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._something.set()
        self._thread.join(_LATEST_STOP_S)

    # -- questions and commands --------------------------------------------------------------------------------------

    def facts(self, who: Principal) -> dict[str, Any]:
        """Whether pushes are on, the key to subscribe with, and one's own browsers."""
        switch = self._switch()
        return {
            "on": switch.on,
            "contact": switch.contact,
            "public_key": self._key().public if switch.on else "",
            "items": [_row(one) for one in self._of(who.user)],
        }

    def set(self, who: Principal, *, on: bool, contact: str) -> None:
        """Turns pushes on or off for everybody."""
        if not contact.startswith(("mailto:", "https://")):
            raise InputError("the contact is no address", expected="mailto:NAME@HOST or https://HOST")
        if on:
            self._key()
        with self._records.work() as work:
            work.put(_SWITCH, PushSwitch(on=on, contact=contact))
        self._told = None
        self._note(who, "push on" if on else "push off", contact=contact)
        self._something.set()

    def subscribe(self, who: Principal, *, endpoint: str, p256dh: str, auth: str, label: str) -> None:
        """Has a browser of theirs get pushes. Raises InputError for an address or keys that cannot be."""
        if not self._switch().on:
            raise InputError("pushes are off here", fix="an admin turns them on in the settings")
        if endpoint.partition("://")[2].partition("/")[0] not in self._guard.allow:
            require_push_address(endpoint)
        require_browser_keys(p256dh, auth)
        own = self._of(who.user)
        same = next((one for one in own if one.endpoint == endpoint), None)
        if same is None and len(own) >= _MOST_OF_ONE:
            raise InputError(f"{len(own)} browsers get pushes already", expected=f"at most {_MOST_OF_ONE}")
        kept = PushSubscription(
            id=same.id if same else secrets.token_hex(8),
            user=who.user,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            label=label,
            made=self._now(),
        )
        with self._records.work() as work:
            if self._may(who.user, None) is None:  # erased meanwhile; who is from here on has it forgotten after this
                raise MissingError("this user is erased")
            work.put(f"{kept.user}/{kept.id}", kept)
        self._note(who, "push subscribe", label=label, service=urlsplit(endpoint).hostname or "")

    def unsubscribe(self, who: Principal, subscription: str) -> None:
        """Ends pushes to a browser of theirs. Raises MissingError."""
        if not any(one.id == subscription for one in self._of(who.user)):
            raise MissingError("there is no such subscription")
        with self._records.work() as work:
            work.drop(PushSubscription, f"{who.user}/{subscription}")
        self._note(who, "push unsubscribe", subscription=subscription)

    def forget(self, user: str) -> bool:
        """Lets go of all browsers of somebody; says whether there were any."""
        found = self._of(user)
        for one in found:
            self._drop(one)
        return bool(found)

    def test(self, who: Principal) -> None:
        """Sends a push to every browser of theirs."""
        self._waiting.append(
            (who.user, Notice(title="Parrot", body="Pushes reach this browser.", tag="test", place="/settings"))
        )
        self._something.set()

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.turn()
            except Exception:  # noqa: BLE001  # whatever it is, pushes go on; the log has it
                structlog.get_logger("parrot.push").exception("a push failed")
            self._something.wait(_LOOK_S)
            self._something.clear()

    def turn(self) -> None:
        """One look: what waits and what is new goes out."""
        switch = self._switch()
        if not switch.on:
            self._waiting.clear()
            return
        every = self._all()
        if not every:
            self._told = None
            return
        new = self._new_alerts()
        pusher = Pusher(self._key(), switch.contact, self._guard)
        while self._waiting:
            user, notice = self._waiting.popleft()
            for one in every:
                if one.user == user and self._may(user, None):
                    self._send(pusher, one, notice)
        for alert in new:
            for one in every:
                allowed = self._may(one.user, alert)
                if allowed is None:
                    self._drop(one)
                elif allowed:
                    self._send(pusher, one, notice_of(alert), urgent=alert["level"] != "info")

    def _new_alerts(self) -> list[dict[str, Any]]:
        """Those since the last look, oldest first; none at the first look, for they are old."""
        found = self._alerts()
        newest = max((int(one["alert_id"]) for one in found), default=0)
        last, self._told = self._told, max(newest, self._told or 0)
        if last is None:
            return []
        new = sorted((one for one in found if int(one["alert_id"]) > last), key=lambda one: int(one["alert_id"]))
        return new[-_AT_ONCE:]

    def _send(self, pusher: Pusher, to: PushSubscription, notice: Notice, *, urgent: bool = False) -> None:
        if self._over.is_set():
            return
        became, problem = pusher.send(to, msgspec.json.encode(notice), urgent=urgent)
        place = f"{to.user}/{to.id}"
        with self._records.work() as work:  # one that was dropped meanwhile stays so
            kept = work.get(PushSubscription, place)
            if kept is None or kept.endpoint != to.endpoint:
                return
            failures = 0 if became is Sent.SENT else kept.failures + 1
            if became is Sent.GONE or failures > _FAILURES_MOST:
                work.drop(PushSubscription, place)
                return
            sent = self._now() if became is Sent.SENT else kept.sent
            work.put(place, msgspec.structs.replace(kept, sent=sent, failures=failures, problem=problem))

    def _drop(self, one: PushSubscription) -> None:
        with self._records.work() as work:
            work.drop(PushSubscription, f"{one.user}/{one.id}")

    def _switch(self) -> PushSwitch:
        return self._records.get(PushSwitch, _SWITCH) or PushSwitch(on=False, contact=_CONTACT)

    def _all(self) -> list[PushSubscription]:
        return [one for _, one in self._records.scan(PushSubscription, limit=10_000)]

    def _of(self, user: str) -> list[PushSubscription]:
        return [one for one in self._all() if one.user == user]

    def _key(self) -> VapidKeys:
        with self._lock:
            if self._keys is None:
                if _SECRET not in self._keeper.names():
                    self._keeper.set(_SECRET, new_keys().private)
                self._keys = VapidKeys(self._keeper.get(_SECRET).reveal())
            return self._keys


def notice_of(alert: dict[str, Any]) -> Notice:
    """An alert as a browser shows it."""
    about = alert.get("symbol") or alert.get("strategy") or alert.get("scope") or ""
    title = f"{str(alert['level']).capitalize()}: {about}" if about else str(alert["level"]).capitalize()
    place = f"/orders?id={alert['order_id']}" if alert.get("order_id") else "/"
    return Notice(title=title[:120], body=str(alert["text"])[:300], tag=f"alert-{alert['alert_id']}", place=place)


def _row(one: PushSubscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "service": urlsplit(one.endpoint).hostname or "",
        "made_ns": one.made,
        "sent_ns": one.sent,
        "failures": one.failures,
        "problem": one.problem,
    }


def pushing(house: House, folder: DataFolder, users: Users, alerts: AlertQuestions, note: Noting) -> Pushing:
    """Pushes of a running platform; its key is sealed by the master key of the data directory."""

    def newest() -> Sequence[dict[str, Any]]:
        return alerts.page(Wanted(limit=_LOOKED_AT), all_of_them=True)[0]

    def may(user: str, alert: dict[str, Any] | None) -> bool | None:
        try:
            person = users.people.find(user)
        except MissingError:
            return None
        if person.erased:
            return None
        if not person.active or alert is None:
            return person.active
        seen = users.people.accounts(person)
        reads = Permission.RISK_READ in permissions_of(person.roles)
        return reads and bool(seen & {EVERY_ACCOUNT, alert["account"]})

    keeper = SealedSecrets(folder.root / "secrets", master(folder.root / "master.key"))
    return Pushing(house.records, keeper, alerts=newest, may=may, now=house.clock.now_ns, note=note)
