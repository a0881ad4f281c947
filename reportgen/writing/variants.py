"""What a variant of a form leaves out: blocks and a table's look -> those without what is internal."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from reportgen.forms.layout import IndicatorTable
from reportgen.writing.blocks import MAX_LEVEL, Block, Heading

LEFT_OUT = "（略）"  # what a cell prints of a text that is left out


def without(blocks: Iterable[Block], names: Container[str]) -> list[Block]:
    """Return the blocks without the headings of these names and all below them, and without headings left empty."""
    return list(_without_empty(list(_without_named(blocks, names))))


def _without_named(blocks: Iterable[Block], names: Container[str]) -> Iterator[Block]:
    below = MAX_LEVEL + 1  # the level of the heading that is left out with all below it
    for block in blocks:
        if isinstance(block, Heading) and block.level <= below:
            below = block.level if block.text in names else MAX_LEVEL + 1
        if below > MAX_LEVEL:
            yield block


def _without_empty(blocks: Sequence[Block]) -> Iterator[Block]:
    """Return the blocks but for headings that have nothing below them."""
    kept: list[Block] = []  # from the end
    for block in reversed(blocks):
        behind = kept[-1] if kept else None
        if not isinstance(block, Heading) or (behind and not _stands_above(behind, block)):
            kept.append(block)
    return reversed(kept)


def _stands_above(block: Block, heading: Heading) -> bool:
    """Tell whether a block is a heading that does not belong below another."""
    return isinstance(block, Heading) and block.level <= heading.level


def narrowed(look: IndicatorTable, columns: Sequence[str], names: Container[str]) -> IndicatorTable:
    """Return the look of a table without the columns of these names; the others share out their widths."""
    if not look.widths:
        return look
    stub = look.widths[: len(look.widths) - len(columns)]
    kept = [width for width, name in zip(look.widths[len(stub) :], columns, strict=True) if name not in names]
    share = (sum(look.widths) - sum(stub)) / (sum(kept) or 1)
    return look._replace(widths=(*stub, *(round(width * share, 1) for width in kept)))
