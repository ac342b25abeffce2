"""Chinese, and what else lies beyond plain letters, comes out of a filing as it went in."""

import csv
import json
import re

import lxml.html
import pyarrow.parquet
import pytest

from labels.catalogue import load_catalogue, load_countries
from labels.marked_text import parse_marked_line
from labels.taxonomy import load_taxonomy
from models.linking import Linker
from models.pooling import StoryPooling
from predict.desk import Desk
from predict.page.filed_issue import filed_issue
from predict.page.issue_page import issue_page
from predict.reading import read_issues
from predict.sentences import split_sentences
from predict.writers import open_writer
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

LINES = """
    semiconductors | news | [TSMC](COMPANY) prints chips in [Tainan](PLACE).
    semiconductors | news | A foundry prints 2nm chips on wafers.
    mobility | news | [Kia](COMPANY) builds electric vans in [Zilina](PLACE).
    mobility | news | The car maker sells vans and cars.
    none | news | The baker sold his last loaf at noon.
    none | news | Lovely weather today.
"""
SENTENCES = [parse_marked_line(line.strip(), str(at)) for at, line in enumerate(LINES.strip().splitlines())]

PARAGRAPHS = {
    "sentences": ["百度发布了新的文心大模型。", "华为在深圳开设新工厂！", "这是真的吗？", "是的。"],
    "mixed": ["Baidu（百度）cut prices on Monday.", "华为 follows with 5G chips。", "阿里巴巴 does not!"],
    "full width": ["Ａｐｐｌｅ　发布新机，价格￥９９９；库存：１００台。", "（详见下文）好。"],
    "quotes": ["“我们会继续投资。”", "王传福说。", "《财经》称：‘利润下降’……"],
    "emoji": ["比亚迪🚗🚀售出100万辆。", "👩‍👩‍👧‍👦家庭选择特斯拉👍🏽！"],
    "beyond the basic plane": ["𠮷野家与腾讯控股合作。", "𝒳 和 𠀀 是字。"],
    "traditional and kana": ["台積電與鴻海擴大合作。", "日本のソニーは新製品を発表した。"],
    "numbers": ["2025。华为发布。", "1. 百度开源。"],
}
TEXT = "\n\n".join(" ".join(sentences) for sentences in PARAGRAPHS.values()) + "\n"
NAMES = {"百度": "baidu", "华为": "huawei", "比亚迪": "byd", "阿里巴巴": "alibaba", "腾讯控股": "tencent"}


@pytest.fixture(scope="module")
def desk():
    """A baseline of a few sentences that knows the whole catalogue."""
    catalogue = load_catalogue()
    model = fit_baseline(
        BaselineConfig(least_documents=1),
        load_taxonomy(),
        SENTENCES,
        SENTENCES,
        StoryPooling(),
        seed=1,
        catalogue=catalogue,
    )
    return Desk(model, Linker(catalogue, load_countries()))


@pytest.fixture(scope="module")
def filed(desk, tmp_path_factory):
    """The issue as it was read, and its stories."""
    path = tmp_path_factory.mktemp("inbox") / "简报.txt"
    path.write_text(TEXT, encoding="utf-8")
    (issue,) = read_issues(path)
    return issue, desk.file_issue(issue)


@pytest.mark.parametrize("kind", [kind for kind in PARAGRAPHS if kind != "numbers"])
def test_sentences_end_at_full_width_marks_and_keep_every_character(kind):
    assert split_sentences("".join(PARAGRAPHS[kind])) == PARAGRAPHS[kind]


@pytest.mark.parametrize(
    "text", ["2025。华为发布。", "1.  百度开源。2.\t华为跟进。", "９９９．好的", "😀。好！", "。。。"]
)
def test_splitting_adds_and_loses_nothing(text):
    assert re.sub(r"\s", "", "".join(split_sentences(text))) == re.sub(r"\s", "", text)
    assert all(sentence in text for sentence in split_sentences(text))


def test_every_character_of_an_issue_is_in_its_stories(filed):
    _, stories = filed
    told = "".join(sentence.text for story in stories for sentence in story.sentences)
    assert re.sub(r"\s", "", told) == re.sub(r"\s", "", TEXT)


def test_names_in_characters_are_found_at_their_offsets_and_linked(filed):
    _, stories = filed
    found = {
        sentence.text[entity.start : entity.end]: entity.entry.id
        for story in stories
        for sentence in story.sentences
        for entity in sentence.entities
        if entity.entry
    }
    assert NAMES.items() <= found.items()


@pytest.mark.parametrize(
    "ordinary", ["这是一款完美的产品。", "大众创业，万众创新。", "十一加二等于十三。", "财富与日产量增长。"]
)
def test_ordinary_words_of_chinese_are_no_names(desk, ordinary):
    assert not desk.classify([ordinary])[0].entities


def test_reports_hold_the_characters_unharmed(filed, tmp_path):
    _, stories = filed
    for output_format in ("jsonl", "csv", "parquet"):
        writer = open_writer(tmp_path / f"stories.{output_format}", output_format)
        writer.write(stories)
        writer.close()
    lines = (tmp_path / "stories.jsonl").read_text(encoding="utf-8")
    written = [json.loads(line) for line in lines.splitlines()]
    assert "百度" in lines
    assert written == [json.loads(json.dumps(story.to_dict())) for story in stories]
    assert pyarrow.parquet.read_table(tmp_path / "stories.parquet").to_pylist() == written
    with (tmp_path / "stories.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [" ".join(s.text for s in story.sentences) for story in stories]


def test_the_page_shows_the_characters_and_marks_the_names(filed, desk):
    issue, stories = filed
    page = issue_page(filed_issue(issue, stories), desk.model.taxonomy)
    shown = lxml.html.document_fromstring(page.encode("utf-8").decode("utf-8"))
    text = re.sub(r"\s", "", shown.text_content())
    for sentences in PARAGRAPHS.values():
        for sentence in sentences:
            assert re.sub(r"\s", "", sentence) in text
    assert NAMES.keys() <= {mark.text_content() for mark in shown.iter("mark")}


def test_known_names_stand_in_for_what_a_tagger_says_of_characters():
    from labels.sentence import Entity
    from models.gazetteer import Gazetteer, with_names_in_characters

    text = "Alibaba（阿里巴巴）涨价"
    known = Gazetteer({"阿里巴巴": "COMPANY", "Alibaba": "COMPANY"}).find_in_characters(text)
    tagged = [Entity(0, 7, "COMPANY"), Entity(8, 10, "PERSON"), Entity(13, 14, "PLACE")]
    merged = with_names_in_characters(tagged, known)
    assert [text[entity.start : entity.end] for entity in merged] == ["Alibaba", "阿里巴巴", "涨"]
    assert Gazetteer({"Alibaba": "COMPANY"}).find_in_characters("Alibaba") == []
