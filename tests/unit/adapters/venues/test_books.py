"""Books that ccxt keeps: numbered here, and none is shown that stood before a break."""

from __future__ import annotations

import asyncio

import pytest

from parrot.adapters.venues.ccxt.books import WholeBooks
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble


def test_after_a_break_there_is_no_book_until_a_new_one_came():
    books, heard = WholeBooks(), []
    shown = [{"bids": [["10", "1"]], "asks": [["11", "2"]], "timestamp": 5}]

    async def watch():
        if not shown:
            raise Trouble(Outcome.UNKNOWN, "broken")
        return shown.pop()

    def carry():
        with pytest.raises(Trouble):
            asyncio.run(books.carry("A/B", watch, lambda ms: 0, heard.append))

    carry()
    assert books.snapshot("A/B", 7)["levels"] == [(1, "10", "1"), (-1, "11", "2")]
    carry()
    with pytest.raises(Trouble, match="no book"):
        books.snapshot("A/B", 8)
    shown.append({"bids": [["9", "1"]], "asks": [], "timestamp": 9})
    carry()
    assert heard[-1]["first"] > heard[0]["last"] + 1  # the gates see the gap
    assert books.snapshot("A/B", 9)["levels"] == [(1, "9", "1")]
