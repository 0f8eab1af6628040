"""The identity port: OpenID Connect with any provider, by discovery."""

from parrot.adapters.identity.provider import ALGORITHMS, OpenId, Registration

__all__ = ["ALGORITHMS", "OpenId", "Registration"]
