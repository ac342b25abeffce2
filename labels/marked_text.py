"""The format that people write labels in: lines `sectors | genre | text with [name](TYPE) marks`, in stories or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labels.sentence import Entity, LabelError, LabelledSentence
from labels.stories import LabelledStory

_HEADING_GENRE = "headline"
_STORY_MARK = "##"
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
        sectors=_sectors(sectors),
        entities=entities,
        genre=genre,
        source=source,
    )


def parse_marked_lines(
    lines: Sequence[str], prefix: str, source: str = ""
) -> Iterator[LabelledSentence | LabelledStory]:
    """Every sentence in order, with the id `prefix` and its number, and every story after its last sentence.

    A line `## sectors` begins a story, and the next one or the end of the text ends it. Its first sentence is its
    heading if it is of the genre "headline".

    Raises:
        LabelError: a line breaks the format, or a story holds no sentence; the message begins with the line's number.
    """
    n_sentences = n_stories = 0
    mark: tuple[int, str] | None = None  # line and sectors of the story that is open
    members: list[LabelledSentence] = []

    def story() -> Iterator[LabelledStory]:
        nonlocal n_stories
        if mark is None:
            return
        if not members:
            raise LabelError(f"{mark[0]}: begins a story without a sentence")
        n_stories += 1
        heading = members[0].genre == _HEADING_GENRE
        yield LabelledStory(f"{prefix}-st{n_stories:03d}", tuple(members), heading, _sectors(mark[1]))

    for number, line in enumerate(lines, 1):
        if line.startswith(_STORY_MARK):
            yield from story()
            mark, members = (number, line.removeprefix(_STORY_MARK).strip()), []
        elif line.strip():
            n_sentences += 1
            try:
                sentence = parse_marked_line(line, f"{prefix}-{n_sentences:04d}", source)
            except LabelError as error:
                raise LabelError(f"{number}: {error}") from error
            members.append(sentence)
            yield sentence
    yield from story()


def _sectors(keys: str) -> tuple[str, ...]:
    return () if keys == "none" else tuple(sector.strip() for sector in keys.split(","))


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
