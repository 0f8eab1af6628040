"""Follows the quote: buys once a fast average is clear above a slow one, and leaves once it is clear below it."""

from parrot.sdk import Annotated, Range, Strategy, pct


class QuickMomentum(Strategy):
    """Follows the quote: buys once a fast average is clear above a slow one, and leaves once it is clear below it.

    The averages look back over `fast` and `slow` seconds. `edge` (%) keeps it out of moves that are too small to pay
    for coming and going; after leaving it rests for `rest` seconds.
    """

    fast: Annotated[float, Range(0.1, 600)] = 30.0
    slow: Annotated[float, Range(0.5, 6000)] = 300.0
    edge: Annotated[float, Range(0, 5)] = 0.1
    share: Annotated[float, Range(0.01, 0.5)] = 0.05
    rest: Annotated[float, Range(1, 3600)] = 60.0
    stop: Annotated[float, Range(0.1, 10)] = 1.0

    def init(self):
        self.near = self.far = self.seen = self.left = 0
        self.every("1s", self.look)
        self.every("1m", self.tell)

    def on_quote(self, quote):
        middle = (quote.bid + quote.ask) / 2
        seconds = (self.now - self.seen) / 1e9 if self.seen else 1e9
        self.near += (middle - self.near) * min(1.0, seconds / self.fast)
        self.far += (middle - self.far) * min(1.0, seconds / self.slow)
        self.seen = self.now

    def look(self):
        if not self.seen or self.working_entries():
            return
        away = 100 * (self.near / self.far - 1)
        if not self.flat and away < -self.edge:
            self.left = self.now
            self.close(why=f"the fast average fell {-away:.2f} % below the slow one")
        elif self.flat and away > self.edge and self.now - self.left > self.rest * 1e9:
            quantity = self.share * self.equity / self.near
            self.buy(quantity, stop=pct(self.stop), why=f"the fast average is {away:.2f} % above the slow one")

    def tell(self):
        if self.seen and self.flat:
            away = 100 * (self.near / self.far - 1)
            self.log("waits: the fast average is %+.2f %% from the slow one, it buys above %+.2f %%", away, self.edge)

    def working_entries(self):
        return [number for number in self.working() if self.order(number)["role"] == "order"]
