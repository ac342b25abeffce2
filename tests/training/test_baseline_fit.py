from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.pooling import StoryPooling
from models.saved import load
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

TAXONOMY = taxonomy_of_keys(["chips", "cars"], ["COMPANY"])
SENTENCES = [
    parse_marked_line(f"{sector} | news | [{name}](COMPANY) {rest} in year {n}.", str(n))
    for n, (sector, name, rest) in enumerate(
        [("chips", "Intel", "etches wafers"), ("cars", "Kia", "builds vans"), ("none", "Spar", "bakes bread")] * 15
    )
]
TEXTS = ["Intel etches wafers", "Kia builds vans", "", "华为 🚀"]


def fit():
    return fit_baseline(BaselineConfig(), TAXONOMY, SENTENCES, SENTENCES[:12], StoryPooling(), seed=1)


def test_the_baseline_repeats_to_the_bit():
    assert (fit().classify(TEXTS).sectors == fit().classify(TEXTS).sectors).all()


def test_it_learns_sectors_and_names():
    prediction = fit().classify(TEXTS)
    assert prediction.sectors.argmax(1)[:2].tolist() == [0, 1]
    assert [entity.type for entity in prediction.entities[0]] == ["COMPANY"]
    assert prediction.entities[2] == []


def test_a_saved_baseline_classifies_as_it_did_and_holds_no_pickle(tmp_path):
    model = fit()
    model.save(tmp_path)
    before, after = model.classify(TEXTS), load(tmp_path).classify(TEXTS)
    assert (before.sectors == after.sectors).all()
    assert before.entities == after.entities
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}
