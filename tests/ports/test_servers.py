"""What happens where a server is missing: a skip that says how to get it, and a failure on the build server."""

from __future__ import annotations

import pytest

from tests.ports.servers.processes import missing


@pytest.mark.parametrize(("ci", "user"), [("", 0), ("", 1000), ("true", 1000)])
def test_a_missing_server_is_skipped_with_the_way_to_get_it(monkeypatch, ci, user):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("os.geteuid", lambda: user)
    with pytest.raises(pytest.skip.Exception, match="no nats-server: apt-get install nats-server"):
        missing("nats-server", "apt-get install nats-server")


def test_the_build_server_skips_no_adapter(monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(pytest.fail.Exception, match="no nats-server: apt-get install nats-server"):
        missing("nats-server", "apt-get install nats-server")
