"""Whether this machine has what Parrot needs."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from parrot.app.wiring import home

PYTHON_LEAST: Final = (3, 11)
FREE_BYTES_LEAST: Final = 500_000_000
_LIBRARIES: Final = ("numpy", "polars", "pyarrow")
_PACKAGES: Final = ("parrot", "numpy", "polars", "pyarrow", "ccxt", "typer", "rich")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, what was found, what to do."""

    name: str
    well: bool
    found: str
    fix: str = ""


def examine(port: int = 8000) -> list[Check]:
    """Looks at everything; nothing is changed."""
    return [
        _python(),
        _core(),
        *(_library(name) for name in _LIBRARIES),
        _versions(),
        _write_permission(),
        _disk(),
        _port(port),
        _examples(),
    ]


def _python() -> Check:
    least = ".".join(map(str, PYTHON_LEAST))
    found = f"{platform.python_version()} ({sys.executable})"
    return Check("Python", sys.version_info >= PYTHON_LEAST, found, f"install Python {least} or newer")


def _core() -> Check:
    return _import("core module", "parrot._core", "make build compiles it")


def _library(name: str) -> Check:
    return _import(f"library {name}", name, "make build installs it; a missing system library is named above")


def _import(title: str, module: str, fix: str) -> Check:
    """Compiled modules fail to load when a shared library of the system is missing or too old."""
    try:
        loaded = import_module(module)
    except ImportError as fault:
        return Check(title, well=False, found=str(fault), fix=fix)
    return Check(title, well=True, found=str(getattr(loaded, "__file__", "built in")))


def _versions() -> Check:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    told = ", ".join(found) + (f"; missing: {', '.join(missing)}" if missing else "")
    return Check("packages", not missing, told, "make build")


def _write_permission() -> Check:
    folder = _nearest(home())
    return _tried("write permission", lambda: _write(folder), f"choose another folder with PARROT_HOME ({folder})")


def _write(folder: Path) -> str:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"parrot")
    return str(home().absolute())


def _disk() -> Check:
    free = shutil.disk_usage(_nearest(home())).free
    return Check("free disk", free >= FREE_BYTES_LEAST, f"{free / 1e9:,.1f} GB", "make room, or set PARROT_HOME")


def _port(port: int) -> Check:
    def bind() -> str:
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
        return f"{port} is free"

    return _tried("port", bind, f"parrot up --port {port + 1}")


def _examples() -> Check:
    from parrot.app.exhibits import examples_folder
    from parrot.kernel.errors import MissingError

    try:
        return Check("examples", well=True, found=str(examples_folder()))
    except MissingError as fault:
        return Check("examples", well=False, found=fault.problem, fix=fault.fix)


def _tried(name: str, attempt: Callable[[], str], fix: str) -> Check:
    try:
        return Check(name, well=True, found=attempt())
    except OSError as fault:
        return Check(name, well=False, found=str(fault), fix=fix)


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest above it that exists."""
    place = folder.absolute()
    return next(parent for parent in (place, *place.parents) if parent.is_dir())
