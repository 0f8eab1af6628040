"""What a platform keeps of users beside their own database goes when one of them is erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parrot.centers.users.manifest import Users
from parrot.contracts.users import Person

Forget = Callable[[str], bool]


def forget_the_erased(users: Users, forgets: Sequence[Forget], scrub: Callable[[], None]) -> None:
    """Has each of `forgets` let go of who is erased: now of those who were, later at once.

    Each says whether there was anything of a user by that id; then `scrub` takes its traces from the disk.
    """

    def left(user: str) -> None:
        person = users.store.get(Person, user)
        if person is None or not person.erased:
            return
        went = [forget(user) for forget in forgets]
        if any(went):
            scrub()

    users.watch(left)
    for user in users.store.all(Person):
        left(user)
