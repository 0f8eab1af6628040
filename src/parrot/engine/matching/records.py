"""Layouts of the records that go in and come out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot import _core
from parrot.engine.matching.amounts import is_whole
from parrot.kernel.errors import ParameterError

_LAYOUTS: Final = _core.matching_dtypes()
COMMAND: Final[np.dtype[np.void]] = _LAYOUTS[0]
"""A command, 96 bytes; fields that a command does not use are zero."""
EVENT: Final[np.dtype[np.void]] = _LAYOUTS[1]
"""An event, 104 bytes."""
ORDER: Final[np.dtype[np.void]] = _LAYOUTS[2]
"""A live order; its state: 1 in the book, 2 waiting for a trigger, 3 triggered, 4 aside, 5 waiting for its parent."""


def commands(count: int) -> NDArray[np.void]:
    """`count` commands (COMMAND) of zeros to be filled in column by column; raises ParameterError below 0."""
    if not is_whole(count) or count < 0:
        raise ParameterError(f"count is {count!r}", expected="a whole number from 0")
    return np.zeros(count, COMMAND)
