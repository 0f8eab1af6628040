"""Random command rows that make much happen: few owners, narrow prices, small quantities, tight funds.

A row whose `spare` is above 0 aims at a live order: `aim` sets its handle (and its owner, where that is `ITS_OWNER`)
when the row is carried out, so that rows can be left out of a sequence without losing its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from tests.reference.exchange import words as w
from tests.reference.exchange.fields import LIST_LEGS, STAYING, TIFS, TRIGGERED
from tests.reference.exchange.rows import COLUMNS, Row
from tests.reference.exchange.state import CALLS, PEG_TYPES, World

AUCTIONED = (w.Tif.AT_OPEN, w.Tif.AT_CLOSE)
SHUT = (w.Phase.CLOSED, w.Phase.HALTED)
ITS_OWNER = 2**32 - 1
OWNERS = 4
CURRENCIES = 3
PAIRS = ((0, 1), (0, 2), (2, 1))  # base and quote of the symbols
NARROW = {"side", "order", "tif", "stp", "list"}
ODD_VALUES = (-1, 0, 1, 3, 7, 2**31, 2**53, 2**53 + 1, 2**62, 2**63 - 1, -(2**63))
ONE_OF = {"order": 11, "tif": 8, "stp": 6, "list": 5, "side": 4}


def aim(row: Row, world: World) -> Row:
    """The row with the handle of the live order that it aims at, if any is alive."""
    if not row.spare or not world.live:
        return row
    live = sorted(world.live.values(), key=lambda order: order.rank)
    order = live[row.spare % len(live)]
    owner = order.owner.number if row.owner == ITS_OWNER else row.owner
    return replace(row, handle=order.handle, owner=owner)


@dataclass
class Style:
    """What one sequence has much of."""

    types: tuple[int, ...] = (w.Type.LIMIT,)
    lists: float = 0.0
    cancels: float = 0.15
    amends: float = 0.1
    phases: float = 0.004
    settings: float = 0.02
    times: float = 0.01
    flags: float = 0.2
    odd: float = 0.03
    modes: tuple[int, ...] = (w.SelfTrade.NONE,)
    tifs: tuple[int, ...] = ()
    spread: int = 5  # ticks on either side of the middle
    funds: int = 10**6
    limits: tuple[int, ...] = field(default_factory=tuple)
    far: float = 0.0  # share of prices anywhere up to the highest
    large: bool = False  # ticks, lots, units and funds at the edge of 63 bits


ALL_TYPES = tuple(range(10))
ALL_MODES = tuple(range(5))
L, M = w.Type.LIMIT, w.Type.MARKET
BANDS = (w.Limit.BAND, w.Limit.BAND, w.Limit.BAND_HALTS)
STYLES = (
    Style(types=(L, L, L, M, w.Type.MARKET_TO_LIMIT), modes=ALL_MODES),
    Style(types=(L, L, L, M), modes=ALL_MODES, flags=0.5, funds=3000),
    Style(types=(L, L, M, 3, 4, 5, 6, 7), modes=(0, 0, 2), funds=20_000),
    Style(types=(L, L, L, M, *PEG_TYPES), modes=ALL_MODES, spread=8),
    Style(types=(L, L, M), lists=0.3, modes=ALL_MODES, funds=8000, phases=0.01),
    Style(
        types=(L, L, M, 2, 3, 4, 8),
        phases=0.06,
        times=0.03,
        modes=(0, 1),
        tifs=(0, 0, 1, 2, 5, 6),
        lists=0.05,
        limits=BANDS,
    ),
    Style(types=ALL_TYPES, lists=0.1, modes=ALL_MODES, limits=tuple(range(1, 16)), settings=0.08),
    Style(types=ALL_TYPES, lists=0.15, modes=ALL_MODES, phases=0.03, times=0.03, funds=5000, settings=0.04),
    Style(
        types=(L, L, M, 3, 7, 8, 9),
        modes=(0, 0, 4),
        limits=BANDS,
        settings=0.06,
    ),
    Style(types=(L, L, L, M), tifs=(0, 0, 0, 3, 4), modes=ALL_MODES, flags=0.3, spread=3, lists=0.1),
    Style(types=(L, L, L, M, *PEG_TYPES), amends=0.2, limits=(w.Limit.MIN_PRICE, w.Limit.MAX_PRICE), settings=0.08),
    Style(types=(L, L, L, M), cancels=0.05, amends=0.05, spread=60, funds=10**9, phases=0.01),
    Style(types=(L, L, L, M, 3, 4, 6, 8), modes=ALL_MODES, far=0.2, spread=30, funds=10**17, phases=0.02),
    Style(types=ALL_TYPES, modes=ALL_MODES, far=0.05, funds=2**60, large=True, lists=0.05, phases=0.02),
)


class Sequence:
    """One exchange's life from its first command on."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.style = self.random.choice(STYLES)
        self.symbols = self.random.choice((1, 1, 1, 2, 3))
        self.ticks = [self.random.choice((1, 1, 2, 5)) for _ in PAIRS]
        self.lots = [self.random.choice((1, 1, 2, 10)) for _ in PAIRS]
        self.middle = self.random.choice((20, 50, 100))
        if self.style.large:
            self.ticks = [self.random.choice((1, 2**20, 10**9, 2**40)) for _ in PAIRS]
            self.lots = [self.random.choice((1, 10**6, 2**30)) for _ in PAIRS]
        self.phases = [w.Phase.CLOSED] * len(PAIRS)  # as they should be: what is refused is not seen here
        self.now = 0
        self.id = 0

    def setup(self) -> list[Row]:
        """Currencies, symbols, owners, money, and the start of trading."""
        chance, rows = self.random, []
        rows += [Row(w.Command.ADD_CURRENCY, symbol=number) for number in range(CURRENCIES)]
        for number, (base, quote) in enumerate(PAIRS[: self.symbols]):
            units = chance.choice(((1, 1), (1, 1), (3, 1), (1, 2), (100, 1)))
            if self.style.large:
                units = chance.choice(((1, 1), (2**20, 1), (1, 2**10), (2**40, 2**40)))
            row = Row(w.Command.ADD_SYMBOL, symbol=number, price=self.ticks[number], quantity=self.lots[number])
            rows.append(replace(row, display=units[0], minimum=units[1], owner=base << 16 | quote))
        for owner in range(OWNERS):
            rows.append(Row(w.Command.ADD_OWNER, owner=owner))
            for currency in range(CURRENCIES):
                amount = int(self.style.funds * chance.choice((0.02, 0.3, 1, 1, 3)))
                rows.append(Row(w.Command.DEPOSIT, owner=owner, symbol=currency, quantity=max(1, amount)))
        if chance.random() < 0.7:
            rows += [self.fee_setting() for _ in range(6)]
        for number in range(self.symbols):
            if chance.random() < 0.7:
                rows.append(self.reference(number))
            self.phases[number] = chance.choice((2, 2, 2, 1))
            rows.append(Row(w.Command.PHASE, symbol=number, order=self.phases[number]))
        if self.style.limits:
            rows += [self.limit() for _ in range(chance.randint(0, 6))]
        return rows

    def next(self) -> list[Row]:
        """The next command, a list with all its legs."""
        style, dice = self.style, self.random.random()
        here = self.phases[: self.symbols]
        shut, calling = any(phase in SHUT for phase in here), any(phase in CALLS for phase in here)
        phases = 0.15 if shut else 0.04 if calling else style.phases
        for share, make in (
            (style.cancels, self.cancel),
            (style.amends, self.amend),
            (phases, self.phase),
            (style.settings, self.setting),
            (style.times, self.time),
            (0.0 if shut or calling else style.lists, self.group),
        ):
            if dice < share:
                rows = make()
                break
            dice -= share
        else:
            rows = [self.order()]
        share = style.odd / len(rows) if rows[0].kind in (w.Command.ORDER, w.Command.CANCEL, w.Command.AMEND) else 0.15
        return [self.odd(row) if self.random.random() < share else row for row in rows]

    def order(self) -> Row:
        """An order that is valid as far as its fields say."""
        chance, style = self.random, self.style
        symbol = chance.randrange(self.symbols)
        row = Row(w.Command.ORDER, side=chance.randrange(2), order=chance.choice(style.types), symbol=symbol)
        allowed = TIFS.get(row.order, STAYING)
        if self.phases[symbol] in CALLS and chance.random() < 0.9:
            row.order = w.Type.LIMIT if row.order == w.Type.MARKET_TO_LIMIT else row.order
            allowed = tuple(tif for tif in TIFS.get(row.order, STAYING) if tif not in (w.Tif.IOC, w.Tif.FOK))
        else:
            allowed = tuple(tif for tif in allowed if tif not in AUCTIONED or chance.random() < 0.1)
        wanted = [tif for tif in style.tifs if tif in allowed]
        plain = (w.Tif.GTC,) if w.Tif.GTC in allowed else ()
        row.tif = chance.choice(wanted or (*plain, *plain, *allowed))
        row.stp = chance.choice(style.modes)
        row.owner = chance.randrange(OWNERS)
        row.quantity = chance.randint(1, 10) * self.lots[symbol]
        self.id += 1
        row.id = self.id
        self.prices(row)
        self.extras(row)
        return row

    def price(self, row: Row, *, away: int = 0) -> int:
        """A price near the middle, on the passive side more often than not."""
        spread = self.style.spread
        if self.random.random() < self.style.far:
            highest = 2**53 // self.ticks[row.symbol]
            return self.random.randint(1, min(highest, 10 ** self.random.randint(1, 15))) * self.ticks[row.symbol]
        step = self.random.randint(-spread, spread // 2) - away
        return max(1, self.middle + (step if row.side == w.BUY else -step)) * self.ticks[row.symbol]

    def prices(self, row: Row) -> None:
        chance, tick = self.random, self.ticks[row.symbol]
        if row.order in (w.Type.LIMIT, w.Type.STOP_LIMIT, w.Type.TOUCH_LIMIT):
            row.price = self.price(row)
        if row.order in TRIGGERED:
            row.trigger = self.price(row, away=chance.choice((-4, 0, 3)))
        if row.order == w.Type.TRAILING:
            row.trail = chance.randint(1, 4) * tick
            row.price = self.price(row) if chance.random() < 0.3 else 0
            if chance.random() < 0.4:
                row.flags |= w.Flag.PERCENT
                row.trail = chance.choice((1, 100, 300, 900, 5000))
        if row.order in PEG_TYPES:
            row.price = self.price(row, away=-3) if row.side == w.BUY or chance.random() < 0.5 else 0
            row.trail = chance.randint(0, 2) * tick if row.order == w.Type.PEG_PRIMARY else 0
        if row.tif == w.Tif.GTD:
            row.expiry = self.now + chance.randint(1, 8)

    def extras(self, row: Row) -> None:
        """Flags, display, minimum."""
        chance, often = self.random, self.style.flags
        staying = row.tif in STAYING
        if self.phases[row.symbol] in CALLS:
            often /= 4
        if chance.random() < often / 2:
            row.flags |= w.Flag.ON_DISCONNECT
        if chance.random() < often / 3 and not (row.order == w.Type.MARKET and row.tif not in (w.Tif.IOC, w.Tif.FOK)):
            row.flags |= w.Flag.REDUCE_ONLY
        if row.order == w.Type.LIMIT and staying and chance.random() < often:
            row.flags |= chance.choice((w.Flag.POST_ONLY, w.Flag.SLIDE))
        if row.order == w.Type.MARKET and row.tif == w.Tif.IOC and chance.random() < often:
            row.flags |= w.Flag.QUOTE
            row.quantity = chance.randint(1, 20 * self.middle * self.lots[row.symbol])
        if row.order == w.Type.LIMIT and staying and chance.random() < often and row.quantity > self.lots[row.symbol]:
            row.display = chance.randrange(self.lots[row.symbol], row.quantity, self.lots[row.symbol])
        elif (
            chance.random() < often / 2
            and row.tif in (*STAYING, w.Tif.IOC)
            and row.order in (L, M)
            and not row.flags & (w.Flag.POST_ONLY | w.Flag.SLIDE | w.Flag.QUOTE)
        ):
            row.minimum = chance.randrange(self.lots[row.symbol], row.quantity + 1, self.lots[row.symbol])

    def group(self) -> list[Row]:
        """An OCO, an OTO or a bracket."""
        chance = self.random
        kind = chance.choice(tuple(LIST_LEGS))
        first = self.leg(kind, parent=kind != w.ListKind.OCO)
        legs = [first]
        for _ in range(LIST_LEGS[kind] - 1):
            leg = self.leg(kind, parent=False)
            side = first.side if kind == w.ListKind.OCO else 1 - first.side
            if side != leg.side and not (kind == w.ListKind.OTO and chance.random() < 0.2):
                leg = self.turned(leg, side)
            if kind != w.ListKind.OCO:
                leg.flags &= ~(w.Flag.POST_ONLY | w.Flag.SLIDE)
            legs.append(replace(leg, symbol=first.symbol, owner=first.owner, quantity=first.quantity))
        if chance.random() < 0.02:
            legs.pop()
        return legs

    def turned(self, leg: Row, side: int) -> Row:
        """The leg on the other side, its prices mirrored."""
        middle = 2 * self.middle * self.ticks[leg.symbol]
        price, trigger = (
            max(middle - value, self.ticks[leg.symbol]) if value else 0 for value in (leg.price, leg.trigger)
        )
        return replace(leg, side=side, price=price, trigger=trigger)

    def leg(self, kind: int, *, parent: bool) -> Row:
        chance = self.random
        row = self.order()
        symbol = row.symbol
        row = Row(w.Command.ORDER, side=row.side, symbol=symbol, owner=row.owner, id=row.id, list=kind, stp=row.stp)
        row.flags = chance.choice((0, 0, 0, w.Flag.ON_DISCONNECT, w.Flag.REDUCE_ONLY))
        types = (L, L, L, M) if parent else (L, L, *TRIGGERED, w.Type.TRAILING)
        row.order = chance.choice(types)
        row.tif = w.Tif.IOC if row.order == M else chance.choice((0, 0, 0, 1, 2, 3) if parent else (0, 0, 0, 1, 2))
        if row.order != L and not parent:
            row.tif = chance.choice(STAYING)
        if not parent and kind == w.ListKind.OTO and chance.random() < 0.15:
            row.order, row.tif = M, w.Tif.IOC
        if row.order == L and row.tif in STAYING and chance.random() < 0.15:
            row.flags |= chance.choice((w.Flag.POST_ONLY, w.Flag.SLIDE))
        row.quantity = chance.randint(1, 10) * self.lots[symbol]
        self.prices(row)
        return row

    def cancel(self) -> list[Row]:
        chance = self.random
        self.id += 1
        if chance.random() < 0.04:
            symbol = chance.choice((w.EVERY_SYMBOL, chance.randrange(self.symbols)))
            row = Row(w.Command.MASS_CANCEL, owner=chance.randrange(OWNERS), symbol=symbol, side=chance.randrange(3))
            return [row if chance.random() < 0.6 else Row(w.Command.DISCONNECT, owner=row.owner)]
        owner = ITS_OWNER if chance.random() < 0.97 else chance.randrange(OWNERS)
        handle = chance.randint(0, 3) << 32 | chance.randint(0, 20) if chance.random() < 0.05 else 0
        return [
            Row(
                w.Command.CANCEL,
                id=self.id,
                owner=owner,
                handle=handle,
                spare=0 if handle else chance.randint(1, 2**20),
            )
        ]

    def amend(self) -> list[Row]:
        chance = self.random
        [row] = self.cancel()
        if row.kind != w.Command.CANCEL:
            return [row]
        symbol = chance.randrange(self.symbols)
        model = Row(side=chance.randrange(2), symbol=symbol)
        row = replace(row, kind=w.Command.AMEND, stp=chance.choice(self.style.modes))
        row.price = self.price(model) if chance.random() < 0.5 else 0
        row.quantity = chance.randint(1, 12) * self.lots[symbol] if chance.random() < 0.6 else 0
        row.trigger = self.price(model, away=3) if chance.random() < 0.15 else 0
        return [row]

    def phase(self) -> list[Row]:
        chance = self.random
        symbol = chance.randrange(self.symbols)
        if self.phases[symbol] == w.Phase.CONTINUOUS:
            phase = chance.choice((0, 1, 1, 3, 3, 4))
        else:
            phase = chance.choice((0, 1, 2, 2, 2, 2, 2, 3, 4))
        self.phases[symbol] = phase
        return [Row(w.Command.PHASE, symbol=symbol, order=phase)]

    def time(self) -> list[Row]:
        self.now += self.random.randint(0, 3)
        return [Row(w.Command.TIME, expiry=self.now)]

    def reference(self, symbol: int) -> Row:
        chance = self.random
        price = (self.middle + chance.randint(-4, 4)) * self.ticks[symbol]
        return Row(w.Command.REFERENCE, symbol=symbol, price=price if chance.random() < 0.9 else 0)

    def setting(self) -> list[Row]:
        chance = self.random
        dice = chance.random()
        if dice < 0.08:
            return [self.another()]
        if dice < 0.3:
            return [self.money()]
        if dice < 0.5:
            return [self.fee_setting()]
        if dice < 0.65 or not self.style.limits:
            return [self.reference(chance.randrange(self.symbols))]
        return [self.limit()]

    def another(self) -> Row:
        """A currency, an owner or a symbol more; mostly with a number that is not the next."""
        chance = self.random
        kind = chance.choice((w.Command.ADD_CURRENCY, w.Command.ADD_OWNER, w.Command.ADD_SYMBOL))
        if kind == w.Command.ADD_SYMBOL:
            terms = {"price": 1, "quantity": 1, "display": 1, "minimum": chance.choice((1, 0, 2**40, 2**40 + 1))}
            return Row(
                kind, symbol=chance.randint(1, 4), owner=chance.randint(0, 3) << 16 | chance.randint(0, 3), **terms
            )
        return Row(kind, symbol=chance.randint(2, 4), owner=chance.randint(3, 5))

    def money(self) -> Row:
        chance = self.random
        kind = chance.choice((w.Command.DEPOSIT, w.Command.DEPOSIT, w.Command.WITHDRAW))
        amount = chance.randint(1, max(2, self.style.funds // 5))
        return Row(kind, owner=chance.randrange(OWNERS), symbol=chance.randrange(CURRENCIES), quantity=amount)

    def fee_setting(self) -> Row:
        chance = self.random
        rates = (0, 0, 10**5, 10**6, 37 * 10**4, -(10**5), -(10**6), 10**7)
        kind = chance.choice((w.Command.SET_TIER, w.Command.JOIN_TIER, w.Command.FEE_CURRENCY, w.Command.CONVERSION))
        if kind == w.Command.SET_TIER:
            return Row(kind, order=chance.randrange(3), price=chance.choice(rates), quantity=chance.choice(rates))
        if kind == w.Command.JOIN_TIER:
            flags = chance.choice((0, w.Flag.FEE_CURRENCY, w.Flag.FEE_CURRENCY))
            return Row(kind, owner=chance.randrange(OWNERS), order=chance.randrange(3), flags=flags)
        price = chance.choice((0, 250_000, 10**6) if kind == w.Command.FEE_CURRENCY else (0, 10**8, 3 * 10**7, 10**10))
        return Row(kind, symbol=chance.randrange(CURRENCIES), price=price)

    def limit(self) -> Row:
        chance = self.random
        symbol = chance.randrange(self.symbols)
        which, near = chance.choice(self.style.limits), self.middle * self.ticks[symbol]
        lot = self.lots[symbol]
        values = {
            w.Limit.MIN_PRICE: (0, near // 2, near - 3),
            w.Limit.MAX_PRICE: (0, near * 2, near + 4),
            w.Limit.MIN_QUANTITY: (0, lot, 3 * lot),
            w.Limit.MAX_QUANTITY: (0, 8 * lot, 20 * lot),
            w.Limit.MIN_NOTIONAL: (0, near * lot * 2, near * lot * 4),
            w.Limit.MAX_NOTIONAL: (0, near * lot * 9, near * lot * 30),
            w.Limit.MAX_ORDERS: (0, 2, 5),
            w.Limit.MAX_ALGO_ORDERS: (0, 1, 3),
            w.Limit.MAX_POSITION: (0, self.style.funds, 30 * lot),
            w.Limit.BAND: (0, 30_000, 60_000, 150_000),
            w.Limit.BAND_HALTS: (0, 1),
        }
        down, up = (0, 800_000, 960_000), (0, 1_040_000, 1_200_000)
        default = down if which in (w.Limit.BUY_DOWN, w.Limit.SELL_DOWN) else up
        return Row(w.Command.SET_LIMIT, symbol=symbol, order=which, price=chance.choice(values.get(which, default)))

    def odd(self, row: Row) -> Row:
        """The row with one field that may be anything."""
        chance = self.random
        name = chance.choice([column for column in COLUMNS if column not in {"spare", "id", "expiry"}])
        if row.kind == w.Command.TIME:
            return replace(row, expiry=chance.choice((-1, 0, self.now - 1)))
        if name == "kind":
            value = chance.choice((0, 1, 2, 3, 9, 16, 19, 26, 255))
        elif name in NARROW:
            value = chance.choice((chance.randrange(ONE_OF[name]), 255))
        elif name == "symbol":
            value = chance.choice((0, 1, 2, 3, 65535))
        elif name == "owner":
            value = chance.choice((0, 3, 4, 65536, 2**32 - 2))
        elif name == "flags":
            value = row.flags ^ (1 << chance.randrange(8))
        elif name == "handle":
            value = chance.choice((0, 1, 2**32 + 1, 2**64 - 1))
        else:
            value = chance.choice((*ODD_VALUES, getattr(row, name) + 1))
        return replace(row, **{name: value})


def sequence(seed: int, commands: int) -> list[list[Row]]:
    """Commands of a fresh exchange, each with the legs of its list."""
    made = Sequence(seed)
    return [[row] for row in made.setup()] + [made.next() for _ in range(commands)]
