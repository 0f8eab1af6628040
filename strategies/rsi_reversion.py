"""Buys a sharp fall inside a long rise, and sells the recovery."""

from parrot.sdk import Annotated, Range, Strategy, crossed_above, crossed_below, pct


class RsiReversion(Strategy):
    """Buys a sharp fall inside a long rise, and sells the recovery."""

    length: Annotated[int, Range(2, 30)] = 14
    low: Annotated[float, Range(5, 40)] = 35.0
    high: Annotated[float, Range(50, 90)] = 60.0
    trend: Annotated[int, Range(50, 400)] = 200

    def init(self):
        strength = self.rsi(self.length)
        self.average = self.sma(self.trend)
        self.when(crossed_below(strength, self.low), self.fell)
        self.when(crossed_above(strength, self.high), self.recovered)

    def fell(self, bar):
        if bar.close > self.average[0]:
            self.target(0.9, stop=pct(4), why=f"RSI below {self.low:g} above the trend")

    def recovered(self, bar):
        self.target(0, why=f"RSI above {self.high:g}")
