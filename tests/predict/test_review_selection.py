import numpy as np
import pytest

from labels.marked_text import parse_marked_line
from labels.taxonomy import Category, Taxonomy, load_taxonomy, taxonomy_of_keys
from models.pooling import StoryPooling
from predict.filed import FiledSentence, FiledStory
from predict.review.hotkeys import assign_hotkeys
from predict.review.selection import Judge, StorySentence, pick, unreviewed
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

TAXONOMY = taxonomy_of_keys(["chips", "cars"], ["COMPANY"])


def fit(*kinds):
    sentences = [
        parse_marked_line(f"{sector} | news | [{name}](COMPANY) {rest} in year {n}.", str(n))
        for n, (sector, name, rest) in enumerate(kinds * 15)
    ]
    return fit_baseline(BaselineConfig(), TAXONOMY, sentences, sentences[:12], StoryPooling(), seed=1)


@pytest.fixture(scope="module")
def first():
    return Judge(
        "first", fit(("chips", "Intel", "etches wafers"), ("cars", "Kia", "builds vans"), ("none", "Spar", "bakes"))
    )


@pytest.fixture(scope="module")
def second():
    """A model that was taught the two sectors the other way round."""
    return Judge(
        "second", fit(("cars", "Intel", "etches wafers"), ("chips", "Kia", "builds vans"), ("none", "Spar", "bakes"))
    )


def story(*texts, heading=None, boilerplate=False, issue="letter.md"):
    sentences = tuple(FiledSentence(text, (), ()) for text in ([heading] if heading else []) + list(texts))
    return FiledStory(issue, 1, heading, boilerplate, (), sentences)


def sentences(*texts):
    return [StorySentence(text, "letter.md") for text in texts]


def test_a_sentence_knows_its_place_in_its_story():
    heading, *body = unreviewed([story("One.", "Two.", "Three.", heading="Kia opens a plant")], ())
    assert (heading.text, heading.is_heading, heading.heading) == ("Kia opens a plant", True, None)
    assert heading.genre == "headline"
    assert heading.after == ("One.", "Two.", "Three.")
    assert (body[1].heading, body[1].before, body[1].after) == ("Kia opens a plant", ("One.",), ("Three.",))
    assert (body[1].genre, body[1].source) == ("paragraph", "review:letter.md")


def test_the_id_depends_on_the_text_alone():
    ids = {StorySentence("Kia hires.", issue).id for issue in ("a.md", "b.md")}
    assert ids == {"r-480c9877b3"}


def test_boilerplate_known_sentences_and_repetitions_are_left_out():
    stories = [story("New.", "Known.", "New."), story("Unsubscribe", boilerplate=True), story("New.", "Newer.")]
    assert [sentence.text for sentence in unreviewed(stories, {"Known."})] == ["New.", "Newer."]


def test_the_model_proposes_sectors_and_names(first):
    (candidate,) = pick(sentences("Intel etches wafers in year 3."), first, None, 5)
    assert candidate.sectors == ("chips",)
    assert [(e.start, e.end, e.type) for e in candidate.entities] == [(0, 5, "COMPANY")]
    assert len(candidate.probabilities) == 2


def test_a_doubtful_sentence_comes_before_a_clear_one_and_says_why(first):
    clear, doubtful = "Kia builds vans in year 3.", "Intel builds"
    picked = pick(sentences(clear, doubtful), first, None, 2)
    margins = [np.abs(np.array(c.probabilities) - first.model.decision.thresholds).min() for c in picked]
    assert margins[0] < margins[1]
    assert picked[0].sentence.text == doubtful
    assert "unsure of" in picked[0].reasons[0]


def test_where_the_models_disagree_a_person_is_asked_first(first, second):
    both_agree, they_disagree = "Spar bakes in year 3.", "Intel etches wafers in year 3."
    picked = pick(sentences(both_agree, they_disagree), first, second, 1)
    assert picked[0].sentence.text == they_disagree
    assert any(reason.startswith("models disagree on") for reason in picked[0].reasons)
    assert "second" in " ".join(picked[0].reasons)


def test_without_a_second_model_nothing_disagrees(first):
    (candidate,) = pick(sentences("Intel etches wafers in year 3."), first, None, 1)
    assert not any("disagree" in reason for reason in candidate.reasons)


def test_variations_of_one_sentence_do_not_crowd_out_the_others(first, second):
    crowd = [f"Intel etches wafers in year {n}." for n in range(6)]
    picked = pick(sentences(*crowd, "Kia builds vans."), first, second, 2)
    assert "Kia builds vans." in {candidate.sentence.text for candidate in picked}


def test_the_choice_is_the_same_every_time_and_no_longer_than_asked(first, second):
    texts = [
        f"{a} {b} in year {n}" for n, (a, b) in enumerate([("Intel", "vans"), ("Kia", "wafers"), ("Spar", "—")] * 4)
    ]
    once, again = (pick(sentences(*texts), first, second, 5) for _ in range(2))
    assert once == again
    assert len(once) == 5
    assert len(pick(sentences(*texts), first, second, 99)) == len(texts)


def test_texts_without_a_word_can_be_compared(first):
    assert len(pick(sentences("—", "华为 🚀", "…"), first, None, 3)) == 3


def test_nothing_to_choose_from_gives_nothing(first):
    assert pick([], first, None, 3) == []


def test_every_sector_and_type_has_a_key_of_its_own():
    sectors, types = assign_hotkeys(load_taxonomy())
    assert sectors[:10] == tuple("1234567890")
    assert types == ("c", "o", "p", "r", "l")
    assert len({*sectors, *types}) == len(sectors) + len(types)
    assert not {"s", "u"} & {*sectors, *types}


def test_a_large_taxonomy_leaves_the_rest_to_the_mouse():
    many = Taxonomy(tuple(Category(str(n), str(n)) for n in range(77)))
    sectors, _ = assign_hotkeys(many)
    assert sectors[-1] == ""
    assert len([key for key in sectors if key]) == 34
