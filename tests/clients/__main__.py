"""`python -m tests.clients [NAME ...]`: starts an exchange for each client and lets its program trade there."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KEY, SECRET = "a-key-for-tests", "a-secret-for-tests"
_PROGRAM_S = 300


@dataclass(frozen=True)
class Client:
    """A program and the environment that its package lives in; "" is Parrot's own."""

    name: str
    program: str
    environment: str


CLIENTS = (
    Client("python-binance", "python_binance.py", "python-binance"),
    Client("binance-connector", "binance_connector.py", "binance-connector"),
    Client("binance-sdk-spot", "sdk_spot.py", "binance-sdk"),
    Client("alpaca-py", "alpaca_py.py", "alpaca"),
    Client("simplefix", "fix_simplefix.py", ""),
    Client("quickfix", "fix_quickfix.py", "quickfix"),
    Client("NautilusTrader", "nautilus_node.py", "nautilus"),
    Client("freqtrade", "freqtrade_bot.py", "freqtrade"),
)


def exchange(errors: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """A running exchange with every face, on free ports, and the arguments that lead to it."""
    options = ["--port", "0", "--alpaca-port", "0", "--fix-port", "0", "--api-key", KEY, "--secret", SECRET]
    money = ["--fund", "USDT=1000000", "--fund", "BTC=10", "--fund", "USD=1000000", "--fund", "AAPL=100"]
    what = ["--symbol", "BTCUSDT", "--symbol", "ETHUSDT", "--stock", "AAPL", "--legacy-listen-key", "--json"]
    running = subprocess.Popen(
        [str(Path(sys.executable).with_name("parrot")), "exchange", *options, *money, *what],
        stdout=subprocess.PIPE, stderr=errors.open("w"), text=True, cwd=ROOT,
    )  # fmt: skip
    assert running.stdout is not None
    told = json.loads(running.stdout.readline())
    ports = {"port": told["port"], "alpaca-port": told["alpaca_port"], "fix-port": told["fix_port"]}
    return running, {name: str(port) for name, port in ports.items()}


def run(client: Client, environments: Path) -> tuple[bool, str]:
    """Whether its program went through, and what it said."""
    python = Path(sys.executable) if not client.environment else environments / client.environment / "bin" / "python"
    errors = Path(os.environ.get("TMPDIR", "/tmp")) / f"parrot-exchange-{os.getpid()}.log"
    running, ports = exchange(errors)
    arguments = [part for name, port in ports.items() for part in (f"--{name}", port)]
    command = [str(python), str(HERE / "programs" / client.program), "--key", KEY, "--secret", SECRET, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PROGRAM_S, check=False)
    except subprocess.TimeoutExpired as late:
        return False, f"not done after {_PROGRAM_S} s: {late.stdout!r} {late.stderr!r}"
    finally:
        running.terminate()
        running.wait(20)
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0:
        return True, lines[-1] if lines else "no checks"
    return False, f"{done.stdout[-1500:]}\n{done.stderr[-3000:]}\nexchange: {errors.read_text()[-1500:]}"


def main() -> int:
    """Runs them one after the other; the exit code says whether all went through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="clients; all when none is named")
    parser.add_argument("--environments", type=Path, default=ROOT / ".venv-clients")
    given = parser.parse_args()
    wrong = 0
    for client in CLIENTS:
        if given.names and client.name not in given.names:
            continue
        began = time.monotonic()
        passed, told = run(client, given.environments)
        print(f"{'ok  ' if passed else 'FAIL'} {client.name:20} {time.monotonic() - began:5.1f} s  {told}", flush=True)
        wrong += not passed
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
