"""The pictures of a mail: which series are drawn, and how. Pure but for the drawing itself.

A picture is never the only place of a number: the line of text stands under it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskpulse.message import Message, Series
from deskpulse_notifiers.paint import Spec
from deskpulse_notifiers.text import fit, one_line
from deskpulse_notifiers.words import trend

PICTURES = 4
WIDTH, HEIGHT = 560, 150
POINTS = 400
_ALT = 300
_LABEL = 30
_LARGEST = 1e15

Painting = Callable[[Sequence[Spec]], Sequence[bytes]]
"""Draws PNGs; raises `NotPainted`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, the id by which the HTML names it, and what it says without being seen."""

    cid: str
    png: bytes
    alt: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in points."""
        return WIDTH, HEIGHT


Pictures = Mapping[int, Picture]
"""By the number of the part that they belong to."""


def pictures_of(message: Message, paint: Painting) -> dict[int, Picture]:
    """The first series of a message as pictures. Raises `NotPainted`."""
    drawn = {
        number: (part, spec)
        for number, part in enumerate(message.parts)
        if isinstance(part, Series) and (spec := spec_of(part)) is not None
    }
    chosen = dict(list(drawn.items())[:PICTURES])
    pngs = paint([spec for _, spec in chosen.values()])
    return {
        number: Picture(_cid(png), png, fit(f"{one_line(part.title)}: {trend(part)}", _ALT))
        for (number, (part, _)), png in zip(chosen.items(), pngs, strict=True)
    }


def spec_of(part: Series) -> Spec | None:
    """A small line chart; None with fewer than two numbers. Nothing in it names an address."""
    points = [(one_line(label), _drawable(value)) for label, value in part.points[-POINTS:]]
    if sum(value is not None for _, value in points) < 2:
        return None
    rows = [
        {"n": number, "label": fit(label, _LABEL), "value": value}
        for number, (label, value) in enumerate(points)
    ]
    labels = [row["label"] for row in rows]
    ticks = sorted({0, len(rows) // 2, len(rows) - 1})
    # Labels may repeat, so the axis counts points and looks the label up.
    choices = [f"datum.value == {tick} ? {_quoted(labels[tick])}" for tick in ticks]
    named = " : ".join([*choices, "''"])
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "#ffffff",
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": rows},
        "mark": {"type": "line", "point": len(rows) <= 40, "color": "#1a5fb4"},
        "encoding": {
            "x": {
                "field": "n",
                "type": "quantitative",
                "axis": {
                    "title": None,
                    "grid": False,
                    "values": ticks,
                    "labelExpr": named,
                },
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "axis": {"title": fit(one_line(part.unit), _LABEL) or None, "tickCount": 4},
            },
        },
    }


def _drawable(value: float | None) -> float | None:
    usable = value is not None and math.isfinite(value) and abs(value) < _LARGEST
    return value if usable else None


def _quoted(text: Any) -> str:
    """A text in Vega's expression language: letters and plain signs as they are, others escaped."""
    kept = (
        sign if sign.isalnum() or sign in " -:.,/" else f"\\u{ord(sign):04x}"
        for sign in str(text)
        if ord(sign) < 0x10000
    )
    return "'" + "".join(kept) + "'"


def _cid(png: bytes) -> str:
    return f"{hashlib.sha256(png).hexdigest()[:24]}@charts.deskpulse"
