"""The page of an issue as an editor reads it: its HTML, and a real browser that opens it as a file."""

import os
import re
from datetime import date
from urllib.parse import quote

import lxml.html
import pytest

from labels.catalogue import CatalogueEntry
from labels.taxonomy import load_taxonomy
from predict.filed import FiledEntity, FiledSentence, FiledStory, SectorProbability
from predict.issue import Block, Issue
from predict.page.file_names import PageNames
from predict.page.filed_issue import filed_issue
from predict.page.folder import PageFolder
from predict.page.issue_page import issue_page

TAXONOMY = load_taxonomy()
KIA = CatalogueEntry(id="kia", name="Kia", type="COMPANY", aliases=["Kia Motors"], country="KR", sectors=["mobility"])
RUN = "window.owned=1;alert(1)"
HOSTILE = [
    f"</script><script>{RUN}</script>",
    f"</style></title><script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg/onload={RUN}>",
    f'<a href="javascript:{RUN}">click</a>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "{{ 7 * 7 }}{% include 'x' %} ${7*7}",
    f"<!-- --><body onload={RUN}> ]]> &lt;b&gt; \\u003cscript\\u003e \u2028 \u202e",
]


def sentence(text, names=(), sectors=()):
    """A sentence; names are pairs of text and type, Kia being the catalogue's."""
    entities = [
        FiledEntity(text.index(name), text.index(name) + len(name), kind, KIA if name.startswith("Kia") else None)
        for name, kind in names
    ]
    return FiledSentence(text, probabilities(sectors), tuple(entities))


def probabilities(sectors):
    return tuple(SectorProbability(key, probability) for key, probability in sectors)


def story(number, *sentences, heading=True, sectors=(), boilerplate=False, issue="letter.md"):
    return FiledStory(
        issue=issue,
        story=number,
        heading=sentences[0].text if heading else None,
        boilerplate=boilerplate,
        sectors=probabilities(sectors),
        sentences=sentences,
    )


STORIES = [
    story(1, sentence("Welcome to the letter."), heading=False, boilerplate=True),
    story(
        2,
        sentence("Vans from Zilina", [("Zilina", "PLACE")]),
        sentence("Kia Motors ships vans.", [("Kia Motors", "COMPANY")], [("mobility", 0.97)]),
        sentence("Kia raised money, said Ada.", [("Kia", "COMPANY"), ("Ada", "PERSON")], [("finance", 0.7)]),
        sectors=[("mobility", 0.914), ("finance", 0.62)],
    ),
    story(3, sentence("A bank borrows."), sentence("It is large."), sectors=[("finance", 0.88)]),
    story(4, sentence("A tram in Zilina.", [("Zilina", "PLACE")]), heading=False, sectors=[("mobility", 0.55)]),
    story(5, sentence("A kettle stood on the shelf."), heading=False),
]
BLOCKS = (Block("The Letter", "heading", 1), Block("Welcome to the letter.", "paragraph"))
ISSUE = Issue("letter.md", BLOCKS, published="2026-04-07")


def parsed(stories=STORIES, issue=ISSUE, index=None):
    return lxml.html.document_fromstring(issue_page(filed_issue(issue, stories), TAXONOMY, index))


def words(element):
    return " ".join(element.text_content().split())


# What stands in the page, with or without a script.


def test_stories_stand_under_their_first_sector_with_all_their_sectors_as_chips():
    groups = {
        words(group.find("h2")): [article.get("data-story") for article in group.iter("article")]
        for group in parsed().find_class("group")
        if group.get("id") != "in-order"
    }
    assert groups == {"Mobility 2": ["2", "4"], "Finance 1": ["3"], "No sector 1": ["5"]}
    chips = [words(chip) for chip in parsed().get_element_by_id("story-2").find_class("chip")]
    assert chips == ["Mobility91%", "Finance62%"]


def test_a_story_is_told_in_full_and_only_once():
    page = parsed()
    for filed in STORIES[1:]:
        article = page.get_element_by_id(f"story-{filed.story}")
        assert all(one.text in words(article) for one in filed.sentences)
    assert len(page.xpath("//article")) == len(STORIES)


def test_names_are_marked_by_type_with_who_is_meant():
    marks = parsed().xpath("//article[@data-story=2]//mark")
    assert [(words(mark), mark.get("title")) for mark in marks] == [
        ("Zilina", "Zilina · Place"),
        ("Kia Motors", "Kia · Company"),
        ("Kia", "Kia · Company"),
        ("Ada", "Ada · Person"),
    ]
    assert marks[1].get("class") == marks[2].get("class") != marks[3].get("class")
    legend = [words(item) for item in parsed().find_class("legend")[0]]
    assert legend == ["Company", "Person", "Place"]


