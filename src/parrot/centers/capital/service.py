"""The component that keeps an account: it posts what fills and deposits mean, and is the fold of its postings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.centers.capital import postings, reading
from parrot.centers.capital.attribution import attribution
from parrot.centers.capital.curve import Curve
from parrot.centers.capital.ledger import Ledger
from parrot.centers.capital.reserves import Reserves
from parrot.centers.capital.settings import Settings
from parrot.centers.capital.valuation import Valuation, worth
from parrot.contracts.accounts import Attribution, Balance, CurvePoint, Position, Profit, Worth
from parrot.contracts.commands import AdoptVenue, Beat, Deposit, Quoted, ReversePosting
from parrot.contracts.ledger import AccountKind, BalancesCompared, EquityMarked, LedgerPosted
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    CancelRefused,
    CancelSent,
    CommandRefused,
    DeskOpened,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderHeld,
    OrderReceived,
    OrderRefused,
    OrderRejected,
    OrderReplaced,
    OrderTriggered,
    ReduceOnlySet,
    ReplaceApproved,
)
from parrot.contracts.venue import VenueState
from parrot.kernel.decimals import ZERO, add, checked, negate, plain, subtract
from parrot.kernel.errors import DataError, InputError
from parrot.ports.component import Records

_DIFFER: Final = "balances differ: "
_OUTSIDE: Final = ("deposit", "adjustment")


class Capital:
    """The ledger of one account as a part of its desk; deterministic, without clock or I/O."""

    name = "capital"

    def __init__(self, listings: Iterable[Listing], settings: Settings) -> None:
        self.settings = settings
        self.ledger = Ledger()
        self.reserves = Reserves()
        self.curve = Curve(settings.points_kept)
        self._listings = {listing.symbol: listing for listing in listings}
        self._valuation = Valuation(self._listings.values(), settings.currency)
        self._outside: dict[str, tuple[str, Decimal]] = {}  # ref of a deposit or adjustment: currency, amount
        self._flow: dict[str, Decimal] = {}  # from outside since the last mark
        self._differences: dict[str, Decimal] = {}
        self._compared = False  # since the desk was opened
        self._shrinking = ""  # why this account is reduce-only, where balances are the reason
        self._others = False  # whether somebody else holds it reduce-only as well
        self._newest_fill = 0
        self._marked = 0

    # -- messages from outside ---------------------------------------------------------------------------------------

    @property
    def receives(self) -> Mapping[type, Callable[[Any, int], Records]]:
        """Deposits, their reversal, the venue's balances, prices and the time."""
        return {
            Deposit: self._deposit,
            ReversePosting: self._reverse,
            VenueState: self._compare,
            AdoptVenue: self._adopt,
            Quoted: self._quoted,
            Beat: self._beat,
        }

    def _deposit(self, asked: Deposit, now: int) -> Records:
        fault = self._deposit_fault(asked)
        if fault:
            return (CommandRefused(command="Deposit", text=fault, user=asked.by),)
        return (self._external("deposit", asked.key, asked.currency, asked.amount),)

    def _deposit_fault(self, asked: Deposit) -> str:
        if asked.account != self.settings.account:
            return f"this desk keeps the account {self.settings.account}, not {asked.account}"
        if not asked.by:
            return "a deposit needs the name of who records it"
        if not asked.key or asked.key in self._outside:
            return f"{asked.key} is booked already" if asked.key else "a deposit needs a key, so that it happens once"
        if not (asked.currency.isalnum() and asked.currency.isascii() and len(asked.currency) <= 20):
            return f"{asked.currency[:30]!r} is no currency"
        try:
            amount = checked(asked.amount, "amount")
        except InputError as problem:
            return str(problem)
        if not amount:
            return "amount is zero"
        available = self._available(asked.currency)
        if amount < 0 and add(available, amount) < 0:
            return f"{plain(negate(amount))} {asked.currency} cannot go out: {plain(available)} is available"
        return ""

    def _reverse(self, asked: ReversePosting, now: int) -> Records:
        found = self._outside.get(asked.ref)
        fault = ""
        if asked.account != self.settings.account:
            fault = f"this desk keeps the account {self.settings.account}, not {asked.account}"
        elif not asked.by:
            fault = "a reversal needs the name of who asks for it"
        elif found is None:
            fault = f"no deposit or adjustment {asked.ref} stands in the ledger"
        if fault or found is None:
            return (CommandRefused(command="ReversePosting", text=fault, user=asked.by),)
        return (postings.reversal(self._external("deposit", asked.ref, *found)),)

    def _adopt(self, asked: AdoptVenue, now: int) -> Iterator[Any]:
        if asked.account != self.settings.account or not asked.by:
            return  # execution refuses it by name
        for currency, amount in sorted(self._differences.items()):
            yield self._external("adjustment", f"adopt:{self.ledger.transactions}:{currency}", currency, amount)
        if self._shrinking:
            yield ReduceOnlySet(account=asked.account, on=False, why=f"adopted: {asked.reason}", by=asked.by)

    def _external(self, what: str, ref: str, currency: str, amount: Decimal) -> LedgerPosted:
        return postings.external(what, ref, account=self.settings.account, currency=currency, amount=amount)

    def _compare(self, seen: VenueState, now: int) -> Iterator[Any]:
        """The venue's balances beside the ledger's, unless a fill later than the venue's answer is posted already."""
        if self._newest_fill >= seen.ts:
            return
        own = self.ledger.of(self.settings.account, AccountKind.CASH)
        names = sorted(own.keys() | seen.balances.keys())
        gaps = {name: subtract(seen.balances.get(name, ZERO), own.get(name, ZERO)) for name in names}
        gaps = {name: gap for name, gap in gaps.items() if gap}
        account = self.settings.account
        if gaps != self._differences or not self._compared:
            yield BalancesCompared(account=account, venue_ts=seen.ts, differences=gaps)
        if gaps and not self._shrinking:
            yield ReduceOnlySet(account=account, on=True, why=_DIFFER + self._gap_text(gaps), by="reconciliation")
        elif self._shrinking and not gaps and not self._others:
            yield ReduceOnlySet(account=account, on=False, why="balances agree again", by="reconciliation")

    def _gap_text(self, gaps: Mapping[str, Decimal]) -> str:
        cash = self.ledger.of(self.settings.account, AccountKind.CASH)
        told = ((name, cash.get(name, ZERO), gap) for name, gap in gaps.items())
        return ", ".join(f"{name} ledger {plain(own)}, venue {plain(add(own, gap))}" for name, own, gap in told)

    def _quoted(self, quoted: Quoted, now: int) -> Records:
        self._valuation.quote(quoted.symbol, quoted.bid, quoted.ask)
        return ()

    def _beat(self, beat: Beat, now: int) -> Records:
        if beat.ts // self.settings.mark_every_ns <= self._marked or not self.ledger.transactions:
            return ()
        worth_now = self.worth()
        if any(self._valuation.reaches(currency) for currency in worth_now.unpriced):
            return ()  # a price will come; until then equity would look lower than it is
        return (EquityMarked(**{name: getattr(worth_now, name) for name in EquityMarked.__struct_fields__}),)

    # -- what follows from records -----------------------------------------------------------------------------------

    @property
    def answers(self) -> Mapping[type, Callable[[Entry, int], Records]]:
        """A fill is posted in its own transaction."""
        return {OrderFilled: self._post_fill}

    def _post_fill(self, entry: Entry, now: int) -> Records:
        record: OrderFilled = entry.record
        listing = self._listings.get(record.fill.symbol)
        if listing is None:
            raise DataError(f"a fill of {record.fill.symbol}, which the venue does not list", fix="check its listings")
        strategy = self.reserves.strategy(record.order_id)
        book = self.ledger.book(strategy, record.fill.symbol)
        return (postings.trade(record, listing, book, account=self.settings.account, strategy=strategy),)

    # -- records ----------------------------------------------------------------------------------------------------

    @property
    def follows(self) -> Mapping[type, Callable[[Entry], None]]:
        """The ledger's own records, and those of orders for what is set aside."""
        return {
            OrderReceived: self._received,
            OrderHeld: self._held,
            OrderTriggered: self._triggered,
            OrderApproved: self._approved,
            ReplaceApproved: self._changing,
            OrderReplaced: self._changed,
            CancelSent: self._withdrawing,
            CancelRefused: self._unchanged,
            OrderFilled: self._filled,
            OrderRefused: self._gone,
            OrderRejected: self._gone,
            OrderCanceled: self._gone,
            OrderExpired: self._gone,
            LedgerPosted: self._posted,
            BalancesCompared: self._gaps_seen,
            EquityMarked: self._equity_marked,
            ReduceOnlySet: self._reduce_only,
            DeskOpened: self._opened,
        }

    def _received(self, entry: Entry) -> None:
        record: OrderReceived = entry.record
        self.reserves.received(entry.seq, record.order, record.parent)

    def _held(self, entry: Entry) -> None:
        self.reserves.held(entry.record.order_id, on=True)

    def _triggered(self, entry: Entry) -> None:
        self.reserves.held(entry.record.order_id, on=False)

    def _approved(self, entry: Entry) -> None:
        record: OrderApproved = entry.record
        self.reserves.approved(
            record.order_id, currency=record.currency, amount=record.reserved, quantity=record.quantity
        )

    def _changing(self, entry: Entry) -> None:
        record: ReplaceApproved = entry.record
        self.reserves.changing(record.order_id, amount=record.reserved, quantity=record.quantity)

    def _changed(self, entry: Entry) -> None:
        self.reserves.changed(entry.record.order_id, entry.record.quantity)

    def _withdrawing(self, entry: Entry) -> None:
        self.reserves.withdrawing(entry.record.order_id)

    def _unchanged(self, entry: Entry) -> None:
        self.reserves.unchanged(entry.record.order_id)

    def _filled(self, entry: Entry) -> None:
        record: OrderFilled = entry.record
        self._newest_fill = max(self._newest_fill, record.fill.ts)
        self.reserves.filled(record.order_id, quantity=record.fill.quantity, filled=record.filled, left=record.left)

    def _gone(self, entry: Entry) -> None:
        self.reserves.gone(entry.record.order_id)

    def _posted(self, entry: Entry) -> None:
        record: LedgerPosted = entry.record
        self.ledger.post(record, entry.ts)
        if record.symbol:
            return
        leg = record.legs[0]
        self._flow[leg.currency] = add(self._flow.get(leg.currency, ZERO), leg.amount)
        if record.what in _OUTSIDE:
            self._outside[record.ref] = (leg.currency, leg.amount)
        elif record.what == "reversal":
            self._outside.pop(record.ref.removeprefix("reversal:"), None)
        if record.what == "adjustment":
            self._differences.pop(leg.currency, None)

    def _gaps_seen(self, entry: Entry) -> None:
        self._differences = dict(entry.record.differences)
        self._compared = True

    def _equity_marked(self, entry: Entry) -> None:
        record: EquityMarked = entry.record
        self.curve.mark(entry.ts, record.equity, worth(self._flow, record.marks))
        self._flow = {}
        self._marked = entry.ts // self.settings.mark_every_ns
        self._valuation.remembered = dict(record.marks)

    def _reduce_only(self, entry: Entry) -> None:
        record: ReduceOnlySet = entry.record
        if not record.on:
            self._shrinking, self._others = "", False
        elif record.why.startswith(_DIFFER):
            self._shrinking = record.why
        else:
            self._others = True

    def _opened(self, entry: Entry) -> None:
        self._compared = False

    # -- questions ---------------------------------------------------------------------------------------------------

    def balances(self) -> list[Balance]:
        """Every currency that the account ever held, by name."""
        return reading.balances(self.ledger, self.reserves, self.settings.account)

    def positions(self) -> list[Position]:
        """The account's positions by symbol: the sums of the books."""
        return reading.positions(self.books())

    def books(self) -> list[Position]:
        """Every virtual book, by strategy and symbol."""
        return reading.books(self.ledger, self._listings, self._valuation)

    def profits(self, *, by_day: bool = False) -> list[Profit]:
        """Realised profit and fees by strategy and symbol, and by day where asked."""
        return reading.profits(self.ledger, self._listings, by_day=by_day)

    def worth(self) -> Worth:
        """What the account is worth now."""
        return reading.worth_of(self.ledger, self._listings, self._valuation, self.settings.account)

    def price(self, symbol: str) -> Decimal | None:
        """The middle of a symbol as last quoted."""
        return self._valuation.price(symbol)

    def attribution(self) -> Attribution:
        """Where profit comes from."""
        marks, currency = self._valuation.marks(), self.settings.currency
        return attribution(self.ledger, self._listings, marks, currency)

    def equity_curve(self) -> list[CurvePoint]:
        """Closes of days, then the points of the last hours that are later."""
        return self.curve.all()

    def _available(self, currency: str) -> Decimal:
        total = self.ledger.balance(self.settings.account, AccountKind.CASH, currency)
        return subtract(total, self.reserves.totals.get(currency, ZERO))

    # -- snapshots ---------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that is durable, as plain values."""
        return {
            "ledger": self.ledger.state(),
            "reserves": self.reserves.state(),
            "curve": self.curve.state(),
            "outside": [[ref, currency, amount] for ref, (currency, amount) in self._outside.items()],
            "flow": dict(self._flow),
            "differences": dict(self._differences),
            "compared": self._compared,
            "shrinking": self._shrinking,
            "others": self._others,
            "newest_fill": self._newest_fill,
            "marked": self._marked,
            "remembered": dict(self._valuation.remembered),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying the records up to a snapshot."""
        kept = msgspec.convert(state, _Kept)
        self.ledger.load(state["ledger"])
        self.reserves.load(state["reserves"])
        self.curve.load(state["curve"])
        self._outside = {ref: (currency, amount) for ref, currency, amount in kept.outside}
        self._flow, self._differences = kept.flow, kept.differences
        self._compared, self._shrinking, self._others = kept.compared, kept.shrinking, kept.others
        self._newest_fill, self._marked = kept.newest_fill, kept.marked
        self._valuation.remembered = kept.remembered


class _Kept(msgspec.Struct):
    """The form of what the component itself keeps."""

    outside: list[tuple[str, str, Decimal]]
    flow: dict[str, Decimal]
    differences: dict[str, Decimal]
    compared: bool
    shrinking: str
    others: bool
    newest_fill: int
    marked: int
    remembered: dict[str, Decimal]
