"""The fit itself, with a tiny encoder of random weights where learning anything is not the point."""

import json

import numpy as np
import pytest
import torch

from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.backbone import resolve_backbone
from models.pooling import StoryPooling
from models.saved import load
from training.checkpoints import CheckpointError, CheckpointFolder
from training.config import TransformerConfig
from training.transformer_fit import fit_transformer

TAXONOMY = taxonomy_of_keys(["chips", "cars"], ["COMPANY"])
LINES = [
    f"{sector} | news | [{name}](COMPANY) {verb} {thing} number {n}."
    for n, (sector, name, verb, thing) in enumerate(
        [("chips", "Intel", "etches", "wafers"), ("cars", "Kia", "builds", "vans"), ("none", "Spar", "bakes", "bread")]
        * 20
    )
]
SENTENCES = [parse_marked_line(line, str(n)) for n, line in enumerate(LINES)]


def settings(backbone, **changes):
    return TransformerConfig(
        backbone=str(backbone), epochs=3, batch_size=8, learning_rate=1e-3, average_decay=0.9, **changes
    )


def fit(backbone, checkpoints, on_epoch=lambda epoch, model, validated: None, **changes):
    return fit_transformer(
        settings(backbone, **changes),
        7,
        TAXONOMY,
        SENTENCES,
        SENTENCES[:12],
        StoryPooling(),
        checkpoints=checkpoints,
        on_epoch=on_epoch,
    )


@pytest.fixture(scope="module")
def whole(tiny_backbone, tmp_path_factory):
    """A model trained without a stop."""
    return fit(tiny_backbone, folder(tmp_path_factory.mktemp("whole") / "c"))


def folder(path, resume=False):
    return CheckpointFolder(path, "same", resume=resume)


TEXTS = ["Intel etches wafers", "Kia builds vans in Gwangju", ""]


class Stopped(Exception):
    """Stands for a power cut."""


def test_a_resumed_training_ends_where_an_uninterrupted_one_does(tiny_backbone, whole, tmp_path):
    def stop(epoch, model, validated):
        if epoch == 2:
            raise Stopped

    with pytest.raises(Stopped):
        fit(tiny_backbone, folder(tmp_path / "cut"), on_epoch=stop)
    resumed = fit(tiny_backbone, folder(tmp_path / "cut", resume=True))
    assert resumed.classify(TEXTS).sectors == pytest.approx(whole.classify(TEXTS).sectors, abs=1e-3)


def test_resuming_a_finished_training_gives_its_model(tiny_backbone, tmp_path):
    done = fit(tiny_backbone, folder(tmp_path / "done"))
    again = fit(tiny_backbone, folder(tmp_path / "done", resume=True))
    assert again.classify(TEXTS).sectors == pytest.approx(done.classify(TEXTS).sectors, abs=1e-6)


def test_resuming_without_a_checkpoint_or_with_another_recipes_is_refused(tiny_backbone, tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint to resume from"):
        CheckpointFolder(tmp_path / "none", "a", resume=True)
    fit(tiny_backbone, CheckpointFolder(tmp_path / "other", "a", resume=False))
    with pytest.raises(CheckpointError, match="of another recipe or of other labels"):
        CheckpointFolder(tmp_path / "other", "b", resume=True)


def test_a_saved_model_classifies_as_it_did(whole, tmp_path):
    whole.save(tmp_path / "model")
    before, after = whole.classify(TEXTS), load(tmp_path / "model").classify(TEXTS)
    # The one casts weights for each product, the other keeps them in the format of the products.
    assert before.sectors == pytest.approx(after.sectors, abs=2e-2)
    assert before.entities == after.entities
    files = {file.suffix for file in (tmp_path / "model").rglob("*") if file.is_file()}
    assert files <= {".json", ".safetensors", ".txt"}


def test_a_prediction_does_not_depend_on_the_texts_beside_it(whole):
    together = whole.classify([*TEXTS, "word " * 400])
    alone = [whole.classify([text]) for text in TEXTS]
    assert together.sectors[:3] == pytest.approx(np.concatenate([one.sectors for one in alone]), abs=2e-2)
    assert together.sectors.shape == (4, 2)
    assert together.sectors.dtype == np.float32


def test_no_texts_give_an_empty_prediction(whole):
    prediction = whole.classify([])
    assert prediction.sectors.shape == (0, 2)
    assert prediction.entities == []


def test_embeddings_stay_as_pretrained_and_layers_do_not(tiny_backbone, tmp_path):
    from safetensors.torch import load_file

    model = fit(tiny_backbone, folder(tmp_path / "c"))
    pretrained = load_file(tiny_backbone / "model.safetensors")
    trained = model.network.encoder.state_dict()
    same = {name: torch.equal(trained[name], tensor) for name, tensor in pretrained.items()}
    assert all(equal for name, equal in same.items() if "embeddings" in name)
    assert not all(equal for name, equal in same.items() if "layer." in name)


def test_labels_without_entities_train_too(tiny_backbone, tmp_path):
    taxonomy = taxonomy_of_keys(["chips", "cars"])
    bare = [parse_marked_line(line.replace("[", "").replace("](COMPANY)", ""), str(n)) for n, line in enumerate(LINES)]
    model = fit_transformer(
        settings(tiny_backbone), 1, taxonomy, bare, bare[:9], StoryPooling(), checkpoints=folder(tmp_path / "c")
    )
    model.save(tmp_path / "model")
    assert load(tmp_path / "model").classify(["Intel"]).entities == [[]]
    assert json.loads((tmp_path / "model" / "model.json").read_text())["taxonomy"]["entity_types"] == []


def test_the_same_seed_gives_the_same_model_on_the_same_machine(tiny_backbone, whole, tmp_path):
    again = fit(tiny_backbone, folder(tmp_path / "c"))
    assert (again.classify(TEXTS).sectors == whole.classify(TEXTS).sectors).all()


def test_an_encoder_of_another_architecture_trains_saves_and_classifies_too(tmp_path):
    from transformers import AutoTokenizer, MPNetConfig, MPNetModel

    tokenizer = AutoTokenizer.from_pretrained(resolve_backbone("packaged"))
    tokenizer.save_pretrained(tmp_path / "mpnet")
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    MPNetModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "mpnet")
    model = fit(tmp_path / "mpnet", folder(tmp_path / "c"))
    model.save(tmp_path / "model")
    before, after = model.classify(TEXTS), load(tmp_path / "model").classify(TEXTS)
    assert before.sectors == pytest.approx(after.sectors, abs=5e-2)
    assert before.entities == after.entities
