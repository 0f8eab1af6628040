"""Which protocols speak for an exchange: the one list of its servers."""

from __future__ import annotations

from parrot.app.exchange.site import Server, Site


def servers(site: Site) -> list[Server]:
    """The servers that the settings ask for; none has started."""
    made: list[Server] = []
    return made
