"""All systems under test, in the order of the table, and how to choose among them."""

from __future__ import annotations

from benchmarks.embedding_peers import SENTENCE_TRANSFORMERS, SETFIT
from benchmarks.newsdesk_systems import BASELINE, TRANSFORMER
from benchmarks.peer import Peer
from benchmarks.pipeline_peers import PIPELINE, PIPELINE_ONE_BY_ONE
from benchmarks.word_peers import FASTTEXT, SPACY, TF_IDF
from labels.errors import UserError

SYSTEMS = (
    TRANSFORMER,
    PIPELINE,
    PIPELINE_ONE_BY_ONE,
    SENTENCE_TRANSFORMERS,
    SETFIT,
    BASELINE,
    TF_IDF,
    FASTTEXT,
    SPACY,
)


class UnknownSystemError(UserError):
    """A system that the benchmark does not know; the message lists those it does."""


def system(key: str) -> Peer:
    """The system of a key."""
    return next(peer for peer in SYSTEMS if peer.key == key)


def chosen_systems(only: str) -> list[Peer]:
    """Systems whose families a comma-separated list names, all if it is empty.

    Raises:
        UnknownSystemError: a name is no family.
    """
    families = list(dict.fromkeys(peer.family for peer in SYSTEMS))
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    for name in wanted:
        if name not in families:
            raise UnknownSystemError(f"ONLY: there is no system {name!r}; known are {', '.join(families)}")
    return [peer for peer in SYSTEMS if not wanted or peer.family in wanted]
