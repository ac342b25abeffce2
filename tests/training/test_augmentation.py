import numpy as np

from labels.marked_text import parse_marked_line
from training.augmentation import names_by_type, replace_mentions

LINES = [
    "finance | news | [Kuka](COMPANY) bought a plant in [Győr](PLACE) from [Rába](COMPANY).",
    "none | news | [Ana Ruiz](PERSON) flew to [Lima](PLACE).",
]
SENTENCES = [parse_marked_line(line, str(n)) for n, line in enumerate(LINES)]


def test_replaced_names_are_of_the_same_type_and_stand_where_the_offsets_say():
    names = names_by_type(SENTENCES)
    generator = np.random.default_rng(0)
    for _ in range(30):
        varied = replace_mentions(SENTENCES[0], names, 0.8, generator)
        assert varied.sectors == ("finance",)
        assert [entity.type for entity in varied.entities] == ["COMPANY", "PLACE", "COMPANY"]
        for entity in varied.entities:
            assert varied.text[entity.start : entity.end] in names[entity.type]


def test_a_share_of_zero_changes_nothing():
    names = names_by_type(SENTENCES)
    assert replace_mentions(SENTENCES[0], names, 0.0, np.random.default_rng(0)) == SENTENCES[0]
