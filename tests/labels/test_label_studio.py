import json
from xml.etree import ElementTree

import pytest

from labels.files import read_sentences
from labels.label_studio import LabelStudioError, label_config, read_export, to_tasks, write_tasks
from labels.marked_text import parse_marked_line
from labels.sentence import Entity
from labels.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
SENTENCES = [
    parse_marked_line("finance,mobility | news | [Kia](COMPANY) sells bonds in [Seoul](PLACE)", "a-1", "mine"),
    parse_marked_line("none | boilerplate | Good morning", "a-2", "mine"),
    parse_marked_line("ai_models | headline | 🚀🇰🇷 [Kia](COMPANY) meets [华为](COMPANY) <b>&amp;</b>", "a-3"),
]


def export(tmp_path, *tasks):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def task(*annotations, text="🚀 Kia hires", **data):
    return {"id": 17, "data": {"text": text, **data}, "annotations": list(annotations)}


def annotation(*results, **more):
    return {"result": list(results), **more}


def region(start, end, text, label="COMPANY"):
    return {"type": "labels", "value": {"start": start, "end": end, "text": text, "labels": [label]}}


def choices(*keys):
    return {"type": "choices", "value": {"choices": list(keys)}}


def test_sentences_come_back_as_they_went_order_of_sectors_included(tmp_path):
    write_tasks(tmp_path / "tasks.json", SENTENCES)
    found = read_export(tmp_path / "tasks.json", TAXONOMY)
    assert found.sentences == SENTENCES
    assert found.n_open == 0


def test_the_projects_own_sentences_come_back_as_they_went(tmp_path):
    from labels.dataset import DEFAULT_SENTENCES

    own = [placed.sentence for placed in read_sentences(DEFAULT_SENTENCES / "09_dense_in_entities.jsonl")]
    write_tasks(tmp_path / "tasks.json", own)
    assert read_export(tmp_path / "tasks.json", TAXONOMY).sentences == own


def test_offsets_count_code_points_and_each_region_carries_its_text():
    values = [result["value"] for result in to_tasks(SENTENCES)[2]["annotations"][0]["result"]]
    assert values[0] == {"start": 4, "end": 7, "text": "Kia", "labels": ["COMPANY"]}
    assert values[-1] == {"choices": ["ai_models"]}


@pytest.mark.parametrize("offsets", [(2, 5), (3, 6)], ids=["code points", "UTF-16 units of older versions"])
def test_a_name_behind_an_emoji_is_found_by_either_count(tmp_path, offsets):
    path = export(tmp_path, task(annotation(region(*offsets, "Kia"))))
    assert read_export(path, TAXONOMY).sentences[0].entities == (Entity(2, 5, "COMPANY"),)


def test_a_space_dragged_over_does_not_become_part_of_the_name(tmp_path):
    path = export(tmp_path, task(annotation(region(1, 6, " Kia "))))
    assert read_export(path, TAXONOMY).sentences[0].entities == (Entity(2, 5, "COMPANY"),)


def test_the_last_annotation_counts_and_cancelled_ones_do_not(tmp_path):
    path = export(
        tmp_path,
        task(
            annotation(choices("economy")),
            annotation(choices("mobility"), region(2, 5, "Kia")),
            annotation(choices("health"), was_cancelled=True),
        ),
        task(annotation(was_cancelled=True)),
        task(),
    )
    found = read_export(path, TAXONOMY)
    assert [sentence.sectors for sentence in found.sentences] == [("mobility",)]
    assert found.n_open == 2


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task(annotation(choices("fashion"))), "task 17: unknown sector 'fashion'"),
        (task(annotation(region(2, 5, "Kia", "BRAND"))), "task 17: entity 2-5 'Kia' has the unknown type 'BRAND'"),
        (
            task(annotation({"type": "labels", "value": {"start": 2, "end": 5, "text": "Kia"}})),
            "task 17, 'Kia': a result has no labels",
        ),
        (task(annotation({"type": "choices", "value": {"choices": []}})), "task 17: a result has no choices"),
        (task(annotation(region(2, 5, "KTM"))), "task 17: region 2-5 is 'Kia', not 'KTM'"),
        (task(annotation(), text=" "), "task 17: has no `text`"),
        ({"id": 17, "text": "flat", "label": []}, "task 17: .*not as JSON-MIN"),
        ("?", "task at position 1: has no `data`"),
    ],
)
def test_what_cannot_be_read_names_the_task(tmp_path, bad, message):
    with pytest.raises(LabelStudioError, match=message):
        read_export(export(tmp_path, bad), TAXONOMY)


def test_another_file_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "x.json").write_text("text,label")
    with pytest.raises(LabelStudioError, match="export from Label Studio as JSON"):
        read_export(tmp_path / "x.json", TAXONOMY)


def test_the_config_offers_every_label_and_keeps_spaces():
    view = ElementTree.fromstring(label_config(TAXONOMY))
    assert [label.get("value") for label in view.iter("Label")] == list(TAXONOMY.entity_keys)
    assert [choice.get("value") for choice in view.iter("Choice")] == list(TAXONOMY.sector_keys)
    assert view.find("Choices").get("choice") == "multiple"
    assert "pre-wrap" in view.find("Style").text
    for tag in ("Labels", "Choices"):
        assert view.find(tag).get("toName") == view.find("Text").get("name")


def test_the_commands_go_there_and_back(newsdesk, tmp_path):
    (tmp_path / "mine.jsonl").write_text("".join(s.to_json() + "\n" for s in SENTENCES))
    there = newsdesk("labels", "to-label-studio", "mine.jsonl", cwd=tmp_path)
    assert there.code == 0, there.err
    back = newsdesk("labels", "from-label-studio", "tasks.json", "--out", "back.jsonl", cwd=tmp_path)
    assert back.code == 0, back.err
    assert "3 sentences in back.jsonl" in back.out
    assert (tmp_path / "back.jsonl").read_text() == (tmp_path / "mine.jsonl").read_text()
    config = newsdesk("labels", "to-label-studio", "--config").out
    assert ElementTree.fromstring(config).tag == "View"
    assert newsdesk("labels", "to-label-studio").code == 2
