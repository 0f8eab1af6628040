"""Where numbered conversations are kept, so that both sides know after a break what was said."""

from parrot.adapters.sessions.files import FileSessions
from parrot.adapters.sessions.memory import MemorySessions

__all__ = ["FileSessions", "MemorySessions"]
