"""HTML as values: text is escaped unless it is already markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "col", "input", "meta"})

Child = object  # text, Markup, a number, None, or an iterable of these


class Markup(str):
    """Text that is already HTML."""

    __slots__ = ()


def tag(name: str, *children: Child, **attributes: object) -> Markup:
    """An element; `class_` and `for_` lose their underscore, others turn into dashes; None and False are left out."""
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Markup:
    """Children one after the other."""
    return Markup("".join(map(_child, children)))


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, Iterable) and not isinstance(child, str | bytes):
        return join(child)
    return escape(str(child), quote=True)