def test_a_story_lists_its_names_with_counts():
    names = [words(item) for item in parsed().get_element_by_id("story-2").find_class("names")[0]]
    assert names == ["Kia×2", "Zilina", "Ada"]


def test_of_names_that_overlap_the_first_is_marked_and_no_letter_is_lost():
    overlapping = FiledSentence(
        "Bank of Zilina lends", (), (FiledEntity(0, 14, "COMPANY"), FiledEntity(8, 14, "PLACE"))
    )
    article = parsed([story(1, overlapping, heading=False)]).get_element_by_id("story-1")
    assert [words(mark) for mark in article.iter("mark")] == ["Bank of Zilina"]
    assert words(article.find_class("body")[0]) == "Bank of Zilina lends"


def test_the_summary_counts_stories_a_sector_and_the_most_named_companies():
    page = parsed()
    bars = [words(row) for row in page.find_class("sectors")[0].find_class("row")]
    assert bars == ["Mobility2", "Finance2", "No sector1"]
    assert [words(row) for row in page.find_class("most")[0].find_class("row")] == ["Kia2"]
    assert "7 April 2026" in words(page.find_class("masthead")[0])
    assert "4 stories in 2 sectors" in words(page.find_class("masthead")[0])


def test_the_title_is_the_documents_else_its_main_heading_else_its_file_name():
    assert parsed().findtext(".//h1") == "The Letter"
    assert parsed(issue=Issue("letter.md", BLOCKS, title="April")).findtext(".//h1") == "April"
    assert parsed(issue=Issue("letter.md", BLOCKS[1:])).findtext(".//h1") == "letter.md"


@pytest.mark.parametrize(
    ("published", "name", "day"),
    [
        ("2026-04-07T09:30:00+02:00", "letter.md", date(2026, 4, 7)),
        ("", "2026-04-07 letter.md", date(2026, 4, 7)),
        ("", "letter_20260407.md", date(2026, 4, 7)),
        ("2026-04-07", "2025-01-01.md", date(2026, 4, 7)),
        ("", "letter-2026-13-40.md", None),
        ("soon", "letter-87.md", None),
    ],
)
def test_the_date_is_the_documents_else_the_one_in_its_name(published, name, day):
    assert filed_issue(Issue(name, BLOCKS, published=published), STORIES).published == day


def test_lines_that_no_stop_ends_stay_lines():
    texts = ("In this issue:", "Trams", "It rains.", "Vans")
    body = parsed([story(1, *map(sentence, texts), heading=False)]).get_element_by_id("story-1").find_class("body")[0]
    assert len(body.findall("br")) == 2


def test_an_issue_of_boilerplate_only_is_still_a_page():
    page = parsed(STORIES[:1])
    assert "0 stories" in words(page.find_class("masthead")[0])
    assert "Welcome to the letter." in words(page.get_element_by_id("apart"))


def test_a_page_of_a_batch_leads_back_to_the_index():
    assert parsed(index="index.html").xpath("//nav/a/@href") == ["index.html"]
    assert not parsed().xpath("//nav")


def test_the_page_asks_for_nothing_from_elsewhere():
    html = issue_page(filed_issue(ISSUE, STORIES), TAXONOMY)
    page = lxml.html.document_fromstring(html)
    assert {link.get("href")[0:6] for link in page.iter("a", "link")} == {"#story", "data:,"}
    assert not page.xpath("//*[@src]") and "url(" not in html and "@import" not in html


# File names.


