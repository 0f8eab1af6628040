"""Who may import whom. `.importlinter` holds the contracts that import-linter can state; the rest is here."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import parrot
from tests.architecture.sources import PACKAGE, ROOT, imports, is_within, relative, tracked


def package_files() -> list[Path]:
    return [path for path in tracked(".py") if path.is_relative_to(PACKAGE)]


def test_import_contracts_are_kept() -> None:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-logo",
        "--config",
        str(ROOT / ".importlinter"),
    ]
    done = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_engine_imports_the_compiled_module() -> None:
    # import-linter reads sources only, so the compiled module is invisible to it.
    importers = [path for path in package_files() if any(is_within(name, "parrot._core") for name in imports(path))]
    outside = [relative(path) for path in importers if not path.is_relative_to(PACKAGE / "engine")]
    assert not outside, f"import parrot.engine instead: {outside}"


def test_nothing_inside_uses_the_front_door() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir()} | {"_core"}
    users = [
        f"{relative(path)} imports {name}"
        for path in package_files()
        for name in imports(path)
        if is_within(name, "parrot") and name.split(".")[1:2] not in [[room] for room in rooms]
    ]
    assert not users, "import the room that has it"


def test_the_kernel_needs_the_standard_library_only() -> None:
    foreign = [
        f"{relative(path)} imports {name}"
        for path in package_files()
        if path.is_relative_to(PACKAGE / "kernel")
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not is_within(name, "parrot.kernel")
    ]
    assert not foreign


def test_every_name_in_all_exists() -> None:
    missing = []
    for found in pkgutil.walk_packages(parrot.__path__, "parrot."):
        module = importlib.import_module(found.name)
        missing += [f"{found.name}.{name}" for name in getattr(module, "__all__", ()) if not hasattr(module, name)]
    missing += [f"parrot.{name}" for name in getattr(parrot, "__all__", ()) if not hasattr(parrot, name)]
    assert not missing
