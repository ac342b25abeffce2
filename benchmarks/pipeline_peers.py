"""Hugging Face: a pipeline of text classification, trained by the Trainer with its defaults."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peer import SEED, Classify, Peer, StepClock, TrainingSet

_DEFAULT_BATCH = 8
_DEFAULT_EPOCHS = 3


def _fit(training: TrainingSet, folder: Path, epochs: int | None) -> float | None:
    import torch
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    from models.backbone import PACKAGED, resolve_backbone
    from training.metrics import sector_targets

    class Ticking(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            clock.tick((state.global_step - 1) // steps_in_epoch, time.perf_counter())

    torch.manual_seed(SEED)
    backbone = resolve_backbone(PACKAGED)
    keys = training.taxonomy.sector_keys
    model = AutoModelForSequenceClassification.from_pretrained(
        backbone,
        num_labels=len(keys),
        problem_type="multi_label_classification",
        id2label=dict(enumerate(keys)),
        label2id={key: at for at, key in enumerate(keys)},
        dtype=torch.float32,
    )
    tokenizer = AutoTokenizer.from_pretrained(backbone)
    tokens = tokenizer(training.texts, truncation=True)["input_ids"]
    targets = sector_targets(training.train, training.taxonomy).astype(np.float32)
    examples = [{"input_ids": ids, "labels": row} for ids, row in zip(tokens, targets, strict=True)]
    steps_in_epoch = -(-len(examples) // _DEFAULT_BATCH)
    clock = StepClock(len(examples) / steps_in_epoch)
    with tempfile.TemporaryDirectory() as checkpoints:
        arguments = TrainingArguments(
            output_dir=checkpoints,
            num_train_epochs=epochs or _DEFAULT_EPOCHS,
            seed=SEED,
            # What follows keeps it from writing and from drawing bars; the training is that of the defaults.
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=False,
        )
        trainer = Trainer(model, arguments, train_dataset=examples, processing_class=tokenizer, callbacks=[Ticking()])
        trainer.train()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return clock.sentences_per_second


def _load(batch_size: int) -> Callable[[Path], Classify]:
    def load(folder: Path) -> Classify:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

        model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
        classifier = pipeline(
            "text-classification",
            model=model,
            tokenizer=AutoTokenizer.from_pretrained(folder),
            top_k=None,
            function_to_apply="sigmoid",
        )
        columns = model.config.label2id

        def classify(texts: Sequence[str]) -> np.ndarray:
            probabilities = np.zeros((len(texts), len(columns)), dtype=np.float32)
            for at, scores in enumerate(classifier(list(texts), batch_size=batch_size, truncation=True)):
                for score in scores:
                    probabilities[at, columns[score["label"]]] = score["score"]
            return probabilities

        return classify

    return load


PIPELINE = Peer(
    key="pipeline",
    family="pipeline",
    title="Hugging Face pipeline, batch 32",
    settings="same encoder, float32; Trainer's defaults (3 epochs of batch 8)",
    fit=_fit,
    load=_load(32),
    requires=("transformers", "accelerate"),
    runs_encoder=True,
    has_steps=True,
)

PIPELINE_ONE_BY_ONE = Peer(
    key="pipeline-1",
    family="pipeline",
    title="Hugging Face pipeline, batch 1",
    settings="the same model",
    fit=_fit,
    load=_load(1),
    requires=("transformers", "accelerate"),
    fitted_by="pipeline",
    runs_encoder=True,
)
