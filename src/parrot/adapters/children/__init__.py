"""Children: processes for code that is not trusted."""

from parrot.adapters.children.processes import ChildLimits, ProcessChildren

__all__ = ["ChildLimits", "ProcessChildren"]
