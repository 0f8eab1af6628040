"""What people are shown of risk: the tree with the use of each limit, exposures, and what a fall of prices would cost.

Exposure and use are counted as the limits count them: positions of strategies are not netted, open orders are what
they can reach. Amounts are exact in the account's currency; shares and ratios are rounded to six digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from parrot.centers.risk.book import ZERO, Node, Shelf
from parrot.centers.risk.breakers import LOSS_RULES, Losses, scope_to_stop
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.limits import Limit, Rate, read_limits
from parrot.centers.risk.loosening import MONEY_RULES
from parrot.centers.risk.market import Market
from parrot.centers.risk.tree import Tree
from parrot.contracts.exposure import Exposure, Exposures, LimitUse, ScopeUse, Shock, Stress
from parrot.kernel.decimals import ONE, exactly, share

MOVES: Final = (Decimal("-0.05"), Decimal("-0.1"), Decimal("-0.2"))
_STEP: Final = Decimal("0.000001")
_KINDS: Final = ("firm", "user", "account", "strategy", "symbol")
_COUNTED: Final = frozenset({"max_open_orders", "order_rate", "rate_breaker", "refusal_breaker"})
_RATIOS: Final = frozenset({"concentration", "leverage"})
_MANAGED: Final = frozenset({"order_to_trade"})


class Sides(NamedTuple):
    """Sizes held long and short, and what all open orders can make of them."""

    long: Decimal = ZERO
    short: Decimal = ZERO
    reach: Decimal = ZERO


class Sight:
    """Looks at a tree, its prices, its holdings and its losses; changes nothing. `account` is whose equity counts."""

    def __init__(self, tree: Tree, holdings: Holdings, losses: Losses, *, account: str, currency: str) -> None:
        self._tree = tree
        self._holdings = holdings
        self._market: Market = holdings.market
        self._losses = losses
        self._account = account
        self._currency = currency

    # -- the tree --------------------------------------------------------------------------------------------------

    @exactly
    def scopes(self, stopped: Mapping[str, str], now: int) -> list[ScopeUse]:
        """Nodes that have limits, positions or open orders, the firm first, each kind by name."""
        known = {scope for scope, node in self._tree.nodes.items() if node.open_orders or _held(node)}
        wanted = known | set(self._tree.limits) | {"firm", f"account:{self._account}"}
        equity = self._holdings.equity(self._account)
        return [self._scope(scope, stopped, equity, now) for scope in sorted(wanted, key=_place)]

    def _scope(self, scope: str, stopped: Mapping[str, str], equity: Decimal | None, now: int) -> ScopeUse:
        node, kind, name = self._node(scope), *_parts(scope)
        sides = self._sides(node.shelves.items())
        return ScopeUse(
            scope=scope,
            kind=kind,
            name=name,
            version=self._tree.version(scope),
            approver=self._tree.approver(scope),
            stopped=stopped.get(scope_to_stop(scope), ""),
            open_orders=node.open_orders,
            gross=None if sides is None else sides.long + sides.short,
            net=None if sides is None else sides.long - sides.short,
            limits=[self._use(node, limit, equity, now) for limit in self._tree.limits.get(scope, {}).values()],
        )

    @exactly
    def would_be(self, scope: str, limits: Mapping[str, str], now: int) -> list[LimitUse]:
        """The use of other limits of a scope, as if they were in force. Raises ParameterError."""
        node, equity = self._node(scope), self._holdings.equity(self._account)
        return [self._use(node, limit, equity, now) for limit in read_limits(scope, limits).values()]

    def version(self, scope: str) -> int:
        """The version of a scope's limits, 0 without any."""
        return self._tree.version(scope)

    def _node(self, scope: str) -> Node:
        return self._tree.nodes.get(scope) or Node(scope)

    def _use(self, node: Node, limit: Limit, equity: Decimal | None, now: int) -> LimitUse:
        rule, measured = limit.rule, limit.rule in _MEASURED
        used = self._used(node, limit, equity, now) if measured else None
        bound = _bound(limit)
        known = not measured or used is not None
        return LimitUse(
            rule=rule,
            limit=limit.text,
            used=used,
            headroom=None if used is None else bound - used,
            share=share(used, part=ONE, of=bound, step=_STEP) if used is not None and bound else None,
            unit=self._unit(rule),
            known=known,
        )

    def _unit(self, rule: str) -> str:
        if rule in MONEY_RULES:
            return self._currency
        if rule in _COUNTED:
            return "orders"
        return "x" if rule in _RATIOS | _MANAGED else "base" if rule in {"max_position", "max_quantity"} else ""

    def _used(self, node: Node, limit: Limit, equity: Decimal | None, now: int) -> Decimal | None:
        rule = limit.rule
        if rule in LOSS_RULES:
            lost = self._losses.lost(node, rule)
            return None if lost is None else max(lost, ZERO)
        if rule in _COUNTED:
            return Decimal(_count(node, limit, now))
        if rule == "order_to_trade":
            return share(Decimal(node.day_orders), part=ONE, of=Decimal(max(node.day_fills, 1)), step=_STEP)
        if rule == "max_position":
            return max((shelf.worst() for shelf in node.shelves.values()), default=ZERO)
        amount = self._amount(node, rule)
        if rule not in _RATIOS or amount is None:
            return amount
        return share(amount, part=ONE, of=equity, step=_STEP) if equity is not None and equity > 0 else None

    def _amount(self, node: Node, rule: str) -> Decimal | None:
        sides = self._sides(node.shelves.items())
        if sides is None:
            return None
        if rule in {"max_gross", "leverage"}:
            return sides.reach
        if rule == "max_net":
            return self._net_reach(node)
        each = [self._sides([item]) for item in node.shelves.items()]
        return max((one.reach for one in each if one is not None), default=ZERO)

    def _net_reach(self, node: Node) -> Decimal:
        """How far the net can go to either side when all orders of that side fill and no others do."""
        high = low = ZERO
        for symbol, shelf in node.shelves.items():
            value = self._market.value(symbol) or ZERO
            high, low = high + shelf.highest() * value, low + shelf.lowest() * value
        return max(high, -low, ZERO)

    def _sides(self, shelves: Iterable[tuple[str, Shelf]]) -> Sides | None:
        """The sizes of all books in the account's currency; None when the price of something held is missing."""
        found = Sides()
        for symbol, shelf in shelves:
            positions = [book.position for book in shelf.books.values()]
            reach = shelf.worst()
            value = self._market.value(symbol) if reach or any(positions) else ZERO
            if value is None:
                return None
            long = sum((position for position in positions if position > 0), ZERO) * value
            short = -sum((position for position in positions if position < 0), ZERO) * value
            found = Sides(found.long + long, found.short + short, found.reach + reach * value)
        return found

    # -- exposures -------------------------------------------------------------------------------------------------

    @exactly
    def exposures(self) -> Exposures:
        """All that is held: together, by symbol, by strategy, and by the currency that was bought."""
        node = self._node("firm")
        whole = self._sides(node.shelves.items())
        gross = None if whole is None else whole.long + whole.short
        equity = self._holdings.equity(self._account)
        by_symbol = [self._exposure(symbol, [(symbol, shelf)], gross) for symbol, shelf in sorted(node.shelves.items())]
        strategies = sorted({name for shelf in node.shelves.values() for name in shelf.books})
        currencies = sorted({self._market.listings[symbol].base for symbol in node.shelves})
        by_currency = [self._exposure(name, self._in(node, name), gross) for name in currencies]
        sizes = [(one.gross, one.name) for one in by_symbol if one.gross]
        return Exposures(
            currency=self._currency,
            equity=equity,
            gross=gross,
            net=None if whole is None else whole.long - whole.short,
            reach=None if whole is None else whole.reach,
            leverage=share(gross, part=ONE, of=equity, step=_STEP) if gross is not None and equity else None,
            by_symbol=_some(by_symbol),
            by_strategy=_some([self._exposure(name, _of(node, name), gross) for name in strategies]),
            by_currency=_some(by_currency),
            largest=max(sizes)[1] if sizes else "",
        )

    def _exposure(self, name: str, shelves: Iterable[tuple[str, Shelf]], gross: Decimal | None) -> Exposure:
        sides = self._sides(shelves)
        if sides is None:
            return Exposure(name=name, long=None, short=None, gross=None, net=None, reach=None, share=None)
        own = sides.long + sides.short
        return Exposure(
            name=name,
            long=sides.long,
            short=sides.short,
            gross=own,
            net=sides.long - sides.short,
            reach=sides.reach,
            share=share(own, part=ONE, of=gross, step=_STEP) if gross else None,
        )

    def _in(self, node: Node, currency: str) -> list[tuple[str, Shelf]]:
        """The shelves of the symbols that buy a currency."""
        return [item for item in node.shelves.items() if self._market.listings[item[0]].base == currency]

    # -- stress ----------------------------------------------------------------------------------------------------

    @exactly
    def stress(self, moves: Iterable[Decimal] = MOVES) -> Stress:
        """What positions would win or lose: position times mark times move, in the account's currency.

        Each symbol alone, the others as they are; then all together, the sum of these.
        """
        node, chosen = self._node("firm"), tuple(moves)
        held = {
            symbol: sum((book.position for book in shelf.books.values()), ZERO)
            for symbol, shelf in sorted(node.shelves.items())
        }
        held = {symbol: position for symbol, position in held.items() if position}
        values = {symbol: self._market.value(symbol) for symbol in held}
        shocks = [
            _shock(symbol, position, self._market.mark(symbol), values[symbol], move)
            for symbol, position in held.items()
            for move in chosen
        ]
        unpriced = [symbol for symbol, value in values.items() if value is None]
        together = [_together(move, [one for one in shocks if one.move == move]) for move in chosen]
        equity = self._holdings.equity(self._account)
        return Stress(currency=self._currency, equity=equity, shocks=shocks, together=together, unpriced=unpriced)


