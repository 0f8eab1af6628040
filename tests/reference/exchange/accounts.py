"""Money: locks, payment, fees, positions (M5 to M10)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.state import Lock, Order, Owner, World

REBATES_MAX = 2**61
POSITION_MAX = 2**63 - 1


def need(order: Order, left: int) -> int:
    """What an order locks with that much left (M6)."""
    left = max(0, left)
    if order.side == w.SELL:
        return left * order.symbol.base_unit
    return left * order.lock_price * order.symbol.quote_unit


def free(owner: Owner, currency: int) -> int:
    return owner.free.get(currency, 0)


def move(owner: Owner, currency: int, *, free: int = 0, locked: int = 0) -> None:
    owner.free[currency] = owner.free.get(currency, 0) + free
    owner.locked[currency] = owner.locked.get(currency, 0) + locked
    assert owner.free[currency] >= 0, "free below zero"
    assert owner.locked[currency] >= 0, "locked below zero"


def take_lock(orders: list[Order]) -> None:
    """Locks the larger need of the orders that share it."""
    lock = Lock(list(orders))
    for order in orders:
        order.lock = lock
    relock(lock)


def relock(lock: Lock) -> None:
    """Sets a lock to what its orders need now."""
    amount = max((need(order, order.left) for order in lock.orders), default=0)
    if lock.orders and amount != lock.amount:
        move(lock.orders[0].owner, lock.orders[0].gives, free=lock.amount - amount, locked=amount - lock.amount)
    lock.amount = amount


def give_up_lock(order: Order) -> None:
    """An order has no part in its lock any more."""
    lock, order.lock = order.lock, None
    if lock is None:
        return
    if len(lock.orders) == 1:
        move(order.owner, order.gives, free=lock.amount, locked=-lock.amount)
    lock.orders.remove(order)
    relock(lock)


def pay(order: Order, quantity: int, amount: int) -> None:
    """Hands over `amount` for a trade of `quantity`, from the lock where there is one; what is saved becomes free."""
    lock = order.lock
    if lock is None:
        move(order.owner, order.gives, free=-amount)
        return
    after = max(need(member, member.left - quantity) for member in lock.orders)
    move(order.owner, order.gives, free=lock.amount - after - amount, locked=after - lock.amount)
    lock.amount = after


def settle(
    world: World, maker: Order, taker: Order, quantity: int, price: int, *, auction: bool = False
) -> tuple[int, int, int]:
    """Moves what a trade moves; the maker's fee, the taker's and the marks that say in which currency."""
    symbol = maker.symbol
    base, quote = quantity * symbol.base_unit, quantity * price * symbol.quote_unit
    for order in (maker, taker):
        pay(order, quantity, base if order.side == w.SELL else quote)
    for order in (maker, taker):
        signed = quantity if order.side == w.BUY else -quantity
        position = order.owner.positions.get(symbol.number, 0) + signed
        order.owner.positions[symbol.number] = max(-POSITION_MAX, min(POSITION_MAX, position))
    marks, fees = 0, []
    for order, mark, rate in ((maker, w.Mark.MAKER_THIRD, 0), (taker, w.Mark.TAKER_THIRD, 0 if auction else 1)):
        currency, amount = (symbol.base, base) if order.side == w.BUY else (symbol.quote, quote)
        fee, third = receive(world, order, currency, amount, world.tiers.get(order.owner.tier, (0, 0))[rate])
        fees.append(fee)
        marks |= mark if third else 0
    return fees[0], fees[1], marks


def receive(world: World, order: Order, currency: int, amount: int, rate: int) -> tuple[int, bool]:
    """Hands an amount over and takes the fee on it (M8, M9); the fee, and whether it was in the fee currency."""
    owner = order.owner
    fee = -(-amount * rate // 10**8)
    if fee < 0 and world.fees.get(currency, 0) + fee < -REBATES_MAX:
        fee = 0
    conversion = world.conversions.get(currency, 0)
    if owner.pays_third and fee > 0 and conversion and world.fee_currency not in (None, order.gives):
        third = -(-fee * conversion // 10**8)
        third = -(-third * (10**6 - world.discount) // 10**6)
        if third <= free(owner, world.fee_currency):
            move(owner, world.fee_currency, free=-third)
            move(owner, currency, free=amount)
            world.fees[world.fee_currency] = world.fees.get(world.fee_currency, 0) + third
            return third, True
    move(owner, currency, free=amount - fee)
    world.fees[currency] = world.fees.get(currency, 0) + fee
    return fee, False
