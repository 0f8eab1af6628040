"""Web push: messages for browsers, sealed for them, handed to their push services."""

from parrot.adapters.push.keys import VapidKeys, new_keys, require_browser_keys
from parrot.adapters.push.sending import Place, Pusher, Sent

__all__ = ["Place", "Pusher", "Sent", "VapidKeys", "new_keys", "require_browser_keys"]