_MEASURED: Final = frozenset(
    {*LOSS_RULES, *_COUNTED, *_RATIOS, "order_to_trade", "max_position", "max_gross", "max_net"}
)


def _shock(symbol: str, position: Decimal, mark: Decimal | None, value: Decimal | None, move: Decimal) -> Shock:
    result = None if value is None else position * value * move
    return Shock(symbol=symbol, position=position, mark=mark, move=move, result=result)


def _together(move: Decimal, shocks: list[Shock]) -> Shock:
    results = [one.result for one in shocks]
    known = [result for result in results if result is not None]
    result = sum(known, ZERO) if len(known) == len(results) else None
    return Shock(symbol="", position=ZERO, mark=None, move=move, result=result)


def _of(node: Node, strategy: str) -> list[tuple[str, Shelf]]:
    """The books of one strategy as shelves of its own."""
    found = []
    for symbol, shelf in node.shelves.items():
        if strategy in shelf.books:
            own = Shelf()
            own.books = {strategy: shelf.books[strategy]}
            found.append((symbol, own))
    return found


def _some(rows: list[Exposure]) -> list[Exposure]:
    """Without those that hold nothing and can reach nothing, the largest first."""
    kept = [one for one in rows if one.gross is None or one.gross or one.reach]
    return sorted(kept, key=lambda one: (one.gross is not None, -(one.gross or ZERO), one.name))


def _held(node: Node) -> bool:
    return any(book.position for shelf in node.shelves.values() for book in shelf.books.values())


def _count(node: Node, limit: Limit, now: int) -> int:
    if limit.rule == "max_open_orders":
        return node.open_orders
    rate: Rate = limit.value
    return sum(ts > now - rate.window for ts in node.recent.get(limit.rule, ()))


def _bound(limit: Limit) -> Decimal:
    value: Any = limit.value
    if isinstance(value, Rate):
        return Decimal(value.count)
    if limit.rule == "order_to_trade":
        return Decimal(value.ratio)
    return Decimal(value) if isinstance(value, Decimal | int) else ZERO


def _parts(scope: str) -> tuple[str, str]:
    kind, _, name = scope.partition(":")
    return kind, name


def _place(scope: str) -> tuple[int, str]:
    kind, name = _parts(scope)
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), name
