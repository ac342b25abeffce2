"""The labelled sentences themselves, as they are committed."""

import re
from collections import Counter, defaultdict

import pytest

from labels import FOLDER
from labels.audit import audit
from labels.catalogue import load_catalogue
from labels.dataset import DEFAULT_SENTENCES
from labels.files import read_sentences
from labels.stories import DEFAULT_STORIES, load_stories
from labels.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def sentences():
    return [item.sentence for item in read_sentences(DEFAULT_SENTENCES)]


@pytest.fixture(scope="module")
def found():
    return audit(DEFAULT_SENTENCES, load_taxonomy())


def test_no_label_breaks_the_format(found):
    assert found.errors == []


def test_the_first_9_014_lines_are_all_there_but_5_exact_duplicates(sentences):
    assert sum(re.fullmatch(r"s(0[1-9]|1[0-2])-\d{4}", sentence.id) is not None for sentence in sentences) == 9_009


def test_there_are_at_least_15_000_sentences(sentences):
    assert len(sentences) >= 15_000


def test_the_catalogue_holds_at_least_600_entries_with_known_sectors():
    catalogue = load_catalogue(taxonomy=load_taxonomy())
    assert len(catalogue) >= 600
    assert sum(any(character >= "\u4e00" for character in "".join(entry.names)) for entry in catalogue) >= 200


def test_every_sector_has_enough_sentences_in_every_split(found):
    for sector, counts in found.sector_counts.items():
        assert counts["train"] >= 300, sector
        assert min(counts["validation"], counts["test"]) >= 30, sector


def test_splits_are_about_80_10_10(found):
    assert 0.78 < found.split_sizes["train"] / found.n_sentences < 0.82


def test_no_name_fills_the_dataset(sentences):
    names = Counter(name for s in sentences for name in {s.text[e.start : e.end] for e in s.entities})
    assert names.most_common(1)[0][1] < 0.01 * len(sentences)


def test_under_3_per_cent_of_sentences_share_a_run_of_six_words(sentences):
    where = defaultdict(set)
    for at, sentence in enumerate(sentences):
        words = re.findall(r"[\w$%']+", sentence.text.lower())
        for start in range(len(words) - 5):
            where[tuple(words[start : start + 6])].add(at)
    sharing = set().union(*(places for places in where.values() if len(places) > 1))
    assert len(sharing) < 0.03 * len(sentences)


def test_entity_names_carry_no_articles_and_no_stray_punctuation(sentences):
    bad = [
        name
        for s in sentences
        for name in (s.text[e.start : e.end] for e in s.entities)
        if re.match(r"(the|a|an) ", name) or re.search(r"[,;:“”\"]$", name)
    ]
    assert bad == []


def test_stories_point_to_sentences_that_exist_and_carry_known_sectors(sentences):
    stories = load_stories(DEFAULT_STORIES, sentences, load_taxonomy())
    assert len(stories) >= 400
    assert len({tuple(s.id for s in story.sentences) for story in stories}) == len(stories)
    assert all(3 <= len(story.sentences) <= 10 for story in stories)


def test_files_end_with_a_line_feed_and_hold_one_object_a_line():
    for file in sorted((FOLDER / "sentences").glob("*.jsonl")):
        text = file.read_text(encoding="utf-8")
        assert text.endswith("}\n"), file.name
        assert all(line.startswith('{"id": ') for line in text.splitlines()), file.name
