"""The codes port: TOTP by pyotp, QR codes by segno."""

from __future__ import annotations

import io
from typing import Final

import pyotp
import segno

ISSUER: Final = "Parrot"
_STEP_S: Final = 30


class Authenticators:
    """TOTP as every authenticator has it."""

    def code(self, secret: str, step: int) -> str:
        """The code of a secret (base32) in a time step."""
        return pyotp.TOTP(secret, interval=_STEP_S).generate_otp(step)

    def uri(self, secret: str, name: str) -> str:
        """What an authenticator reads from a picture."""
        return pyotp.TOTP(secret, interval=_STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)

    def picture(self, text: str) -> str:
        """A text as a QR code: SVG, dark on light, four modules of quiet around it."""
        target = io.BytesIO()
        segno.make(text, error="m", micro=False).save(
            target, kind="svg", xmldecl=False, svgns=True, omitsize=True, light="#fff", dark="#000", border=4
        )
        return target.getvalue().decode()
