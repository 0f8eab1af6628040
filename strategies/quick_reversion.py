"""Leans against short moves: holds the more, the further the price lies below its average, and nothing far above it."""

from parrot.sdk import Annotated, Range, Strategy, pct


class QuickReversion(Strategy):
    """Leans against short moves: holds the more, the further the price lies below its average."""

    length: Annotated[int, Range(5, 200)] = 10
    share: Annotated[float, Range(0.01, 0.5)] = 0.1
    reach: Annotated[float, Range(0.5, 5)] = 2.0
    step: Annotated[float, Range(0.05, 1)] = 0.1
    stop: Annotated[float, Range(0.1, 10)] = 2.0

    def init(self):
        self.z = self.zscore(self.length)

    def on_bar(self, bar):
        z = max(-self.reach, min(self.reach, self.z[0]))
        if z != z:  # the price has not moved at all
            return
        most = self.share * self.equity / bar.close
        wanted = most * (self.reach - z) / (2 * self.reach)
        if abs(wanted - self.position) >= self.step * most:
            self.hold(wanted, stop=pct(self.stop), why=f"{self.z[0]:+.1f} deviations from the average")
