"""The transformer: one encoder, sectors and entities in one pass, with the words' own say in the sectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from labels.sentence import Entity
from labels.taxonomy import Taxonomy
from models.bert import size_of
from models.classifier import Prediction
from models.decision import Decision
from models.encoding import GAZETTEER_FILE, EncodedText, TextEncoder
from models.gazetteer import Gazetteer, with_names_in_characters
from models.lexical import SectorScorer, load_sector_scorer
from models.network import CONFIGURATION_FILE, JointNetwork, NetworkShape
from models.tags import allowed_transitions, best_tags, entities_of_tags, tag_names, well_formed

KIND = "transformer"
_WEIGHTS_FILE = "weights.safetensors"
_ENCODER_FOLDER = "encoder"
_LEXICAL_FOLDER = "lexical"
_TOKENS_IN_BATCH = 4096


@dataclass(frozen=True, slots=True)
class RawPrediction:
    """What the network says before calibration."""

    logits: np.ndarray  # float32 (n_texts, n_sectors)
    entities: list[list[Entity]]


@dataclass(frozen=True, slots=True)
class TransformerClassifier:
    """Trained network and tokenizer with their decision.

    The sector logits are the network's plus `lexical_weight` times those of TF-IDF: two models that err in
    different places err less together, and most of all on text unlike that of the training.
    """

    taxonomy: Taxonomy
    network: JointNetwork
    shape: NetworkShape
    encoder: TextEncoder
    decision: Decision
    lexical: SectorScorer | None = None
    lexical_weight: float = 0.0

    def classify(self, texts: Sequence[str]) -> Prediction:
        """Sector probabilities and entities of each text."""
        raw = predict_raw(self.network, self.encoder, texts, self.taxonomy)
        logits = raw.logits
        if self.lexical:
            logits = logits + self.lexical_weight * self.lexical.logits(texts)
        return Prediction(self.decision.calibration.apply(logits), raw.entities)

    def save(self, folder: Path) -> None:
        """Write weights as safetensors, the tokenizer, and all else as JSON."""
        from models.saved import write_description

        settings = {
            "shape": asdict(self.shape),
            "max_tokens": self.encoder.max_tokens,
            "lexical_weight": self.lexical_weight,
        }
        write_description(folder, KIND, self.taxonomy, self.decision, settings)
        save_file(self.network.state_dict(), folder / _WEIGHTS_FILE)
        self.network.encoder.config.save_pretrained(folder / _ENCODER_FOLDER)
        self.encoder.save(folder / _ENCODER_FOLDER)
        if self.lexical:
            self.lexical.save(folder / _LEXICAL_FOLDER)


def load_transformer(
    folder: Path, taxonomy: Taxonomy, decision: Decision, settings: dict[str, Any], precision: str | None = None
) -> TransformerClassifier:
    """Transformer from its folder, its encoder in `precision` or else in the fastest that the hardware has."""
    shape = NetworkShape(**settings["shape"])
    device = best_device()
    wanted = getattr(torch, precision) if precision else best_precision(device)
    network = JointNetwork.to_classify(folder / _ENCODER_FOLDER, shape, load_file(folder / _WEIGHTS_FILE), wanted)
    encoder = TextEncoder.from_folder(
        folder / _ENCODER_FOLDER,
        settings["max_tokens"],
        Gazetteer.load(folder / _ENCODER_FOLDER / GAZETTEER_FILE),
        taxonomy.entity_keys,
    )
    weight = settings["lexical_weight"]
    lexical = load_sector_scorer(folder / _LEXICAL_FOLDER) if weight else None
    return TransformerClassifier(taxonomy, network.to(device), shape, encoder, decision, lexical, weight)


def needs_transformers(folder: Path) -> bool:
    """Whether a saved model's encoder is of an architecture that is left to the transformers library."""
    return size_of(json.loads((folder / _ENCODER_FOLDER / CONFIGURATION_FILE).read_text(encoding="utf-8"))) is None


def best_device() -> torch.device:
    """The accelerator if there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def best_precision(device: torch.device) -> torch.dtype:
    """bf16 where the hardware has units for it, else float32.

    On processors without such units bf16 is emulated and slower than float32.
    """
    has_units = device.type != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if has_units else torch.float32


def mixed_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Matrix products in the best precision, weights in float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=best_precision(device) == torch.bfloat16)


def predict_raw(network: JointNetwork, encoder: TextEncoder, texts: Sequence[str], taxonomy: Taxonomy) -> RawPrediction:
    """Sector logits and entities; a text of several windows gets their mean logits, by tokens."""
    windows = encoder.encode(texts)
    owners = [at for at, parts in enumerate(windows) for _ in parts]
    parts = [part for text in windows for part in text]
    weights = np.array([len(part.token_ids) for part in parts], dtype=np.float32)
    logits = np.zeros((len(texts), len(taxonomy.sectors)), dtype=np.float32)
    entities: list[list[Entity]] = [[] for _ in parts]
    transitions = np.where(allowed_transitions(len(tag_names(taxonomy.entity_keys))), 0.0, -np.inf)
    device = next(network.parameters()).device
    casts = mixed_precision(device) if network.mixed_precision else nullcontext()
    with torch.inference_mode(), casts:
        for members in _batches(parts):
            sector_logits, tag_logits = network(encoder.batch([parts[at] for at in members]).to(device))
            for at, row in zip(members, sector_logits.float().cpu().numpy(), strict=True):
                logits[owners[at]] += weights[at] * row
            scores = tag_logits.float().log_softmax(-1).cpu().numpy()
            lengths = [len(parts[at].spans) for at in members]
            for at, tags in zip(members, best_tags(scores, lengths, transitions), strict=True):
                found = entities_of_tags(tags, parts[at].spans, taxonomy.entity_keys)
                entities[at] = well_formed(found, parts[at].spans, texts[owners[at]])
    total = np.bincount(owners, weights=weights, minlength=len(texts)) if parts else np.ones(len(texts))
    merged: list[list[Entity]] = [[] for _ in texts]
    for owner, part in zip(owners, entities, strict=True):
        merged[owner] += part
    for at, text in enumerate(texts):
        if known := encoder.names_in_characters(text):
            merged[at] = with_names_in_characters(merged[at], known)
    return RawPrediction((logits / total[:, None]).astype(np.float32), merged)


def _batches(parts: Sequence[EncodedText]) -> list[list[int]]:
    """Windows of similar length together, so that little is padding; long ones in smaller batches."""
    batches: list[list[int]] = []
    width = 0
    for at in sorted(range(len(parts)), key=lambda at: len(parts[at].token_ids)):
        width = len(parts[at].token_ids)
        if not batches or (len(batches[-1]) + 1) * width > _TOKENS_IN_BATCH:
            batches.append([])
        batches[-1].append(at)
    return batches
