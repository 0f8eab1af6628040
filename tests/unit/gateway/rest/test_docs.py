"""The interface describes itself to who is signed in, on a page that asks nobody else."""

from __future__ import annotations

import re

import pytest

from parrot.contracts.access import Role
from tests.unit.gateway.rest.house import application, browser, client, person
from tests.unit.gateway.rest.test_application import Fake


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return application(Fake(), person(Role.VIEWER))


def test_the_description_is_for_who_is_signed_in(app):
    assert client(app).get("/api/v1/openapi.json").status_code == 401
    told = browser(app, "ann").get("/api/v1/openapi.json").json()
    assert told["paths"]["/api/v1/kill"]["post"]["x-permission"] == "kill:engage"


def test_the_page_loads_from_here_only(app):
    page = client(app).get("/api/docs")
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    assert all(place.startswith(("/", "data:,")) and not place.startswith("//") for place in loaded)
    for place in loaded:
        if place.startswith("/api/docs/"):
            assert client(app).get(place).status_code == 200
