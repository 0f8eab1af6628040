"""The run store as files in a folder."""

from parrot.adapters.runs.files import FileRuns

__all__ = ["FileRuns"]
