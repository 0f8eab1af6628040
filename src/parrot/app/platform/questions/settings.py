"""Settings and venues as the gateway asks for them; nothing secret leaves here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from parrot.app.folder import DataFolder
from parrot.app.platform.questions.acts import Noting
from parrot.app.platform.settings import PlatformSettings, platform_settings
from parrot.app.venues.looking import failed, look
from parrot.app.venues.register import ALPACA, Register, exchanges, require_exchange
from parrot.contracts.access import Principal
from parrot.contracts.connections import Connection
from parrot.kernel.decimals import plain
from parrot.kernel.errors import BusyError, InputError

_SECRET: Final = ("secret", "password", "token", "passphrase")
_OPTIONS: Final = ("sandbox", "withdraw_after")  # words that name no place of this machine
_TOP: Final = "Keys before the first table."


class SettingsQuestions:
    """Answers of one running platform (gateway.rest.ports.settings.SettingsDoor). `home` is where venues are kept."""

    def __init__(self, settings: PlatformSettings, folder: DataFolder, home: Path, note: Noting) -> None:
        self._settings = settings
        self._folder = folder
        self._home = home
        self._note = note
        self._looking = threading.Lock()

    def facts(self) -> dict[str, Any]:
        """Settings as they are."""
        venue = self._settings.venue
        return {
            "path": str((self._folder.root / "settings.toml").absolute()),
            "version": version("parrot"),
            "data": str(self._folder.root.absolute()),
            "home": str(self._home.absolute()),
            "venue": venue.place,
            "mode": "simulated" if venue.kind == "paper" else venue.mode,
            "master": Register(self._home).secrets.master_place,
            "sections": list(sections(self._settings)),
        }

    def venues(self) -> list[dict[str, Any]]:
        """Venues that were added."""
        register = Register(self._home)
        return [
            {
                "name": one.name,
                "exchange": one.exchange,
                "url": one.url,
                "options": dict(one.options),
                "keys": register.has_keys(one),
                "used": self._settings.venue.name == one.name,
            }
            for one in register.all()
        ]

    def exchanges(self) -> list[str]:
        """What a venue can be of."""
        return sorted(exchanges() | {ALPACA})

    def add(self, who: Principal, connection: Connection, keys: Sequence[str], *, replace: bool) -> None:
        """Adds a venue with its keys."""
        unknown = sorted(connection.options.keys() - set(_OPTIONS))
        if unknown:
            problem = f"{', '.join(unknown)} cannot be said here"
            raise InputError(problem, expected=" or ".join(_OPTIONS), fix="parrot venue add on the machine itself")
        require_exchange(connection.exchange)
        Register(self._home).add(connection, keys, replace=replace)
        told = "sealed" if keys else "none"
        self._note(who, "venue add", name=connection.name, exchange=connection.exchange, keys=told)

    def remove(self, who: Principal, name: str) -> None:
        """Lets go of a venue and its keys."""
        register = Register(self._home)
        register.find(name)
        if self._settings.venue.name == name:
            fix = "let the platform trade elsewhere first (settings.toml, [venue])"
            raise InputError(f"this platform trades on {name}", expected="a venue that is not used", fix=fix)
        register.remove(name)
        self._note(who, "venue remove", name=name)

    def look(self, who: Principal, name: str, symbols: Sequence[str]) -> dict[str, Any]:
        """Looks at a venue without trading."""
        if not self._looking.acquire(blocking=False):
            raise BusyError("a venue is being looked at", fix="wait for it")
        try:
            found = look(Register(self._home), name, symbols)
        finally:
            self._looking.release()
        self._note(who, "venue test", name=name, passed="no" if failed(found) else "yes")
        findings = [{"what": one.what, "verdict": one.verdict, "text": one.text} for one in found]
        return {"name": name, "passed": not failed(found), "findings": findings}

    def live(
        self, who: Principal, name: str, symbols: Sequence[str], acknowledge: str, limits: dict[str, Decimal]
    ) -> dict[str, Any]:
        """What to write to go live."""
        register = Register(self._home)
        connection = register.find(name)
        if not register.has_keys(connection):
            raise InputError(
                f"there are no keys of {name}", expected="its key and secret", fix="add it again with keys"
            )
        if acknowledge != f"live on {name}":
            raise InputError("going live is not acknowledged", expected=f"live on {name}", fix="type exactly that")
        venue = {
            "kind": ALPACA if connection.exchange == ALPACA else "ccxt",
            "name": name,
            "symbols": list(symbols),
            "mode": "live",
            "acknowledge": acknowledge,
        }
        told = {rule: plain(amount) for rule, amount in limits.items()}
        platform_settings(venue=venue, limits=told)  # as `parrot up` will
        text = "[venue]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in venue.items())
        text += "\n[limits]\n" + "".join(f"{rule} = {toml(value)}\n" for rule, value in told.items())
        self._note(who, "live plan", name=name, symbols=", ".join(symbols))
        folder = self._folder.root.absolute().with_name(f"live-{name}")
        apart = "a directory is of one venue and one mode, so that paper and live never share money"
        five = "instruments, price_collar, max_notional, order_rate, max_position"
        return {
            "settings": text,
            "command": f"parrot up --data {folder}",
            "steps": [
                f"Make the folder {folder} and write the settings above into {folder / 'settings.toml'}: {apart}.",
                f"Look at the venue once more: parrot venue test {name}",
                "Start it with the command below; it says LIVE at the top of every page.",
                f"Give each strategy its five limits before it trades ({five}).",
            ],
        }


def sections(settings: PlatformSettings) -> Iterator[dict[str, Any]]:
    """Each table of the settings, what is secret only by whether it is set."""
    usual = type(settings)()
    top = {}
    for name, field in type(settings).model_fields.items():
        value, default = getattr(settings, name), getattr(usual, name)
        if isinstance(value, BaseModel):
            about = (type(value).__doc__ or "").strip().partition("\n")[0]
            rows = {key: (getattr(value, key), getattr(default, key)) for key in type(value).model_fields}
            yield {"name": name, "about": about, "settings": [_setting(key, *both) for key, both in rows.items()]}
        elif isinstance(value, Mapping):
            rows = {key: (said, default.get(key)) for key, said in value.items()}
            about = "Limits of the account that the desk began with."
            yield {"name": name, "about": about, "settings": [_setting(key, *both) for key, both in rows.items()]}
        elif not _is_tables(value) and field.annotation is not None:
            top[name] = (value, default)
    yield {"name": "", "about": _TOP, "settings": [_setting(key, *both) for key, both in top.items()]}


def _is_tables(value: Any) -> bool:
    return value is None or (isinstance(value, list) and any(isinstance(one, BaseModel) for one in value))


def _setting(key: str, value: Any, default: Any) -> dict[str, Any]:
    secret = any(word in key for word in _SECRET) and not isinstance(value, bool | int)
    shown = ("set" if value else "not set") if secret else toml(value)
    return {
        "key": key,
        "value": shown,
        "default": "not set" if secret else toml(default),
        "changed": value != default,
        "secret": secret,
        "text": f'{key} = "..."' if secret else f"{key} = {shown}",
    }


def toml(value: Any) -> str:
    """A value as settings.toml writes it; nothing for what is not set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Decimal):
        return f'"{plain(value)}"'
    if isinstance(value, BaseModel):
        return toml(value.model_dump(mode="json", exclude=_secrets_of(value)))
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(str(key))} = {toml(said)}" for key, said in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(toml(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False)


def _secrets_of(value: BaseModel) -> set[str]:
    return {key for key in type(value).model_fields if any(word in key for word in _SECRET)}
