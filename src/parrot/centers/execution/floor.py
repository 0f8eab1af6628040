"""What all parts of execution look at: orders, terms, the market and the state of the line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from parrot.centers.execution.order import Order
from parrot.centers.execution.orders import Orders
from parrot.centers.execution.profile import Volumes
from parrot.centers.execution.questions import Questions
from parrot.centers.execution.scopes import covers
from parrot.centers.execution.settings import Settings
from parrot.contracts.commands import Quoted, SubmitOrder
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import Withdrawn


class Floor:
    """Orders are durable; everything else here comes again by itself after a restart.

    `ready` says that the line stands and that the venue's state was compared since the desk was opened. `questions`
    are those to the venue, `closing` the ends that wait for fills which have not come yet, `absent`
    the orders that the venue's state did not show, `shown` those it should not have shown with the venue's time of the
    first one that did, `doomed` those whose end is decided and stands further on in the same transaction, `again` the
    symbols whose last quote reaches more orders than were let go. `peaks` are the best prices of trailing stops, `bare`
    since when a position lacks its protection, `little` since when it is too little for any, `lone` since when that of
    its strategy is missing, `fitted` the size that protection was last asked to have, `closed` when what an order
    opened was last told to be closed, `flattened` the same of a book, `flatten` the scopes that are to become flat with
    the time they were, `volumes` what was traded in the market.
    """

    def __init__(self, listings: Mapping[str, Listing], terms: VenueTerms, settings: Settings) -> None:
        self.listings = dict(listings)
        self.terms = terms
        self.settings = settings
        self.orders = Orders(self.listings, kept=settings.kept)
        self.quotes: dict[str, Quoted] = {}
        self.line_up = True
        self.reconciled = False
        self.venue_now = 0
        self.questions = Questions(every=settings.query_every, seldom=settings.seldom)
        self.absent: set[int] = set()
        self.shown: dict[str, int] = {}
        self.again: set[str] = set()
        self.doomed: set[int] = set()
        self.peaks: dict[int, Decimal] = {}
        self.bare: dict[int, int] = {}
        self.little: dict[int, int] = {}
        self.lone: dict[int, int] = {}
        self.fitted: dict[int, tuple[Decimal, int]] = {}
        self.closed: dict[int, int] = {}
        self.flattened: dict[tuple[str, str], int] = {}
        self.flatten: dict[str, int] = {}
        self.volumes = Volumes()
        self.closing: dict[int, Withdrawn] = {}
        self.state_wanted = True

    @property
    def ready(self) -> bool:
        """Whether orders may leave."""
        return self.line_up and self.reconciled

    def middle(self, symbol: str) -> Decimal | None:
        """The middle of the market, None where it is not known or not to be trusted."""
        quote = self.quotes.get(symbol)
        if quote is None or not quote.valid or quote.bid <= 0 or quote.ask <= 0:
            return None
        return (quote.bid + quote.ask) / 2

    def last(self, symbol: str) -> Decimal | None:
        """The last price, None where it is not known or not to be trusted."""
        quote = self.quotes.get(symbol)
        if quote is None or not quote.valid:
            return None
        return quote.last if quote.last > 0 else self.middle(symbol)

    def to_be_flat(self, order: SubmitOrder) -> bool:
        """Whether what such an order opened is being closed: by a kill, or because its strategy was stopped so."""
        scopes = (*self.orders.kills.flatten, *self.flatten)
        return bool(scopes) and any(covers(scope, order) for scope in scopes)

    def forget(self, order: Order) -> None:
        """Lets go of what was noted about an order that has ended."""
        self.questions.forget(order.id)
        self.doomed.discard(order.id)
        self.peaks.pop(order.id, None)
        self.bare.pop(order.id, None)
        self.little.pop(order.id, None)
        self.fitted.pop(order.id, None)
        self.closed.pop(order.id, None)
        self.closing.pop(order.id, None)
        self.volumes.forget(order.id)
