"""Refusals of the validator are told in words of people, the same as the screen says while one types."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from parrot.gateway.rest.bodies import Amount
from parrot.gateway.rest.models.orders import OrderBody
from parrot.gateway.rest.models.strategies import StrategyBody
from parrot.gateway.rest.words import words

NUMBER = "write a number with a point and without separators, such as 0.01"
STRATEGY = {"strategy": "mine", "symbols": ["BTC/USDT"], "cash": "10"}


def refused(kind: Any, given: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    return {".".join(map(str, error["loc"])): words(error) for error in caught.value.errors()}


# The same cases stand in web/shared/format/typed.test.ts.
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", NUMBER),
        ("", NUMBER),
        ("0,5", NUMBER),
        ("0", "write a number above 0"),
        ("-1", "write a number above 0"),
        ("1e99", "write a number of at most 33 digits"),
        ("1e400", "write a number of at most 33 digits"),
        ("1e15", "write at most 15 digits before the point"),
        ("0.0000000000000000001", "write at most 18 places after the point"),
    ],
)
def test_an_amount_is_refused_in_words(given: str, said: str) -> None:
    assert refused(Amount, given) == {"": said}


def test_fields_are_refused_in_words() -> None:
    assert refused(StrategyBody, {**STRATEGY, "symbols": [], "parent": "x", "file_name": "", "note": "n" * 301}) == {
        "symbols": "give at least 1",
        "parent": "write a whole number",
        "file_name": "is not known here",
        "note": "write at most 300 characters",
    }
    asked = {"key": "k", "symbol": "", "side": "up", "slices": -1}
    assert refused(OrderBody, asked) == {
        "quantity": "is missing",
        "symbol": "write at least 1 character",
        "side": "choose one of 'buy' or 'sell'",
        "slices": "write a number from 0 on",
    }


def test_a_rule_of_ours_keeps_its_own_words() -> None:
    order = {"key": "k", "symbol": "BTC/USDT", "side": "buy", "quantity": "1", "kind": "market", "limit": "9"}
    assert refused(OrderBody, order) == {
        "": "a market order has no limit and no trigger; leave kind away, or the prices"
    }
