"""A journal as one append-only file, every byte of it covered by a chain."""

from parrot.adapters.journal.files.journal import FileJournal
from parrot.adapters.journal.files.segments import FileSegments
from parrot.adapters.journal.files.snapshots import FileSnapshots
from parrot.adapters.journal.files.verify import bodies_of, verify_journal, verify_snapshot

__all__ = ["FileJournal", "FileSegments", "FileSnapshots", "bodies_of", "verify_journal", "verify_snapshot"]
