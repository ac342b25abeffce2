"""The file of accepted sentences: every answer is on disk before the page goes on."""

from __future__ import annotations

import os
from pathlib import Path

from labels.errors import UserError
from labels.files import SentenceFileError, scan_sentences
from labels.sentence import LabelledSentence


class AnswerFile:
    """Labelled sentences in a JSONL file, one a text."""

    def __init__(self, path: Path) -> None:
        """Open a file, which need not exist yet.

        Raises:
            UserError: it is there and cannot be read as labelled sentences, or its folder cannot be made.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror}); name another --out") from error
        self._saved = {sentence.text: sentence for sentence in self._read()}

    @property
    def texts(self) -> frozenset[str]:
        """Texts that have an answer."""
        return frozenset(self._saved)

    def answer(self, text: str) -> LabelledSentence | None:
        """What was accepted for a text, None if nothing was yet."""
        return self._saved.get(text)

    def save(self, sentence: LabelledSentence) -> None:
        """Append an answer, or put it in the place of an earlier one to the same text.

        Raises:
            UserError: the file cannot be written, or was damaged since it was read.
        """
        try:
            if sentence.text in self._saved:
                self._replace(sentence)
            else:
                self._append(sentence)
        except OSError as error:
            raise UserError(f"{self.path}: cannot be written ({error.strerror}); make room or mend it") from error
        self._saved[sentence.text] = sentence

    def _append(self, sentence: LabelledSentence) -> None:
        with self.path.open("a+b") as file:
            # A line that an editor left without its end must not run into ours.
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(f"{sentence.to_json()}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _replace(self, sentence: LabelledSentence) -> None:
        # Read anew, so that what others changed in the file meanwhile stays.
        there = self._read()
        kept = [sentence if old.text == sentence.text else old for old in there]
        if sentence not in kept:
            kept.append(sentence)
        unfinished = self.path.with_name(f".{self.path.name}.new")
        with unfinished.open("wb") as file:
            file.write("".join(f"{each.to_json()}\n" for each in kept).encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, self.path)

    def _read(self) -> list[LabelledSentence]:
        if not self.path.exists():
            return []
        sentences = []
        for item in scan_sentences(self.path):
            if isinstance(item, SentenceFileError):
                raise item
            sentences.append(item.sentence)
        return sentences