@pytest.mark.parametrize(
    ("issue", "file"),
    [
        ("letter.md", "letter.html"),
        ("feed.xml#What Qwen 2.5 can do?", "feed.xml-What-Qwen-2.5-can-do.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        ("..\\boot.txt", "boot.html"),
        ("<script>.txt", "script.html"),
        ("javascript:alert(1)", "javascript-alert-1.html"),
        ("周刊 7.html", "周刊-7.html"),
        ("index.html", "index-2.html"),
        ("CON.txt", "CON-2.html"),
        ("???", "issue.html"),
    ],
)
def test_file_names_are_safe_and_readable(issue, file):
    assert PageNames().name(issue) == file


def test_no_two_pages_share_a_file_name():
    names = PageNames()
    assert [names.name(issue) for issue in ("a.md", "A.txt", "a.eml", "a-2.md")] == [
        "a.html",
        "A-2.html",
        "a-3.html",
        "a-2-2.html",
    ]
    assert all(len(os.fsencode(names.name("周" * 300))) < 120 for _ in range(12))


# Hostile input.


def hostile_stories():
    return [
        story(
            number,
            FiledSentence(text, probabilities([("finance", 0.9)]), (FiledEntity(0, len(text), "COMPANY"),)),
            FiledSentence(f"Then: {text}", (), (FiledEntity(6, 6 + len(text), "PERSON"),)),
            sectors=[("finance", 0.9)],
            boilerplate=number == len(HOSTILE),
            issue=text,
        )
        for number, text in enumerate(HOSTILE, 1)
    ]


def test_hostile_input_adds_no_element_and_no_attribute():
    plain = parsed([story(n, sentence("a b", [("a b", "COMPANY")])) for n in range(3)])
    known = {(element.tag, name) for element in plain.iter() for name in element.attrib}
    known_tags = {element.tag for element in plain.iter()} | {"details", "summary"}
    for text in HOSTILE:
        page = parsed(hostile_stories(), Issue(text, (Block(text, "paragraph"),), title=text))
        assert {element.tag for element in page.iter()} <= known_tags
        assert not {name for element in page.iter() for name in element.attrib if name.startswith("on")}
        assert len(page.xpath("//script")) == 1
        assert all(re.match(r"#|data:,$|index\.html$", href) for href in page.xpath("//@href"))
        assert page.findtext(".//h1") == text
    assert ("mark", "title") in known


def test_a_lone_half_of_a_character_does_not_stop_the_page(tmp_path):
    pages = PageFolder(tmp_path, TAXONOMY)
    pages.write(ISSUE, [story(1, sentence("Half \ud83d of an emoji"))])
    assert "Half ? of an emoji" in pages.close().read_text(encoding="utf-8")


# In the browser.


@pytest.fixture
def opened(browser, tmp_path):
    """Opens an issue's page from a file; at the end nothing may have gone wrong in it."""
    contexts, problems, requested = [], [], []

    def open_page(stories=STORIES, issue=ISSUE, view="", **options):
        pages = PageFolder(tmp_path, TAXONOMY)
        pages.write(issue, stories)
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: problems.append(dialog.message) or dialog.dismiss())
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"file://{quote(str(pages.close()))}{view}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems
    assert {url.split(":")[0] for url in requested} <= {"file", "data"}


def shown(page):
    """Numbers of the stories that can be seen, in their order on the page."""
    return [int(article.get_attribute("data-story")) for article in page.locator("main article:visible").all()]


def count(page):
    return page.locator("#count").inner_text()


def test_nothing_of_a_hostile_issue_runs_and_its_text_shows_as_it_is(opened):
    for text in HOSTILE:
        page = opened(hostile_stories(), Issue(text, (Block(text, "paragraph"),), title=text))
        for key in ("o", "p", "o"):
            page.keyboard.press(key)
        page.locator("[data-pick-name]").first.click()
        page.fill("#name", text)
        page.wait_for_timeout(50)
        assert page.evaluate("window.owned") is None
        assert page.locator("h1").text_content() == text
        headings = page.locator("article h3").all_text_contents()
        assert sorted(heading.strip() for heading in headings) == sorted(one.strip() for one in HOSTILE[:-1])


def test_a_hostile_address_filters_by_its_text_only(opened):
    page = opened(view=f"#name={quote(HOSTILE[2])}&sector=__proto__&least=1e999&order={quote(HOSTILE[0])}")
    assert page.locator("#name").input_value() == HOSTILE[2]
    assert page.evaluate("window.owned") is None


def test_filters_combine_and_are_counted(opened):
    page = opened()
    assert (shown(page), count(page)) == ([2, 4, 3, 5], "4 stories")
    page.select_option("#sector", label="Finance (2)")
    assert (shown(page), count(page)) == ([2, 3], "2 of 4 stories")
    page.fill("#name", "zil")
    assert (shown(page), count(page)) == ([2], "1 of 4 stories")
    page.locator("#least").fill("70")
    assert (shown(page), count(page)) == ([], "0 of 4 stories")
    assert page.locator("#empty").is_visible()
    page.get_by_role("button", name="Clear the filters").click()
    assert (shown(page), count(page)) == ([2, 4, 3, 5], "4 stories")
    assert not page.locator("#empty").is_visible()


def test_stories_without_a_sector_can_be_asked_for(opened):
    page = opened()
    page.select_option("#sector", label="No sector (1)")
    assert shown(page) == [5]


def test_a_whole_name_means_that_one_and_any_of_its_names_finds_it(opened):
    opens = FiledSentence("Kiaora opens.", (), (FiledEntity(0, 6, "COMPANY"),))
    page = opened([*STORIES, story(6, opens, heading=False, sectors=[("finance", 0.9)])])
    for query, found in (("kia", [2]), ("kia motors", [2]), ("ki", [2, 6]), ("kiaora", [6])):
        page.fill("#name", query)
        assert sorted(shown(page)) == found
    suggestions = page.locator("#known-names option").evaluate_all("options => options.map(o => o.value)")
    assert suggestions[:2] == ["Kia", "Zilina"]


