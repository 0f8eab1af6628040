"""Links between pages of the checkout lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

LINKING = [*PAGES, *(ROOT / name for name in ("ARCHITECTURE.md", "STYLE.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!\w+:)(?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")


def anchors(page: Path) -> set[str]:
    """The names that a heading of the page can be linked by."""
    titles = re.findall(r"^#+ +(.+?) *$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", LINKING, ids=[page.relative_to(ROOT).as_posix() for page in LINKING])
def test_links_lead_somewhere(page: Path) -> None:
    links = _LINK.finditer(_CODE.sub("", page.read_text("utf-8")))
    broken = [link[0] for link in links if not leads_somewhere(page, link["target"], link["anchor"])]
    assert not broken, f"{page.name}: {broken}"


def leads_somewhere(page: Path, target: str, anchor: str | None) -> bool:
    file = page.parent / target if target else page
    if not anchor or file.suffix != ".md":
        return file.exists()
    return file.exists() and anchor in anchors(file)


def test_decisions_are_numbered_without_gaps_and_titled_by_their_number() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [page.name for page in pages if not page.read_text("utf-8").startswith(f"# {page.name[:4]}. ")] == []
