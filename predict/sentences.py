"""A paragraph's sentences, verbatim."""

from __future__ import annotations

from sentencex import segment


def split_sentences(text: str) -> list[str]:
    """Sentences of one block of text in order, stripped; a block without an end mark is one sentence."""
    sentences: list[str] = []
    for piece in segment("en", text):
        # "1." at the start of a numbered item ends no sentence.
        if sentences and not any(character.isalpha() for character in sentences[-1]):
            sentences[-1] = f"{sentences[-1]} {piece.strip()}".strip()
        elif piece.strip():
            sentences.append(piece.strip())
    return sentences
