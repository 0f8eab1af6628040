"""Commands that are not about orders: time, phases, symbols, owners, money, fees."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import free, move
from tests.reference.exchange.endings import finish
from tests.reference.exchange.phases import set_phase
from tests.reference.exchange.rows import Row
from tests.reference.exchange.state import LARGEST, Owner, Symbol, World

NONE = w.Reason.NONE
RATE_MAX = 10**7
TERM_MAX = 2**40
DEPOSITED_MAX = 2**62


def set_time(world: World, row: Row) -> int:
    if row.expiry < world.now:
        return w.Reason.TIME_BACKWARD
    world.now = row.expiry
    due = [order for order in world.orders() if order.tif == w.Tif.GTD and order.expiry <= world.now]
    for order in sorted(due, key=lambda order: order.expiry):
        if order.alive:
            finish(world, order, w.Event.EXPIRED, w.Reason.GTD)
    return NONE


def change_phase(world: World, row: Row) -> int:
    if row.symbol >= len(world.symbols):
        return w.Reason.UNKNOWN_SYMBOL
    symbol = world.symbols[row.symbol]
    if row.order > w.Phase.HALTED or row.order == symbol.phase:
        return w.Reason.INVALID_PHASE
    set_phase(world, symbol, row.order)
    return NONE


def set_reference(world: World, row: Row) -> int:
    if row.symbol >= len(world.symbols):
        return w.Reason.UNKNOWN_SYMBOL
    symbol = world.symbols[row.symbol]
    if row.price < 0:
        return w.Reason.INVALID_PRICE
    if row.price % symbol.tick:
        return w.Reason.PRICE_TICK
    symbol.reference = row.price or None
    return NONE


def add_currency(world: World, row: Row) -> int:
    if row.symbol != world.currencies:
        return w.Reason.INVALID_VALUE
    world.currencies += 1
    return NONE


def add_symbol(world: World, row: Row) -> int:
    base, quote = row.owner >> 16, row.owner & 0xFFFF
    terms = (row.price, row.quantity, row.display, row.minimum)
    if row.symbol != len(world.symbols) or not all(1 <= term <= TERM_MAX for term in terms) or base == quote:
        return w.Reason.INVALID_VALUE
    if max(base, quote) >= world.currencies:
        return w.Reason.UNKNOWN_CURRENCY
    world.symbols.append(Symbol(row))
    return NONE


def set_limit(world: World, row: Row) -> int:
    if row.symbol >= len(world.symbols):
        return w.Reason.UNKNOWN_SYMBOL
    if not w.Limit.MIN_PRICE <= row.order <= w.Limit.BAND_HALTS or not 0 <= row.price <= LARGEST:
        return w.Reason.INVALID_VALUE
    if row.order == w.Limit.BAND and row.price > 999_999:
        return w.Reason.INVALID_VALUE
    world.symbols[row.symbol].limits[row.order] = row.price
    return NONE


def add_owner(world: World, row: Row) -> int:
    if row.owner != len(world.owners):
        return w.Reason.INVALID_VALUE
    world.owners.append(Owner(row.owner))
    return NONE


def transfer(world: World, row: Row) -> int:
    """Deposits and withdrawals."""
    if row.owner >= len(world.owners):
        return w.Reason.UNKNOWN_OWNER
    if row.symbol >= world.currencies:
        return w.Reason.UNKNOWN_CURRENCY
    if row.quantity < 1:
        return w.Reason.INVALID_QUANTITY
    owner, supply = world.owners[row.owner], world.supply.get(row.symbol, 0)
    signed = row.quantity if row.kind == w.Command.DEPOSIT else -row.quantity
    if signed > 0 and supply + signed > DEPOSITED_MAX:
        return w.Reason.AMOUNT
    if signed < 0 and free(owner, row.symbol) < row.quantity:
        return w.Reason.INSUFFICIENT_BALANCE
    world.supply[row.symbol] = supply + signed
    move(owner, row.symbol, free=signed)
    return NONE


def set_tier(world: World, row: Row) -> int:
    if not (-RATE_MAX <= row.price <= RATE_MAX and -RATE_MAX <= row.quantity <= RATE_MAX):
        return w.Reason.INVALID_VALUE
    world.tiers[row.order] = (row.price, row.quantity)
    return NONE


def join_tier(world: World, row: Row) -> int:
    if row.owner >= len(world.owners):
        return w.Reason.UNKNOWN_OWNER
    if row.flags not in (0, w.Flag.FEE_CURRENCY):
        return w.Reason.INVALID_FLAGS
    owner = world.owners[row.owner]
    owner.tier, owner.pays_third = row.order, row.flags != 0
    return NONE


def set_fee_currency(world: World, row: Row) -> int:
    if row.symbol >= world.currencies:
        return w.Reason.UNKNOWN_CURRENCY
    if not 0 <= row.price <= 10**6:
        return w.Reason.INVALID_VALUE
    world.fee_currency, world.discount = row.symbol, row.price
    return NONE


def set_conversion(world: World, row: Row) -> int:
    if row.symbol >= world.currencies:
        return w.Reason.UNKNOWN_CURRENCY
    if row.price < 0:
        return w.Reason.INVALID_VALUE
    world.conversions[row.symbol] = row.price
    return NONE


SETTINGS: dict[int, Callable[[World, Row], int]] = {
    w.Command.TIME: set_time,
    w.Command.REFERENCE: set_reference,
    w.Command.ADD_CURRENCY: add_currency,
    w.Command.ADD_SYMBOL: add_symbol,
    w.Command.SET_LIMIT: set_limit,
    w.Command.ADD_OWNER: add_owner,
    w.Command.DEPOSIT: transfer,
    w.Command.WITHDRAW: transfer,
    w.Command.SET_TIER: set_tier,
    w.Command.JOIN_TIER: join_tier,
    w.Command.FEE_CURRENCY: set_fee_currency,
    w.Command.CONVERSION: set_conversion,
}
