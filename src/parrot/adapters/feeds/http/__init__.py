"""A feed of JSON, CSV and tables of HTML pages over HTTP, for data that no exchange's API brings."""

from __future__ import annotations

from parrot.adapters.feeds.http.feed import HttpFeed
from parrot.adapters.feeds.http.fetching import Fetcher, Manners
from parrot.adapters.feeds.http.guard import Guard
from parrot.adapters.feeds.http.sources import HttpSource, read_sources

__all__ = ["Fetcher", "Guard", "HttpFeed", "HttpSource", "Manners", "read_sources"]
