"""The desk: the single writer of an account, one transaction after another."""

from parrot.app.desk.desk import Desk
from parrot.app.desk.lines import decode, encode

__all__ = ["Desk", "decode", "encode"]
