"""Long while the fast average is above the slow one, with a stop below."""

from parrot.sdk import Annotated, Range, Strategy, pct


class SmaCross(Strategy):
    """Long while the fast average is above the slow one."""

    fast: Annotated[int, Range(5, 50)] = 10
    slow: Annotated[int, Range(20, 200)] = 30

    def init(self):
        self.f, self.s = self.sma(self.fast), self.sma(self.slow)

    def on_bar(self, bar):
        if self.f.crossed_above(self.s):
            self.target(0.95, stop=pct(5), why="fast crossed above slow")
        elif self.f.crossed_below(self.s):
            self.target(0, why="fast crossed below slow")
