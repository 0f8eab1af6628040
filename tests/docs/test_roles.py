"""The page about users says what binds."""

from __future__ import annotations

import re

from parrot.contracts.access import PERMISSIONS, Permission, Role
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "how-to" / "users.md").read_text("utf-8")


def test_the_table_of_roles_is_the_one_that_binds():
    head = re.search(r"^\| permission \|(.*)\|$", PAGE, re.MULTILINE)[1]
    roles = [Role(name.strip().replace(" ", "_")) for name in head.split("|")]
    told = {role: set() for role in roles}
    for permission, cells in re.findall(r"^\| `([a-z:]+)` \|(.*)\|$", PAGE, re.MULTILINE):
        for role, cell in zip(roles, cells.split("|"), strict=True):
            assert cell.strip() in ("", "yes")
            if cell.strip():
                told[role].add(Permission(permission))
    assert told == {role: set(held) for role, held in PERMISSIONS.items()}
