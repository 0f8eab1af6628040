"""What is measured and how it is shown: one row a comparison, one table a section."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

EQUAL = "equal"


@dataclass(frozen=True)
class Row:
    """One figure of ours beside its target and, where there is one, a peer's figure for the same work.

    `checked` says what was compared; a ratio is shown only where `same` is true, that is when the results were equal.
    Less is better, unless `rate` says that the figure is one of things a second: then the target is the least.
    """

    what: str
    ours: float | None
    unit: str = "ns/bar"
    target: float | None = None
    peer: str = ""
    theirs: float | None = None
    checked: str = ""
    same: bool = False
    rate: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times slower (or larger) the peer is."""
        if not (self.same and self.ours and self.theirs):
            return None
        return self.ours / self.theirs if self.rate else self.theirs / self.ours

    @property
    def bound(self) -> str:
        """The target as it is shown."""
        return f"{'>=' if self.rate else '<='} {figure(self.target)}" if self.target else ""

    @property
    def short(self) -> str:
        """The row in a few words."""
        return f"{self.what}: {figure(self.ours)} {self.unit}, target {self.bound}"

    @property
    def missed(self) -> bool:
        """True when the target is not met."""
        if self.ours is None or self.target is None:
            return False
        return self.ours < self.target if self.rate else self.ours > self.target


def figure(value: float | None) -> str:
    """A number for people: three digits, or none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def show(console: Console, title: str, rows: Iterable[Row], note: str = "") -> None:
    """Prints a section."""
    table = Table(title=title, title_justify="left", caption=note or None, caption_justify="left")
    for name in ("measured", "unit", "Parrot", "target", "peer", "peer's", "ratio", "checked"):
        table.add_column(name, justify="right" if name in ("Parrot", "target", "peer's", "ratio") else "left")
    for row in rows:
        ours = f"[{'red' if row.missed else 'green'}]{figure(row.ours)}[/]" if row.target else figure(row.ours)
        ratio = f"{figure(row.ratio)}x" if row.ratio else "-"
        table.add_row(row.what, row.unit, ours, row.bound, row.peer, figure(row.theirs), ratio, row.checked)
    console.print(table)


def keep(folder: Path, name: str, machine: dict[str, Any], sections: dict[str, list[Row]]) -> Path:
    """Writes all rows as JSON; the newest run is also latest.json."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {
        title: [asdict(row) | {"ratio": row.ratio, "missed": row.missed} for row in found]
        for title, found in sections.items()
    }
    text = json.dumps({"machine": machine, "sections": rows}, indent=1)
    path = folder / f"{name}.json"
    path.write_text(text, "utf-8")
    (folder / "latest.json").write_text(text, "utf-8")
    return path
