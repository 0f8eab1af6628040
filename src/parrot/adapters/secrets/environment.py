"""The secrets port on environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping

from parrot.adapters.secrets.names import checked
from parrot.kernel.errors import MissingError
from parrot.ports.secrets import Secret

PREFIX = "PARROT_SECRET_"


class EnvironmentSecrets:
    """The secret "binance-key" is the variable PARROT_SECRET_BINANCE_KEY; an empty one is none."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def get(self, name: str) -> Secret:
        """The secret of that name. Raises MissingError, ParameterError."""
        variable = PREFIX + checked(name).replace("-", "_").upper()
        text = self._environment.get(variable)
        if not text:
            raise MissingError(f"there is no secret {name}", fix=f"set the environment variable {variable}")
        return Secret(name, text)

    def __repr__(self) -> str:
        return "EnvironmentSecrets()"
