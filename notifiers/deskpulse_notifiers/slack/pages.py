"""Blocks cut into messages: the first stands in the channel, the others in its thread. Pure.

50 blocks is Slack's limit. The limit on all text together is not documented; it was met between
11,300 and 13,200 characters (slackapi/bolt-js#2509, #2867), so a page holds 9,000.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deskpulse_notifiers.plain import text_of
from deskpulse_notifiers.slack.blocks import (
    Block,
    blocks_of,
    context,
    is_chart,
    summary_blocks,
)
from deskpulse_notifiers.slack.look import BARE, Look
from deskpulse_notifiers.slack.mrkdwn import ESCAPES
from deskpulse_notifiers.text import fit, units
from deskpulse_notifiers.words import headline, mark, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskpulse.message import Message

BLOCKS = 50
BUDGET = 9_000
PAGES = 10
HEADLINE = 3_000
"""The top-level `text`; Slack advises at most 4,000."""
WHOLE_TEXT = 4_000

_TOO_LONG = frozenset({"msg_blocks_too_long", "msg_too_long"})
_BLOCKS_REFUSED = _TOO_LONG | {"invalid_blocks", "invalid_blocks_format"}


@dataclass(frozen=True, slots=True)
class Page:
    """One call to Slack. `covers` counts the blocks of the message that it stands for."""

    text: str
    blocks: tuple[Block, ...]
    covers: int
    plain: str = ""

    @property
    def drawn(self) -> bool:
        """Whether there is a chart on it."""
        return any(map(is_chart, self.blocks))

    def undrawn(self) -> Page:
        """The same without charts; the line of text of each series stays."""
        return replace(self, blocks=tuple(block for block in self.blocks if not is_chart(block)))

    def simpler(self, refusal: str) -> list[Page]:
        """What to send instead after this refusal: no charts, halves, bare text, then nothing."""
        if refusal in _BLOCKS_REFUSED - _TOO_LONG and self.drawn:
            return [self.undrawn()]
        if refusal in _TOO_LONG and len(self.blocks) > 1:
            middle = len(self.blocks) // 2
            return [
                Page(self.text, self.blocks[:middle], middle, self.plain),
                Page(self.text, self.blocks[middle:], self.covers - middle),
            ]
        if refusal in _BLOCKS_REFUSED and self.blocks:
            return [Page(self.plain or self.text, (), self.covers)]
        return []


def pages_of(message: Message, look: Look = BARE) -> list[Page]:
    """The message as pages, at least one, at most 10."""
    blocks = blocks_of(message, look)
    chunks = list(_chunks(blocks))
    if len(chunks) > PAGES:
        chunks = chunks[:PAGES]
        left = len(blocks) - sum(map(len, chunks))
        chunks[-1] = [*chunks[-1], context(f"{left} more sections are left out here")]
    first, *others = chunks
    whole = fit(text_of(message).strip(), WHOLE_TEXT, ESCAPES)
    return [
        Page(spoken(message), tuple(first), len(first), plain=whole),
        *(
            Page(_continued(message, number, len(chunks)), tuple(chunk), len(chunk))
            for number, chunk in enumerate(others, start=2)
        ),
    ]


def answer_of(message: Message) -> Page:
    """The short answer in the thread of a message that was just edited."""
    blocks = tuple(summary_blocks(message, sentence(message)))
    return Page(spoken(message), blocks, max(len(blocks), 1))


def spoken(message: Message) -> str:
    """The top-level text: all that a screen reader or a phone's notification says."""
    return fit(mark(message.kind) + sentence(message), HEADLINE, ESCAPES)


def after(pages: Sequence[Page], done: int) -> list[Page]:
    """The pages that are left when `done` blocks have already been posted."""
    left: list[Page] = []
    for page in pages:
        if done >= page.covers:
            done -= page.covers
        elif done:
            left.append(Page(page.text, page.blocks[done:], page.covers - done))
            done = 0
        else:
            left.append(page)
    return left


def size_of(block: Any) -> int:
    """Units of all text in a block."""
    if isinstance(block, dict):
        own = sum(
            units(block[name]) for name in ("text", "title", "label") if _is_text(block, name)
        )
        return own + sum(size_of(value) for value in block.values())
    if isinstance(block, list):
        return sum(size_of(item) for item in block)
    return 0


def _is_text(block: dict[str, Any], name: str) -> bool:
    return isinstance(block.get(name), str)


def _continued(message: Message, number: int, of: int) -> str:
    return fit(f"({number} of {of}) {headline(message)}", HEADLINE, ESCAPES)


def _chunks(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    # One block and a line are kept free for the words about what is left out.
    held: list[Block] = []
    size = 0
    for block in blocks:
        length = size_of(block)
        if held and (len(held) == BLOCKS - 1 or size + length > BUDGET - 100):
            yield held
            held, size = [], 0
        held.append(block)
        size += length
    if held:
        yield held
