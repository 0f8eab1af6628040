"""Alpaca's API as one of the servers of an exchange."""

from __future__ import annotations

from parrot.app.exchange.asgi import AsgiServer
from parrot.app.exchange.site import Server, Site
from parrot.app.exchange.stock_days import stock_days
from parrot.gateway.alpaca_api.application import Application
from parrot.gateway.alpaca_api.face import Face


def alpaca_server(site: Site, port: int) -> Server:
    """A server of Alpaca's API on `port`; it has not started."""
    settings = site.settings
    days = stock_days(settings.stock_session, site.exchange.now)
    application = Application(Face(site.exchange, site.keys, days, limits=settings.limits), site.owner)
    site.owner.listen(application.hear)
    return AsgiServer("alpaca", application, settings.host, port)
