"""A paragraph's sentences, verbatim."""

from __future__ import annotations

from sentencex import segment


def split_sentences(text: str) -> list[str]:
    """Sentences of one block of text in order, stripped; a block without an end mark is one sentence."""
    pieces: list[str] = []
    for piece in segment("en", text):
        # "1." at the start of a numbered item ends no sentence.
        if pieces and not any(character.isalpha() for character in pieces[-1]):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return [sentence for piece in pieces if (sentence := piece.strip())]
