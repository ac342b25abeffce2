"""Stories of files of rows, a chunk at a time: a row is a story, and a sentence met before is not classified again.

While the model works on one chunk, the stories of the chunk before are made, and the next chunk is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from labels.errors import UserError
from models.processes import SameProcess, Worker
from predict.desk import Desk
from predict.filed import FiledSentence, FiledStory, SectorProbability
from predict.reading import Chunk
from predict.sentences import split_sentences
from predict.stories import ReadSentence, Story

_MOST_REMEMBERED = 1 << 16
"""Sentences, of about a kilobyte each with all that is known of them."""


@dataclass(frozen=True, slots=True)
class FiledChunk:
    """Stories of the rows of one chunk, in order."""

    stories: list[FiledStory]
    position: int  # in the file, as the chunk has it
    size: int


@dataclass(slots=True)
class _Sentence:
    """A sentence, and what is known of it once the model has answered."""

    text: str
    read: ReadSentence | None = None
    filed: FiledSentence | None = None
    alone: tuple[SectorProbability, ...] = ()  # sectors of a story of this sentence only


@dataclass(frozen=True, slots=True)
class _Asked:
    """A chunk whose new sentences are with the model."""

    chunk: Chunk
    rows: list[list[_Sentence]]
    new: list[_Sentence]
    worker: Worker


class RowFiler:
    """A desk at work on rows; what it remembers of sentences is bounded and serves all of its files."""

    def __init__(
        self,
        desk: Desk,
        more_processes: Callable[[], Worker | None] | None = None,
        *,
        most_remembered: int = _MOST_REMEMBERED,
    ) -> None:
        """File with a desk.

        Args:
            desk: classifies in this process, and makes the stories.
            more_processes: starts the same model in others, once there is more than one chunk.
            most_remembered: sentences not to classify again, the latest ones.
        """
        self._desk = desk
        self._worker: Worker = SameProcess(desk.model)
        self._more_processes = more_processes
        self._most_remembered = most_remembered
        self._remembered: OrderedDict[str, _Sentence] = OrderedDict()

    def file(self, name: str, chunks: Iterable[Chunk], *, first: int = 1) -> Iterator[FiledChunk]:
        """Stories of a file's chunks in order.

        Args:
            name: of the file, as its stories have it.
            chunks: of the file.
            first: number of the first story.

        Raises:
            UserError: what reading the chunks raised, after the stories of the rows before.
        """
        faults: list[UserError] = []
        asked: _Asked | None = None
        for chunk in _until_fault(chunks, faults):
            if asked and self._more_processes:
                asked = self._with_more_processes(asked, self._more_processes)
            rows, new = self._sentences(chunk)
            if asked:
                self._learn(asked)
            self._worker.submit([sentence.text for sentence in new])
            if asked:
                yield self._filed(name, asked, first)
                first += len(asked.rows)
            asked = _Asked(chunk, rows, new, self._worker)
        if asked:
            self._learn(asked)
            yield self._filed(name, asked, first)
        if faults:
            raise faults[0]

    def close(self) -> None:
        """End the processes that were started."""
        self._worker.close()

    def _with_more_processes(self, asked: _Asked, start: Callable[[], Worker | None]) -> _Asked:
        """Hand the first chunk, which waits in this process, to others, so that this one needs no room to classify."""
        self._more_processes = None
        worker = start()
        if worker is None:
            return asked
        self._worker = worker
        worker.submit([sentence.text for sentence in asked.new])
        return replace(asked, worker=worker)

    def _sentences(self, chunk: Chunk) -> tuple[list[list[_Sentence]], list[_Sentence]]:
        """The sentences of each row, and those of all that the model has not been asked about."""
        new: list[_Sentence] = []
        rows: list[list[_Sentence]] = []
        for text in chunk.texts:
            row: list[_Sentence] = []
            for part in split_sentences(text):
                known = self._remembered.get(part)
                if known is None:
                    known = self._remembered[part] = _Sentence(part)
                    new.append(known)
                else:
                    self._remembered.move_to_end(part)
                row.append(known)
            rows.append(row)
        # Rows hold their sentences themselves, so that what is forgotten here is not lost to them.
        while len(self._remembered) > self._most_remembered:
            self._remembered.popitem(last=False)
        return rows, new

    def _learn(self, asked: _Asked) -> None:
        prediction = asked.worker.result()
        for sentence, row, entities in zip(asked.new, prediction.sectors, prediction.entities, strict=True):
            # A copy, since a row of the whole would keep all of it in memory.
            read = ReadSentence(sentence.text, row.copy(), entities)
            sentence.read = read
            sentence.filed = self._desk.filed_sentence(read)
            sentence.alone = self._desk.story_sectors(Story([[read]]))

    def _filed(self, name: str, asked: _Asked, first: int) -> FiledChunk:
        stories = [self._story(name, number, row) for number, row in enumerate(asked.rows, first)]
        return FiledChunk(stories, asked.chunk.position, asked.chunk.size)

    def _story(self, name: str, number: int, row: list[_Sentence]) -> FiledStory:
        if len(row) == 1:
            sectors = row[0].alone
        else:
            sectors = self._desk.story_sectors(Story([[one.read for one in row if one.read]]))
        return FiledStory(
            issue=name,
            story=number,
            heading=None,
            boilerplate=False,
            sectors=sectors,
            sentences=tuple(one.filed for one in row if one.filed),
        )


def _until_fault(chunks: Iterable[Chunk], faults: list[UserError]) -> Iterator[Chunk]:
    """The chunks up to a fault, which is put aside until the stories of those before are out."""
    try:
        yield from chunks
    except UserError as error:
        faults.append(error)
