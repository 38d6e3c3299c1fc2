"""The common store: records, cursors and deskpulse's own books in one database."""

from deskpulse.store.store import Position, Store, StoredPage

__all__ = ["Position", "Store", "StoredPage"]
