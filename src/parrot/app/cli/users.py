"""`parrot users`."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Client, Data, find, folder_of
from parrot.kernel.errors import InputError, MissingError

app = typer.Typer(no_args_is_help=True, help="Users of a platform, whether it runs or not.")

Name = Annotated[str, typer.Argument(help="User name, such as ann: it stands in permanent records.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="viewer, trader, quant, risk_officer, admin or auditor. Again for more."),
]
Accounts = Annotated[list[str] | None, typer.Option("--account", help='An account they may see, "*" for all.')]
_LONGEST: Final = 4_096
_SHOWN: Final = ("name", "roles", "accounts", "owner", "active", "second_factor")


@app.command("ls")
def ls(data: Data = None, as_json: options.AsJson = False) -> None:
    """Everybody, what they may, and whether a second factor protects them."""
    with _steward(data) as steward:
        rows = steward.all()
    drawn = [[_drawn(row[name]) for name in _SHOWN] for row in rows]
    screen.answer({"users": rows}, lambda: screen.table("", _SHOWN, drawn, texts=len(_SHOWN)), as_json=as_json)


@app.command("add")
def add(
    name: Name, role: Roles = None, account: Accounts = None, data: Data = None, as_json: options.AsJson = False
) -> None:
    """Add a user; the password is asked for, or read from stdin. The first one is the owner."""
    from parrot.contracts.access import EVERY_ACCOUNT

    roles = _roles(role)
    accounts = [EVERY_ACCOUNT] if account is None else account
    with _steward(data) as steward:
        made = steward.add(name, roles, accounts, _password())
    owner = ", who owns this Parrot" if made["owner"] else ""
    told = f"{made['name']} is {' and '.join(made['roles'])}{owner}"
    screen.answer(made, lambda: screen.say(told), as_json=as_json)


@app.command("reset")
def reset(
    name: Name,
    factors: Annotated[bool, typer.Option("--factors", help="Take the second factors away as well.")] = False,
    data: Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Set a user's password anew; it is asked for, or read from stdin. All their sessions end."""
    with _steward(data) as steward:
        user = steward.named(name)
        steward.set_password(user, _password())
        if factors:
            steward.drop_factors(user)
    told = f"{name} has another password" + (" and no second factor" if factors else "")
    screen.answer({"name": name, "factors": not factors}, lambda: screen.say(told), as_json=as_json)


@app.command("token")
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    scope: Annotated[list[str] | None, typer.Option(help="A permission, such as orders:read. All without.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")] = 90,
    data: Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Make an API key of a user, which signs requests; its secret is shown this once."""
    scopes = _scopes(scope)
    with _steward(data) as steward:
        made = steward.make_key(steward.named(name), label, scopes, days)
    text = f"key     {made['key']}\nsecret  {made['secret']}\nIt may {', '.join(made['scopes'])}"
    screen.answer(made, lambda: screen.say(text), as_json=as_json)
    screen.note("keep the secret now: it is not shown again")


@app.command("rekey")
def rekey(data: Data = None, as_json: options.AsJson = False) -> None:
    """Change the master key of users while nothing runs: the old one opens nothing any more."""
    from parrot.adapters.clock import SystemClock
    from parrot.app.users.opening import rekey as change

    count = change(folder_of(data), SystemClock().now_ns)
    told = f"{count} keys of users are under a new master key; keep a copy of it elsewhere"
    screen.answer({"keys": count}, lambda: screen.say(told), as_json=as_json)


class _Remote:
    """The users of a platform that runs, by its own routes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self._client.get(f"/api/v1/users?limit=1000{after}")
            found += page["items"]
            if not page["next"]:
                return found
            after = f"&after={page['next']}"

    def named(self, name: str) -> str:
        for row in self.all():
            if row["name"] == name.strip().lower():
                return str(row["id"])
        raise MissingError(f"there is no user {name}", fix="parrot users ls")

    def add(self, name: str, roles: list[str], accounts: list[str], password: str) -> dict[str, Any]:
        body = {"name": name, "roles": roles, "accounts": accounts, "password": password}
        made: dict[str, Any] = self._client.send("POST", "/api/v1/users", body)
        return made

    def set_password(self, user: str, password: str) -> None:
        self._client.send("PUT", f"/api/v1/users/{user}/password", {"password": password})

    def drop_factors(self, user: str) -> None:
        self._client.send("POST", f"/api/v1/users/{user}/factors/reset", {})

    def make_key(self, user: str, label: str, scopes: list[str], days: int) -> dict[str, Any]:
        body = {"label": label, "scopes": scopes, "days": days}
        made: dict[str, Any] = self._client.send("POST", f"/api/v1/users/{user}/keys", body)
        return made


class _Local:
    """The users of a data directory on which nothing runs."""

    def __init__(self, users: Any) -> None:
        from parrot.contracts.access import machine

        self._users = users
        self._by = machine()

    def all(self) -> list[dict[str, Any]]:
        return [self._row(view) for view in self._users.people.views(self._by)]

    def named(self, name: str) -> str:
        found: str = self._users.headless.named(name).id
        return found

    def add(self, name: str, roles: list[str], accounts: list[str], password: str) -> dict[str, Any]:
        made = self._users.headless.add(self._by, name, roles=roles, accounts=accounts, password=password)
        return self._row(self._users.people.view(made, personal=True))

    def set_password(self, user: str, password: str) -> None:
        self._users.headless.set_password(self._by, user, password)

    def drop_factors(self, user: str) -> None:
        self._users.joining.reset_factors(self._by, user)

    def make_key(self, user: str, label: str, scopes: list[str], days: int) -> dict[str, Any]:
        key, secret = self._users.headless.make_key(self._by, user, label, scopes=scopes, days=days)
        return {"key": key.id, "secret": secret, "scopes": list(key.scopes), "expires_ns": key.expires}

    def _row(self, view: Any) -> dict[str, Any]:
        names = ("id", "name", "display", "email", "owner", "active", "erased")
        lists = {"roles": list(view.roles), "accounts": list(view.accounts)}
        return {name: getattr(view, name) for name in names} | lists | {"second_factor": view.totp or view.passkeys > 0}


@contextmanager
def _steward(data: Any) -> Iterator[_Remote | _Local]:
    client = find(data)
    if client is not None:
        yield _Remote(client)
        return
    from parrot.adapters.clock import SystemClock
    from parrot.app.folder import DataFolder
    from parrot.app.users.opening import open_users

    folder = DataFolder(folder_of(data))
    folder.make()
    with open_users(folder.root, SystemClock().now_ns) as users:
        yield _Local(users)


def _roles(given: list[str] | None) -> list[str]:
    from parrot.contracts.access import Role

    known = [role.value for role in Role]
    for role in given or ():
        if role not in known:
            raise InputError(f"{role!r} is no role", expected=", ".join(known))
    return list(map(Role, given or ()))


def _scopes(given: list[str] | None) -> list[str]:
    from parrot.contracts.access import Permission

    known = [permission.value for permission in Permission]
    for scope in given or ():
        if scope not in known:
            raise InputError(f"{scope!r} is no permission", expected=", ".join(known))
    return list(map(Permission, given or ()))


def _password() -> str:
    if not sys.stdin.isatty():
        text = sys.stdin.readline(_LONGEST).rstrip("\r\n")
        if not text:
            raise InputError("stdin held no password", expected="the password as one line")
        return text
    first = getpass.getpass("password: ")
    if getpass.getpass("the same again: ") != first:
        raise InputError("the two are not the same", fix="try again")
    return first


def _drawn(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
