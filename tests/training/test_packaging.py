import json
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
import torch

from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.backbone import resolve_backbone
from models.pooling import StoryPooling
from training.baseline_fit import fit_baseline
from training.checkpoints import CheckpointFolder
from training.config import BaselineConfig, TransformerConfig
from training.packaging import PRIVATE_PACKAGE, copy_inference_code, requirements
from training.transformer_fit import fit_transformer

TAXONOMY = taxonomy_of_keys(["chips", "cars"], ["COMPANY"])
SENTENCES = [
    parse_marked_line(f"{sector} | news | [{name}](COMPANY) {rest} in year {n}.", str(n))
    for n, (sector, name, rest) in enumerate(
        [("chips", "Intel", "etches wafers"), ("cars", "Kia", "builds vans"), ("none", "Spar", "bakes bread")] * 10
    )
]
# Notes what modules of the private package import while a model is loaded and asked.
RECORDED = """
import builtins, json, sys
sys.path.insert(0, {code!r})
imported = set()
plain_import = builtins.__import__

def noting(name, globals=None, locals=None, fromlist=(), level=0):
    if (globals or {{}}).get("__name__", "").startswith({package!r}) and not level:
        imported.add(name.partition(".")[0])
    return plain_import(name, globals, locals, fromlist, level)

builtins.__import__ = noting
from {package}.models.served import _load_pyfunc
import pandas
answer = _load_pyfunc({model!r}).predict(pandas.DataFrame({{"text": ["Intel etches wafers", ""]}}))
assert list(answer) == ["sectors", "probabilities", "entities"]
print(json.dumps(sorted(imported - set(sys.stdlib_module_names) - {{{package!r}}})))
"""


@pytest.fixture(scope="module")
def another_backbone(tmp_path_factory):
    """A small encoder of an architecture that newsdesk has no code of its own for."""
    from transformers import AutoTokenizer, MPNetConfig, MPNetModel

    folder = tmp_path_factory.mktemp("mpnet")
    tokenizer = AutoTokenizer.from_pretrained(resolve_backbone("packaged"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("backbone", [None, "tiny_backbone", "another_backbone"])
def test_the_requirements_of_a_model_are_all_that_its_code_imports_and_no_more(backbone, request, tmp_path):
    kind = "transformer" if backbone else "baseline"
    if backbone:
        settings = TransformerConfig(backbone=str(request.getfixturevalue(backbone)), epochs=1, batch_size=8)
        model = fit_transformer(
            settings,
            1,
            TAXONOMY,
            SENTENCES,
            SENTENCES[:12],
            StoryPooling(),
            checkpoints=CheckpointFolder(tmp_path / "c", "same", resume=False),
        )
    else:
        model = fit_baseline(BaselineConfig(), TAXONOMY, SENTENCES, SENTENCES[:12], StoryPooling(), seed=1)
    model.save(tmp_path / "model")
    copy_inference_code(tmp_path / "code")
    script = RECORDED.format(code=str(tmp_path / "code"), model=str(tmp_path / "model"), package=PRIVATE_PACKAGE)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    distributions = packages_distributions()
    imported = {distributions[module][0].lower() for module in json.loads(done.stdout)}
    # MLflow serves the model, and its errors are what the code takes from it.
    assert {line.partition("==")[0] for line in requirements(kind, tmp_path / "model")} == imported | {"mlflow"}


def test_the_copied_code_runs_under_its_private_name_alone(tmp_path):
    package = copy_inference_code(tmp_path)
    assert package.name == PRIVATE_PACKAGE
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"from {PRIVATE_PACKAGE}.models import baseline, served, transformer\n"
        "clash = {'labels', 'models', 'training', 'predict'} & set(sys.modules)\n"
        "sys.exit(f'imported {clash}' if clash else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr


def test_no_sentence_travels_with_the_code(tmp_path):
    package = copy_inference_code(tmp_path)
    assert {file.suffix for file in package.rglob("*") if file.is_file()} == {".py"}
