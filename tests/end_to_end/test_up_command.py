"""`parrot up`: the screen on an address of this machine, for this machine only, until it is stopped."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from parrot.client import Client
from tests.end_to_end.command import answer, parrot, started


@dataclass
class Site:
    process: subprocess.Popen[str]
    port: int
    data: Path

    def get(self, path: str, method: str = "GET", host: str = "") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={"Host": host or f"localhost:{self.port}"})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("up")
    process = started("up", "--port", "0", "--json", cwd=place)
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    told = json.loads(text)
    yield Site(process, int(told["url"].rpartition(":")[2]), Path(told["data"]))
    process.kill()
    process.communicate()


def test_the_first_page_is_there_and_the_interface_waits_for_an_owner(site: Site) -> None:
    status, headers, page = site.get("/")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert "Parrot" in page
    status, _, told = site.get("/api/v1/orders")
    assert (status, json.loads(told)["reason"]) == (403, "setup")


def test_examples_are_back_tested_beside(site: Site) -> None:
    end = time.monotonic() + 90
    with Client.local(site.data) as client:
        while sum(row["status"] == "finished" for row in client.get("/backtests")["items"]) < 1:
            assert time.monotonic() < end
            time.sleep(0.2)


def test_a_page_of_another_site_cannot_read_it(site: Site) -> None:
    assert site.get("/", host="evil.example")[0] == 421
    assert site.get("/", host=f"127.0.0.1:{site.port}")[0] == 200


def test_nothing_can_be_sent_to_it(site: Site) -> None:
    assert site.get("/", method="POST")[0] == 405
    assert site.get("/", method="TRACE")[0] == 501


def test_it_listens_on_this_machine_only(site: Site) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    bound = [line.split()[1] for line in listening if line.split()[1].endswith(f":{site.port:04X}")]
    assert "0100007F" in {address.partition(":")[0] for address in bound}
    assert "00000000" not in {address.partition(":")[0] for address in bound}


def test_a_busy_port_is_told(site: Site, tmp_path: Path) -> None:
    told = answer(parrot("up", "--port", str(site.port), "--json", cwd=tmp_path), 2)
    assert f"port {site.port} is already in use" in told["error"]["problem"]
    assert "--port" in told["error"]["fix"]
    assert not (tmp_path / "var").exists()


def test_nothing_beyond_this_machine_is_served_unprotected(tmp_path: Path) -> None:
    told = answer(parrot("up", "--host", "0.0.0.0", "--port", "0", "--json", cwd=tmp_path), 2)
    assert "no loopback address" in told["error"]["problem"]
    assert "--tls-cert" in told["error"]["fix"]


def test_it_stops_cleanly_when_asked(site: Site) -> None:
    site.process.send_signal(signal.SIGTERM)
    _, errors = site.process.communicate(timeout=15)
    assert site.process.returncode == 0
    assert "Traceback" not in errors
    with socket.socket() as one, pytest.raises(ConnectionRefusedError):
        one.connect(("127.0.0.1", site.port))
