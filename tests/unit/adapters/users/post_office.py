"""A real SMTP server with certificates of an authority of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
PASSWORD = "the password of the mailbox"
_DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """It signs certificates, which are trusted by whoever trusts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._own = self._signed("an authority", self._key, x509.BasicConstraints(ca=True, path_length=0), old=False)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def trust(self) -> ssl.SSLContext:
        """What a machine trusts that knows this authority."""
        return ssl.create_default_context(cafile=str(self.file))

    def served(self, name: str = HERE, *, old: bool = False) -> ssl.SSLContext:
        """What a server of that name or address shows; an `old` certificate's time is over."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            called: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            called = x509.DNSName(name)
        certificate = self._signed(name, key, x509.SubjectAlternativeName([called]), old=old)
        file = self._folder / f"{name}-{old}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _signed(self, name: str, key: Any, says: x509.ExtensionType, *, old: bool) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("an authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now - _DAY if old else now + _DAY)
            .add_extension(says, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if isinstance(says, x509.BasicConstraints):
            uses = dict.fromkeys(
                ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
            )
            made = made.add_extension(
                x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **uses),
                critical=True,
            )
        return made.sign(self._key, hashes.SHA256())


@dataclass
class Office:
    """A server that takes letters: `letters` with whether each came encrypted, `passwords` what was said as one.

    `shows` is its certificate: from the first byte when it is `implicit`, else after STARTTLS; None: it has no TLS.
    """

    shows: ssl.SSLContext | None = None
    implicit: bool = False
    letters: list[tuple[bytes, bool]] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  # the library's name
        """Keeps a letter."""
        self.letters.append((envelope.content, server.transport.get_extra_info("sslcontext") is not None))
        return "250 taken"

    def conversation(self) -> SMTP:
        """With one who connects."""
        later = None if self.implicit else self.shows
        return SMTP(self, hostname="post", tls_context=later, authenticator=self._authenticated, auth_require_tls=False)

    def _authenticated(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password.decode())
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@contextmanager
def opened(shows: ssl.SSLContext | None, *, implicit: bool = False) -> Iterator[Office]:
    """An office that is open for the block of a `with`."""
    office, loop = Office(shows, implicit), asyncio.new_event_loop()
    with warnings.catch_warnings():  # of a server that takes passwords without TLS, which is what is tested
        warnings.simplefilter("ignore")
        coming = loop.create_server(office.conversation, HERE, 0, ssl=shows if implicit else None)
        server = loop.run_until_complete(coming)
        office.port = server.sockets[0].getsockname()[1]
        thread = Thread(target=loop.run_forever)
        thread.start()
        try:
            yield office
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            server.close()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
