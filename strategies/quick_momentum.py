"""Follows the quote: holds while a fast average of bid and ask lies above a slow one."""

from parrot.sdk import Annotated, Range, Strategy, pct


class QuickMomentum(Strategy):
    """Follows the quote: holds while a fast average of bid and ask lies above a slow one, and leaves when it turns."""

    fast: Annotated[float, Range(0.1, 60)] = 1.0
    slow: Annotated[float, Range(0.5, 600)] = 5.0
    share: Annotated[float, Range(0.01, 0.5)] = 0.05
    patience: Annotated[float, Range(1, 600)] = 8.0
    stop: Annotated[float, Range(0.1, 10)] = 1.0

    def init(self):
        self.near = self.far = self.seen = self.since = 0
        self.every("1s", self.look)

    def on_quote(self, quote):
        middle = (quote.bid + quote.ask) / 2
        seconds = (self.now - self.seen) / 1e9 if self.seen else 1e9
        self.near += (middle - self.near) * min(1.0, seconds / self.fast)
        self.far += (middle - self.far) * min(1.0, seconds / self.slow)
        self.seen = self.now

    def look(self):
        held = (self.now - self.since) / 1e9
        if not self.seen or self.working_entries():
            return
        if self.flat and self.near > self.far:
            quantity = self.share * self.equity / self.near
            self.since = self.now
            self.buy(quantity, stop=pct(self.stop), why="the fast average of the quote lies above the slow one")
        elif not self.flat and (self.near < self.far or held > self.patience):
            self.close(why="it turned" if self.near < self.far else f"held for {held:.0f} s")

    def working_entries(self):
        return [number for number in self.working() if self.order(number)["role"] == "order"]
