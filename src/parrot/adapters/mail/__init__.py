"""The mail port: SMTP, encrypted, in a thread of its own."""

from __future__ import annotations

import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from threading import BoundedSemaphore
from typing import Final, Literal

import structlog

from parrot.kernel.errors import BusyError
from parrot.ports.secrets import Secret

_PATIENCE_S: Final = 20.0
_WAITING_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An SMTP server; `security` is "starttls", "tls", or "none" for one on this machine."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = "parrot@localhost"
    user: str = ""
    password: Secret | None = None


class SmtpMail:
    """Letters by SMTP, one after another; whoever sends one does not wait. Certificates are checked.

    What cannot be delivered is said in the log, without the address and without the letter.
    """

    def __init__(self, server: Server, trust: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._trust = trust or ssl.create_default_context()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="mail")
        self._room = BoundedSemaphore(_WAITING_MOST)

    def send(self, to: str, subject: str, text: str) -> None:
        """Takes a letter on. Raises BusyError when too many wait."""
        if not self._room.acquire(blocking=False):
            raise BusyError("too many letters wait", fix="try again later")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._server.sender, to, subject
        letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=self._server.sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        self._pool.submit(self._deliver, letter)

    def close(self) -> None:
        """Delivers what waits, and lets go of the thread."""
        self._pool.shutdown(wait=True)

    def _deliver(self, letter: EmailMessage) -> None:
        try:
            with self._connected() as line:
                if self._server.password is not None:
                    line.login(self._server.user, self._server.password.reveal())
                line.send_message(letter)
        except (OSError, smtplib.SMTPException) as fault:
            structlog.get_logger("parrot.mail").error("a letter was not delivered", reason=type(fault).__name__)
        finally:
            self._room.release()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_PATIENCE_S, context=self._trust)
        line = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE_S)
        if server.security == "starttls":
            line.starttls(context=self._trust)  # raises where the server has none
        return line
