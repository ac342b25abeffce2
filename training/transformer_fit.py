"""Fits the transformer: batches by length, AdamW, running average of weights, checkpoints."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from labels.catalogue import CatalogueEntry
from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy
from models.allocator import return_freed_memory
from models.backbone import resolve_backbone
from models.classifier import Prediction
from models.decision import fit_decision
from models.encoding import EncodedText, TextEncoder
from models.gazetteer import Gazetteer, catalogue_names
from models.network import JointNetwork, NetworkShape
from models.pooling import StoryPooling
from models.pretrained import check_encoder
from models.tags import tag_names, tags_of_words
from models.transformer import TransformerClassifier, mixed_precision, predict_raw
from training.baseline_fit import fit_scorer
from training.checkpoints import Checkpoint, CheckpointFolder
from training.config import BaselineConfig, TransformerConfig
from training.distribution import Processes, join_processes
from training.metrics import sector_targets

_BATCHES_SORTED_TOGETHER = 50
_STEPS_BETWEEN_TRIMS = 10
_MOST_TOKENS_IN_BATCH = 1536
"""Padding included. The memory of a training is that of its largest batch, and a batch of long
paragraphs would take twice that of all others."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a fit reports after each step."""

    step: int
    total_steps: int
    epoch: int
    losses: dict[str, float]
    learning_rate: float


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A sentence as the network learns from it."""

    encoded: EncodedText
    targets: np.ndarray  # float32 (n_sectors,)
    tags: np.ndarray  # int64 (n_words,)


def fit_transformer(
    settings: TransformerConfig,
    seed: int,
    taxonomy: Taxonomy,
    train: Sequence[LabelledSentence],
    validation: Sequence[LabelledSentence],
    pooling: StoryPooling,
    *,
    checkpoints: CheckpointFolder | None = None,
    catalogue: Sequence[CatalogueEntry] = (),
    on_step: Callable[[Progress], None] = lambda progress: None,
    on_epoch: Callable[[int, TransformerClassifier, Prediction], None] = lambda epoch, model, validated: None,
) -> TransformerClassifier:
    """Train on `train`, calibrate on `validation`.

    Starts from `checkpoints.latest()` where there is one and writes one after each epoch; without a folder nothing
    is kept. The same seed gives the same batches and dropout; results still differ in the last digits between
    machines, since sums of floats depend on the number of threads.

    Started by torchrun, every process takes its share of each batch and comes out with the same model; the first
    one alone evaluates and writes checkpoints.

    Args:
        settings: the recipe's transformer part.
        seed: of initial heads, order, and dropout.
        taxonomy: order of the outputs.
        train: sentences to learn from.
        validation: sentences for calibration and thresholds only.
        pooling: of stories, fitted on labels alone.
        checkpoints: where to continue from and to write to; None keeps nothing.
        catalogue: whose names the tag head is told of.
        on_step: told of every step's losses.
        on_epoch: told of every epoch, with the model so far and its prediction of `validation`; also of
            the last one where it was done before.
    """
    torch.manual_seed(seed)
    folder = resolve_backbone(settings.backbone)
    shape = NetworkShape(
        n_sectors=len(taxonomy.sectors),
        n_tags=len(tag_names(taxonomy.entity_keys)),
        casing_width=settings.casing_width,
        known_width=settings.known_width,
        tag_hidden=settings.tag_hidden,
        dropout=settings.dropout,
    )
    processes = join_processes()
    device = processes.device
    gazetteer = Gazetteer(catalogue_names(catalogue))
    encoder = TextEncoder.from_folder(folder, settings.max_tokens, gazetteer, taxonomy.entity_keys)
    network = JointNetwork.from_backbone(folder, shape)
    check_encoder(network.encoder, encoder, settings.backbone)
    if not settings.train_embeddings:
        network.freeze_embeddings()
    network.to(device)
    joined = processes.joined(network)
    examples = training_examples(encoder, train, taxonomy)
    lexical = fit_scorer(BaselineConfig(), taxonomy, train, seed=seed) if settings.lexical_weight else None
    lengths = [len(example.encoded.token_ids) for example in examples]
    batches = [_epoch_batches(lengths, settings.batch_size, seed, epoch) for epoch in range(settings.epochs)]
    total_steps = sum(map(len, batches))
    optimizer = torch.optim.AdamW(_parameter_groups(network, settings), fused=True)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, _warmup_and_decay(total_steps, settings.warmup_share))
    average = copy.deepcopy(network) if settings.average_decay else network

    said_by_words = settings.lexical_weight * lexical.logits([s.text for s in validation]) if lexical else 0.0

    def assemble() -> tuple[TransformerClassifier, Prediction]:
        average.eval()
        raw = predict_raw(average, encoder, [sentence.text for sentence in validation], taxonomy)
        logits = raw.logits + said_by_words
        decision = fit_decision(logits, sector_targets(validation, taxonomy), pooling)
        model = TransformerClassifier(taxonomy, average, shape, encoder, decision, lexical, settings.lexical_weight)
        return model, Prediction(decision.calibration.apply(logits), raw.entities)

    first_epoch = 0
    if checkpoints and (latest := checkpoints.latest()) is not None:
        latest.restore(network, average, optimizer, scheduler)
        first_epoch = latest.epoch
    if first_epoch == settings.epochs and processes.is_main:
        model, validated = assemble()
        on_epoch(first_epoch, model, validated)
    for epoch in range(first_epoch, settings.epochs):
        torch.manual_seed(seed * 1_000 + epoch + 1_000_000 * processes.rank)
        network.train()
        # In training mode the encoder differs by its dropout alone.
        network.encoder.train(epoch >= round(settings.dropout_start * settings.epochs))
        steps_before = sum(map(len, batches[:epoch]))
        for step, members in enumerate(batches[epoch], steps_before + 1):
            losses = training_step([examples[at] for at in members], joined, encoder, optimizer, settings, processes)
            scheduler.step()
            if step % _STEPS_BETWEEN_TRIMS == 0:
                return_freed_memory()
            if average is not network:
                _move_average(average, network, settings.average_decay, step)
            on_step(Progress(step, total_steps, epoch + 1, losses, float(scheduler.get_last_lr()[0])))
        if processes.is_main:
            if checkpoints:
                checkpoints.write(Checkpoint.of(epoch + 1, network, average, optimizer, scheduler))
            model, validated = assemble()
            on_epoch(epoch + 1, model, validated)
    return model if processes.is_main else assemble()[0]


def training_examples(
    encoder: TextEncoder, sentences: Sequence[LabelledSentence], taxonomy: Taxonomy
) -> list[TrainingExample]:
    """Training examples; of a text longer than a window, its first window."""
    targets = sector_targets(sentences, taxonomy).astype(np.float32)
    return [
        TrainingExample(
            encoded=windows[0],
            targets=targets[at],
            tags=np.array(
                tags_of_words(windows[0].spans, sentences[at].entities, taxonomy.entity_keys), dtype=np.int64
            ),
        )
        for at, windows in enumerate(encoder.encode([sentence.text for sentence in sentences]))
    ]


def _epoch_batches(lengths: Sequence[int], batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Indices of each batch: shuffled, of similar length within a batch, batches in random order."""
    generator = np.random.default_rng((seed, epoch))
    order = generator.permutation(len(lengths))
    widths = np.asarray(lengths)
    batches: list[np.ndarray] = []
    for start in range(0, len(order), batch_size * _BATCHES_SORTED_TOGETHER):
        chunk = order[start : start + batch_size * _BATCHES_SORTED_TOGETHER]
        chunk = chunk[np.argsort(widths[chunk], kind="stable")]
        while len(chunk):
            # Ascending lengths: the last text of a batch sets its width.
            size = min(batch_size, len(chunk))
            while size > 1 and size * widths[chunk[size - 1]] > _MOST_TOKENS_IN_BATCH:
                size -= 1
            batches.append(chunk[:size])
            chunk = chunk[size:]
    return [batches[at] for at in generator.permutation(len(batches))]


