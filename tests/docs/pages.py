"""The code blocks of a Markdown page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUNNABLE = ("python", "bash", "console")

_FENCE = re.compile(r"^```(?P<language>\w+)[ \t]*(?P<info>[^\n]*)\n(?P<code>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    info: str
    code: str
    line: int  # of the first line of code, from 1

    @property
    def skipped(self) -> bool:
        return self.info.startswith("no-run")

    @property
    def reason(self) -> str:
        return self.info.removeprefix("no-run").strip(": ")


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["info"].strip(), found["code"], text.count("\n", 0, found.start("code")) + 1)
        for found in _FENCE.finditer(text)
        if found["language"] in RUNNABLE
    ]
