"""BERT's encoder for classifying, without what only training needs: loads without the transformers library.

Importing that library takes longer than classifying a sentence. The arithmetic is that of its `BertModel`
(Devlin et al. 2019), with the three projections of attention in one product and the type of all tokens fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional

_EMBEDDINGS = "embeddings."
_LAYER = "encoder.layer."


class EncoderOutput(NamedTuple):
    """What an encoder gives, by the name that the transformers library gives it."""

    last_hidden_state: torch.Tensor  # (n_texts, n_tokens, width)


@dataclass(frozen=True, slots=True)
class BertSize:
    """The part of a BERT's configuration that determines its arithmetic."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int
    layer_norm_eps: float


def size_of(configuration: dict[str, Any]) -> BertSize | None:
    """Size from a saved configuration, None if it is of another architecture than this module has."""
    if (
        configuration.get("model_type") != "bert"
        or configuration.get("hidden_act", "gelu") != "gelu"
        or configuration.get("position_embedding_type", "absolute") != "absolute"
        or configuration.get("is_decoder", False)
    ):
        return None
    return BertSize(**{field: configuration[field] for field in BertSize.__dataclass_fields__})


class BertEncoder(nn.Module):
    """Embeddings and layers in one number format, without dropout."""

    def __init__(self, size: BertSize) -> None:
        """Make the layers, with weights to be loaded."""
        super().__init__()
        self.size = size
        self.tokens = _Embedding(size.vocab_size, size.hidden_size)
        self.positions = _Embedding(size.max_position_embeddings, size.hidden_size)
        self.norm = nn.LayerNorm(size.hidden_size, eps=size.layer_norm_eps)
        self.layers = nn.ModuleList(_Layer(size) for _ in range(size.num_hidden_layers))

    def load(self, weights: dict[str, torch.Tensor]) -> None:
        """Take the weights of a `BertModel` from its state, by its names."""
        # All tokens are of the first type, so that its embedding is part of every position's.
        positions = weights[f"{_EMBEDDINGS}position_embeddings.weight"]
        state = {
            "tokens.weight": weights[f"{_EMBEDDINGS}word_embeddings.weight"],
            "positions.weight": positions + weights[f"{_EMBEDDINGS}token_type_embeddings.weight"][0],
        }
        renamed = {f"{_EMBEDDINGS}LayerNorm": "norm"}
        for at in range(self.size.num_hidden_layers):
            theirs, ours = f"{_LAYER}{at}.", f"layers.{at}."
            renamed |= {
                f"{theirs}attention.output.dense": f"{ours}attended",
                f"{theirs}attention.output.LayerNorm": f"{ours}attended_norm",
                f"{theirs}intermediate.dense": f"{ours}widened",
                f"{theirs}output.dense": f"{ours}narrowed",
                f"{theirs}output.LayerNorm": f"{ours}narrowed_norm",
            }
            for kind in ("weight", "bias"):
                state[f"{ours}projections.{kind}"] = torch.cat(
                    [weights[f"{theirs}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
                )
        for their_name, our_name in renamed.items():
            for kind in ("weight", "bias"):
                state[f"{our_name}.{kind}"] = weights[f"{their_name}.{kind}"]
        self.load_state_dict(state, assign=True)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> EncoderOutput:
        """States of tokens; ids and mask are int64 (n_texts, n_tokens)."""
        positions = self.positions.weight[: input_ids.shape[1]]
        states = self.norm(self.tokens(input_ids) + positions)
        visible = None if bool(attention_mask.all()) else attention_mask[:, None, None, :].bool()
        for layer in self.layers:
            states = layer(states, visible)
        return EncoderOutput(states)


class _Linear(nn.Linear):
    def reset_parameters(self) -> None:
        """Draw nothing: the weights are loaded."""


class _Embedding(nn.Embedding):
    def reset_parameters(self) -> None:
        """Draw nothing: the weights are loaded."""


class _Layer(nn.Module):
    def __init__(self, size: BertSize) -> None:
        super().__init__()
        width = size.hidden_size
        self.heads = size.num_attention_heads
        self.projections = _Linear(width, 3 * width)
        self.attended = _Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=size.layer_norm_eps)
        self.widened = _Linear(width, size.intermediate_size)
        self.narrowed = _Linear(size.intermediate_size, width)
        self.narrowed_norm = nn.LayerNorm(width, eps=size.layer_norm_eps)

    def forward(self, states: torch.Tensor, visible: torch.Tensor | None) -> torch.Tensor:
        n_texts, n_tokens, width = states.shape
        query, key, value = (
            part.view(n_texts, n_tokens, self.heads, -1).transpose(1, 2)
            for part in self.projections(states).split(width, -1)
        )
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
        attended = attended.transpose(1, 2).reshape(n_texts, n_tokens, width)
        states = self.attended_norm(states + self.attended(attended))
        narrowed: torch.Tensor = self.narrowed_norm(states + self.narrowed(functional.gelu(self.widened(states))))
        return narrowed
