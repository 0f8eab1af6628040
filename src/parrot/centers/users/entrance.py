"""What every way in works with: who there is, who is signed in, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass

from parrot.centers.users.factors import Factors
from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.sessions import Sessions
from parrot.centers.users.signing_in import SigningIn
from parrot.centers.users.tickets import Tickets
from parrot.ports.codes import Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """The parts that know one another; those around them are made on these."""

    means: Means
    people: People
    sessions: Sessions
    factors: Factors
    tickets: Tickets
    signing_in: SigningIn

    @classmethod
    def on(cls, means: Means, codes: Codes) -> Entrance:
        """Made on what everything works with."""
        people = People(means)
        sessions, factors = Sessions(means, people), Factors(means, people, codes)
        tickets = Tickets(means.chance, means.now, means.settings.ticket_lasts)
        return cls(
            means=means,
            people=people,
            sessions=sessions,
            factors=factors,
            tickets=tickets,
            signing_in=SigningIn(means, people, sessions, factors, tickets),
        )
