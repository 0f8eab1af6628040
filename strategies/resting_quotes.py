"""Rests a bid below and an offer above a slow average, and earns what others pay for haste."""

from parrot.sdk import Annotated, Range, Strategy


class RestingQuotes(Strategy):
    """Rests a bid below and an offer above a slow average, and earns what others pay for haste."""

    length: Annotated[int, Range(10, 200)] = 48
    spread: Annotated[float, Range(0.5, 5)] = 3.0
    share: Annotated[float, Range(0.05, 0.5)] = 0.25

    def init(self):
        self.middle, self.range = self.ema(self.length), self.atr(self.length)

    def on_bar(self, bar):
        self.cancel_all()
        away, unit = self.spread * self.range[0], self.share * self.equity / bar.close
        if self.position < 2 * unit:
            self.buy(unit, limit=self.middle[0] - away, post_only=True, why="bid below the average")
        if self.position > 0:
            offer = self.middle[0] + away
            self.sell(self.position, limit=offer, post_only=True, why="offer above the average")
