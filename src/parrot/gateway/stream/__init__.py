"""The stream: channels of what moves, over one WebSocket; no socket and no clock in here but in `endpoint`."""
