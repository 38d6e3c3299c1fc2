"""What a connector says about itself."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, SecretStr

from deskpulse.config.secrets import secret_fields
from deskpulse.connector import Connector
from deskpulse.http.redact import secrets_in
from deskpulse.testing.contract.base import SHORTEST_REASON, Base

_SOUNDS_SECRET = re.compile(r"(?i)(token|secret|password|passwd|api_?key|private_key)$")
_SHORTEST_SECRET = 8


class Declaring(Base):
    """Tests of the declaration."""

    def test_declares_itself(self) -> None:
        """Name, settings and streams are there, and described for the operator."""
        connector = self.connector
        name = getattr(connector, "name", "")
        if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            self.fail(f"name is {name!r}; allowed: a lower-case identifier such as 'acme'")
        if not issubclass(connector.Config, Connector.Config):
            self.fail("Config must be a subclass of Connector.Config")
        if connector.Config.model_config.get("extra") != "forbid":
            self.fail("Config accepts unknown keys; keep extra='forbid', or typos go unnoticed")
        for field, info in connector.Config.model_fields.items():
            if not (info.description or "").strip().endswith("."):
                self.fail(f"Config.{field} needs a description that ends in a full stop")
        names = self.stream_names()
        if not names:
            self.fail("there is no stream; mark a method with @stream(parse=...)")
        for stream in names:
            if not stream.isidentifier() or names.count(stream) > 1:
                self.fail(f"stream {stream!r} needs a name of its own that is an identifier")

    def test_exempts_with_a_reason(self) -> None:
        """Every entry of `exempt` names a test of this contract and says why it cannot apply."""
        for test, reason in self.exempt.items():
            if not (test.startswith("test_") and hasattr(self, test)):
                self.fail(f"exempt names {test!r}, which is no test of this contract")
            if len(reason) < SHORTEST_REASON:
                self.fail(f"exempt[{test!r}] needs a sentence that says why it cannot apply")
        for mutation, reason in self.harmless.items():
            if len(reason) < SHORTEST_REASON:
                self.fail(f"harmless[{mutation!r}] needs a sentence that says what it leaves alone")

    def test_hides_its_secrets(self) -> None:
        """Secrets are `SecretStr`, so that no repr, log or error shows them by accident."""
        model = self.connector.Config
        plain = [
            field
            for field in model.model_fields
            if _SOUNDS_SECRET.search(field) and field not in secret_fields(model)
        ]
        if plain:
            self.fail(f"Config.{plain[0]} sounds like a secret; declare it as SecretStr")
        settings = self.settings()
        for secret in secrets_in(settings):
            if len(secret) < _SHORTEST_SECRET or secret in plain_values(settings):
                self.fail(
                    f"config must hold invented secrets of {_SHORTEST_SECRET} characters or more "
                    "that appear nowhere else, so that a leak can be told"
                )


def plain_values(settings: BaseModel) -> list[Any]:
    """The values of the settings that are no secrets."""
    values = [getattr(settings, field) for field in type(settings).model_fields]
    return [value for value in values if not isinstance(value, SecretStr)]
