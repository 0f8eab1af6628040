"""What an exchange trades, for whom, and on which terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from parrot import _core
from parrot.contracts.market import margin, rate
from parrot.engine.matching.amounts import PPM, RATE_DECIMALS, Amount, amount, decimals_of, positive_units, units
from parrot.engine.matching.names import Account, Currency, Register, Symbol, word
from parrot.engine.matching.records import COMMAND
from parrot.engine.matching.refusals import refusal
from parrot.engine.matching.words import CommandKind, Flag, Limit, Phase, Reason
from parrot.kernel.errors import InputError, ParameterError, Refused

_TIERS: Final = 256
_PRICES: Final = (Limit.MIN_PRICE, Limit.MAX_PRICE)
_QUANTITIES: Final = (Limit.MIN_QUANTITY, Limit.MAX_QUANTITY, Limit.MAX_POSITION)
_NOTIONALS: Final = (Limit.MIN_NOTIONAL, Limit.MAX_NOTIONAL)
_ENDS: Final = (
    (Limit.MIN_PRICE, Limit.MAX_PRICE),
    (Limit.MIN_QUANTITY, Limit.MAX_QUANTITY),
    (Limit.MIN_NOTIONAL, Limit.MAX_NOTIONAL),
    (Limit.BUY_DOWN, Limit.BUY_UP),
    (Limit.SELL_DOWN, Limit.SELL_UP),
)
_RATIOS: Final = (Limit.BUY_DOWN, Limit.BUY_UP, Limit.SELL_DOWN, Limit.SELL_UP, Limit.BAND)


class Balance(NamedTuple):
    """What an account holds of a currency: what it may spend, and what its orders have locked."""

    free: Decimal
    locked: Decimal


class Venue:
    """Currencies, symbols, accounts and their terms; names and decimals outside, numbers and units inside."""

    def __init__(self) -> None:
        self.core = _core.Matching()
        self.currencies: Register[Currency] = Register("currency")
        self.symbols: Register[Symbol] = Register("symbol")
        self.accounts: Register[Account] = Register("account")
        self.fee_currency: Currency | None = None
        self.in_quote: set[int] = set()  # client ids of orders whose quantity is an amount of the quote currency

    def add_currency(self, name: str, decimals: int = 8) -> Currency:
        """Add a currency whose amounts have up to `decimals` decimals.

        Raises InputError for a name that is taken, ParameterError for decimals outside 0 to 18.
        """
        made = Currency(self.currencies.free(name), len(self.currencies), decimals_of(decimals, "decimals"))
        self._write_down(made)
        self._set(CommandKind.ADD_CURRENCY, f"currency {name}", symbol=made.number)
        self.currencies.add(made)
        return made

    def add_symbol(
        self,
        name: str,
        base: str,
        quote: str,
        *,
        price_decimals: int = 2,
        quantity_decimals: int = 0,
        tick: Amount | None = None,
        lot: Amount | None = None,
        **limits: Amount | bool,
    ) -> Symbol:
        """Add a symbol: quantities are of the currency `base`, prices in `quote`; it is closed at first.

        `tick` and `lot` are the smallest steps of price and quantity (one unit when None). `limits` are those of
        `set_limits`. A price times a quantity must be a whole number of units of `quote`: `price_decimals` and
        `quantity_decimals` together at most its decimals. Raises InputError, MissingError, ParameterError or Refused.
        """
        made = Symbol(
            self.symbols.free(name),
            len(self.symbols),
            self.currencies[base],
            self.currencies[quote],
            decimals_of(price_decimals, "price_decimals"),
            decimals_of(quantity_decimals, "quantity_decimals"),
        )
        codes = _limits(made, limits)
        self._write_down(made)
        self._set(
            CommandKind.ADD_SYMBOL,
            f"symbol {name}",
            symbol=made.number,
            owner=made.base.number << 16 | made.quote.number,
            price=1 if tick is None else positive_units(tick, price_decimals, "tick"),
            quantity=1 if lot is None else positive_units(lot, quantity_decimals, "lot"),
            display=_unit(made.base, quantity_decimals, "quantity_decimals"),
            minimum=_unit(made.quote, price_decimals + quantity_decimals, "price_decimals + quantity_decimals"),
        )
        self.symbols.add(made)
        self._limit(made, codes)
        return made

    def set_limits(self, symbol: str, **limits: Amount | bool) -> None:
        """Change limits of a symbol; 0 takes one away.

        `min_price`, `max_price`; `min_quantity`, `max_quantity`, `max_position` (quantity an account may hold, open
        buys included); `min_notional`, `max_notional` (quote currency); `buy_down`, `buy_up`, `sell_down`, `sell_up`
        (lowest and highest price as a multiple of the reference: 0.8, 1.25); `max_orders`, `max_algo_orders`; `band`
        (fraction of the reference on either side: 0.05) and `band_halts`. Raises MissingError, ParameterError, Refused.
        """
        known = self.symbols[symbol]
        self._limit(known, _limits(known, limits))

    def _limit(self, symbol: Symbol, codes: list[tuple[Limit, int]]) -> None:
        for code, value in codes:
            what = f"{symbol.name}: {code.name.lower()}"
            self._set(CommandKind.SET_LIMIT, what, symbol=symbol.number, order=code, price=value)

    def add_account(self, name: str, *, tier: int = 0, pays_in_fee_currency: bool = False) -> Account:
        """Add an account with the fees of `tier`; raises InputError or ParameterError."""
        made = Account(self.accounts.free(name), len(self.accounts))
        checked = _tier(tier)
        self._write_down(made)
        self._set(CommandKind.ADD_OWNER, f"account {name}", owner=made.number)
        self.accounts.add(made)
        self._join(made, checked, pays_in_fee_currency)
        return made

    def join_tier(self, account: str, tier: int, *, pays_in_fee_currency: bool = False) -> None:
        """Change an account's tier, and whether it pays in the fee currency; raises MissingError, ParameterError."""
        self._join(self.accounts[account], _tier(tier), pays_in_fee_currency)

    def _join(self, account: Account, tier: int, pays: bool) -> None:
        flags = Flag.FEE_CURRENCY if pays else 0
        self._set(CommandKind.JOIN_TIER, f"tier of {account.name}", owner=account.number, order=tier, flags=flags)

    def set_fees(self, *, maker: Amount, taker: Amount, tier: int = 0) -> None:
        """Set the rates of a tier: "2bp", "0.02%" or 0.0002; a negative one is a rebate.

        Raises ParameterError for rates of more than 8 decimals, Refused beyond 10 %.
        """
        rates = [units(rate(value, name), RATE_DECIMALS, name) for name, value in (("maker", maker), ("taker", taker))]
        what = f"fees of tier {tier}"
        self._set(CommandKind.SET_TIER, what, order=_tier(tier), price=rates[0], quantity=rates[1])

    def set_fee_currency(self, currency: str, *, discount: Amount = 0) -> None:
        """Accounts that want to may pay fees in this currency, `discount` ("25%") cheaper.

        Raises MissingError, ParameterError.
        """
        money = self.currencies[currency]
        ppm = units(margin(discount, "discount"), PPM, "discount")
        self._set(CommandKind.FEE_CURRENCY, f"fee currency {currency}", symbol=money.number, price=ppm)
        self.fee_currency = money

    def set_conversion(self, currency: str, price: Amount) -> None:
        """What one of `currency` is worth in the fee currency (0: unknown, then fees stay in what is received).

        Raises MissingError, InputError before `set_fee_currency`, ParameterError when it is not exact to
        10**-8 of a unit, Refused.
        """
        money = self.currencies[currency]
        if self.fee_currency is None:
            raise InputError("there is no fee currency", fix="set_fee_currency(...) first")
        value = units(price, RATE_DECIMALS + self.fee_currency.decimals - money.decimals, "price")
        self._set(CommandKind.CONVERSION, f"conversion of {currency}", symbol=money.number, price=value)

    def deposit(self, account: str, currency: str, value: Amount) -> None:
        """Add to what an account has free; raises MissingError, ParameterError, Refused."""
        self._move(CommandKind.DEPOSIT, account, currency, value)

    def withdraw(self, account: str, currency: str, value: Amount) -> None:
        """Take from what an account has free; raises MissingError, ParameterError, Refused."""
        self._move(CommandKind.WITHDRAW, account, currency, value)

    def _move(self, kind: CommandKind, account: str, currency: str, value: Amount) -> None:
        owner, money = self.accounts[account], self.currencies[currency]
        quantity = units(value, money.decimals, "amount")
        what = f"{kind.name.lower()} of {value} {currency}, account {account}"
        try:
            self._set(kind, what, owner=owner.number, symbol=money.number, quantity=quantity)
        except Refused as problem:
            raise refusal(Reason[problem.reason], what, self._free(account, currency)) from None

    def _free(self, account: str, currency: str) -> str:
        return f"{self.balance(account, currency).free:f} {currency}"

    def balance(self, account: str, currency: str) -> Balance:
        """What an account has free and locked of a currency, exactly; raises MissingError."""
        money = self.currencies[currency]
        free, locked = self.core.balance(self.accounts[account].number, money.number)
        return Balance(amount(free, money.decimals), amount(locked, money.decimals))

    def balances(self, account: str) -> dict[str, Balance]:
        """All balances of an account by currency; raises MissingError."""
        return {currency.name: self.balance(account, currency.name) for currency in self.currencies}

    def fees(self, currency: str) -> Decimal:
        """What the venue has collected of a currency; raises MissingError."""
        money = self.currencies[currency]
        return amount(self.core.fees(money.number), money.decimals)

    def position(self, account: str, symbol: str) -> Decimal:
        """Sum of the fills of an account in a symbol, buys above zero; raises MissingError."""
        known = self.symbols[symbol]
        return amount(self.core.position(self.accounts[account].number, known.number), known.quantity_decimals)

    def set_phase(self, symbol: str, phase: Phase | str) -> None:
        """Move a symbol to CLOSED, OPENING, CONTINUOUS, CLOSING or HALTED (rule M40).

        Raises MissingError, ParameterError, Refused when it is there already.
        """
        code = word(Phase, phase, "phase")
        what = f"{symbol}: phase {code.name}"
        self._set(CommandKind.PHASE, what, symbol=self.symbols[symbol].number, order=code)

    def open(self, symbol: str) -> None:
        """Begin continuous trading, with an auction of what was collected; as `set_phase`."""
        self.set_phase(symbol, Phase.CONTINUOUS)

    def close(self, symbol: str) -> None:
        """End trading; as `set_phase`."""
        self.set_phase(symbol, Phase.CLOSED)

    def halt(self, symbol: str) -> None:
        """Stop trading; as `set_phase`."""
        self.set_phase(symbol, Phase.HALTED)

    def phase(self, symbol: str) -> Phase:
        """The phase of a symbol; raises MissingError."""
        return Phase(self.core.phase(self.symbols[symbol].number))

    def set_reference(self, symbol: str, price: Amount) -> None:
        """Set the price that bands and auctions go by (0: none); raises MissingError, ParameterError, Refused."""
        known = self.symbols[symbol]
        value = units(price, known.price_decimals, "price")
        self._set(CommandKind.REFERENCE, f"{symbol}: reference {price}", symbol=known.number, price=value)

    def reference(self, symbol: str) -> Decimal | None:
        """The reference price, None when there is none; raises MissingError."""
        return _price(self.symbols[symbol], self.core.reference(self.symbols[symbol].number))

    def last(self, symbol: str) -> Decimal | None:
        """The price of the last trade, None before the first; raises MissingError."""
        return _price(self.symbols[symbol], self.core.last(self.symbols[symbol].number))

    def _write_down(self, made: Currency | Symbol | Account) -> None:
        """Where names outlive the process, this one is kept before the command that needs it."""

    def _set(self, kind: CommandKind, what: str, **fields: int) -> None:
        """Executes one command; raises Refused with `what` when the engine does."""
        command = np.zeros(1, COMMAND)
        command["kind"] = kind
        for name, value in fields.items():
            try:
                command[name] = value
            except OverflowError:
                raise ParameterError(f"{what}: {value} does not fit", expected="a smaller number") from None
        result = int(self.core.execute(command)[0])
        if result < 0:
            raise refusal(-result, what)


