import json

import pytest

from labels.files import SentenceFileError, read_sentences


def test_sentences_of_a_folder_come_in_order_of_file_and_line(tmp_path):
    (tmp_path / "b.jsonl").write_text('{"text": "third"}\n')
    (tmp_path / "a.jsonl").write_text('{"text": "first"}\n\n{"text": "second"}\n')
    placed = read_sentences(tmp_path)
    assert [item.sentence.text for item in placed] == ["first", "second", "third"]
    assert placed[1].place == f"{tmp_path / 'a.jsonl'}:3"


def test_a_single_label_csv_gives_a_sector_a_text_and_ids_that_last(tmp_path):
    path = tmp_path / "intents.csv"
    path.write_text('text,label\n"My card, lost again",card_lost\nHello,none\n"two\nlines",greeting\n')
    sentences = [item.sentence for item in read_sentences(path)]
    assert [sentence.sectors for sentence in sentences] == [("card_lost",), (), ("greeting",)]
    assert [item.sentence.id for item in read_sentences(path)] == [sentence.id for sentence in sentences]
    assert len({sentence.id for sentence in sentences}) == 3


def test_one_json_object_a_line_with_a_stable_order_of_keys(tmp_path):
    path = tmp_path / "a.jsonl"
    line = '{"id": "a", "text": "Größe — 5", "sectors": ["x"], "entities": [], "genre": "", "source": "s"}'
    path.write_text(line + "\n", encoding="utf-8")
    assert read_sentences(path)[0].sentence.to_json() == line


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ('{"text": ""}', "`text` must be a text"),
        ('{"text": "a", "sector": "b"}', "unknown field 'sector'"),
        ('{"text": "a", "sectors": "b"}', "`sectors` must be a list"),
        ('{"text": "a", "entities": [{"start": 0, "end": "1", "type": "X"}]}', "whole numbers"),
        ('{"text": "a", "entities": [{"start": 0}]}', "an entity must be"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(tmp_path, line, message):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "fine"}\n' + line + "\n")
    with pytest.raises(SentenceFileError, match=message) as caught:
        read_sentences(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_a_csv_without_the_columns_says_which_it_has(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("utterance,intent\nhi,greet\n")
    with pytest.raises(
        SentenceFileError,
        match=r"has no column 'text', only utterance, intent; rename one",
    ):
        read_sentences(path)


def test_files_that_are_missing_empty_or_no_utf8_are_named(tmp_path):
    with pytest.raises(SentenceFileError, match="no such file"):
        read_sentences(tmp_path / "nowhere.jsonl")
    with pytest.raises(SentenceFileError, match=r"holds no .jsonl, .csv"):
        read_sentences(tmp_path)
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(SentenceFileError, match="holds no sentence"):
        read_sentences(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes(json.dumps({"text": "ok"}).encode() + b'\n{"text": "caf\xe9"}\n')
    with pytest.raises(SentenceFileError, match=r"latin.jsonl:2: is not UTF-8"):
        read_sentences(tmp_path / "latin.jsonl")
