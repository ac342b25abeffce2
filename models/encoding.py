"""Texts as the arrays that the joint network reads: tokens, words and casing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labels.sentence import Entity
from models.gazetteer import Gazetteer
from models.tags import tags_of_words
from models.words import Casing, casing_of, plain_marks, word_spans

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

GAZETTEER_FILE = "gazetteer.json"
_TOKENIZER_FILE = "tokenizer.json"
_CONFIGURATION_FILE = "config.json"


@dataclass(frozen=True, slots=True)
class EncodedText:
    """One text, or one window of a long one, ready to be put into a batch."""

    token_ids: np.ndarray  # int64 (n_tokens,), with the special tokens
    token_words: np.ndarray  # int64 (n_tokens,), index of the token's word, -1 for special tokens
    casing: np.ndarray  # int64 (n_words, 3), Casing of the word before, the word, the word after
    known: np.ndarray  # int64 (n_words,), tag of each word by the gazetteer
    spans: list[tuple[int, int]]  # characters of each word in the whole text


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded texts side by side, padded to the longest; words of all texts lie in one row."""

    token_ids: torch.Tensor  # int64 (n_texts, n_tokens)
    attention_mask: torch.Tensor  # int64 (n_texts, n_tokens)
    token_words: torch.Tensor  # int64 (n_texts * n_tokens,), index among all words, n_words where none
    casing: torch.Tensor  # int64 (n_words, 3)
    known: torch.Tensor  # int64 (n_words,)
    n_words: list[int]  # a text

    def to(self, device: torch.device) -> Batch:
        """The same batch on another device, on its way there while the processor goes on."""

        def moved(tensor: torch.Tensor) -> torch.Tensor:
            return (tensor.pin_memory() if device.type == "cuda" else tensor).to(device, non_blocking=True)

        return Batch(
            token_ids=moved(self.token_ids),
            attention_mask=moved(self.attention_mask),
            token_words=moved(self.token_words),
            casing=moved(self.casing),
            known=moved(self.known),
            n_words=self.n_words,
        )

    def without_known(self, share: float) -> Batch:
        """The same batch with the known names forgotten in a random share of its texts."""
        import torch

        kept = torch.rand(len(self.n_words)) >= share
        return replace(self, known=self.known * torch.repeat_interleave(kept, torch.tensor(self.n_words)))


