"""One encoder with a sector head on the sentence and a tag head on its words, in one pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from models.bert import BertEncoder, size_of
from models.encoding import Batch
from models.words import Casing

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIGURATION_FILE = "config.json"
_ENCODER = "encoder."


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """The sizes that, with the backbone's own configuration, determine the network."""

    n_sectors: int
    n_tags: int
    casing_width: int = 16
    known_width: int = 16
    tag_hidden: int = 256
    dropout: float = 0.1


class JointNetwork(nn.Module):
    """Encoder, sector head and tag head."""

    def __init__(self, encoder: PreTrainedModel | BertEncoder, width: int, shape: NetworkShape) -> None:
        """Put new heads on an encoder whose states have a width."""
        super().__init__()
        self.encoder: Any = encoder
        self.mixed_precision = True
        """Whether its float32 weights are cast for each product; false where they are in one format already."""
        self.dropout = nn.Dropout(shape.dropout)
        self.sector_head = nn.Linear(width, shape.n_sectors)
        self.casing = nn.Embedding(len(Casing), shape.casing_width)
        self.known = nn.Embedding(shape.n_tags, shape.known_width)
        self.tag_hidden = nn.Linear(width + 3 * shape.casing_width + shape.known_width, shape.tag_hidden)
        self.tag_head = nn.Linear(shape.tag_hidden, shape.n_tags)

    @classmethod
    def from_backbone(cls, folder: Path, shape: NetworkShape) -> JointNetwork:
        """Network with a pretrained encoder and fresh heads; both get the shape's dropout."""
        from models.pretrained import pretrained_encoder

        encoder = pretrained_encoder(folder)
        network = cls(encoder, encoder.config.hidden_size, shape)
        for module in network.modules():
            if isinstance(module, nn.Dropout):
                module.p = shape.dropout
        return network

    @classmethod
    def to_classify(
        cls, folder: Path, shape: NetworkShape, weights: dict[str, torch.Tensor], precision: torch.dtype
    ) -> JointNetwork:
        """Network with trained weights, for classifying alone.

        Args:
            folder: with the encoder's configuration.
            shape: of the heads.
            weights: of a trained network, by name.
            precision: of the encoder's weights and products; the heads are in float32.
        """
        configuration = json.loads((folder / CONFIGURATION_FILE).read_text(encoding="utf-8"))
        of_encoder = {name.removeprefix(_ENCODER): w for name, w in weights.items() if name.startswith(_ENCODER)}
        of_heads = {name: weight for name, weight in weights.items() if not name.startswith(_ENCODER)}
        size = size_of(configuration)
        encoder: Any
        if size:
            encoder = BertEncoder(size)
            encoder.load(of_encoder)
        else:
            from models.pretrained import untrained_encoder

            encoder = untrained_encoder(folder)
            encoder.load_state_dict(of_encoder)
        network = cls(encoder, size.hidden_size if size else encoder.config.hidden_size, shape)
        missing, _ = network.load_state_dict(of_heads, strict=False)
        if lacking := [name for name in missing if not name.startswith(_ENCODER)]:
            raise KeyError(f"no weights of {', '.join(lacking)}")
        # Weights alone: the angles of rotary positions, which are no weights, need all of their digits.
        for weight in network.encoder.parameters():
            weight.data = weight.data.to(precision)
        network.mixed_precision = False
        return network.eval()

    def freeze_embeddings(self) -> None:
        """Keep the embeddings below the first layer as pretrained."""
        getattr(self.encoder, "embeddings", self.encoder.get_input_embeddings()).requires_grad_(False)

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Sector logits (n_texts, n_sectors) and tag logits (n_words, n_tags), of all words in a row."""
        states = self.encoder(
            input_ids=batch.token_ids, attention_mask=batch.attention_mask
        ).last_hidden_state.float()  # (n_texts, n_tokens, width)
        mask = batch.attention_mask.unsqueeze(-1).float()
        sentence = (states * mask).sum(1) / mask.sum(1)  # (n_texts, width)
        sector_logits = self.sector_head(self.dropout(sentence))
        words = mean_by_word(states.reshape(-1, states.shape[-1]), batch.token_words, len(batch.casing))
        casing = self.casing(batch.casing).flatten(1)  # (n_words, 3 * casing_width)
        features = torch.cat([self.dropout(words), casing, self.known(batch.known)], -1)
        hidden = torch.nn.functional.gelu(self.tag_hidden(features))
        return sector_logits, self.tag_head(self.dropout(hidden))


def mean_by_word(states: torch.Tensor, token_words: torch.Tensor, n_words: int) -> torch.Tensor:
    """Mean state of each word's tokens.

    Args:
        states: (n_tokens, width).
        token_words: int64 (n_tokens,), word of each token, ascending; `n_words` for a token of no word.
        n_words: number of words.

    Returns:
        (n_words, width), zero for a word without tokens.
    """
    if not n_words:
        return states.new_zeros(0, states.shape[1])
    of_words = (token_words < n_words).nonzero().squeeze(1)
    first_tokens = torch.searchsorted(token_words[of_words], torch.arange(n_words, device=states.device))
    return nn.functional.embedding_bag(of_words, states, first_tokens, mode="mean")
