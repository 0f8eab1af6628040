"""The data directory of a platform, under the name by which its parts know it."""

from parrot.app.folder import DataFolder, Instance, announce, running, withdraw

__all__ = ["DataFolder", "Instance", "announce", "running", "withdraw"]
