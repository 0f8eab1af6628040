"""Settings are read whole or refused with the name of every key that is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.app.platform.settings import PlatformSettings, read_settings
from parrot.kernel.errors import InputError


def test_without_a_file_everything_has_a_default(tmp_path):
    assert read_settings(tmp_path / "settings.toml") == PlatformSettings()


def test_what_is_written_is_taken(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(
        '[venue]\nseed = 7\nsymbols = ["BTC/USDT"]\ndeposit = { USDT = "12.5" }\n'
        '[[strategies]]\nid = "mine"\nfile = "mine.py"\nsymbols = ["BTC/USDT"]\ncash = 100\n'
    )
    settings = read_settings(path)
    assert settings.venue.seed == 7
    assert settings.venue.deposit == {"USDT": Decimal("12.5")}
    assert settings.strategies is not None
    assert settings.strategies[0].cash == 100


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour is no setting"),
        ("[venue]\nseeds = 1", "venue.seeds is no setting"),
        ("[venue]\nseed = -1", "venue.seed is -1"),
        ("[venue]\nlatency_us = 1.5", "venue.latency_us is 1.5"),
        ('[venue]\ndeposit = { USDT = "NaN" }', "venue.deposit.USDT is 'NaN'"),
        ("[venue]\ndeposit = { USDT = -5 }", "USDT is -5"),
        ("[[strategies]]\nid = 'A b'\nfile='x'\nsymbols=['B']\ncash=1", "strategies.0.id is 'A b'"),
        ("[[strategies]]\nid = 'a'\nfile='x'\nsymbols=[]\ncash=1", "strategies.0.symbols is []"),
        ("strategies = 3", "strategies is 3"),
        ("= 1", "cannot be read"),
        ('[venue]\nkind = "kraken"', "venue.kind is 'kraken'"),
        ('[venue]\nname = "mine"', "the simulated venue has no name"),
        ('[venue]\nmode = "live"', "the simulated venue has no name, exchange or mode"),
        ('[venue]\nkind = "ccxt"', "a real venue has a name"),
        ('[venue]\nkind = "ccxt"\nname = "a"\nexchange = "b"', "a real venue has a name"),
        ('[venue]\nkind = "ccxt"\nexchange = "b"\nmode = "live"', "live needs keys"),
        ('[venue]\nkind = "ccxt"\nname = "a"\nmode = "live"', 'say acknowledge = "live on a"'),
        ('[venue]\nkind = "ccxt"\nname = "a"\nmode = "live"\nacknowledge = "live on b"', '"live on a"'),
        ('[venue]\nkind = "ccxt"\nname = "a"\nmode = "live"\nacknowledge = "live on a"', ".toml: live needs limits"),
        ('[venue]\nsymbols = "BTC/USDT"', 'Input should be a valid list, such as ["BTC/USDT"]'),
        ('[venue]\nkind = "ccxt"\nexchange = "b"\nsymbols = ["A/B", "A/B"]', "all different"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, named):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_settings(path)
    assert named in str(refused.value)
    assert str(path) in str(refused.value)
