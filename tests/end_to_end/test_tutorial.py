"""The tutorial of own labels: its commands are run as they stand there, and print what it shows."""

import re
import shlex
import shutil

import pytest
import yaml

from labels.errors import UserError
from labels.files import read_sentences
from labels.table_rows import labels_of_cell
from models.backbone import HUB_NAMES
from tests.conftest import PROJECT
from training.config import TransformerConfig, load_recipe
from training.source import load_source

PAGE = (PROJECT / "docs" / "own_labels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLE = PROJECT / "examples" / "library"
FEES = "".join(f"Why do I owe you {at * 7919} euros for book {at**5}?,fee\n" for at in range(60))
MISTAKES = {
    "a misspelt column": b"text,lable\nI lost my card,membership\n",
    "a comma outside of quotation marks": b"text,label\nMy card, again,membership\n",
    "a line without a label": b"text,label\nI lost my card,membership\nI lost it\n",
    "a quotation mark left open": b'text,label\n"I lost my card,membership\n',
    "saved in a Windows encoding": "text,label\nThe café is shut,opening\n".encode("cp1252"),
    "a misspelt label": f"text,label\n{FEES}What does it cost?,fea\n".encode(),
    "one label everywhere": f"text,label\n{FEES}".encode(),
    "hardly any sentences": ("text,label\n" + "".join(FEES.splitlines(True)[3:6]) + "Good morning,none\n").encode(),
}
PUBLIC = {
    "banking77": ("text,category", "My top-up number {n} of {m} failed,{label}", ("top_up_failed", "card_arrival")),
    "trec": ("text,coarse_label,fine_label", "Who built bridge {n} of {m} ?,{label},7", ("HUM", "LOC")),
    "ag_news": ("Class Index,Title,Description", '"{label}","A title","Team {n} wins the {m} cup, again."', ("2", "3")),
}


def shown(line):
    """A line of the page as a pattern: scores are any score, `…` is anything, columns may be wider."""
    pattern = re.escape(" ".join(line.split())).replace("…", ".*")
    return re.sub(r"\d+\\\.\d+", r"\\d+\\.\\d+", pattern)


def language(name):
    return [content for kind, content in BLOCKS if kind == name]


def test_three_commands_lead_from_the_csv_to_a_champion_that_classifies(newsdesk, tmp_path):
    commands, outputs = language("sh"), language("text")
    assert len(commands) == len(outputs) == 3
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "library")
    for command, expected in zip(commands, outputs, strict=True):
        program, *arguments = shlex.split(command)
        assert program == "newsdesk"
        done = newsdesk(*arguments, store=tmp_path / "store", cwd=tmp_path)
        assert done.code == 0, done.err
        printed = [" ".join(line.split()) for line in (done.out + done.err).splitlines()]
        for line in expected.splitlines():
            assert any(re.fullmatch(shown(line), one) for one in printed), (line, done)


def test_the_page_shows_the_example_as_it_is():
    messages = (EXAMPLE / "messages.csv").read_text(encoding="utf-8").splitlines()
    (table,) = language("csv")
    assert set(table.splitlines()) <= set(messages)
    assert f"{len(messages) - 1} messages" in PAGE
    recipe = yaml.safe_load((EXAMPLE / "library.yaml").read_text(encoding="utf-8"))
    assert recipe in [yaml.safe_load(content) for content in language("yaml")]


def test_the_lines_with_names_are_read_as_they_stand(tmp_path):
    (tmp_path / "a.jsonl").write_text(language("json")[0], encoding="utf-8")
    first, second = (placed.sentence for placed in read_sentences(tmp_path / "a.jsonl"))
    assert [(first.text[e.start : e.end], e.type) for e in first.entities] == [
        ("Mrs Okafor", "PERSON"),
        ("Northgate", "BRANCH"),
    ]
    assert second.sectors == ()


def test_the_cells_of_the_page_mean_what_it_says():
    assert labels_of_cell("renewal|fee") == ("renewal", "fee")
    assert labels_of_cell("") == labels_of_cell("none") == ()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_met_with_the_message_of_the_page(tmp_path, mistake):
    (message,) = re.findall(rf"^\| {mistake} \| `(.*)` \|$", PAGE, re.MULTILINE)
    (tmp_path / "messages.csv").write_bytes(MISTAKES[mistake])
    (tmp_path / "r.yaml").write_text("name: r\nmodel: baseline\nlabels: {sentences: messages.csv}\n")
    with pytest.raises(UserError) as caught:
        load_source(load_recipe(tmp_path / "r.yaml").labels)
    assert re.fullmatch(shown(message), str(caught.value).removeprefix(f"{tmp_path}/"))


def test_every_mistake_of_the_page_is_tried():
    assert re.findall(r"^\| (.+?) \| `messages\.csv", PAGE, re.MULTILINE) == list(MISTAKES)


def test_every_short_name_of_a_backbone_is_on_the_page():
    for short, name in {"packaged": "all-MiniLM-L6-v2", **HUB_NAMES}.items():
        assert f"| `{short}` | {name}" in PAGE
    assert TransformerConfig().backbone == "packaged"


@pytest.mark.parametrize("name", PUBLIC)
def test_the_recipes_for_public_data_read_files_of_their_shape(tmp_path, name):
    head, row, labels = PUBLIC[name]
    folder = shutil.copytree(PROJECT / "examples" / "public", tmp_path / "public")
    lines = [row.format(n=at, m=at**7, label=labels[at % 2]) for at in range(120)]
    (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    source = load_source(load_recipe(folder / f"{name}.yaml").labels)
    assert sum(map(len, source.splits.values())) == 120
    assert {sector for s in source.splits["train"] for sector in s.sectors} == set(labels)
    assert set(labels) <= set(source.taxonomy.sector_keys)


def test_the_labels_of_a_recipe_are_audited_by_its_own_taxonomy(newsdesk, tmp_path):
    sound = newsdesk("labels", "--config", EXAMPLE / "library.yaml")
    assert sound.code == 0, sound.out
    assert "222 sentences, 0 errors" in sound.out
    (tmp_path / "a.csv").write_text(f"message,topic\n{FEES}What?,fea\n,fee\nWhen is it due?,none\n")
    (tmp_path / "r.yaml").write_text(
        "name: r\nmodel: baseline\nlabels: {sentences: a.csv, text_column: message, label_column: topic}\n"
    )
    unsound = newsdesk("labels", "--config", tmp_path / "r.yaml")
    assert unsound.code == 1
    assert "a.csv:62: the label 'fea' has only 1 of 62 sentences" in unsound.out
    assert "a.csv:63: needs a text and a label" in unsound.out
    assert newsdesk("labels", "--config", tmp_path / "r.yaml", "--sentences", tmp_path / "a.csv").code == 2
