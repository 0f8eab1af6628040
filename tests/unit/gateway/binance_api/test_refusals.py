"""Every reason of the exchange has words of the venue, whatever it was asked for."""

from __future__ import annotations

import pytest

from parrot.contracts.exchange import Why
from parrot.gateway.binance_api import refusals
from parrot.kernel.errors import Refused


@pytest.mark.parametrize("reason", [*Why, "something_new"])
def test_every_reason_has_a_code_and_words(reason: str) -> None:
    refused = Refused("no", reason=reason)
    for words in (refusals.of_order, refusals.of_cancel, refusals.of_query, refusals.of_list_query, refusals.of_amend):
        problem = words(refused)
        assert (problem.status, problem.code < 0, bool(problem.text)) == (400, True, True)
