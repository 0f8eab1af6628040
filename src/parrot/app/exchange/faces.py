"""Which protocols speak for an exchange: the one list of its servers."""

from __future__ import annotations

from parrot.app.exchange.alpaca import alpaca_server
from parrot.app.exchange.binance import BinanceServer
from parrot.app.exchange.fix import FixServer
from parrot.app.exchange.site import Server, Site


def servers(site: Site) -> list[Server]:
    """The servers that the settings ask for; none has started."""
    made: list[Server] = []
    settings = site.settings
    if settings.port is not None:
        made.append(BinanceServer(site))
    if settings.alpaca_port is not None:
        made.append(alpaca_server(site, settings.alpaca_port))
    if settings.fix_port is not None:
        made.append(FixServer(site, host=settings.host, port=settings.fix_port, folder=settings.data))
    return made
