"""The configuration: one TOML file, unknown keys refused, secrets by reference."""

from deskpulse.config.config import Config, Plugged, load
from deskpulse.config.document import Document, nearest

__all__ = ["Config", "Document", "Plugged", "load", "nearest"]
