"""The few lines of SVG writing that every chart needs. All text and attributes are escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from deskpulse_reports.safe import clean

Attribute = str | float | None


def tag(name: str, *children: str, **attributes: Attribute) -> str:
    """One element. `class_` is written `class`, `aria_label` `aria-label`; None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text(words: str, **attributes: Attribute) -> str:
    """A `<text>` element."""
    return tag("text", escape(clean(words)), **attributes)


def tip(words: str) -> str:
    """A `<title>`: what browsers show on hovering and screen readers say."""
    return tag("title", escape(clean(words, 400)))


def drawing(width: float, height: float, label: str, children: Iterable[str], kind: str) -> str:
    """The `<svg>` around a chart; `label` says in words what it shows."""
    return tag(
        "svg",
        *children,
        class_=f"chart {kind}",
        viewBox=f"0 0 {coordinate(width)} {coordinate(height)}",
        role="img",
        aria_label=clean(label, 400),
    )


def coordinate(value: float) -> str:
    """At most one decimal: enough for the eye, half the bytes."""
    return f"{value:.1f}".removesuffix(".0")


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else coordinate(value)