class TextEncoder:
    """Tokenizer of a backbone, with the features of words that the entity head needs."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        pad_id: int,
        max_tokens: int,
        gazetteer: Gazetteer | None = None,
        entity_types: Sequence[str] = (),
    ) -> None:
        """Keep the tokenizer and the known names.

        Args:
            tokenizer: of the backbone.
            pad_id: token that fills a batch; some encoders tell positions by it.
            max_tokens: length of a window, special tokens included.
            gazetteer: names whose words are marked in `EncodedText.known`.
            entity_types: in the order of the tags; must hold those of the gazetteer.
        """
        self.tokenizer = tokenizer
        # Sentence encoders come with their own limits; windows replace them.
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.max_tokens = max_tokens
        self._gazetteer = gazetteer or Gazetteer({})
        self._entity_types = entity_types
        self._pad_id = pad_id
        bare = tokenizer.encode("a", add_special_tokens=False).ids
        whole = tokenizer.encode("a").ids
        before = whole.index(bare[0])
        self._prefix, self._suffix = whole[:before], whole[before + len(bare) :]

    @classmethod
    def from_folder(
        cls, folder: Path, max_tokens: int, gazetteer: Gazetteer | None = None, entity_types: Sequence[str] = ()
    ) -> TextEncoder:
        """Encoder with the tokenizer saved in a folder beside the backbone's configuration."""
        from tokenizers import Tokenizer

        if (folder / _TOKENIZER_FILE).is_file():
            tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER_FILE))
        else:
            tokenizer = _converted_tokenizer(folder)
        configuration = json.loads((folder / _CONFIGURATION_FILE).read_text(encoding="utf-8"))
        return cls(tokenizer, configuration.get("pad_token_id") or 0, max_tokens, gazetteer, entity_types)

    def save(self, folder: Path) -> None:
        """Write the tokenizer and the known names."""
        self.tokenizer.save(str(folder / _TOKENIZER_FILE))
        self._gazetteer.save(folder / GAZETTEER_FILE)

    def names_in_characters(self, text: str) -> list[Entity]:
        """Known names of a text that are written in Chinese characters or kana."""
        return self._gazetteer.find_in_characters(text)

    def encode(self, texts: Sequence[str]) -> list[list[EncodedText]]:
        """Windows of each text: one for nearly all, several where a text exceeds `max_tokens`."""
        if not texts:
            return []
        plain = [plain_marks(text) for text in texts]
        encodings = self.tokenizer.encode_batch(plain, add_special_tokens=False)
        return [self._windows(texts[at], encodings[at].ids, encodings[at].offsets) for at in range(len(texts))]

    def _windows(self, text: str, ids: list[int], offsets: list[tuple[int, int]]) -> list[EncodedText]:
        spans = word_spans(text)
        words = _words_of_tokens(offsets, spans)
        known = tags_of_words(spans, self._gazetteer.find(text), self._entity_types)
        casing = [Casing.NONE, *(casing_of(text[start:end]) for start, end in spans), Casing.NONE]
        capacity = self.max_tokens - len(self._prefix) - len(self._suffix)
        windows: list[EncodedText] = []
        start = 0
        while start < len(ids) or not windows:
            end = min(start + capacity, len(ids))
            # A window ends between words, unless a single word fills it.
            while start < end < len(ids) and words[end] == words[end - 1] != words[start]:
                end -= 1
            windows.append(self._window(ids[start:end], words[start:end], casing, known, spans))
            start = max(end, start + 1)
        return windows

    def _window(
        self,
        ids: list[int],
        words: list[int],
        casing: list[Casing],
        known: list[int],
        spans: list[tuple[int, int]],
    ) -> EncodedText:
        first, last = (words[0], words[-1] + 1) if words else (0, 0)
        with_special = [*self._prefix, *ids, *self._suffix]
        token_words = np.full(len(with_special), -1)
        token_words[len(self._prefix) : len(self._prefix) + len(ids)] = np.asarray(words, dtype=np.int64) - first
        return EncodedText(
            token_ids=np.asarray(with_special, dtype=np.int64),
            token_words=token_words,
            casing=np.asarray([casing[at : at + 3] for at in range(first, last)], dtype=np.int64).reshape(-1, 3),
            known=np.asarray(known[first:last], dtype=np.int64),
            spans=spans[first:last],
        )

    def batch(self, texts: Sequence[EncodedText]) -> Batch:
        """Texts padded to the longest of them."""
        import torch

        width = max(len(text.token_ids) for text in texts)
        token_ids = np.full((len(texts), width), self._pad_id, dtype=np.int64)
        mask = np.zeros((len(texts), width), dtype=np.int64)
        total = sum(len(text.spans) for text in texts)
        token_words = np.full((len(texts), width), total, dtype=np.int64)
        first_word = 0
        for row, text in enumerate(texts):
            length = len(text.token_ids)
            token_ids[row, :length] = text.token_ids
            mask[row, :length] = 1
            token_words[row, :length] = np.where(text.token_words >= 0, text.token_words + first_word, total)
            first_word += len(text.spans)
        return Batch(
            token_ids=torch.from_numpy(token_ids),
            attention_mask=torch.from_numpy(mask),
            token_words=torch.from_numpy(token_words.reshape(-1)),
            casing=torch.from_numpy(np.concatenate([text.casing for text in texts])),
            known=torch.from_numpy(np.concatenate([text.known for text in texts])),
            n_words=[len(text.spans) for text in texts],
        )


def _converted_tokenizer(folder: Path) -> Tokenizer:
    from transformers import AutoTokenizer

    from models.backbone import BackboneError

    try:
        tokenizer: Tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False).backend_tokenizer
        # Where no vocabulary lies in the folder, the library makes a tokenizer of special tokens alone.
        if tokenizer.get_vocab_size() <= len(tokenizer.get_added_tokens_decoder()):
            raise ValueError("no vocabulary")
    except Exception as error:
        # The library raises many types: no vocabulary, a package that is not there, a tokenizer without offsets.
        raise BackboneError(
            f"backbone {folder}: holds no {_TOKENIZER_FILE} and none can be made of what is there "
            f"({type(error).__name__}); put one beside the weights"
        ) from error
    return tokenizer


def _words_of_tokens(offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Index of the word in which each token ends; tokens and words are both in reading order."""
    words = []
    word = 0
    for _, end in offsets:
        while word + 1 < len(spans) and spans[word][1] < end:
            word += 1
        words.append(word)
    return words
