"""Calls to the kernel that a strategy's process may not make: sockets, programs, processes, and hands on others.

A seccomp filter in classic BPF. A refused call fails with EPERM, clone3 with ENOSYS, after which the C library starts
threads with clone. Source: seccomp(2), the kernel's tables of calls.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterator
from typing import Any, Final

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _FAIL = 0x7FFF_0000, 0x0005_0000
_NUMBER_AT, _MACHINE_AT, _FIRST_AT = 0, 4, 16
_CLONE_THREAD: Final = 0x1_0000
_X32: Final = 0x4000_0000
_MACHINES: Final = {"x86_64": (0xC000_003E, 0), "aarch64": (0xC000_00B7, 1)}
# Numbers on x86_64 and aarch64; -1 where there is no such call.
_NEVER: Final = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_ON_ITSELF: Final = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261)}


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def forbid(libc: Any) -> bool:
    """Forbids those calls for good; False on a machine whose numbers are not known, and where the kernel declines."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 1 << 32:
        return False
    steps = [_Step(*step) for step in _filter(*machine)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)) == 0)


def _filter(machine: int, column: int) -> Iterator[tuple[int, int, int, int]]:
    refuse = (_RETURN, 0, 0, _FAIL | errno.EPERM)
    yield _LOAD, 0, 0, _MACHINE_AT
    yield _EQUAL, 1, 0, machine
    yield refuse
    yield _LOAD, 0, 0, _NUMBER_AT
    yield _AT_LEAST, 0, 1, _X32
    yield refuse
    for numbers in _NEVER.values():
        if numbers[column] >= 0:
            yield _EQUAL, 0, 1, numbers[column]
            yield refuse
    yield _EQUAL, 0, 1, _CLONE3[column]
    yield _RETURN, 0, 0, _FAIL | errno.ENOSYS
    yield from _first_must(_CLONE[column], [(_ANY_BIT, _CLONE_THREAD)])
    for name, numbers in _ON_ITSELF.items():
        own = [(_EQUAL, os.getpid())] + ([(_EQUAL, 0)] if name == "prlimit64" else [])
        yield from _first_must(numbers[column], own)
    yield _RETURN, 0, 0, _ALLOW


def _first_must(number: int, tests: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Refuses a call unless its first argument passes one of the tests."""
    yield _EQUAL, 0, 2 + 2 * len(tests), number
    yield _LOAD, 0, 0, _FIRST_AT
    for code, value in tests:
        yield code, 0, 1, value
        yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _FAIL | errno.EPERM
