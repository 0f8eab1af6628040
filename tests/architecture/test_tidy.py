"""Size and names of things. The limits are a ratchet: lower them when the code allows it, never raise them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from tests.architecture.sources import (
    PACKAGE,
    ROOT,
    Function,
    heading_comment,
    python_functions,
    relative,
    rust_functions,
    rust_without_tests,
    tracked,
)

FUNCTION_LINES_MAX = 70
FUNCTION_LINES_MEDIAN_MAX = 8
FUNCTION_LINES_P90_MAX = 25
PYTHON_FILE_LINES_MAX = 500
RUST_FILE_LINES_MAX = 700

# Rooms named after nothing collect everything, and import knots form in them.
BANNED_NAMES = {"utils", "util", "common", "lib", "libs", "helpers", "helper", "misc", "manager", "managers", "config"}
CRATE_ROOT = re.compile(r"native/crates/\w+/src/lib\.rs")  # the name that cargo gives to a crate's front door

HOME_PATH = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|workspace|opt|mnt)/\w+")
CARGO_REGISTRY = 'source = "registry+https://github.com/rust-lang/crates.io-index"'


def package_functions() -> list[Function]:
    python = [found for path in tracked(".py") if path.is_relative_to(PACKAGE) for found in python_functions(path)]
    return python + [found for path in tracked(".rs") for found in rust_functions(path)]


def test_no_function_is_longer_than_the_limit() -> None:
    functions = [found for path in tracked(".py") for found in python_functions(path)]
    functions += [found for path in tracked(".rs") for found in rust_functions(path)]
    too_long = [f"{found.place}: {found.lines} lines" for found in functions if found.lines > FUNCTION_LINES_MAX]
    assert not too_long, "split by a noun:\n" + "\n".join(too_long)


def test_most_functions_are_short(record_property: Callable[[str, object], None]) -> None:
    lengths = [found.lines for found in package_functions()]
    middle, ninth = median(lengths), quantiles(lengths, n=10)[-1]
    record_property("summary", f"{len(lengths)} functions: median {middle:g} lines, p90 {ninth:g}, max {max(lengths)}")
    assert middle <= FUNCTION_LINES_MEDIAN_MAX
    assert ninth <= FUNCTION_LINES_P90_MAX


def test_no_file_is_longer_than_the_limit() -> None:
    sizes = {path: (len(path.read_text("utf-8").splitlines()), PYTHON_FILE_LINES_MAX) for path in tracked(".py")}
    sizes |= {path: (len(rust_without_tests(path).splitlines()), RUST_FILE_LINES_MAX) for path in tracked(".rs")}
    too_long = [
        f"{relative(path)}: {size} lines, limit {limit}" for path, (size, limit) in sizes.items() if size > limit
    ]
    assert not too_long, "split by a noun:\n" + "\n".join(too_long)


def test_no_room_is_named_after_nothing() -> None:
    sources = [relative(path) for suffix in (".py", ".rs", ".pyi") for path in tracked(suffix)]
    named = [
        name
        for name in sources
        if not CRATE_ROOT.fullmatch(name) and BANNED_NAMES & set(Path(name).with_suffix("").parts)
    ]
    assert not named, f"give these a name from the field: {named}"


def test_every_package_and_crate_says_what_it_is() -> None:
    inits = [path for path in tracked("__init__.py") if path.is_relative_to(PACKAGE)]
    silent = [relative(path) for path in inits if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    silent += [
        relative(path)
        for path in tracked(".rs")
        if "/tests/" not in relative(path) and not heading_comment(path.read_text("utf-8"))
    ]
    assert not silent, f"these need one line of documentation at the top: {silent}"


def test_every_folder_of_the_package_is_a_package() -> None:
    folders = {path.parent for path in tracked(".py") if path.is_relative_to(PACKAGE)}
    assert not [relative(folder) for folder in folders if not (folder / "__init__.py").is_file()]


def test_lock_files_name_no_host() -> None:
    named = []
    for path in tracked(".lock"):
        text = path.read_text("utf-8").replace(CARGO_REGISTRY, "")
        named += [f"{relative(path)}: {line}" for line in text.splitlines() if "://" in line or "index-url" in line]
    assert not named, "\n".join(named)


def test_no_file_names_a_path_of_somebody_s_machine() -> None:
    named = []
    for path in tracked():
        if path.suffix in {".png", ".svg", ".lock"}:
            continue
        text = path.read_text("utf-8", errors="replace")
        named += [f"{relative(path)}: {match[0]}" for match in HOME_PATH.finditer(text)]
    assert not named, "\n".join(named)


def test_no_recorded_market_data_is_in_the_repository() -> None:
    suffixes = (".parquet", ".csv", ".feather", ".npz", ".npy", ".zst", ".zip", ".gz")
    assert not [relative(path) for suffix in suffixes for path in tracked(suffix)]


def test_sources_are_below_the_checkout() -> None:
    assert (ROOT / "pyproject.toml").is_file()
    assert tracked(".py")
