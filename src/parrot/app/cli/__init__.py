"""The command `parrot`."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code (docs/reference/cli.md)."""
    from parrot.app.cli.program import run

    return run(arguments)
