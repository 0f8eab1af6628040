"""Client ids as venues write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.venues.ccxt.names import Unfit, read, written
from parrot.adapters.venues.table import ROWS, Row, row
from parrot.centers.execution.client_ids import client_id

IDS = st.builds(
    client_id,
    account=st.text(max_size=20),
    epoch=st.integers(0, 2**24 - 1),
    intent=st.integers(0, 2**48 - 1),
    attempt=st.integers(0, 999),
)


@settings(deadline=None, max_examples=60)
@given(IDS, st.sampled_from(sorted(name for name, one in ROWS.items() if one.id_form != "none")))
def test_every_id_of_the_desk_comes_back_from_every_venue(name, venue):
    known = row(venue)
    there = written(name, known)
    assert read(there, known) == name
    assert len(there) <= {"text": known.id_most + len(known.id_prefix), "hex": 34, "uuid": 36}[known.id_form]


@pytest.mark.parametrize("name", ["0xabc", "x-something", "", "0x" + "f" * 32])
def test_ids_of_others_stay_what_they_are(name):
    assert read(name, row("hyperliquid")) == name


@pytest.mark.parametrize(("name", "known"), [("a" * 37, Row()), ("", Row()), ("mine", Row(id_form="hex"))])
def test_what_a_venue_could_not_hold_does_not_leave(name, known):
    with pytest.raises(Unfit):
        written(name, known)
