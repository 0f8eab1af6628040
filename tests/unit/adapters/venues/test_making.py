"""Exchanges of ccxt as they are made: what is not understood is refused, and no number becomes a float."""

from __future__ import annotations

import pytest

from parrot.adapters.venues.ccxt.making import make
from parrot.adapters.venues.connecting import wire
from parrot.adapters.venues.table import row
from parrot.contracts.connections import Connection
from parrot.kernel.errors import InputError, ParameterError


def made(name="binance", **given):
    return make(name, row(name), key=None, secret=None, passphrase=None, **given)


def test_numbers_without_quotes_keep_all_their_digits():
    found = made().parse_json('{"p": 0.1234567890123456789, "n": 3, "e": 1e-7}')
    assert found == {"p": "0.1234567890123456789", "n": 3, "e": "1e-7"}
    assert made().safe_string(found, "p") == "0.1234567890123456789"


def test_a_sandbox_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="kraken has no sandbox"):
        made("kraken", sandbox=True)


@pytest.mark.parametrize("options", [{"sandbox": "True"}, {"sandbox": "yes"}, {"sandbx": "true"}])
def test_an_option_that_is_not_understood_leads_nowhere(options):
    with pytest.raises(ParameterError):
        wire(Connection(name="mine", exchange="binance", options=options), None, lambda: 0)
