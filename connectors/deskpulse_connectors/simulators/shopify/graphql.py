"""The part of GraphQL's language that queries of the Admin API are written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

_TOKEN = re.compile(
    r'\s+|,|#[^\n]*|(?P<token>\.\.\.|[{}()\[\]:!$=|@]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\w+)'
)


class SyntaxProblem(ValueError):
    """The document is no GraphQL."""


@dataclass(slots=True)
class Field:
    """One selected field; `key` is its alias or name. Arguments hold values, not variables."""

    name: str
    key: str
    arguments: dict[str, Any] = field(default_factory=dict)
    selection: list[Field] = field(default_factory=list)


@dataclass(slots=True)
class Operation:
    """`kind` is query or mutation."""

    kind: str
    selection: list[Field]


def parse(document: str, variables: Mapping[str, Any]) -> Operation:
    """The only operation of a document. Raises `SyntaxProblem`."""
    return _Parser(_tokens(document), variables).operation()


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise SyntaxProblem(f"syntax error, unexpected {text[at]!r} at character {at + 1}")
        if found["token"]:
            tokens.append(found["token"])
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str], variables: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._variables = variables
        self._at = 0

    def operation(self) -> Operation:
        kind = "query"
        if self._peek() in ("query", "mutation"):
            kind = self._next()
            while self._peek() not in ("{", "("):
                self._next()
            if self._peek() == "(":
                while self._next() != ")":
                    pass
        selection = self._selection()
        if self._at != len(self._tokens):
            raise SyntaxProblem(f"syntax error, unexpected {self._peek()!r}")
        return Operation(kind, selection)

    def _selection(self) -> list[Field]:
        self._expect("{")
        fields: list[Field] = []
        while self._peek() != "}":
            if self._peek() == "...":
                self._next()
                self._expect("on")
                self._next()
                fields += self._selection()
            else:
                fields.append(self._field())
        self._expect("}")
        return fields

    def _field(self) -> Field:
        key = name = self._name()
        if self._peek() == ":":
            self._next()
            name = self._name()
        found = Field(name, key)
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                argument = self._name()
                self._expect(":")
                found.arguments[argument] = self._value()
            self._expect(")")
        if self._peek() == "{":
            found.selection = self._selection()
        return found

    def _value(self) -> Any:
        word = self._next()
        if word == "$":
            return self._variables.get(self._name())
        if word == "[":
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._expect("]")
            return items
        try:
            return orjson.loads(word)  # numbers, strings, true, false, null
        except orjson.JSONDecodeError:
            return word  # an enum

    def _name(self) -> str:
        token = self._next()
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise SyntaxProblem(f"syntax error, unexpected {token!r}")
        return token

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise SyntaxProblem("syntax error, unexpected end of file")
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        came = self._next()
        if came != token:
            raise SyntaxProblem(f"syntax error, unexpected {came!r}, expecting {token!r}")
