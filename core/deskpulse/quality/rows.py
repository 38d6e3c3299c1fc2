"""The ten questions of a card, and how a program answers each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from deskpulse.config.secrets import secret_fields
from deskpulse.connector import Connector
from deskpulse.quality.contracts import SHORTEST_REASON, ContractTest
from deskpulse.quality.project import Project
from deskpulse.quality.source import (
    Source,
    beyond_asking,
    sources_of,
    strange_errors,
    tells_of_the_gone,
)
from deskpulse.testing.tape import Tape, TapeMiss

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "settings": "Is every setting described, every typo refused, every secret hidden?",
        "contract": "Does it pass the whole connector contract?",
        "resume": "Does it go on from every cursor, also within one instant?",
        "tape": "Is there a tape of what the vendor answers?",
        "server": "Is it tested against a server: the vendor's own, or a simulator?",
        "page": "Does a page show how to set it up, and with which rights?",
        "limits": "Are the vendor's limits kept, and written down with their source?",
        "deletes": "Does it follow what the vendor deletes?",
        "errors": "Does every error say what to do next?",
        "reading": "Does it only read, and only through core?",
    }
)

_SOUNDS_SECRET = re.compile(r"(?i)(token|secret|password|passwd|api_?key|private_key)$")
_RIGHTS = re.compile(r"(?i)\b(scope|permission|right|role)s?\b")
_HEADING = re.compile(r"^#+ .*\blimits?\b.*$", re.IGNORECASE | re.MULTILINE)
_SOURCE = re.compile(
    r"(?i)https?://|\bsources?:|\bdocumentation\b|\barticle \d|#\d{3}|\bseen on\b|\bRFC \d"
)
"""A link, a document, an article, an issue; or the version on which it was seen."""
_FEWEST = 2
"""Requests on a tape: one page and the poll after it."""


class NotSeen(Exception):
    """The evidence is not part of this installation."""


@dataclass(frozen=True)
class Found:
    """Whether it is so, and what was found. `excuse`: why it is not, in the tests' own words."""

    yes: bool
    text: str
    excuse: str = ""


@dataclass(frozen=True)
class Evidence:
    """What the questions are asked of. `run` runs a contract test."""

    connector: type[Connector]
    project: Project | None
    run: Callable[[ContractTest, Path], tuple[bool, str]]

    @property
    def checkout(self) -> Project:
        """The project; raises `NotSeen`."""
        if self.project is None:
            raise NotSeen(
                "it is installed without its tests and pages; ask in a checkout of it, "
                "installed with pip install --editable"
            )
        return self.project

    @cached_property
    def sources(self) -> list[Source]:
        """Its modules."""
        return sources_of(self.connector)

    @property
    def asks_over_http(self) -> bool:
        """Whether there is an address that core's client is made for."""
        own = self.connector.base_url is not Connector.base_url
        return "url" in self.connector.Config.model_fields or (
            own and self.connector.base_url.__func__ is not Connector.base_url.__func__  # type: ignore[attr-defined]
        )

    def left_out(self, *tests: str) -> dict[str, str]:
        """Those of these tests of the contract (none: of all) that do not run as they are; why."""
        contracts = self.project.contracts if self.project is not None else ()
        return {
            name: why
            for each in contracts
            for name, why in each.exempt.items()
            if not tests or name in tests
        }


def settings(of: Evidence) -> Found:
    """Config: descriptions, no unknown keys, secrets as such."""
    model = of.connector.Config
    if model.model_config.get("extra") != "forbid":
        return Found(yes=False, text='Config accepts unknown keys; keep extra="forbid"')
    for name, info in model.model_fields.items():
        if not (info.description or "").strip().endswith("."):
            text = f"Config.{name} needs a description that ends in a full stop"
            return Found(yes=False, text=text)
        if _SOUNDS_SECRET.search(name) and name not in secret_fields(model):
            return Found(yes=False, text=f"Config.{name} sounds like a secret; make it a SecretStr")
    return Found(yes=True, text=f"{len(model.model_fields)} settings")


def contract(of: Evidence) -> Found:
    """The contract's tests are there, pass, and leave nothing out."""
    tests = of.checkout.contracts
    if not tests:
        return Found(yes=False, text="no test_*.py has a ConnectorContract with this connector")
    said = []
    for test in tests:
        passes, summary = of.run(test, of.checkout.root)
        if not passes:
            return Found(yes=False, text=f"{of.checkout.shown(test.path)}::{test.name}: {summary}")
        said.append(f"{test.name}: {summary}")
    return _unless(of.left_out(), "; ".join(said))


