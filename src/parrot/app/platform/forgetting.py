"""What a platform keeps of users beside their own database goes when one of them is erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from parrot.centers.users.manifest import Users
from parrot.contracts.users import Person
from parrot.kernel.errors import ParrotError

Forget = Callable[[str], bool]


def forget_the_erased(users: Users, forgets: Sequence[Forget], scrub: Callable[[], None]) -> None:
    """Has each of `forgets` let go of who is erased: now of those who were, later at once.

    Each says whether there was anything of a user by that id; then `scrub` takes its traces from the disk. What fails
    later stands in the log, and goes with the next start: an erasure goes on to its end.
    """

    def left(user: str) -> None:
        person = users.store.get(Person, user)
        if person is None or not person.erased:
            return
        went = [forget(user) for forget in forgets]
        if any(went):
            scrub()

    def later(user: str) -> None:
        try:
            left(user)
        except ParrotError:
            structlog.get_logger("parrot.users").exception("what is kept of who was erased goes with the next start")

    users.watch(later)
    for user in users.store.all(Person):
        left(user)
