"""The crowd as its owner sees it: what it is like, who is in it, and how it becomes another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from parrot.centers.matching.crowd import Crowd
from parrot.centers.matching.house import House
from parrot.centers.matching.opening import CROWD
from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import SCALE, CrowdMember, Mood
from parrot.kernel.errors import ParameterError

_KINDS: Final = {"maker-1": "maker", "maker-2": "maker"}


def moods(house: House, terms: Sequence[Terms]) -> list[Mood]:
    """What the crowd of each symbol is like."""
    crowd = house.crowd
    if crowd is None:
        return []
    return [
        Mood(
            symbol=terms[place.number].market.symbol,
            volatility=place.pair.volatility,
            pace=place.pair.pace,
            spread_bps=place.pair.spread_bps,
            shocks=place.pair.shocks,
            size=int(place.pair.size * SCALE),
            fair=round(place.fair.value * 10**-place.pair.listing.price_decimals * SCALE),
        )
        for place in crowd.places()
    ]


def members(house: House, terms: Sequence[Terms]) -> list[CrowdMember]:
    """Who is in the crowd of each symbol."""
    crowd = house.crowd
    if crowd is None:
        return []
    return [
        _member(crowd, terms[place.number], owner, place.pair.listing.quantity_decimals)
        for place in crowd.places()
        for owner in range(len(CROWD))
    ]


def tune(house: House, terms: Terms, wanted: Mapping[str, Any]) -> None:
    """Makes the crowd of a symbol another."""
    if house.crowd is None:
        raise ParameterError("this exchange has no crowd", expected="an exchange with one")
    place = house.crowd.places()[terms.number]
    place.tune(replace(place.pair, **wanted))  # a Pair that cannot be raises


def _member(crowd: Crowd, terms: Terms, owner: int, decimals: int) -> CrowdMember:
    maker = crowd.makers().get((terms.number, owner))
    name = CROWD[owner]
    return CrowdMember(
        name=name,
        kind=_KINDS.get(name, name),
        symbol=terms.market.symbol,
        inventory=0 if maker is None else maker.inventory * SCALE // 10**decimals,
        standing=0 if maker is None else maker.standing,
    )
