"""A second judge of Slack payloads: `blockkit` builds each block anew and applies its own limits.

It does not know charts (`data_visualization`); those only `slack_limits` can judge. Buttons' names
and everything else it knows better than we do, because somebody else wrote it down.
"""

from __future__ import annotations

from typing import Any

from blockkit.core import (
    Actions,
    Button,
    ComponentValidationError,
    Context,
    FieldValidationError,
    Header,
    Message,
    Section,
    Text,
)

UNKNOWN = frozenset({"data_visualization"})


def complaints(payload: dict[str, Any]) -> list[str]:
    """What blockkit refuses, or says otherwise than we do."""
    found = []
    known = [block for block in payload.get("blocks") or [] if block["type"] not in UNKNOWN]
    try:
        built = Message(text=payload["text"], blocks=[_block(block) for block in known]).build()
    except (FieldValidationError, ComponentValidationError) as problem:
        return [f"{type(problem).__name__}: {problem}"]
    if built.get("blocks", []) != known:
        found.append(f"blockkit says {built.get('blocks')}, we say {known}")
    if built["text"] != payload["text"]:
        found.append("the text differs")
    return found


def _block(block: dict[str, Any]) -> Any:
    match block["type"]:
        case "header":
            return Header(_text(block["text"]))
        case "section":
            return Section(_text(block["text"]))
        case "context":
            return Context([_text(element) for element in block["elements"]])
        case "actions":
            buttons = [
                Button(_text(each["text"]), each["action_id"], value=each["value"])
                for each in block["elements"]
            ]
            return Actions(buttons, block["block_id"])
    raise AssertionError(f"nobody has taught the judge {block['type']!r}")


def _text(value: dict[str, Any]) -> Text:
    return Text(value["text"], value.get("emoji"), value.get("verbatim"), value["type"])
