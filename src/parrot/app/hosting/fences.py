"""The fences around a strategy's process: what this system's kernel offers to keep files, network and processes away.

Put up by the child itself, while it has one thread and before it knows any text of a user; never taken down again.
What the kernel does not offer is left out and told. Linux only. Source: landlock(7), user_namespaces(7), prctl(2).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from parrot.app.hosting.syscalls import forbid

FILES: Final = "files"
NETWORK: Final = "network"
CALLS: Final = "calls"
ALL: Final = (FILES, NETWORK, CALLS)

_PR_SET_NO_NEW_PRIVS: Final = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_CAPABILITIES, _READ_ANY = 0x2008_0522, 0b110  # third version; DAC_OVERRIDE and DAC_READ_SEARCH
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_SYSTEM: Final = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/ssl/openssl.cnf"),
    *("/dev/zero", "/dev/random", "/dev/urandom", "/sys/devices/system/cpu"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory"),
)
# Not the whole of a prefix: /usr and /usr/local are prefixes too, and people keep data below them.
_OF_PYTHON: Final = ("lib", "lib64", "bin", "pyvenv.cfg")


def enclose() -> list[str]:
    """Puts up what can be put up; the names of the fences that stand."""
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    fences: dict[str, Callable[[Any], bool]] = {NETWORK: _leave_network, FILES: _fence_files, CALLS: forbid}
    standing = {name for name, build in fences.items() if build(libc)}
    return [name for name in ALL if name in standing]


def _leave_network(libc: Any) -> bool:
    """Moves to a network of its own, in which nothing is; with a space of users where only that is allowed."""
    left = any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWNET | _CLONE_NEWUSER))
    _lower(libc)
    return left


def _lower(libc: Any) -> None:
    """Gives up every privilege, but for reading packages that another user owns: root may run such an environment."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0)
    held = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: the lower halves, then the upper
    if libc.capget(head, held) == 0:
        kept = held[1] & _READ_ANY
        libc.capset(head, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0))


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _fence_files(libc: Any) -> bool:
    """Reading below the places of Python and its packages, nothing else; no signals to others where it knows them."""
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rules = _Ruleset(_rights(version), 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for place in dict.fromkeys(_readable()):
            _allow(libc, ruleset, place, _READ_FILE | _EXECUTE)
        _allow(libc, ruleset, "/dev/null", _READ_FILE | _WRITE)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _rights(version: int) -> int:
    """All rights to files that this version knows: 13 in the first, then refer, truncate, and ioctl from the fifth."""
    return (1 << 13 + (version >= 2) + (version >= 3) + (version >= 5)) - 1


def _allow(libc: Any, ruleset: int, place: str, rights: int) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not every system has every place
    try:
        rule = _Beneath(rights | (_READ_DIR if Path(place).is_dir() else 0), opened)
        libc.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _readable() -> Iterator[str]:
    """Python, its packages, Parrot's own sources, and what the system's libraries look at."""
    for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix):
        yield from (f"{prefix}/{name}" for name in _OF_PYTHON)
    yield from (place for place in sys.path if place.endswith(("site-packages", "dist-packages")))
    yield str(Path(os.__file__).parent)
    yield str(Path(__file__).parents[2])
    yield from _SYSTEM
