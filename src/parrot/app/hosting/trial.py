"""A strategy tried before it is registered: loaded and begun in a child, which cannot hold up who asks."""

from __future__ import annotations

import select
import time
from decimal import Decimal
from typing import Final

import msgspec

from parrot.adapters.children import ProcessChildren
from parrot.app.hosting.inputs import encode
from parrot.app.strategies import read_text
from parrot.contracts.commands import RegisterStrategy
from parrot.contracts.hosting import Failed, Heard, LifeBegun, Ready
from parrot.contracts.listing import Listing
from parrot.engine.columns import timeframe_ns
from parrot.kernel.errors import InputError, MissingError, ParameterError, ParrotError, StrategyError
from parrot.ports.children import Child

CHILD: Final = ("-m", "parrot.app.hosting.child")
_PATIENCE_S: Final = 10.0
_LOOK_S: Final = 0.1
_DECODER: Final = msgspec.msgpack.Decoder(Heard)
_ERRORS: Final[dict[str, type[ParrotError]]] = {kind.code: kind for kind in (InputError, MissingError, ParameterError)}
_DECIMALS: Final = 8
_FINEST: Final = Decimal(1).scaleb(-_DECIMALS)


def try_out(version: RegisterStrategy, patience_s: float = _PATIENCE_S) -> None:
    """Loads and begins a version without data, on terms as fine as there are.

    Raises what its process raised: StrategyError with file and line, InputError, ParameterError, MissingError; and
    StrategyError when it ends, or is not ready within `patience_s`.
    """
    begun = _life(version)
    child = ProcessChildren(CHILD).start(version.strategy)
    try:
        child.send(encode(begun))
        _wait(child, version.path, patience_s)
    finally:
        child.kill()


def _wait(child: Child, path: str, patience_s: float) -> None:
    """Until it is ready."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        select.select([child.fileno()], [], [], _LOOK_S)
        try:
            heard = [_DECODER.decode(frame) for frame in child.receive()]
        except EOFError:
            heard = []
            time.sleep(_LOOK_S)  # its end is not always known in the moment in which its pipe breaks
        for message in heard:
            if isinstance(message, Failed):
                raise _error(message)
            if isinstance(message, Ready):
                return
        wrong = None if heard else child.look()
        if wrong is not None:
            raise StrategyError(f"{path} cannot be loaded: {wrong[1]}", fix="a file only defines its strategy")
    problem = f"{path} was not ready after {patience_s:g} s"
    raise StrategyError(problem, fix="do no work when the file is loaded, nor in init or on_start")


def _error(failed: Failed) -> ParrotError:
    """The error of the child as it was there."""
    kind = _ERRORS.get(failed.error.get("code", ""))
    if kind is None:
        return StrategyError(failed.problem, location=failed.location)
    return kind(failed.error["problem"], expected=failed.error["expected"], fix=failed.error["fix"])


def _life(version: RegisterStrategy) -> LifeBegun:
    return LifeBegun(
        strategy=version.strategy,
        version=0,
        name=version.name,
        path=version.path,
        source=read_text(version.path),
        code_hash=version.code_hash,
        parameters=version.parameters,
        listings=[_listing(symbol) for symbol in version.symbols],
        timeframe=timeframe_ns(version.timeframe) if version.timeframe else 0,
        feeds=version.feeds,
        cash=version.cash,
    )


def _listing(symbol: str) -> Listing:
    base, _, quote = symbol.partition("/")
    return Listing(
        symbol=symbol,
        base=base,
        quote=quote,
        tick=_FINEST,
        lot=_FINEST,
        price_decimals=_DECIMALS,
        quantity_decimals=_DECIMALS,
    )