def test_a_click_on_a_name_a_bar_or_a_chip_filters_and_a_second_one_undoes_it(opened):
    page = opened()
    name = page.locator("#story-2 .names button", has_text="Zilina")
    for button, found in (
        (name, [2, 4]),
        (page.locator(".glance button", has_text="Finance"), [2, 3]),
        (page.locator("#story-2 button.chip", has_text="Finance"), [2, 3]),
    ):
        button.click()
        assert shown(page) == found
        assert button.get_attribute("aria-pressed") == "true"
        button.click()
        assert shown(page) == [2, 4, 3, 5]


def test_the_found_name_stands_out_in_the_text(opened):
    page = opened()
    page.fill("#name", "Kia")
    assert page.locator("mark.found").all_inner_texts() == ["Kia Motors", "Kia"]


def test_the_original_order_is_one_click_away_with_boilerplate_folded_in_its_place(opened):
    page = opened()
    assert not page.locator("article[data-boilerplate]").is_visible()
    page.get_by_role("button", name="Original order").click()
    assert shown(page) == [1, 2, 3, 4, 5]
    assert not page.get_by_text("Welcome to the letter.").is_visible()
    page.locator("article[data-boilerplate] summary").click()
    assert page.get_by_text("Welcome to the letter.").is_visible()
    page.get_by_role("button", name="Original order").click()
    assert shown(page) == [2, 4, 3, 5]


def test_probabilities_show_on_demand(opened):
    page = opened()
    chip = page.locator("#story-2 .chip").first
    assert chip.inner_text() == "Mobility"
    page.get_by_role("button", name="Probabilities").click()
    assert chip.inner_text() == "Mobility91%"
    assert page.get_by_text("Finance 70%").is_visible()


def test_a_view_can_be_linked_to(opened):
    page = opened()
    page.select_option("#sector", label="Finance (2)")
    page.fill("#name", "Kia")
    page.get_by_role("button", name="Original order").click()
    again = opened(view=page.evaluate("location.hash"))
    assert (shown(again), count(again)) == ([2], "1 of 4 stories")
    assert again.locator("#name").input_value() == "Kia"
    again.evaluate("location.hash = 'sector=mobility&least=60&probabilities=shown'")
    again.wait_for_function("document.body.classList.contains('probabilities')")
    assert shown(again) == [2]


def test_keys_do_what_buttons_do(opened):
    page = opened()
    page.keyboard.press("o")
    assert shown(page) == [1, 2, 3, 4, 5]
    page.keyboard.press("o")
    page.keyboard.press("p")
    assert page.locator(".probability").first.is_visible()
    page.keyboard.press("/")
    page.keyboard.type("pjk o?")
    assert page.locator("#name").input_value() == "pjk o?"
    assert shown(page) == []
    page.keyboard.press("Escape")
    assert (shown(page), page.locator("#name").input_value()) == ([2, 4, 3, 5], "")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_j_and_k_move_between_the_stories_that_are_left(opened):
    page = opened()
    page.select_option("#sector", label="Mobility (2)")
    page.locator("#sector").blur()
    visited = []
    for key in "jjjk":
        page.keyboard.press(key)
        visited.append(page.evaluate("document.activeElement.dataset.story"))
    assert visited == ["2", "4", "4", "2"]


def test_without_a_script_the_whole_issue_can_be_read(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("main article:visible").count() == 4
    assert page.get_by_text("Boilerplate (1)").is_visible()
    assert not page.locator("#bar").is_visible()
    assert page.locator("#story-2 .chip").first.inner_text() == "Mobility91%"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_runs_over_the_edge_and_filters_open_on_a_tap(opened, scheme):
    long = story(6, sentence("https://example.com/" + "x" * 300), sentence("It is long."), sectors=[("finance", 0.9)])
    page = opened([*STORIES, long], viewport={"width": 390, "height": 844}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not page.locator("#sector").is_visible()
    page.get_by_role("button", name="Filter").click()
    for control in page.locator("#bar button:visible, #bar select, #bar input[type=search]").all():
        assert control.bounding_box()["height"] >= 44
    page.select_option("#sector", label="Mobility (2)")
    assert shown(page) == [2, 4]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(opened, scheme):
    page = opened(color_scheme=scheme)
    for place in (".body", "#story-2 mark >> nth=0", ".chip.first", ".names button", ".kicker .number", ".label span"):
        ratio = page.locator(place).first.evaluate(CONTRAST)
        assert ratio >= 4.5, (place, ratio)


CONTRAST = """element => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let ground = element;
  while (channels(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
  const [a, b] = pair.map((colour) => light(channels(colour).slice(0, 3)));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
