"""The table of venues and the page that shows it say the same."""

from __future__ import annotations

from pathlib import Path

from parrot.adapters.venues.table import DEFAULT, ROWS, Row, row

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "venues.md"


def told(name: str, known: Row) -> list[str]:
    form = {"text": f"text, {known.id_most}", "none": "none"}.get(known.id_form, f"{known.id_form}, 128 bits")
    if known.id_prefix:
        form = f"text, {known.id_prefix} and {known.id_most}"
    expires = f"{known.window_ms // 1000} s" if known.expires else "never"
    found, silent = ("yes" if flag else "no" for flag in (known.find_by, known.dead_man))
    return [name, known.id_scope.value, form, expires, found, known.amends.value, silent]


def test_the_page_has_every_row_as_it_is() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    begin = lines.index(next(line for line in lines if line.startswith("| venue | ids unique")))
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines[begin + 2 : begin + 2 + len(ROWS)]]
    assert rows == [told(name, ROWS[name]) for name in sorted(ROWS)]


def test_a_venue_that_nobody_knows_gets_the_row_that_assumes_the_least() -> None:
    assert row("nowhere") is DEFAULT
    assert not DEFAULT.expires
    assert DEFAULT.amends.value == "none"
