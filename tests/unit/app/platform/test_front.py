"""The front: nothing beyond this machine without TLS or a proxy; commands trust its certificate only."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parrot.app.cli.instance import Client
from parrot.app.platform.front import open_front
from parrot.app.platform.settings import WebSettings, read_settings
from parrot.app.platform.web import WebServer
from parrot.kernel.errors import InputError, StorageError
from tests.unit.gateway.rest.house import application
from tests.unit.gateway.rest.test_application import TOKEN, Fake


def certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return cert, private


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), "desk.example")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
def test_nothing_beyond_this_machine_is_served_unprotected(host):
    with pytest.raises(InputError, match="no loopback address") as refused:
        open_front(WebSettings(names=["desk.example"]), host, 0, cert=None, key=None)
    assert "--tls-cert" in refused.value.fix
    assert "trusted_proxies" in refused.value.fix


def test_with_tls_every_address_is_served_by_its_names(pair):
    cert, key = pair
    front = open_front(WebSettings(names=["desk.example"]), "0.0.0.0", 0, cert=cert, key=key)
    front.listener.close()
    port = front.near.rpartition(":")[2]
    assert (front.url, front.near) == (f"https://desk.example:{port}", f"https://localhost:{port}")
    assert front.site.answered == {"desk.example", "localhost", "127.0.0.1", "[::1]"}
    assert not front.only_here


def test_behind_a_proxy_it_listens_without_tls_and_its_numbers_are_not_open():
    front = open_front(WebSettings(trusted_proxies=["10.0.0.0/8"]), "0.0.0.0", 0, cert=None, key=None)
    front.listener.close()
    assert front.site.trusts("10.9.8.7")
    assert not front.site.open_metrics


def test_a_proxy_on_this_machine_closes_the_numbers_too():
    front = open_front(WebSettings(trusted_proxies=["127.0.0.1"]), "127.0.0.1", 0, cert=None, key=None)
    front.listener.close()
    assert not front.site.open_metrics


def test_half_a_certificate_and_one_that_is_none_are_named(pair, tmp_path):
    cert, key = pair
    other = certificate(tmp_path, "other")[1]
    (tmp_path / "text").write_text("text")
    for one, two in ((cert, None), (None, key), (cert, other), (tmp_path / "text", key), (tmp_path / "gone", key)):
        with pytest.raises(InputError, match=r"certificate|cannot be used"):
            open_front(WebSettings(), "127.0.0.1", 0, cert=one, key=two)


def test_an_address_of_another_machine_is_named(pair):
    with pytest.raises(InputError, match="no address of this machine"):
        open_front(WebSettings(), "203.0.113.7", 0, cert=pair[0], key=pair[1])


def test_settings_name_what_cannot_be_a_name_or_a_network(tmp_path):
    file = tmp_path / "settings.toml"
    for line, wrong in (('names = ["http://x"]', "no host name"), ('trusted_proxies = ["x"]', "IPv4 or IPv6")):
        file.write_text(f"[web]\n{line}\n")
        with pytest.raises(InputError, match=wrong):
            read_settings(file)


def test_the_command_line_trusts_that_certificate_and_no_other(pair, tmp_path):
    cert, key = pair
    front = open_front(WebSettings(), "127.0.0.1", 0, cert=cert, key=key)
    web = WebServer(application(Fake(), site=front.site), front.listener, front.tls)
    web.start()
    try:
        assert Client(front.near, TOKEN, str(cert)).get("/api/v1/status")["ready"] is True
        stranger = certificate(tmp_path, "localhost")[0]
        with pytest.raises(StorageError, match="CERTIFICATE_VERIFY_FAILED"):
            Client(front.near, TOKEN, str(stranger)).get("/api/v1/status")
    finally:
        web.stop()
