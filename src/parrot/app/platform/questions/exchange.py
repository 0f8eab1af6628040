"""The simulated exchange as the gateway asks for it."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.app.exchange.keys import draw
from parrot.app.platform.assemble import House
from parrot.app.platform.exchange_port import ExchangePort
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.acts import Noting, Telling, act
from parrot.contracts.access import Principal
from parrot.contracts.exchange import SCALE, CrowdMember, Mood, PublicMarket
from parrot.engine.columns import DAY
from parrot.gateway.binance_api.faults import FaultSpec
from parrot.gateway.rest.access import require_account
from parrot.kernel.decimals import plain
from parrot.kernel.errors import BusyError, InputError, MissingError
from parrot.ports.exchange import SandboxExchange

_DIGITS: Final = 8


def account_object(account: str) -> str:
    """The name of an exchange's account among those that a person may see."""
    return f"exchange:{account}"


class ExchangeQuestions:
    """Answers of one running platform (gateway.rest.ports.exchange.ExchangeDoor); `port` is None on a real venue."""

    def __init__(self, platform: Platform, port: ExchangePort | None, note: Noting) -> None:
        self._platform = platform
        self._port = port
        self._note = note

    def state(self, who: Principal) -> dict[str, Any]:
        """The exchange as it is."""
        if self._port is None:
            return _NOTHING | {"now_ns": self._platform.read(lambda house: house.clock.now_ns())}
        url = self._port.url
        facts = {"sockets": 0, "requests": 0}
        with contextlib.suppress(BusyError, InputError):  # it begins, or ends just now
            facts = self._port.server().within(lambda front: front.facts())
        found = self._platform.read(_state)
        found["accounts"] = [name for name in found["accounts"] if who.sees(account_object(name))]
        line = f"[exchange]\nport = {url.rpartition(':')[2] if url else 9000}"
        return found | facts | {"available": True, "url": url, "line": line}

    def port(self, who: Principal, *, opened: bool, port: int) -> None:
        """Opens or closes the port."""
        door = self._need_port()
        if opened:
            self._note(who, "exchange port open", url=door.open(port))
        else:
            door.close()
            self._note(who, "exchange port close")

    def phase(self, who: Principal, symbol: str, phase: str, reason: str) -> None:
        """Halts a symbol, or lets it trade again."""
        self._need_port()

        def change(house: House, tell: Telling) -> None:
            market = _market(_sandbox(house), symbol)
            tell(f"exchange {phase}", symbol=market.symbol, reason=reason)
            _sandbox(house).set_phase(symbol, phase)

        act(self._platform, who, change)

    def tune(self, who: Principal, symbol: str, mood: dict[str, float]) -> None:
        """Makes a symbol's crowd another."""
        self._need_port()

        def change(house: House, tell: Telling) -> None:
            market = _market(_sandbox(house), symbol)
            tell("exchange crowd", symbol=market.symbol, **{name: f"{value:g}" for name, value in mood.items()})
            _sandbox(house).tune(symbol, **mood)

        act(self._platform, who, change)

    def faults(self) -> list[dict[str, Any]]:
        """Faults that are set."""
        port = self._port
        if port is None or not port.url:
            return []
        return port.server().within(lambda front: [one.told(front.exchange.now) for one in front.faults.all()])

    def add_fault(self, who: Principal, spec: dict[str, Any]) -> dict[str, Any]:
        """Sets a fault."""
        server = self._need_port().server()
        try:
            wanted = msgspec.convert(spec, FaultSpec)
        except msgspec.ValidationError as fault:
            raise InputError(str(fault), expected="a status from 500 to 599, or 0") from None

        def add(front: Any) -> dict[str, Any]:
            told: dict[str, Any] = front.faults.add(wanted, front.exchange.now).told(front.exchange.now)
            front.meet_faults()
            return told

        told = server.within(add)
        self._note(who, "exchange fault", kind=wanted.kind, match=wanted.match, number=str(told["id"]))
        return told

    def clear_faults(self, who: Principal, number: int | None) -> int:
        """Takes one fault or all away."""
        server = self._need_port().server()

        def clear(front: Any) -> int:
            cleared: int = front.faults.clear(number)
            front.meet_faults()
            return cleared

        cleared = server.within(clear)
        if number is not None and not cleared:
            raise MissingError(f"there is no fault {number}")
        self._note(who, "exchange faults clear", number="all" if number is None else str(number))
        return cleared

    def keys(self, who: Principal) -> list[dict[str, Any]]:
        """Keys of accounts that are theirs to see."""
        if self._port is None:
            return []
        ring = self._port.keys

        def rows(_: House) -> list[dict[str, Any]]:
            found = (ring.find(key) for key, _ in ring.names())
            return [
                {"key": one.key, "account": one.account, "may_trade": one.may_trade} for one in found if one is not None
            ]

        return [row for row in self._platform.read(rows) if who.sees(account_object(row["account"]))]

    def add_key(self, who: Principal, account: str, *, may_trade: bool) -> dict[str, Any]:
        """Makes a key, with its secret."""
        ring = self._need_port().keys
        require_account(who, account_object(account))
        key = draw()

        def make(house: House, tell: Telling) -> dict[str, Any]:
            exchange = _sandbox(house)
            tell("exchange key make", key=key, account=account, may_trade=str(may_trade).lower())
            exchange.open_account(account)
            made = ring.add(account, may_trade=may_trade, key=key)
            row = {"key": made.key, "account": made.account, "may_trade": made.may_trade}
            return row | {"secret": made.secret.reveal()}

        return act(self._platform, who, make)

    def remove_key(self, who: Principal, key: str) -> None:
        """Takes a key away."""
        ring = self._need_port().keys

        def remove(_: House, tell: Telling) -> None:
            found = ring.find(key)
            if found is None or not who.sees(account_object(found.account)):
                raise MissingError("there is no such key")
            tell("exchange key remove", key=key, account=found.account)
            ring.remove(key)

        act(self._platform, who, remove)

    def faucet(self, who: Principal, account: str, asset: str, amount: Decimal) -> dict[str, Any]:
        """Brings test funds into an account."""
        self._need_port()
        require_account(who, account_object(account))

        def bring(house: House, tell: Telling) -> dict[str, Any]:
            exchange = _sandbox(house)
            if account not in exchange.accounts():
                raise MissingError(f"there is no account {account}", fix="make a key for it, which opens it")
            held = {one.asset for one in exchange.held(account)}
            if asset not in held:
                raise InputError(f"{asset} is not traded here", expected=f"one of {', '.join(sorted(held))}")
            tell("exchange faucet", account=account, asset=asset, amount=plain(amount))
            exchange.deposit(account, asset, int(amount * SCALE))
            now = next(one for one in exchange.held(account) if one.asset == asset)
            return {
                "account": account,
                "asset": asset,
                "free": amount_text(now.free),
                "locked": amount_text(now.locked),
            }

        return act(self._platform, who, bring)

    def _need_port(self) -> ExchangePort:
        if self._port is None:
            raise InputError("this platform trades on a real venue", expected="the simulated exchange")
        return self._port


