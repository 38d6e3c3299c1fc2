"""Which streams a person picked on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deskpulse.config import nearest
from deskpulse.connector import Connector
from deskpulse.errors import ConfigError


def check_streams(sources: Iterable[Connector], picked: Sequence[str]) -> None:
    """Raise `ConfigError` for a picked stream that none of the sources has."""
    known = {stream.name for source in sources for stream in source.streams()}
    for name in picked:
        if name not in known:
            raise ConfigError(f"no source has a stream {name!r}; {nearest(name, known)}")
