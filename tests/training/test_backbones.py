"""Encoders of several architectures go through one path: trained, saved, loaded, the same before and after."""

import json
from importlib import import_module

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.backbone import BackboneError
from models.pooling import StoryPooling
from models.saved import load
from training.checkpoints import CheckpointFolder
from training.config import TransformerConfig
from training.transformer_fit import fit_transformer

TAXONOMY = taxonomy_of_keys(["cars", "chips"], ["COMPANY"])
LINES = """
    chips | news | [Intel](COMPANY) etches wafers in Oregon.
    cars | news | [Kia](COMPANY) builds vans in Gwangju.
    none | news | The baker sold his last loaf at noon.
    chips | news | [华为](COMPANY)发布了新的芯片。
    cars | news | [比亚迪](COMPANY)在匈牙利建厂🚗。
    none | news | 今天天气很好。
    cars | news | [Škoda](COMPANY) recalls 900 estates.
    chips | news | A memory maker cuts output of DRAM.
"""
SENTENCES = [parse_marked_line(line.strip(), str(at)) for at, line in enumerate(LINES.strip().splitlines())]
TEXTS = [*(sentence.text for sentence in SENTENCES), "", "Kia 和华为 met.", "word " * 40]

SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
ARCHITECTURES = {
    "Bert": SIZE,
    "MPNet": SIZE,
    "XLMRoberta": SIZE,
    "ModernBert": SIZE,
    "DistilBert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
}


def byte_tokenizer():
    """Of single bytes, with a token before and after."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<s>", "<pad>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def unigram_tokenizer():
    """Of pieces over several characters, as multilingual encoders have it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def write_backbone(folder, architecture="Bert", tokenizer=byte_tokenizer, dtype=torch.float32, **changes):
    """Encoder of random weights; the folder that it lies in."""
    library = import_module("transformers")
    special = {"pad_token_id": 1, "bos_token_id": 0, "cls_token_id": 0, "eos_token_id": 2, "sep_token_id": 2}
    config = getattr(library, f"{architecture}Config")(
        **{
            "vocab_size": 400,
            "max_position_embeddings": 64,
            **ARCHITECTURES.get(architecture, {}),
            **special,
            **changes,
        }
    )
    torch.manual_seed(0)
    getattr(library, f"{architecture}Model")(config).to(dtype).save_pretrained(folder)
    tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def fit(folder, scratch, **changes):
    settings = TransformerConfig(backbone=str(folder), epochs=1, batch_size=4, max_tokens=32, **changes)
    checkpoints = CheckpointFolder(scratch / "checkpoints", "same", resume=False)
    return fit_transformer(settings, 7, TAXONOMY, SENTENCES, SENTENCES[:4], StoryPooling(), checkpoints=checkpoints)


@pytest.mark.parametrize("tokenizer", [byte_tokenizer, unigram_tokenizer])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_model_predicts_the_same_after_it_was_saved_and_loaded(tmp_path, architecture, tokenizer):
    if tokenizer is unigram_tokenizer and architecture not in ("Bert", "XLMRoberta"):
        pytest.skip("no encoder of this architecture has such a tokenizer")
    backbone = write_backbone(tmp_path / "backbone", architecture, tokenizer)
    trained = fit(backbone, tmp_path)
    trained.network.mixed_precision = False
    before = trained.classify(TEXTS)
    trained.save(tmp_path / "saved")
    after = load(tmp_path / "saved", "float32").classify(TEXTS)
    assert np.allclose(before.sectors, after.sectors, atol=1e-5)
    assert before.entities == after.entities
    half = load(tmp_path / "saved", "bfloat16").classify(TEXTS)
    assert np.allclose(before.sectors, half.sectors, atol=0.05)


def test_weights_saved_in_half_precision_are_trained_in_single(tmp_path):
    backbone = write_backbone(tmp_path / "backbone", dtype=torch.bfloat16)
    assert {weight.dtype for weight in fit(backbone, tmp_path).network.parameters()} == {torch.float32}


def test_angles_of_rotary_positions_keep_their_digits_in_half_precision(tmp_path):
    trained = fit(write_backbone(tmp_path / "backbone", "ModernBert"), tmp_path)
    trained.save(tmp_path / "saved")
    encoder = load(tmp_path / "saved", "bfloat16").network.encoder
    assert {weight.dtype for weight in encoder.parameters()} == {torch.bfloat16}
    assert {angles.dtype for angles in encoder.buffers() if angles.is_floating_point()} == {torch.float32}


def without_half_of_the_weights(folder):
    weights = load_file(folder / "model.safetensors")
    save_file({name: w for name, w in weights.items() if "layer.1" not in name}, folder / "model.safetensors")


def of_an_architecture_to_come(folder):
    (folder / "config.json").write_text('{"model_type": "bert7", "auto_map": {"AutoModel": "bert7.Bert7Model"}}')
    (folder / "bert7.py").write_text("raise SystemExit('code beside the weights was run')")


def with_damaged_weights(folder):
    (folder / "model.safetensors").write_bytes(b"no weights at all")


def with_another_tokenizer(folder):
    config = json.loads((folder / "tokenizer.json").read_text())
    config["added_tokens"] += [
        {**config["added_tokens"][0], "id": 500 + at, "content": f"<extra{at}>"} for at in range(200)
    ]
    (folder / "tokenizer.json").write_text(json.dumps(config))


def without_a_tokenizer(folder):
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (without_half_of_the_weights, r"its weights lack \d+ parameters of a bert, first of them encoder\.layer\.1"),
        (
            of_an_architecture_to_come,
            "cannot be loaded .* choose an encoder that the installed transformers library has",
        ),
        (with_damaged_weights, "cannot be loaded .*Safetensor"),
        (with_another_tokenizer, r"its tokenizer knows \d+ tokens and its weights 400"),
        (without_a_tokenizer, r"holds no tokenizer\.json and none can be made"),
    ],
)
def test_a_backbone_that_cannot_be_used_is_said_before_the_training(tmp_path, harm, message):
    backbone = write_backbone(tmp_path / "backbone")
    harm(backbone)
    with pytest.raises(BackboneError, match=message) as caught:
        fit(backbone, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_text_longer_than_the_backbone_reads_is_said_before_the_training(tmp_path):
    backbone = write_backbone(tmp_path / "backbone", max_position_embeddings=20)
    with pytest.raises(BackboneError, match="does not read 32 tokens .*lower `max_tokens`"):
        fit(backbone, tmp_path)


def test_a_model_with_a_decoder_is_refused(tmp_path):
    size = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    backbone = write_backbone(tmp_path / "backbone", "Bart", **size, **heads)
    with pytest.raises(BackboneError, match="bart has a decoder; choose an encoder alone"):
        fit(backbone, tmp_path)