_NOTHING: Final = {
    "available": False,
    "url": "",
    "line": "",
    "sockets": 0,
    "requests": 0,
    "accounts": [],
    "assets": [],
    "symbols": [],
    "crowd": [],
}


def amount_text(units: int) -> str:
    """An amount of 10^-8 as decimal text."""
    return plain(Decimal(units).scaleb(-_DIGITS))


def _sandbox(house: House) -> SandboxExchange:
    exchange = house.trading.public
    if exchange is None:
        raise InputError("this platform trades on a real venue", expected="the simulated exchange")
    return exchange


def _market(exchange: SandboxExchange, symbol: str) -> PublicMarket:
    found = next((one for one in exchange.markets() if one.symbol == symbol), None)
    if found is None:
        raise InputError(f"{symbol} is not traded here", expected="a symbol of the exchange")
    return found


def _state(house: House) -> dict[str, Any]:
    exchange = _sandbox(house)
    markets = exchange.markets()
    return floor_of(house) | {
        "now_ns": exchange.now,
        "accounts": list(exchange.accounts()),
        "assets": sorted({asset for market in markets for asset in (market.base, market.quote)}),
    }


def floor_of(house: House) -> dict[str, Any]:
    """What moves on the exchange, symbols and crowd, as a question."""
    exchange = _sandbox(house)
    moods = {mood.symbol: mood for mood in exchange.moods()}
    return {
        "symbols": [_symbol(exchange, market, moods[market.symbol]) for market in exchange.markets()],
        "crowd": [_member(one) for one in exchange.crowd()],
    }


def _symbol(exchange: SandboxExchange, market: PublicMarket, mood: Mood) -> dict[str, Any]:
    day = exchange.statistics(market.symbol, DAY)
    amounts = ("last", "bid", "ask", "open", "high", "low", "volume", "quote_volume")
    return {
        "symbol": market.symbol,
        "base": market.base,
        "quote": market.quote,
        "kind": market.kind.value,
        "phase": exchange.phase(market.symbol),
        **{name: amount_text(getattr(day, name)) for name in amounts},
        "trades": day.trades,
        "since_ns": day.open_ts,
        **{name: getattr(mood, name) for name in ("volatility", "pace", "spread_bps", "shocks")},
        "size": amount_text(mood.size),
        "fair": amount_text(mood.fair),
    }


def _member(one: CrowdMember) -> dict[str, Any]:
    told = {"name": one.name, "kind": one.kind, "symbol": one.symbol}
    return told | {"inventory": amount_text(one.inventory), "standing": one.standing}