def resume(of: Evidence) -> Found:
    """The contract's tests of cursors are among those that run, and ties are thought of."""
    _demand(of.checkout.contracts, "resume is shown by the contract, which is not there")
    left_out = of.left_out(
        "test_resumes_from_every_cursor",
        "test_caught_up_means_caught_up",
        "test_reads_pages_of_ties",
    )
    ties = dict.fromkeys(test.ties for test in of.checkout.contracts)
    return _unless(left_out, "ties: " + "; ".join(ties))


def tape(of: Evidence) -> Found:
    """Every tape that the contract names is there and can be read."""
    _demand(of.checkout.contracts, "the tape is the contract's, which is not there")
    names = [test.tape for test in of.checkout.contracts]
    names += [test.ties for test in of.checkout.contracts if test.ties.endswith(".json")]
    said = []
    for name in dict.fromkeys(names):
        path = next(of.checkout.found(Path(name).name), None) if name else None
        if path is None:
            return Found(yes=False, text=f"there is no tape {name!r}")
        try:
            requests = len(Tape.load(path).exchanges)
        except TapeMiss as problem:
            return Found(yes=False, text=str(problem))
        if requests < _FEWEST:
            return Found(yes=False, text=f"{name} holds {requests} request; record more")
        said.append(f"{name}: {requests} requests")
    return Found(yes=True, text="; ".join(said))


def server(of: Evidence) -> Found:
    """A simulator of this name, or tests against a server."""
    found = of.checkout.server
    if found is None:
        return Found(yes=False, text="neither simulators/NAME/simulator.py nor test_*against*.py")
    return Found(yes=True, text=of.checkout.shown(found))


def page(of: Evidence) -> Found:
    """A page with its settings and the rights that it needs."""
    found = of.checkout.page
    if found is None:
        name = of.connector.name
        return Found(
            yes=False, text=f'neither docs/**/{name}.md nor README.md shows use = "{name}"'
        )
    if not _RIGHTS.search(found.read_text(encoding="utf-8")):
        text = f"{of.checkout.shown(found)} does not say which scopes, rights or roles it needs"
        return Found(yes=False, text=text)
    return Found(yes=True, text=of.checkout.shown(found))


def limits(of: Evidence) -> Found:
    """Budgets in the class, and a heading on the page with where the figures come from."""
    budgets = of.connector.budgets.__func__ is not Connector.budgets.__func__  # type: ignore[attr-defined]
    if of.asks_over_http and not budgets:
        return Found(yes=False, text="it declares no budgets: core asks as fast as it can")
    found = of.checkout.page
    text = "" if found is None else found.read_text(encoding="utf-8")
    heading = _HEADING.search(text)
    if heading is None:
        return Found(yes=False, text="no page has a heading about limits")
    if not _SOURCE.search(text, heading.end()):
        return Found(yes=False, text=f"{heading[0]}: where the figures come from is not said")
    return Found(yes=True, text=heading[0].lstrip("# "))


def deletes(of: Evidence) -> Found:
    """A Tombstone or a complete list somewhere in its source."""
    where = tells_of_the_gone(of.sources)
    return Found(yes=bool(where), text=where or "no Tombstone, and no page says what is present")


def errors(of: Evidence) -> Found:
    """Only errors of `deskpulse.errors`; and the contract's tests of refusals run."""
    if strange := next(strange_errors(of.sources), ""):
        return Found(yes=False, text=f"{strange}; raise one of deskpulse.errors")
    left_out = of.left_out("test_bad_credentials_are_not_retried", "test_gives_up_as_unavailable")
    return _unless(left_out, f"{len(of.sources)} modules")


def reading(of: Evidence) -> Found:
    """No wire of its own, no store, no clock; and the contract's test of reading runs."""
    if other := next((each for source in of.sources for each in beyond_asking(source)), ""):
        return Found(yes=False, text=other)
    return _unless(of.left_out("test_only_reads"), f"{len(of.sources)} modules")


ROWS: Mapping[str, Callable[[Evidence], Found]] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            *(settings, contract, resume, tape, server),
            *(page, limits, deletes, errors, reading),
        )
    }
)


class Missing(Exception):
    """What the answer stands on is not there; its text is the answer."""


def _unless(left_out: Mapping[str, str], text: str) -> Found:
    """Yes, unless tests are left out; their reasons excuse it if they are sentences."""
    if not left_out:
        return Found(yes=True, text=text)
    told = "; ".join(f"{test}: {why}" for test, why in left_out.items())
    short = [test for test, why in left_out.items() if len(why) < SHORTEST_REASON]
    if short:
        return Found(yes=False, text=f"{short[0]} is left out without a sentence that says why")
    return Found(yes=False, text=told, excuse=told)


def _demand(evidence: Iterable[object], text: str) -> None:
    if not list(evidence):
        raise Missing(text)
