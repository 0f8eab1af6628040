"""Buys new highs of several symbols and trails a stop behind each."""

from parrot.sdk import Annotated, Range, Strategy, distance, trailing


class DonchianBreakout(Strategy):
    """Buys new highs of several symbols and trails a stop behind each."""

    entry: Annotated[int, Range(20, 400)] = 240
    width: Annotated[float, Range(1, 20)] = 8.0

    def init(self):
        self.top, self.range = self.highest(self.entry, source="high"), self.atr(48)
        self.share = 0.95 / len(self.symbols)

    def on_bar(self, bar):
        if self.position == 0 and bar.close > self.top[-1]:
            stop = trailing(distance(self.width * self.range[0]))
            self.target(self.share, symbol=bar.symbol, stop=stop, why=f"highest in {self.entry} bars")
