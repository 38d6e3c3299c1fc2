"""What a notifier says about itself."""

from __future__ import annotations

import re

from deskpulse.config.secrets import secret_fields
from deskpulse.http.redact import secrets_in
from deskpulse.notifier import Notifier
from deskpulse.testing.contract.declaring import plain_values
from deskpulse.testing.notifying.base import Base

_SOUNDS_SECRET = re.compile(
    r"(?i)(token|secret|password|passwd|api_?key|routing_key|private_key|webhook|webhook_url)$"
)
_SHORTEST_SECRET = 8


class Declaring(Base):
    """Tests of the declaration."""

    def test_declares_itself(self) -> None:
        """Name and settings are there, and described for the operator."""
        notifier = self.notifier
        name = getattr(notifier, "name", "")
        if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            self.fail(f"name is {name!r}; allowed: a lower-case identifier such as 'pager'")
        if not issubclass(notifier.Config, Notifier.Config):
            self.fail("Config must be a subclass of Notifier.Config")
        if notifier.Config.model_config.get("extra") != "forbid":
            self.fail("Config accepts unknown keys; keep extra='forbid', or typos go unnoticed")
        for field, info in notifier.Config.model_fields.items():
            if not (info.description or "").strip().endswith("."):
                self.fail(f"Config.{field} needs a description that ends in a full stop")

    def test_hides_its_secrets(self) -> None:
        """Secrets are `SecretStr`, so that no repr, log or error shows them by accident."""
        model = self.notifier.Config
        for field in model.model_fields:
            if _SOUNDS_SECRET.search(field) and field not in secret_fields(model):
                self.fail(f"Config.{field} sounds like a secret; declare it as SecretStr")
        with self.sink as sink:
            settings = self.config(sink)
        for secret in secrets_in(settings):
            if len(secret) < _SHORTEST_SECRET or secret in plain_values(settings):
                self.fail(
                    f"settings must hold invented secrets of {_SHORTEST_SECRET} characters or "
                    "more that appear nowhere else, so that a leak can be told"
                )

    def test_checks_the_way(self) -> None:
        """`check` says in one line that all is well, and delivers nothing."""
        with self.opened() as (sink, notifier):
            said = notifier.check()
            if not isinstance(said, str) or not said.strip() or "\n" in said.strip():
                self.fail(f"check says {said!r}; it says one line")
            if sink.arrivals:
                self.fail("check delivers a message")
