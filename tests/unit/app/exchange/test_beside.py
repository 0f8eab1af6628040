"""Requests of many clients on their way into the thread of a platform."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import Any

from parrot.app.exchange.beside import ThreadOwner
from parrot.kernel.errors import StorageError


class Still:
    """An exchange on which nothing happens."""

    now = 0

    def turn(self, now: int) -> None:
        pass

    def listen(self, listener: object) -> None:
        pass


class Door:
    """The way to the thread of the platform; nobody comes to open it until `open`."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Any, Future[Any]]] = []
        self.most = 0

    def ask(self, question: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((question, future))
        self.most = max(self.most, len(self.waiting))
        return future

    def open(self) -> None:
        waiting, self.waiting = self.waiting, []
        for question, future in waiting:
            try:
                future.set_result(question())
            except ValueError as fault:
                future.set_exception(fault)


def test_many_requests_leave_room_for_the_platform_s_own_commands_and_keep_their_order():
    async def main() -> None:
        door = Door()
        answers: list[int] = []
        owner = ThreadOwner(Still(), door.ask)
        for number in range(300):
            owner.call(partial(int, number), lambda result, _: answers.append(result))
        while len(answers) < 300:
            assert door.waiting
            door.open()
            await asyncio.sleep(0)
        assert answers == list(range(300))
        assert 0 < door.most <= 64

    asyncio.run(main())


def test_errors_are_told_and_too_many_requests_are_refused():
    async def main() -> None:
        door = Door()
        faults: list[type] = []
        owner = ThreadOwner(Still(), door.ask)
        owner.call(lambda: int("x"), lambda _, fault: faults.append(type(fault)))
        door.open()
        await asyncio.sleep(0)
        for _ in range(20_000):
            owner.call(lambda: 1, lambda _, fault: faults.append(type(fault)))
        assert faults[0] is ValueError
        assert set(faults[1:]) == {StorageError}

    asyncio.run(main())
