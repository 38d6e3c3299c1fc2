"""An independent judge of Slack payloads, written from Slack's published limits.

It shares no code with the builder: it reads JSON and says what Slack would refuse, and what would
mean something that only text should mean (mentions, links, broken escapes).
"""

from __future__ import annotations

import re
from typing import Any

TEXT_OBJECT_LIMITS = {"header": 150, "section": 3_000, "field": 2_000, "context": 3_000}
TOTAL = 11_000  # msg_blocks_too_long was seen from 11,341 characters on

_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_LINK = re.compile(r"<(https?://[^<>|\s]+)\|([^<>|\n]+)>")


def length(text: str) -> int:
    """UTF-16 units, the strictest way to count."""
    return len(text.encode("utf-16-le")) // 2


def problems(payload: dict[str, Any]) -> list[str]:
    """What Slack would refuse in a chat.postMessage or chat.update payload."""
    found: list[str] = []
    text = payload.get("text")
    blocks = payload.get("blocks") or []
    if not isinstance(text, str) or not text:
        found.append("no_text")
    elif length(text) > 4_000:
        found.append(f"text has {length(text)}")
    if len(blocks) > 50:
        found.append(f"{len(blocks)} blocks")
    charts = [block for block in blocks if block.get("type") == "data_visualization"]
    if len(charts) > 2:
        found.append(f"{len(charts)} charts")
    total = 0
    for number, block in enumerate(blocks):
        found += [f"block {number}: {problem}" for problem in block_problems(block)]
        total += sum(length(item["text"]) for item in text_objects(block))
    if total > TOTAL:
        found.append(f"all text together {total}")
    return found


def block_problems(block: dict[str, Any]) -> list[str]:
    kind = block.get("type")
    allowed = {
        "header": {"type", "text", "block_id"},
        "section": {"type", "text", "fields", "accessory", "block_id"},
        "context": {"type", "elements", "block_id"},
        "divider": {"type", "block_id"},
        "actions": {"type", "elements", "block_id"},
        "data_visualization": {"type", "title", "chart", "block_id"},
    }
    if kind not in allowed:
        return [f"unknown type {kind!r}"]
    found = [f"unknown key {key!r}" for key in set(block) - allowed[kind]]
    if kind == "header":
        found += _text_problems(block.get("text"), 150, {"plain_text"})
    if kind == "section":
        if "text" not in block and "fields" not in block:
            found.append("neither text nor fields")
        if "text" in block:
            found += _text_problems(block["text"], 3_000, {"plain_text", "mrkdwn"})
        fields = block.get("fields", [])
        if len(fields) > 10:
            found.append(f"{len(fields)} fields")
        for field in fields:
            found += _text_problems(field, 2_000, {"plain_text", "mrkdwn"})
    if kind == "context":
        elements = block.get("elements", [])
        if not 1 <= len(elements) <= 10:
            found.append(f"{len(elements)} elements")
        for element in elements:
            found += _text_problems(element, 3_000, {"plain_text", "mrkdwn"})
    if kind == "actions":
        found += _button_problems(block.get("elements", []))
    if kind == "data_visualization":
        found += _chart_problems(block)
    if len(str(block.get("block_id", "x"))) > 255:
        found.append("block_id is too long")
    return found


def _button_problems(elements: list[dict[str, Any]]) -> list[str]:
    found = [] if 1 <= len(elements) <= 25 else [f"{len(elements)} buttons"]
    if len({element.get("action_id") for element in elements}) < len(elements):
        found.append("two buttons with one action_id")
    for element in elements:
        if element.get("type") != "button":
            found.append(f"{element.get('type')!r} among buttons")
        found += [f"unknown key {key!r} in a button" for key in set(element) - BUTTON_KEYS]
        found += _text_problems(element.get("text"), 75, {"plain_text"})
        if not 1 <= length(element.get("action_id", "")) <= 255:
            found.append("action_id")
        if not 1 <= length(element.get("value", "")) <= 2_000:
            found.append("value")
    return found


BUTTON_KEYS = {"type", "text", "action_id", "value"}


def _chart_problems(block: dict[str, Any]) -> list[str]:
    chart = block.get("chart", {})
    axis = chart.get("axis_config", {})
    categories = axis.get("categories", [])
    found = [] if 1 <= length(block.get("title", "")) <= 50 else ["title"]
    if set(chart) != {"type", "series", "axis_config"} or chart["type"] not in CHART_KINDS:
        found.append(f"chart {sorted(chart)}")
    if not 1 <= len(categories) <= 20 or len(set(categories)) < len(categories):
        found.append(f"{len(categories)} categories")
    if any(not 1 <= length(label) <= 20 for label in categories):
        found.append("a label")
    if not 1 <= len(chart.get("series", [])) <= 6:
        found.append("series")
    for series in chart.get("series", []):
        if not series.get("name"):
            found.append("a series without a name")
        if [point["label"] for point in series["data"]] != categories:
            found.append("a series that does not fill its categories")
        if any(type(point["value"]) not in (int, float) for point in series["data"]):
            found.append("a value that is no number")
    if length(axis.get("y_label", "y")) > 50 or not axis.get("y_label", "y"):
        found.append("y_label")
    if re.search("[<>&\x00-\x1f]", str([block["title"], categories])):
        found.append("markup in a chart")
    return found


CHART_KINDS = {"line", "bar", "area"}


def _text_problems(item: Any, limit: int, kinds: set[str]) -> list[str]:
    if not isinstance(item, dict) or item.get("type") not in kinds:
        return [f"text object {item!r} is none of {kinds}"]
    text = item.get("text")
    if not isinstance(text, str) or not text.strip():
        return ["empty text"]
    found = []
    if length(text) > limit:
        found.append(f"text has {length(text)} of {limit}")
    extra = set(item) - (
        {"type", "text", "emoji"} if item["type"] == "plain_text" else {"type", "text", "verbatim"}
    )
    found += [f"unknown key {key!r} in text object" for key in extra]
    return found


def text_objects(value: Any) -> list[dict[str, Any]]:
    """Every text object inside a block."""
    if isinstance(value, list):
        return [item for entry in value for item in text_objects(entry)]
    if not isinstance(value, dict):
        return []
    own = [value] if isinstance(value.get("text"), str) else []
    return own + [item for entry in value.values() for item in text_objects(entry)]


def meanings(payload: dict[str, Any], own_hosts: frozenset[str]) -> list[str]:
    """What in a payload would mean more than text, apart from links to `own_hosts`."""
    found: list[str] = []
    texts = [("text", payload["text"])]
    for block in payload.get("blocks") or []:
        texts += [(item["type"], item["text"]) for item in text_objects(block)]
    for kind, text in texts:
        rest = text
        if kind in {"mrkdwn", "text"}:
            for address, _ in _LINK.findall(text):
                if address.split("/")[2] not in own_hosts:
                    found.append(f"link to {address}")
            rest = _LINK.sub(r"\2", text)
        if kind == "mrkdwn" and text.count("```") not in {0, 2}:
            found.append(f"a broken fence in {rest[:80]!r}")
        if "<" in rest or ">" in rest:
            found.append(f"open bracket in {rest[:80]!r}")
        if "&" in _ENTITY.sub("", rest):
            found.append(f"broken entity in {rest[:80]!r}")
        if any(ord(sign) < 32 and sign != "\n" for sign in rest):
            found.append("control character")
        if any(0xD800 <= ord(sign) <= 0xDFFF for sign in rest):
            found.append("half a character")
        if re.search("[\u202a-\u202e\u2066-\u2069]", rest):
            found.append("bidi control")
    return found
