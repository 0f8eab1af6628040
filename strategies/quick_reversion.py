"""Leans against moves: holds the more, the further the price lies below its average, and goes there in small parts."""

from parrot.sdk import Annotated, Range, Strategy, pct


class QuickReversion(Strategy):
    """Leans against moves: holds the more, the further the price lies below its average, and goes there in small parts.

    At the average of `length` bars it holds half of `share`, `reach` (%) below it all of it, as far above nothing. It
    changes its mind once what it wants has moved by `step` of `share`, by default after half a per cent of the price:
    more than trading there and back costs. It gets there by `part` of `share` in an order, one every `pause` seconds.
    """

    length: Annotated[int, Range(5, 5000)] = 600
    share: Annotated[float, Range(0.01, 0.5)] = 0.05
    reach: Annotated[float, Range(0.1, 20)] = 1.0
    step: Annotated[float, Range(0.05, 1)] = 0.25
    part: Annotated[float, Range(0.01, 1)] = 0.02
    pause: Annotated[float, Range(1, 600)] = 7.0
    stop: Annotated[float, Range(0.1, 10)] = 3.0

    def init(self):
        self.average = self.goal = self.acted = 0

    def on_bar(self, bar):
        if not self.average:
            self.average, self.acted = bar.close, self.now
        self.average += (bar.close - self.average) * 2 / (self.length + 1)
        most, away = self.share * self.equity / bar.close, 100 * (bar.close / self.average - 1)
        wanted = most * min(1.0, max(0.0, 0.5 - away / (2 * self.reach)))
        if abs(wanted - self.goal) >= self.step * most:
            self.goal = wanted if wanted > self.step * most else 0.0
        if self.now - self.acted >= self.pause * 1e9:
            self.approach(self.part * most, f"{away:+.2f} % from the average")

    def approach(self, part, why):
        change = self.goal - self.position
        if abs(change) < part / 2:
            return
        self.acted = self.now
        if abs(change) > 1.5 * part:
            change = part if change > 0 else -part
        terms = {"stop": pct(self.stop)} if self.flat else {}
        self.hold(self.position + change, why=why, **terms)
