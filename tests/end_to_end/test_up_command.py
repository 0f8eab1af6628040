"""`parrot up`: reports of the examples on a page of this machine, for this machine only, until it is stopped."""

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

from tests.end_to_end.command import answer, parrot, started

REPORTS = ("sma_cross.html", "rsi_reversion.html", "donchian_breakout.html", "resting_quotes.html")


@dataclass
class Site:
    process: subprocess.Popen[str]
    port: int
    folder: Path
    token: str

    def wait_for_reports(self) -> None:
        """The back-tests run beside, in a process of low priority."""
        end = time.monotonic() + 60
        while self.get("/reports/")[0] == 503:
            assert time.monotonic() < end
            time.sleep(0.2)

    def get(self, path: str, method: str = "GET", host: str = "") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(
            method, path, headers={"Host": host or f"localhost:{self.port}", "X-Parrot-Token": self.token}
        )
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
    token = json.loads((Path(told["data"]) / "run" / "instance.json").read_text())["token"]
    made = Site(process, int(told["url"].rpartition(":")[2]), Path(told["folder"]), token)
    made.wait_for_reports()
    yield made
    process.kill()
    process.communicate()


def test_the_index_leads_to_a_report_of_every_example(site: Site) -> None:
    status, headers, page = site.get("/reports/")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    for name in REPORTS:
        assert f'href="{name}"' in page
        status, _, report = site.get(f"/reports/{name}")
        assert status == 200
        assert "back-test report</title>" in report


def test_every_answer_carries_what_protects_its_reader(site: Site) -> None:
    for path in ("/", "/missing", "/reports/sma_cross.html"):
        _, headers, _ = site.get(path)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "link", ".secret", "sub/"])
def test_nothing_but_its_pages_is_given(path: str, site: Site) -> None:
    (site.folder / ".secret").write_text("secret")
    (site.folder / "sub").mkdir(exist_ok=True)
    link = site.folder / "link"
    if not link.is_symlink():
        link.symlink_to("/etc/passwd")
    status, _, text = site.get(f"/reports/{path}")
    assert status == 404
    assert "root:" not in text


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


def test_it_stops_cleanly_when_asked(site: Site) -> None:
    site.process.send_signal(signal.SIGTERM)
    _, errors = site.process.communicate(timeout=15)
    assert site.process.returncode == 0
    assert "Traceback" not in errors
    with socket.socket() as one, pytest.raises(ConnectionRefusedError):
        one.connect(("127.0.0.1", site.port))
