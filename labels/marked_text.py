"""The line format that people write labels in: `sectors | genre | text with [name](TYPE) marks`."""

from __future__ import annotations

import re

from labels.sentence import Entity, LabelError, LabelledSentence

_MARK = re.compile(r"\[([^\[\]]+)\]\(([A-Za-z]+)\)")


def parse_marked_line(line: str, sentence_id: str, source: str = "") -> LabelledSentence:
    """Labelled sentence from one marked line; `none` stands for no sector.

    Raises:
        LabelError: the line has not three parts, or a mark is broken.
    """
    parts = line.rstrip("\n").split(" | ", 2)
    if len(parts) != 3:
        raise LabelError("needs `sectors | genre | text`")
    sectors, genre, marked = (part.strip() for part in parts)
    text, entities = parse_marks(marked)
    if re.search(r"\]\(|\[", text):
        raise LabelError("a mark is broken; write [name](TYPE)")
    return LabelledSentence(
        id=sentence_id,
        text=text,
        sectors=() if sectors == "none" else tuple(sector.strip() for sector in sectors.split(",")),
        entities=entities,
        genre=genre,
        source=source,
    )


def parse_marks(marked: str) -> tuple[str, tuple[Entity, ...]]:
    """Text without its marks, and the entities that the marks spanned."""
    pieces: list[str] = []
    entities: list[Entity] = []
    length = 0
    after_mark = 0
    for mark in _MARK.finditer(marked):
        before = marked[after_mark : mark.start()]
        start = length + len(before)
        length = start + len(mark[1])
        pieces += [before, mark[1]]
        entities.append(Entity(start, length, mark[2]))
        after_mark = mark.end()
    pieces.append(marked[after_mark:])
    return "".join(pieces), tuple(entities)


def render_marked_line(sentence: LabelledSentence) -> str:
    """The inverse of `parse_marked_line`, for people to read and correct."""
    pieces: list[str] = []
    after_entity = 0
    for entity in sorted(sentence.entities):
        pieces += [
            sentence.text[after_entity : entity.start],
            f"[{sentence.text[entity.start : entity.end]}]({entity.type})",
        ]
        after_entity = entity.end
    pieces.append(sentence.text[after_entity:])
    return f"{','.join(sentence.sectors) or 'none'} | {sentence.genre} | {''.join(pieces)}"