def _price(symbol: Symbol, found: int | None) -> Decimal | None:
    return None if found is None else amount(found, symbol.price_decimals)


def _unit(currency: Currency, decimals: int, name: str) -> int:
    """How many units of a currency the smallest step is."""
    if decimals > currency.decimals:
        raise ParameterError(
            f"{name} is {decimals}",
            expected=f"at most {currency.decimals}, the decimals of {currency.name}",
            fix=f"fewer decimals, or more for {currency.name}",
        )
    return int(10 ** (currency.decimals - decimals))


def _tier(tier: int) -> int:
    if type(tier) is not int or not 0 <= tier < _TIERS:
        raise ParameterError(f"tier is {tier!r}", expected=f"a whole number from 0 to {_TIERS - 1}")
    return tier


def _limits(symbol: Symbol, limits: dict[str, Amount | bool]) -> list[tuple[Limit, int]]:
    """Codes and units; a lowest value must not be above the highest one that comes with it."""
    named = [(word(Limit, name, "limit"), value) for name, value in limits.items()]
    found = {code: _limit(symbol, code, value) for code, value in named}
    for low, high in _ENDS:
        if found.get(low, 0) > found.get(high, 0) > 0:
            names = low.name.lower(), high.name.lower()
            told = " and ".join(f"{name} is {limits[name]}" for name in names if name in limits)
            raise ParameterError(told or f"{names[0]} is above {names[1]}", expected=f"{names[0]} at most {names[1]}")
    return list(found.items())


def _limit(symbol: Symbol, code: Limit, value: Amount | bool) -> int:
    decimals = 0
    if code in _PRICES:
        decimals = symbol.price_decimals
    elif code in _QUANTITIES:
        decimals = symbol.quantity_decimals
    elif code in _NOTIONALS:
        decimals = symbol.quote.decimals
    elif code in _RATIOS:
        decimals = PPM
    given = int(value) if code is Limit.BAND_HALTS and isinstance(value, bool) else value
    found = units(given, decimals, code.name.lower())
    if found < 0:
        raise ParameterError(f"{code.name.lower()} is {value}", expected="0 or more")
    return found
