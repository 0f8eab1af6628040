"""Parameters are declared in the class, typed, within their ranges, and called by their names."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pytest

from parrot.kernel.errors import ParameterError
from parrot.sdk import Choice, Range, Strategy
from parrot.sdk.parameters import Parameter


class Sample(Strategy):
    """One parameter of each kind; the rest are none."""

    fast: Annotated[int, Range(5, 50, step=5)] = 10
    share: Annotated[float, Range(0.1, 1)] = 0.5
    side: Annotated[str, Choice("long", "short")] = "long"
    hedged: bool = False
    size: float = 1.5
    unset: int
    _hidden: int = 3
    untyped = 4
    seen: list = []  # noqa: RUF012


class Derived(Sample):
    """Declares one anew and adds one."""

    fast: int = 99
    slow: int = 200


def test_public_annotated_attributes_with_a_default_are_parameters():
    assert list(Sample.parameters) == ["fast", "share", "side", "hedged", "size"]
    assert Sample.parameters["fast"] == Parameter("fast", int, 10, Range(5, 50, step=5))
    assert Sample.parameters["side"].allowed == Choice("long", "short")
    assert Strategy.parameters == {}


def test_a_subclass_inherits_adds_and_declares_anew():
    assert list(Derived.parameters) == ["fast", "share", "side", "hedged", "size", "slow"]
    assert Derived(fast=1_000).fast == 1_000
    assert Sample.parameters["fast"].default == 10


def test_values_given_replace_defaults_for_one_instance():
    sample = Sample(fast=20, share=1, side="short", hedged=True)
    assert sample.parameter_values == {"fast": 20, "share": 1.0, "side": "short", "hedged": True, "size": 1.5}
    assert isinstance(sample.share, float)  # a whole number stands for a float
    assert Sample().fast == 10


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fats": 7}, "Sample has no parameter 'fats'; expected: fast, share, .*; fix: did you mean 'fast'?"),
        ({"zebra": 7}, "Sample has no parameter 'zebra'; expected: fast, share, side, hedged, size$"),
        ({"_hidden": 7}, "no parameter '_hidden'"),
        ({"fast": 4}, "fast=4 is out of its range; expected: int from 5 to 50"),
        ({"fast": 51}, "out of its range"),
        ({"fast": 10.0}, "fast=10.0 is not int"),
        ({"fast": True}, "fast=True is not int"),
        ({"fast": "10"}, "fast='10' is not int"),
        ({"share": float("nan")}, "out of its range"),
        ({"share": "0.5"}, "is not float"),
        ({"side": "flat"}, "side='flat' is out of its range; expected: one of 'long', 'short'"),
        ({"hedged": 1}, "hedged=1 is not bool"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(values, message):
    with pytest.raises(ParameterError, match=message):
        Sample(**values)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("fast", "25", 25),
        ("share", "1", 1.0),
        ("side", "short", "short"),
        ("hedged", "true", True),
        ("hedged", "0", False),
        ("size", "2.5", 2.5),
    ],
)
def test_text_of_a_flag_becomes_a_value(name, text, value):
    assert Sample.parameters[name].parse(text) == value


@pytest.mark.parametrize(("name", "text"), [("fast", "ten"), ("fast", "60"), ("size", ""), ("hedged", "maybe")])
def test_text_that_is_no_value_is_refused(name, text):
    with pytest.raises(ParameterError, match=name):
        Sample.parameters[name].parse(text)


def test_a_default_outside_its_range_is_refused_where_it_is_declared():
    with pytest.raises(ParameterError, match="fast=60 is out of its range"):

        class Wrong(Strategy):
            fast: Annotated[int, Range(5, 50)] = 60


@pytest.mark.parametrize("bounds", [(5, 1), (1, 5, 0), (1, 5, -1), (float("nan"), 1)])
def test_an_empty_range_is_refused(bounds):
    with pytest.raises(ParameterError, match="is empty"):
        Range(*bounds)


def test_an_annotation_may_name_the_class_itself() -> None:
    class Chained(Strategy):
        before: ClassVar[list[Chained]] = []
        length: Annotated[int, Range(1, 9)] = 3

    assert list(Chained.parameters) == ["length"]


def test_an_annotation_that_nobody_knows_is_named() -> None:
    with pytest.raises(ParameterError, match="Nowhere"):

        class Lost(Strategy):
            length: Nowhere = 3  # type: ignore[name-defined]  # noqa: F821  # the test is about this
