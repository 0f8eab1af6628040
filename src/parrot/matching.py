"""The matching engine: `parrot.matching.Exchange`, `parrot.matching.replay(path)`."""

from parrot.engine.matching import *  # noqa: F403
from parrot.engine.matching import __all__ as __all__
