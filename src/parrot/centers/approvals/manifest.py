"""The way into the approvals center."""

from __future__ import annotations

from parrot.centers.approvals.service import DAY_NS, Approvals

__all__ = ["DAY_NS", "NAME", "Approvals"]

NAME = "approvals"
