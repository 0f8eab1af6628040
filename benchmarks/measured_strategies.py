"""The strategies that are measured, as a user would write them."""

from market import FAST, SLOW

from parrot.sdk import Strategy, crossed_above, crossed_below


class Idle(Strategy):
    """Called on every bar, does nothing."""

    def on_bar(self, bar):
        pass


class SmaCross(Strategy):
    """Holds one unit while the fast average is above the slow one; asks on every bar."""

    def init(self):
        self.fast, self.slow = self.sma(FAST), self.sma(SLOW)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            self.hold(1)
        elif self.fast.crossed_below(self.slow):
            self.hold(0)


class SmaWhen(Strategy):
    """The same, called only when the averages cross."""

    def init(self):
        fast, slow = self.sma(FAST), self.sma(SLOW)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar):
        self.hold(1)

    def leave(self, bar):
        self.hold(0)


class EverySymbol(Strategy):
    """SmaCross on every symbol."""

    def init(self):
        self.fast, self.slow = self.sma(FAST), self.sma(SLOW)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            self.hold(1, symbol=bar.symbol)
        elif self.fast.crossed_below(self.slow):
            self.hold(0, symbol=bar.symbol)


class Counting(Strategy):
    """Counts and adds up; a run works on a fresh instance, so the sums are left with the class at the end."""

    found = (0, 0.0)

    def init(self):
        self.calls, self.total = 0, 0.0

    def on_stop(self):
        type(self).found = (self.calls, self.total)


class Tape(Counting):
    """Adds up the prices of all trades."""

    def on_trade(self, trade):
        self.calls += 1
        self.total += trade.price


class Touch(Counting):
    """Looks at the best bid and ask ten times a second."""

    def init(self):
        super().init()
        self.every("100ms", self.look)

    def look(self):
        quote = self.quote()
        if quote is not None:
            self.calls += 1
            self.total += quote.bid + quote.ask
