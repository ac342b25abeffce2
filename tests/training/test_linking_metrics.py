from labels.catalogue import CatalogueEntry
from labels.links import LinkedMention
from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.linking import Linker
from models.pooling import StoryPooling
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig
from training.linking_metrics import measure_linking


def mention(line, entry_id):
    sentence = parse_marked_line(line, line)
    return LinkedMention(sentence, sentence.entities[0], entry_id)


def test_precision_counts_wrong_links_and_recall_missing_ones():
    catalogue = [
        CatalogueEntry(id="kia", name="Kia", type="COMPANY", country="KR"),
        CatalogueEntry(id="intel", name="Intel", type="COMPANY", country="US"),
    ]
    train = [
        parse_marked_line(f"{sector} | news | [{name}](COMPANY) {rest} in year {n}.", str(n))
        for n, (sector, name, rest) in enumerate([("chips", "Intel", "etches"), ("cars", "Kia", "paints")] * 12)
    ]
    model = fit_baseline(
        BaselineConfig(), taxonomy_of_keys(["cars", "chips"], ["COMPANY"]), train, train, StoryPooling(), seed=1
    )
    mentions = [
        mention("none | news | [Kia](COMPANY) sings.", "kia"),
        mention("none | news | [Kia](COMPANY) Bakery of Leeds sings.", None),
        mention("none | news | [Chipzilla](COMPANY) sings.", "intel"),
        mention("none | news | [INTEL Corp](COMPANY) sings.", "intel"),
    ]
    scores = measure_linking(Linker(catalogue), mentions, model)
    assert scores.mentions == 4
    assert scores.precision == 2 / 3
    assert scores.recall == 2 / 3
    assert scores.recall_in_text == 1 / 3
