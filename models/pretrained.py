"""Encoders of the transformers library: pretrained ones to train, and trained ones beside the project's own BERT."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from models.backbone import BackboneError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from models.encoding import TextEncoder

_Made = TypeVar("_Made")
_WITH_POOLER = {"bert", "mpnet", "roberta", "xlm-roberta"}


def pretrained_encoder(folder: Path) -> PreTrainedModel:
    """Encoder with its pretrained weights in float32, whatever format they are saved in, without dropout for now.

    Raises:
        BackboneError: the library does not have the architecture, the weights are not its own, or it has a decoder.
    """
    from transformers import AutoModel

    # Without a word on it, the library asks at the terminal whether code that lies beside the weights may run.
    encoder, report = _made(
        folder,
        lambda options: AutoModel.from_pretrained(
            folder, dtype=torch.float32, trust_remote_code=False, output_loading_info=True, **options
        ),
    )
    lacking = sorted(set(report["missing_keys"]) & {name for name, _ in encoder.named_parameters()})
    if lacking:
        raise BackboneError(
            f"backbone {folder}: its weights lack {len(lacking)} parameters of a {encoder.config.model_type}, first "
            f"of them {lacking[0]}; name the folder of a whole encoder"
        )
    if encoder.config.is_encoder_decoder:
        raise BackboneError(f"backbone {folder}: {encoder.config.model_type} has a decoder; choose an encoder alone")
    return encoder


def untrained_encoder(folder: Path) -> PreTrainedModel:
    """Encoder of a saved configuration, with weights to be loaded."""
    from transformers import AutoConfig, AutoModel

    return _made(
        folder,
        lambda options: AutoModel.from_config(
            AutoConfig.from_pretrained(folder, trust_remote_code=False), dtype=torch.float32, **options
        ),
    )


def check_encoder(encoder: Any, text_encoder: TextEncoder, name: str) -> None:
    """Stop unless an encoder reads a text of the most tokens, before hours have gone into its training.

    Args:
        encoder: on the processor, since what it cannot read would stop an accelerator for good.
        text_encoder: with its tokenizer.
        name: of the backbone, for the error.

    Raises:
        BackboneError: it cannot; says what and the remedy.
    """
    known, embedded = text_encoder.tokenizer.get_vocab_size(), encoder.get_input_embeddings().num_embeddings
    if known > embedded:
        raise BackboneError(
            f"backbone {name!r}: its tokenizer knows {known} tokens and its weights {embedded}; "
            "put the tokenizer that the weights were trained with beside them"
        )
    (window, *_), *_ = text_encoder.encode(["a " * text_encoder.max_tokens])
    batch = text_encoder.batch([window])
    try:
        with torch.inference_mode():
            states = encoder(input_ids=batch.token_ids, attention_mask=batch.attention_mask).last_hidden_state
    except Exception as error:
        # An architecture fails in its own way; the commonest is a table of positions that is too short.
        raise BackboneError(
            f"backbone {name!r}: does not read {text_encoder.max_tokens} tokens ({type(error).__name__}: "
            f"{_one_line(error)}); lower `max_tokens`, or choose another encoder"
        ) from error
    if states.shape != (*batch.token_ids.shape, encoder.config.hidden_size):
        raise BackboneError(f"backbone {name!r}: gives no state for each token; choose another encoder")


def _made(folder: Path, make: Callable[[dict[str, bool]], _Made]) -> _Made:
    from transformers import AutoConfig

    try:
        kind = AutoConfig.from_pretrained(folder, trust_remote_code=False).model_type
        # A pooler would be loaded, trained and saved without ever being read.
        return make({"add_pooling_layer": False} if kind in _WITH_POOLER else {})
    except Exception as error:
        # The library raises many types: an unknown architecture, damaged weights, a package that is not there.
        raise BackboneError(
            f"backbone {folder}: cannot be loaded ({type(error).__name__}: {_one_line(error)}); choose an encoder that "
            "the installed transformers library has"
        ) from error


def _one_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:200]
