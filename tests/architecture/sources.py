"""The files of the checkout, and how long the functions in them are."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "parrot"


@cache
def tracked(suffix: str = "") -> tuple[Path, ...]:
    """Files that git tracks or would track, whose name ends with `suffix`."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(ROOT / name for name in sorted(set(names)) if name.endswith(suffix) and (ROOT / name).is_file())


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Function:
    """One function and its lines of code: blank lines, comments and the docstring do not count."""

    place: str
    lines: int


@cache
def python_functions(path: Path) -> list[Function]:
    text = path.read_text(encoding="utf-8")
    lines, name = text.splitlines(), relative(path)
    found = [node for node in _statements(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [Function(f"{name}:{node.lineno} {node.name}", _python_length(node, lines)) for node in found]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """What can hold a `def`, at any depth: no expression can."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from _statements(child)


def _python_length(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    counted = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        counted -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(1 for number in counted if _is_code(lines[number - 1], "#"))


def _is_code(line: str, comment: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith(comment)


def rust_without_tests(path: Path) -> str:
    """The text of a Rust file with its `#[cfg(test)]` modules cut out."""
    text = path.read_text(encoding="utf-8")
    plain = _blank_rust_literals(text)
    while (start := plain.find("#[cfg(test)]")) >= 0:
        end = _end_of_item(plain, start)
        text, plain = text[:start] + text[end:], plain[:start] + plain[end:]
    return text


@cache
def rust_functions(path: Path) -> list[Function]:
    plain = _blank_rust_literals(rust_without_tests(path))
    found = []
    for match in re.finditer(r"\bfn\s+(\w+)", plain):
        end = _end_of_item(plain, match.start())
        body = plain[match.start() : end].splitlines()
        line = plain.count("\n", 0, match.start()) + 1
        length = sum(1 for text in body if text.strip())
        found.append(Function(f"{relative(path)}:{line} {match[1]}", length))
    return found


def _end_of_item(plain: str, start: int) -> int:
    """Where the item that starts at `start` ends: after its closing brace, or its semicolon if it has no body."""
    depth = nesting = 0
    for position in range(start, len(plain)):
        char = plain[position]
        nesting += (char in "([") - (char in ")]")
        depth += (char == "{") - (char == "}")
        if (char == "}" and depth == 0) or (char == ";" and depth == 0 and nesting == 0):
            return position + 1
    return len(plain)


_RUST_LITERALS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|r(?P<hash>\#*)".*?"(?P=hash)|"(?:\\.|[^"\\])*"|'(?:\\[^\n]{1,10}?|[^\\'\n])'""", re.DOTALL
)


def _blank_rust_literals(text: str) -> str:
    """Comments blanked, strings and characters masked, all at their length, so that braces and lines can be counted."""

    def mask(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " " if match[0].startswith("/") else "_", match[0])

    return _RUST_LITERALS.sub(mask, text)


def imports(path: Path) -> list[str]:
    """Absolute names of all that a Python file imports, `from a import b` as a.b."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def is_within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def heading_comment(text: str) -> str:
    """The `//!` lines at the top of a Rust file."""
    return "\n".join(takewhile(lambda line: line.startswith("//!"), text.splitlines()))
