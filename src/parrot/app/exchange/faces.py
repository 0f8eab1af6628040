"""Which protocols speak for an exchange: the one list of its servers."""

from __future__ import annotations

from parrot.app.exchange.alpaca import alpaca_server
from parrot.app.exchange.site import Server, Site


def servers(site: Site) -> list[Server]:
    """The servers that the settings ask for; none has started."""
    made: list[Server] = []
    if site.settings.alpaca_port is not None:
        made.append(alpaca_server(site, site.settings.alpaca_port))
    return made
