import json

import pytest

from labels.additions import add_sentences
from labels.errors import UserError
from labels.files import read_sentences
from labels.taxonomy import load_taxonomy

KIA = {"start": 0, "end": 3, "type": "COMPANY"}
PLANT = {
    "id": "r-1",
    "text": "Kia opens a plant",
    "sectors": ["mobility"],
    "entities": [KIA],
    "genre": "paragraph",
    "source": "review:letter.md",
}
GREETING = {"id": "r-2", "text": "Good morning 👋", "genre": "paragraph", "source": "review:letter.md"}


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    (folder / "01.jsonl").write_text(
        json.dumps({"id": "r-1", "text": "Rates stay where they are", "sectors": ["economy"]}) + "\n"
    )
    return folder / "90_reviewed.jsonl"


def add(path, target):
    return add_sentences(path, load_taxonomy(), target)


def test_new_sentences_are_added_with_their_provenance_and_an_id_of_their_own(write_sentences, target):
    result = add(write_sentences(PLANT, GREETING), target)
    assert result.errors == result.conflicts == result.skipped == []
    added = [placed.sentence for placed in read_sentences(target)]
    assert added == result.added
    assert [sentence.id for sentence in added] == ["r-1-2", "r-2"]
    assert {sentence.source for sentence in added} == {"review:letter.md"}


def test_adding_twice_adds_nothing_the_second_time(write_sentences, target):
    path = write_sentences(PLANT, GREETING)
    add(path, target)
    before = target.read_bytes()
    again = add(path, target)
    assert again.added == []
    assert len(again.skipped) == 2
    assert f"{path}:1: stands already in {target}:1" in again.skipped
    assert target.read_bytes() == before


def test_what_is_labelled_otherwise_already_is_named_and_left_as_it_is(write_sentences, target):
    add(write_sentences(PLANT), target)
    path = write_sentences(PLANT | {"sectors": ["finance"]}, GREETING, name="second.jsonl")
    result = add(path, target)
    assert result.conflicts == [f"{path}:1: is labelled otherwise in {target}:1; correct one of them"]
    assert [sentence.text for sentence in result.added] == ["Good morning 👋"]
    assert read_sentences(target)[0].sentence.sectors == ("mobility",)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (PLANT | {"sectors": ["fashion"]}, "unknown sector 'fashion'"),
        (PLANT | {"entities": [KIA | {"end": 99}]}, "does not lie in the text"),
        (PLANT | {"entities": [KIA | {"end": 4}]}, "has a stray space"),
        (PLANT | {"entities": [KIA | {"type": "BRAND"}]}, "unknown type 'BRAND'"),
        (PLANT | {"text": "Kia opens a plant "}, "stray space"),
        (PLANT | {"note": "?"}, "unknown field 'note'"),
        (GREETING | {"sectors": ["economy"]}, "is labelled otherwise in"),
    ],
)
def test_one_error_and_nothing_is_added(write_sentences, target, bad, message):
    path = write_sentences(GREETING, bad)
    result = add(path, target)
    assert len(result.errors) == 1
    assert result.errors[0].startswith(f"{path}:2: ")
    assert message in result.errors[0]
    assert result.added == []
    assert not target.exists()


def test_a_file_among_the_labelled_sentences_cannot_be_added_to_them(target):
    with pytest.raises(UserError, match="lies among the sentences"):
        add(target.parent / "01.jsonl", target)


def test_the_command_says_what_it_added_and_a_second_time_skips(newsdesk, write_sentences, target):
    path = write_sentences(PLANT, GREETING)
    first = newsdesk("labels", "add", path, "--to", target)
    assert first.code == 0, first.err
    assert f"2 added to {target}, 0 skipped, 0 in conflict" in first.out
    second = newsdesk("labels", "add", path, "--to", target)
    assert second.code == 0
    assert "0 added" in second.out
    assert f"skipped {path}:1" in second.out


def test_the_command_fails_on_errors_and_conflicts_and_names_them(newsdesk, write_sentences, target):
    bad = newsdesk("labels", "add", write_sentences(PLANT | {"sectors": ["fashion"]}), "--to", target)
    assert bad.code == 1
    assert ":1: unknown sector 'fashion'" in bad.err
    assert "nothing was added" in bad.err
    add(write_sentences(PLANT), target)
    conflict = newsdesk("labels", "add", write_sentences(PLANT | {"sectors": []}), "--to", target)
    assert conflict.code == 1
    assert "is labelled otherwise" in conflict.err
    assert newsdesk("labels", "add", "nowhere.jsonl", "--to", target).code == 1
    assert newsdesk("labels", "--json", "add", "nowhere.jsonl").code == 2
