"""The contract of a rule type, as tests. What each one means: docs/write-a-rule.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, NoReturn

import pytest
from pydantic import ValidationError

from deskpulse.http.redact import secrets_in
from deskpulse.rule import Rule, Signal
from deskpulse.untrusted import Untrusted
from deskpulse_reports.testing.hand_desk import HandDesk

_CANARY = "canary <!channel> 4711"
_CONDITIONS = ("holds", "clear", "unknown", "gone")
_SEVERITIES = ("info", "warning", "critical")


class RuleContract:
    """Subclass it in a test module and set three attributes; pytest does the rest.

    `rule`: the class. `config`: its settings as plain values (invented secrets included). `desk`: a
    `HandDesk` on which the condition holds for at least one subject.

    `true_of_old_data`: where the condition is known to hold although the data is old (the rule is
    about its age, or what is missing cannot undo it), a sentence why.
    """

    rule: ClassVar[type[Rule]]
    config: ClassVar[Mapping[str, Any]]
    desk: ClassVar[HandDesk]
    true_of_old_data: ClassVar[str] = ""

    def test_declares_itself(self) -> None:
        """The name and the settings are there, and described for the operator."""
        name, model = getattr(self.rule, "name", ""), self.rule.Config
        if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            self._fail(f"name is {name!r}; allowed: a lower-case identifier such as 'long_queue'")
        if model.model_config.get("extra") != "forbid":
            self._fail("Config accepts unknown keys; keep extra='forbid', or typos go unnoticed")
        for field, info in model.model_fields.items():
            if not (info.description or "").strip().endswith("."):
                self._fail(f"Config.{field} needs a description that ends in a full stop")

    def test_finds_its_condition(self) -> None:
        """The condition holds for something, or no other test would mean anything."""
        if not any(signal.condition == "holds" for signal in self._signals(self.desk)):
            self._fail("nothing holds on `desk`; give it what the rule is there to find")

    def test_says_well_formed_things(self) -> None:
        """Conditions and severities are the known ones, labels are text, times have a zone."""
        for signal in self._signals(self.desk):
            if signal.condition not in _CONDITIONS:
                self._fail(f"condition is {signal.condition!r}; allowed: {', '.join(_CONDITIONS)}")
            if signal.severity not in _SEVERITIES:
                self._fail(f"severity is {signal.severity!r}; allowed: {', '.join(_SEVERITIES)}")
            for label, value in signal.labels.items():
                if type(label) is not str or type(value) is not str:
                    self._fail(f"label {label!r} is {value!r}; labels are text")
            for name in ("since", "due_at", "complete_to"):
                moment: datetime | None = getattr(signal, name)
                if moment is not None and moment.tzinfo is None:
                    self._fail(f"{name} of {signal.subject!r} has no time zone")

    def test_is_deterministic(self) -> None:
        """Asked again about the same desk, also as another instance, it says the same."""
        first = self._signals(self.desk)
        rule = self._rule()
        if first != list(rule.signals(self.desk)) or first != list(rule.signals(self.desk)):
            self._fail("asked again about the same desk, it says something else")

    def test_subjects_are_stable(self) -> None:
        """Each subject and level is there once, and is the same a moment later."""
        before = [(signal.subject, signal.level) for signal in self._signals(self.desk)]
        for key in before:
            if before.count(key) > 1:
                self._fail(f"subject {key[0]!r} at level {key[1]!r} is there twice")
        later = self.desk.at(self.desk.now + timedelta(seconds=1))
        after = [(signal.subject, signal.level) for signal in self._signals(later)]
        if before != after:
            gone = next(key for key in [*before, *after] if key not in before or key not in after)
            self._fail(
                f"a second later the subjects are others: {gone[0]!r} at level {gone[1]!r} is in "
                "one of the two only; a subject must not depend on the time or on values"
            )

    def test_customer_text_stays_closed(self) -> None:
        """What a customer wrote is in a signal only as `Untrusted`, never in plain words."""
        for signal in self._signals(_with_canary(self.desk)):
            for path, text in _texts(signal):
                if _CANARY in text:
                    self._fail(
                        f"a customer's text is in {path} of {signal.subject!r} as plain text; "
                        "wrap it in Untrusted(...)"
                    )

    def test_leaks_no_secret(self) -> None:
        """No secret of the settings is in anything that is said."""
        secrets = list(secrets_in(self._settings()))
        for signal in self._signals(self.desk):
            for path, text in _texts(signal, opened=True):
                if any(secret in text for secret in secrets):
                    self._fail(f"a secret of the settings is in {path} of {signal.subject!r}")

    def test_old_data_proves_nothing(self) -> None:
        """On stale data nothing new holds, and what held is not called over."""
        held = {(s.subject, s.level) for s in self._signals(self.desk) if s.condition == "holds"}
        for stale in (self.desk.stale(timedelta(days=365)), _never_read(self.desk)):
            for signal in self._signals(stale):
                where = f"{signal.subject!r} at level {signal.level!r}"
                if (signal.subject, signal.level) not in held:
                    continue
                if signal.condition in ("clear", "gone"):
                    self._fail(f"{where} is called {signal.condition} on stale data: say unknown")
                if signal.condition == "holds" and not self.true_of_old_data:
                    self._fail(
                        f"{where} holds on stale data: say unknown, or set `true_of_old_data` to "
                        "the reason why it is true all the same"
                    )

    def test_knows_its_mistakes(self) -> None:
        """It finds none in its own settings, and says what it finds in words."""
        found = list(self._rule().mistakes(self.desk))
        if found:
            self._fail(f"mistakes() objects to these settings: {found[0]}")

    # --- what they share ---------------------------------------------------------------------

    def _settings(self) -> Any:
        try:
            return self.rule.Config(**self.config)
        except ValidationError as problem:
            self._fail(f"config is not valid for {self.rule.__name__}.Config: {problem}")

    def _rule(self) -> Rule:
        return self.rule(self._settings())

    def _signals(self, desk: HandDesk) -> list[Signal]:
        return list(self._rule().signals(desk))

    def _fail(self, text: str) -> NoReturn:
        """Fail with this text alone: the traceback of the contract helps nobody."""
        pytest.fail(text, pytrace=False)


def _never_read(desk: HandDesk) -> HandDesk:
    return replace(
        desk,
        sources={name: replace(each, complete_to=None) for name, each in desk.sources.items()},
    )


def _with_canary(desk: HandDesk) -> HandDesk:
    """The desk with a customer who writes something that can be told again."""
    return replace(
        desk,
        keeps_bodies=True,
        all_tickets=[one.model_copy(update={"subject": _CANARY}) for one in desk.all_tickets],
        all_surveys=[one.model_copy(update={"comment": _CANARY}) for one in desk.all_surveys],
        all_accounts=[one.model_copy(update={"name": _CANARY}) for one in desk.all_accounts],
    )


def _texts(value: Any, path: str = "signal", *, opened: bool = False) -> Iterator[tuple[str, str]]:
    """Every plain text within a signal and where it is; with `opened` customers' texts, too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Untrusted):
        if opened:
            yield path, value.open()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield path, str(key)
            yield from _texts(inner, f"{path}[{key!r}]", opened=opened)
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]", opened=opened)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            yield from _texts(inner, f"{path}.{field.name}", opened=opened)
