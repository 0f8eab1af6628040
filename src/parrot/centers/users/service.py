"""The users center as a whole: its parts, and what concerns them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parrot.centers.users.entrance import Entrance
from parrot.centers.users.headless import Headless
from parrot.centers.users.joining import Joining
from parrot.centers.users.keys import Keys
from parrot.centers.users.leaving import Leaving
from parrot.centers.users.means import Means
from parrot.centers.users.needs import Ports
from parrot.centers.users.own import Own
from parrot.centers.users.passkeys import Passkeys
from parrot.centers.users.people import People
from parrot.centers.users.refusals import Refusals
from parrot.centers.users.sessions import Sessions
from parrot.centers.users.settings import Settings
from parrot.centers.users.setup import Setup
from parrot.centers.users.signing_in import SigningIn
from parrot.centers.users.store import Sink, Store
from parrot.centers.users.tickets import Tickets
from parrot.centers.users.visits import Visits
from parrot.contracts.access import Principal, Role, Way
from parrot.contracts.signing import SignedRequest
from parrot.contracts.users import Offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Everything about users; thread-safe. Each part says what it raises; all raise StorageError of the records."""

    store: Store
    people: People
    sessions: Sessions
    setup: Setup
    signing_in: SigningIn
    keys: Keys
    own: Own
    joining: Joining
    leaving: Leaving
    passkeys: Passkeys
    headless: Headless
    visits: Visits
    tickets: Tickets
    refusals: Refusals
    settings: Settings
    mailing: bool

    @classmethod
    def on(cls, ports: Ports, settings: Settings) -> Users:
        """The center on what the records keep."""
        means = Means(
            store=Store(ports.records),
            seals=ports.seals,
            chance=ports.chance,
            passwords=ports.passwords,
            now=ports.now,
            settings=settings,
        )
        means.prepare()
        entrance = Entrance.on(means, ports.codes)
        people, sessions = entrance.people, entrance.sessions
        keys, own = Keys(means, people), Own(entrance, ports.codes)
        joining = Joining(entrance, ports.mail, ports.address)
        return cls(
            store=means.store,
            people=people,
            sessions=sessions,
            setup=Setup(means, people, sessions),
            signing_in=entrance.signing_in,
            keys=keys,
            own=own,
            passkeys=Passkeys(entrance, own, ports.ceremonies),
            joining=joining,
            visits=Visits(entrance, own, ports.providers),
            headless=Headless(means, people=people, sessions=sessions, keys=keys),
            leaving=Leaving(
                means,
                people=people,
                sessions=sessions,
                keys=keys,
                links=joining,
                tickets=entrance.tickets,
                scrub=ports.scrub,
            ),
            mailing=ports.mail is not None,
            tickets=entrance.tickets,
            refusals=Refusals(means),
            settings=settings,
        )

    def audited(self, sink: Sink) -> None:
        """Has acts taken into the audit log from here on, first those that waited."""
        self.store.sink = sink
        self.store.flush()

    def watch(self, told: Callable[[str], None]) -> None:
        """Has `told` hear the id of a user whose rights changed, or of whom a session or key ended."""
        self.store.watchers.append(told)

    def is_set_up(self) -> bool:
        """Whether there is an owner."""
        return self.setup.done

    def offers(self) -> Offers:
        """What the sign-in page may offer."""
        settings = self.settings
        return Offers(
            set_up=self.setup.done,
            registration=settings.registration,
            mail=self.mailing,
            providers=self.visits.offered,
            second_factor_for=tuple(role for role in Role if role in settings.second_factor_for),
            second_factor_forced=settings.force,
        )

    def by_session(self, token: str, *, passive: bool = False) -> Principal | None:
        """Who comes with a cookie; None when nobody does."""
        return self.sessions.by_token(token, passive=passive)

    def by_key(self, signed: SignedRequest) -> Principal:
        """Who signed a request with an API key. Raises AccessError."""
        return self.keys.by_key(signed)

    def csrf(self, who: Principal) -> str:
        """What every write of a session has to bring along."""
        return self.sessions.csrf(who)

    def refused(self, who: Principal, what: str) -> None:
        """Notes that somebody was refused for want of rights."""
        self.refusals.note(who, what)

    def stands(self, who: Principal) -> Principal | None:
        """The same session or key with its rights now; None when it ended."""
        return self.keys.stands(who) if who.way is Way.KEY else self.sessions.stands(who)

    def tidy(self) -> None:
        """Keeps and lets go of what is due; call it every half minute."""
        self.sessions.tidy()
        self.keys.tidy()
        self.joining.tidy()
        self.tickets.tidy()
        self.store.flush()
