"""Building blocks of the page: cards, tables, lists of named values, canvases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parrot.centers.backtest.report.markup import Child, Markup, tag


def card(title: str, *children: Child, note: Child = None, tools: Child = None, wide: bool = False) -> Markup:
    """A framed part of the page with a heading, tools at its right and a note below it."""
    head = tag("header", tag("h3", title), tag("div", tools, class_="tools") if tools else None)
    foot = tag("p", note, class_="note") if note else None
    return tag("section", head, *children, foot, class_="card wide" if wide else "card")


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Child]],
    *,
    caption: str,
    text: int = 1,
    empty: str = "Nothing here.",
    quiet: bool = False,
) -> Markup:
    """A table whose first `text` columns are words and the others numbers; a quiet caption is only read aloud."""
    body = [_row(row, text) for row in rows]
    if not body:
        return tag("p", empty, class_="empty")
    head = tag("tr", [tag("th", name, scope="col", class_=_align(place, text)) for place, name in enumerate(heads)])
    return scrolled(
        tag(
            "table",
            tag("caption", caption, class_="hidden" if quiet else None),
            tag("thead", head),
            tag("tbody", body),
            data_sortable=True,
        ),
        label=caption,
    )


def scrolled(child: Markup, *, label: str) -> Markup:
    """A part that scrolls sideways by itself where the page is narrow, also by keyboard."""
    return tag("div", child, class_="scroll", tabindex=0, role="region", aria_label=label)


def named_values(pairs: Iterable[tuple[Child, Child]]) -> Markup:
    """Names beside values."""
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs], class_="values")


def chart(identity: str, label: str, *, height: str, keys: Sequence[tuple[str, str]] = ()) -> Markup:
    """A canvas that the script draws on, with its line for the reading under the pointer and a legend."""
    legend = tag("ul", [tag("li", tag("i", class_=f"key {kind}"), name) for name, kind in keys], class_="legend")
    canvas = tag(
        "canvas",
        label,
        id=identity,
        role="img",
        tabindex=0,
        aria_label=label,
        class_="plot",
        aria_describedby="chart-keys",
    )
    reading = tag("output", class_="reading", for_=identity, aria_live="off")
    top = tag("div", legend if keys else None, reading, class_="above")
    return tag("div", top, canvas, class_=f"chart {height}")


def chart_tools(identity: str) -> list[Markup]:
    """Buttons of one chart."""
    named = (("reset", "Whole run"), ("full", "Full screen"), ("picture", "Picture"))
    return [tag("button", name, type="button", data_chart=identity, data_act=act) for act, name in named]


def folded(title: str, *children: Child) -> Markup:
    """A part that opens on demand."""
    return tag("details", tag("summary", title), *children)


def _row(cells: Sequence[Child], text: int) -> Markup:
    first = tag("th", cells[0], scope="row", class_=_align(0, text))
    return tag("tr", first, [tag("td", cell, class_=_align(place, text)) for place, cell in enumerate(cells[1:], 1)])


def _align(place: int, text: int) -> str | None:
    return None if place < text else "n"
