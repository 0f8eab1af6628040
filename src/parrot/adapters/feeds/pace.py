"""How recorded time passes while a wall clock runs."""

from __future__ import annotations

from parrot.kernel.errors import ParameterError


class Pace:
    """Recorded time: at `wall` it is `start`, and from there it runs `speed` times as fast. All times in ns UTC."""

    def __init__(self, start: int, wall: int, *, speed: float = 1.0) -> None:
        if not 0 < speed < float("inf"):
            raise ParameterError(f"speed={speed}", expected="above 0", fix="go from due() to due() to run unpaced")
        self._start = start
        self._wall = wall
        self._speed = speed

    def now(self, wall: int) -> int:
        """The recorded time that is reached when the wall clock shows `wall`."""
        return self._start + int((wall - self._wall) * self._speed)

    def wait(self, due: int, wall: int) -> int:
        """How long the wall clock runs until the recorded time `due`, ns, at least 0."""
        return max(0, self._wall + -int((self._start - due) / self._speed // 1) - wall)