def training_step(
    whole_batch: Sequence[TrainingExample],
    network: nn.Module,
    encoder: TextEncoder,
    optimizer: torch.optim.Optimizer,
    settings: TransformerConfig,
    processes: Processes,
) -> dict[str, float]:
    """Learn from a batch, of which this process computes its share; returns the share's losses."""
    examples = processes.share(whole_batch)
    batch = encoder.batch([example.encoded for example in examples]).without_known(settings.known_dropout)
    targets = torch.from_numpy(np.stack([example.targets for example in examples])).to(processes.device)
    tags = torch.from_numpy(np.concatenate([example.tags for example in examples])).to(processes.device)
    with mixed_precision(processes.device):
        sector_logits, tag_logits = network(batch.to(processes.device))
    sector_loss = nn.functional.binary_cross_entropy_with_logits(sector_logits.float(), targets)
    # A batch of texts without a single word has no tag to learn from.
    tag_loss = nn.functional.cross_entropy(tag_logits.float(), tags) if len(tags) else tag_logits.float().sum()
    n_texts = len(whole_batch)
    of_texts = processes.weight(len(examples), n_texts, n_texts)
    of_words = processes.weight(len(tags), sum(len(example.tags) for example in whole_batch), n_texts)
    loss = settings.sector_loss_weight * of_texts * sector_loss + settings.tag_loss_weight * of_words * tag_loss
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), settings.gradient_clip)
    optimizer.step()
    optimizer.zero_grad()
    return {"total": loss.item(), "sectors": sector_loss.item(), "tags": tag_loss.item()}


def _parameter_groups(network: JointNetwork, settings: TransformerConfig) -> list[dict[str, object]]:
    """Encoder and heads at their own rates, each with and without weight decay."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            rate = settings.learning_rate if name.startswith("encoder.") else settings.head_learning_rate
            # Biases and the scales of norms are one-dimensional; decay would pull them off their purpose.
            decay = settings.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": members, "lr": rate, "weight_decay": decay} for (rate, decay), members in groups.items()]


def _warmup_and_decay(total_steps: int, warmup_share: float) -> Callable[[int], float]:
    warmup = max(1, round(total_steps * warmup_share))
    return lambda step: min((step + 1) / warmup, max(0.0, (total_steps - step) / max(1, total_steps - warmup)))


def _move_average(average: JointNetwork, network: JointNetwork, decay: float, step: int) -> None:
    # Early on the average follows closely, else it would remember the untrained heads.
    weight = 1 - min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for mean, current in zip(average.parameters(), network.parameters(), strict=True):
            if current.requires_grad:
                mean.lerp_(current, weight)
