"""Letters by SMTP: what arrives, and to whom nothing is said."""

from __future__ import annotations

import email
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import structlog

from parrot.adapters.mail import Server, SmtpMail
from parrot.ports.secrets import Secret


class Post:
    """A small SMTP server for letters one after another; `offers` STARTTLS or not."""

    def __init__(self, *, offers: bool = False) -> None:
        self.letters: list[str] = []
        self.heard: list[str] = []
        self._offers = offers
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._door.accept()
                with line, line.makefile("rwb") as talk:
                    self._talk(talk)

    def _talk(self, talk) -> None:
        def say(text: str) -> None:
            talk.write(text.encode() + b"\r\n")
            talk.flush()

        say("220 post")
        for raw in talk:
            word = raw.decode().strip()
            self.heard.append(word)
            if word.upper().startswith("EHLO"):
                say("250-post\r\n250-AUTH PLAIN\r\n" + ("250 STARTTLS" if self._offers else "250 8BITMIME"))
            elif word.upper() == "DATA":
                say("354 go on")
                self.letters.append("".join(line.decode() for line in iter(talk.readline, b".\r\n")))
                say("250 taken")
            elif word.upper() == "STARTTLS":
                say("220 go on")
                return  # what follows is no TLS
            elif word.upper() == "QUIT":
                say("221 bye")
                return
            else:
                say("235 fine" if word.upper().startswith("AUTH") else "250 fine")

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(5)


@pytest.fixture(params=[False, True])
def post(request):
    made = Post(offers=request.param)
    yield made
    made.close()


def test_a_letter_arrives_as_it_was_written():
    post = Post()
    server = Server(host="127.0.0.1", port=post.port, security="none", sender="parrot@example.org")
    mail = SmtpMail(server)
    mail.send("ann@example.org", "A new password", "http://localhost:8000/reset#token\n")
    mail.close()
    post.close()
    [text] = post.letters
    letter = email.message_from_string(text)
    assert (letter["From"], letter["To"], letter["Subject"]) == (
        "parrot@example.org",
        "ann@example.org",
        "A new password",
    )
    assert str(letter.get_payload()).strip() == "http://localhost:8000/reset#token"


def test_nothing_is_said_to_a_server_without_tls_that_can_be_trusted(post):
    password = Secret("mail", "the password of the mailbox")
    server = Server(host="127.0.0.1", port=post.port, user="parrot", password=password, sender="parrot@example.org")
    mail = SmtpMail(server, ssl.create_default_context())
    with structlog.testing.capture_logs() as logs:
        mail.send("ann@example.org", "A new password", "a secret link")
        mail.close()
    assert post.letters == []
    assert not [word for word in post.heard if word.upper().startswith(("AUTH", "MAIL", "RCPT"))]
    assert [line["event"] for line in logs] == ["a letter was not delivered"]
    assert "ann@example.org" not in str(logs)
    assert "secret" not in str(logs)


def test_a_header_cannot_be_smuggled_in():
    mail = SmtpMail(Server(host="127.0.0.1", port=1, sender="parrot@example.org"))
    with pytest.raises(ValueError, match="linefeed"):
        mail.send("ann@example.org\nBcc: eve@example.org", "x", "y")
    mail.close()
