import json

from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.pooling import StoryPooling
from training.config import Recipe
from training.label_suspects import find_suspects
from training.source import TrainingSource

CHIPS = ["etches wafers", "tests memory stacks", "orders lithography tools", "packages dies", "tapes out a core"]
CARS = ["builds vans", "recalls saloons", "paints axles", "crashes a bumper", "charges a lorry"]


def sentences():
    lines = [
        f"{sector} | news | [{name}](COMPANY) {act} in plant {number}."
        for number in range(12)
        for sector, name, acts in (("chips", "Intel", CHIPS), ("cars", "Kia", CARS))
        for act in acts
    ]
    lines[7] = lines[7].replace("cars", "chips")
    lines[9] = lines[9].replace("[Kia](COMPANY)", "Kia")
    return [parse_marked_line(line, f"t-{at}") for at, line in enumerate(lines)]


def test_a_wrong_sector_and_a_missed_name_are_found_by_models_that_never_saw_them():
    labelled = sentences()
    source = TrainingSource(
        path=None,
        taxonomy=taxonomy_of_keys(["cars", "chips"], ["COMPANY"]),
        splits={"train": labelled[:80], "validation": labelled[80:100], "test": labelled[100:]},
        digest="",
        pooling=StoryPooling(),
        catalogue=[],
        links=[],
    )
    folds = []
    suspects = find_suspects(
        Recipe(name="t", model="baseline"), source, 3, on_fold=lambda done, total: folds.append((done, total))
    )
    assert folds == [(1, 3), (2, 3), (3, 3)]
    assert suspects[0].sentence.id == "t-7"
    assert suspects[0].sectors_suspected
    assert suspects[0].sectors[0][0] == "cars"
    missed = next(suspect for suspect in suspects if suspect.sentence.id == "t-9")
    assert json.loads(missed.to_json())["entities_invented"] == ["Kia (COMPANY)"]
    assert len(suspects) < 10
