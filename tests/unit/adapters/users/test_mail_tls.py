"""Letters over real TLS: STARTTLS and TLS from the first byte; certificates that are wrong, and what is never said."""

from __future__ import annotations

import email

import pytest
import structlog

from parrot.adapters.mail import Server, SmtpMail
from parrot.ports.secrets import Secret
from tests.unit.adapters.users.post_office import HERE, PASSWORD, Authority, opened


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def send(office, security, trust=None, *, password=PASSWORD, host=HERE):
    """Hands a letter in and says what the log says of it."""
    server = Server(
        host=host,
        port=office.port,
        security=security,
        sender="parrot@example.org",
        user="parrot",
        password=Secret("mail", password),
    )
    with structlog.testing.capture_logs() as logs:
        mail = SmtpMail(server, trust)
        mail.send("ann@example.org", "A new password", "https://parrot.example.org/reset#a-secret-link")
        mail.close()
    assert not any(word in str(logs) for word in ("ann@", "a-secret-link", password))
    return [line["reason"] for line in logs]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_and_the_password_go_encrypted(authority, monkeypatch, security):
    with opened(authority.served(), implicit=security == "tls") as office:
        assert send(office, security, authority.trust()) == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # as the docs say of an authority of one's own
        assert send(office, security) == []
    assert office.passwords == [PASSWORD] * 2
    for content, encrypted in office.letters:
        assert encrypted
        letter = email.message_from_bytes(content)
        assert (letter["To"], letter["Subject"]) == ("ann@example.org", "A new password")
        assert str(letter.get_payload()).strip() == "https://parrot.example.org/reset#a-secret-link"


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["unknown", "another", "old"])
def test_a_certificate_that_is_wrong_is_told_nothing(authority, tmp_path, security, wrong):
    shown = {
        "unknown": lambda: Authority(tmp_path).served(),
        "another": lambda: authority.served("mail.example.org"),
        "old": lambda: authority.served(old=True),
    }[wrong]()
    with opened(shown, implicit=security == "tls") as office:
        assert send(office, security, authority.trust()) == ["SSLCertVerificationError"]
    assert (office.letters, office.passwords) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_without_tls_hears_no_password(authority, security):
    with opened(None) as office:
        assert len(send(office, security, authority.trust())) == 1
    assert (office.letters, office.passwords) == ([], [])


def test_a_password_that_is_wrong_is_said_in_the_log_and_the_next_letter_is_tried(authority):
    with opened(authority.served()) as office:
        assert send(office, "starttls", authority.trust(), password="another password") == ["SMTPAuthenticationError"]
        assert send(office, "starttls", authority.trust()) == []
    assert len(office.letters) == 1
