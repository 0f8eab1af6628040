"""The venue port on ccxt: history of any exchange that ccxt knows.

ccxt takes seconds to import, so it is imported when an exchange is first asked. Numbers travel as the text that the
exchange sent, never as floats. ccxt paces its own requests to the exchange's published limits.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from parrot.engine.columns import timeframe_ns, timeframe_text
from parrot.kernel.errors import MissingError, ParameterError, VenueError
from parrot.ports.venue import Kline

_MS: Final = 1_000_000
_PAGE_ROWS: Final = 500
_TIMEOUT_S: Final = 20.0
_UNAVAILABLE_FOR_LEGAL_REASONS: Final = 451
_SERVER_ERROR: Final = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Answer:
    """The last answer over HTTP; status 0 when there was none."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


class CcxtVenue:
    """An exchange by its ccxt id ("binance", "kraken", "binanceusdm", ...).

    `base_url` sends every request there instead of to the exchange, for tests and proxies: the scheme and host of all
    addresses are replaced, their paths kept. `timeout_s` is how long one request may take. Raises MissingError for an
    id that ccxt does not know.
    """

    def __init__(self, exchange_id: str, *, base_url: str | None = None, timeout_s: float = _TIMEOUT_S) -> None:
        self._name = exchange_id
        self._exchange = _exchange(exchange_id, base_url, timeout_s)
        self._answer = _Answer()
        self._exchange.on_rest_response = self._note

    @property
    def name(self) -> str:
        """Name of the venue, as used in the lake."""
        return self._name

    def resolve(self, symbol: str) -> str:
        """The exchange's own id of a symbol, given as its id (BTCUSDT) or in ccxt's spelling (BTC/USDT)."""
        return str(self._market(symbol)["id"])

    def page_rows(self, symbol: str) -> int:
        """The most bars that one call of `klines` gives."""
        rows = self._exchange.feature_value(self._market(symbol)["symbol"], "fetchOHLCV", "limit", _PAGE_ROWS)
        return int(rows or _PAGE_ROWS)

    def klines(self, symbol: str, timeframe: int, since: int, limit: int) -> list[Kline]:
        """Up to `limit` bars of `timeframe` ns that open at or after `since` (ns UTC), oldest first."""
        exchange, market = self._exchange, self._market(symbol)
        name = self._timeframe(timeframe)
        rows = self._call(lambda: exchange.fetch_ohlcv(market["symbol"], name, -(-since // _MS), limit))
        if not rows and not _says_nothing(self._answer.text):
            # ccxt makes an empty list of what it cannot read; taken for an answer, it would leave a hole.
            raise self._garbage("an answer that cannot be read")
        return sorted(self._kline(row) for row in rows)

    def _market(self, symbol: str) -> dict[str, Any]:
        exchange = self._exchange
        if not exchange.markets:
            self._call(exchange.load_markets)
        if symbol in exchange.markets:
            return dict(exchange.markets[symbol])
        by_id = exchange.markets_by_id.get(symbol, [])
        if by_id:
            return dict(by_id[0])
        near = difflib.get_close_matches(symbol, [*exchange.markets_by_id, *exchange.markets], n=3)
        raise MissingError(
            f"{self._name} has no symbol {symbol}",
            expected=f"perhaps {' or '.join(near)}" if near else "a symbol that the exchange lists",
            fix="write it as the exchange does (BTCUSDT) or as BASE/QUOTE (BTC/USDT)",
        )

    def _timeframe(self, timeframe: int) -> str:
        offered = {name: _length(name) for name in self._exchange.timeframes or {}}
        for name, length in offered.items():
            if length == timeframe:
                return str(name)
        raise ParameterError(
            f"{self._name} has no bars of {timeframe_text(timeframe)}",
            expected=", ".join(name for name, length in offered.items() if length),
            fix="download a finer timeframe and resample",
        )

    def _kline(self, row: list[Any]) -> Kline:
        try:
            numbers = [Decimal(str(value)) for value in row[1:6]]
            kline = Kline(int(row[0]) * _MS, *numbers)
        except (TypeError, ValueError, IndexError, InvalidOperation) as error:
            raise self._garbage(f"a bar that reads {row!r}") from error
        prices = kline[1:5]
        if not all(value.is_finite() for value in numbers) or min(prices) <= 0 or kline.volume < 0:
            raise self._garbage(f"a bar that reads {row!r}")
        if kline.high < max(prices) or kline.low > min(prices):
            raise self._garbage(f"a bar whose high and low do not hold open and close: {row!r}")
        return kline

    def _call(self, request: Callable[[], _T]) -> _T:
        """Ask the exchange; whatever ccxt raises becomes a VenueError that says whether waiting may help."""
        import ccxt

        self._answer = _Answer()
        try:
            return request()
        except (ccxt.RateLimitExceeded, ccxt.DDoSProtection) as error:
            wait = self._retry_after()
            raise VenueError(
                f"{self._name} asks to slow down{_detail(error)}", fix="wait", retry_after_s=wait
            ) from error
        except ccxt.BadSymbol as error:
            raise MissingError(f"{self._name} does not know the symbol{_detail(error)}") from error
        except ccxt.NotSupported as error:
            raise VenueError(f"{self._name} gives no such history{_detail(error)}", temporary=False) from error
        except ccxt.BaseError as error:
            raise self._refusal(error, isinstance(error, ccxt.OperationFailed)) from error
        except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
            # ccxt trips over answers that are no JSON or of another shape.
            raise self._garbage("an answer that cannot be read") from error

    def _refusal(self, error: Exception, failed: bool) -> VenueError:
        """`failed` means that the exchange could not do it now; otherwise it would not do it at all."""
        status = self._answer.status
        if status == _UNAVAILABLE_FOR_LEGAL_REASONS:
            return VenueError(f"{self._name} serves nobody at this place{_detail(error)}", temporary=False)
        if failed or status >= _SERVER_ERROR:
            return VenueError(
                f"{self._name} did not answer properly{_detail(error)}",
                fix="check the connection; later the download goes on where it stopped",
                retry_after_s=self._retry_after(),
            )
        return VenueError(f"{self._name} refused the request{_detail(error)}", temporary=False)

    def _garbage(self, what: str) -> VenueError:
        return VenueError(f"{self._name} sent {what}", expected="bars", fix="try again later")

    def _retry_after(self) -> float | None:
        text = next((value for name, value in self._answer.headers.items() if name.lower() == "retry-after"), None)
        return float(text) if text is not None and re.fullmatch(r"\d+(\.\d+)?", text) else None

    def _note(self, status: int, reason: str, url: str, method: str, headers: Any, text: str, *sent: Any) -> str:
        """Called by ccxt with every answer; gives back the text that it shall read."""
        self._answer = _Answer(status, dict(headers), text.strip())
        return self._answer.text


def _exchange(exchange_id: str, base_url: str | None, timeout_s: float) -> Any:
    import ccxt

    if exchange_id not in ccxt.exchanges:
        near = difflib.get_close_matches(exchange_id, ccxt.exchanges, n=3)
        raise MissingError(
            f"unknown venue {exchange_id!r}",
            expected=f"perhaps {' or '.join(near)}" if near else f"one of {len(ccxt.exchanges)} exchanges of ccxt",
            fix="see the list in the documentation of ccxt",
        )
    exchange = getattr(ccxt, exchange_id)({"enableRateLimit": True, "timeout": int(timeout_s * 1000)})
    exchange.number = str  # prices stay the text that the exchange sent
    if exchange_id == "binance":
        # Its futures are venues of their own (binanceusdm, binancecoinm); their symbols have the same ids.
        exchange.options["fetchMarkets"] = {"types": ["spot"]}
    if base_url:
        exchange.urls["api"] = _moved(exchange.urls["api"], base_url.rstrip("/"))
    return exchange


def _moved(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _moved(url, base_url) for name, url in urls.items()}
    return re.sub(r"^https?://[^/]+", base_url, urls) if isinstance(urls, str) else urls


def _says_nothing(text: str) -> bool:
    """Whether an answer holds an empty list (or null): the way in which exchanges say that there are no bars."""
    try:
        return _has_nothing(json.loads(text))
    except ValueError:
        return False


def _has_nothing(answer: Any) -> bool:
    if isinstance(answer, dict):
        return any(value is None or _has_nothing(value) for value in answer.values())
    return isinstance(answer, list) and (not answer or any(_has_nothing(value) for value in answer))


def _length(name: str) -> int:
    """Nanoseconds of a ccxt timeframe; 0 for months, which have no fixed length."""
    try:
        return timeframe_ns(name)
    except ParameterError:
        return 0


def _detail(error: Exception) -> str:
    lines = str(error).splitlines()
    return f": {lines[0][:300]}" if lines else ""
