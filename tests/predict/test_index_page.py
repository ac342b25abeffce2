"""The index of a batch: the order of issues, what its charts count, and where its links lead."""

from collections import Counter
from datetime import date, timedelta
from urllib.parse import quote

import lxml.html
import pytest

from labels.catalogue import CatalogueEntry
from labels.errors import UserError
from labels.marked_text import parse_marked_line
from labels.taxonomy import load_taxonomy
from models.pooling import StoryPooling
from predict.filed import FiledEntity, FiledSentence, FiledStory, SectorProbability
from predict.issue import Block, Issue
from predict.page.folder import PageFolder
from predict.page.index_page import index_page
from predict.page.summary import IssueSummary
from predict.page.timeline import MOST_COLUMNS, columns, in_order
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

TAXONOMY = load_taxonomy()
RUN = "window.owned=1;alert(1)"
HOSTILE = f"\"'></a></svg></style><script>{RUN}</script><img src=x onerror={RUN}> javascript:{RUN} {{{{7*7}}}}"


def summary(name, published=None, sectors=None, companies=None, title=None):
    return IssueSummary(
        file=f"{name}.html",
        name=name,
        title=title or name,
        published=published,
        n_stories=sum((sectors or {}).values()),
        sectors=Counter(sectors or {}),
        companies=Counter(companies or {}),
    )


def weekly(n, first=date(2026, 1, 2)):
    return [
        summary(f"week {week}", first + timedelta(weeks=week), {"finance": week % 3 + 1}, {"Kia": week % 2})
        for week in range(n)
    ]


def parsed(issues):
    return lxml.html.document_fromstring(index_page(issues, TAXONOMY))


def words(element):
    return " ".join(element.text_content().split())


def chart(page, kind):
    """Rows of a chart by name: the heading of each with the titles of its cells."""
    lines = [line for line in page.find_class(kind)[0].find_class("line") if line.get("aria-hidden") is None]
    return {words(line.find("dt")): [title.text for title in line.iter("title")] for line in lines}


# The order of issues and the axis.


def test_issues_are_ordered_by_date_and_those_without_one_come_last():
    issues = [summary("b", date(2026, 2, 1)), summary("c"), summary("a", date(2026, 1, 1))]
    assert [issue.name for issue in in_order(issues)] == ["a", "b", "c"]


def test_without_dates_the_first_number_in_their_names_orders_them():
    names = ["10_autumn.txt", "9_autumn.txt", "letter no. 11.txt"]
    assert [issue.name for issue in in_order([summary(name) for name in names])] == [names[1], names[0], names[2]]


def test_without_dates_and_numbers_they_stay_as_given():
    assert [issue.name for issue in in_order([summary("b"), summary("7"), summary("a")])] == ["b", "7", "a"]


def test_an_axis_of_two_issues_says_their_days():
    assert [column.label for column in columns(weekly(2))] == ["2 Jan", "9 Jan"]


def test_years_are_said_where_there_are_several():
    issues = [summary("a", date(2025, 12, 30)), summary("b", date(2026, 1, 6))]
    assert [column.label for column in columns(issues)] == ["30 Dec 25", "6 Jan 26"]


def test_sixty_issues_have_a_column_each_and_more_are_put_together_by_month_with_gaps_shown():
    assert len(columns(weekly(MOST_COLUMNS))) == MOST_COLUMNS
    early, late = weekly(50), weekly(50, first=date(2027, 6, 4))
    months = columns([*early, *late])
    assert months[0].label == "Jan 2026"
    assert sum(len(month.issues) for month in months) == 100
    assert [len(month.issues) for month in months if month.title in ("Feb 2027", "Mar 2027", "Apr 2027")] == [0, 0, 0]


def test_decades_are_drawn_by_year_and_undated_issues_by_equal_numbers():
    decades = [summary(str(n), date(1980 + n // 2, 1 + n % 2, 1)) for n in range(80)]
    assert [column.label for column in columns(decades)][:2] == ["1980", "1981"]
    undated = columns([summary(f"letter {n}") for n in range(130)])
    assert (len(undated), undated[1].title) == (44, "Issues 4 to 6")


# What the page shows.


ISSUES = [
    summary("5_may.txt", date(2026, 5, 8), {"finance": 3, "mobility": 1}, {"Kia": 4, "Visa": 1}, title="May"),
    summary("4_april.txt", date(2026, 4, 3), {"mobility": 2}, {"Kia": 1}, title="April"),
]


def test_the_table_has_the_latest_issue_first_with_links_to_it_and_to_its_main_sectors():
    rows = parsed(ISSUES).xpath("//tbody/tr")
    assert [words(row) for row in rows] == [
        "8 May 2026 May5_may.txt 4 stories Finance 3Mobility 1",
        "3 Apr 2026 April4_april.txt 2 stories Mobility 2",
    ]
    assert rows[0].xpath(".//a/@href") == [
        "5_may.txt.html",
        "5_may.txt.html#sector=finance",
        "5_may.txt.html#sector=mobility",
    ]


def test_undated_issues_are_numbered_as_on_the_axis():
    page = parsed([summary("b", sectors={"finance": 1}), summary("a", sectors={"finance": 1})])
    assert [words(cell) for cell in page.xpath("//tbody/tr/td[1]")] == ["1", "2"]
    assert [words(tick) for tick in page.find_class("axis")[0].iter("text")] == ["1", "2"]


def test_sectors_are_drawn_over_time_in_the_order_of_their_totals():
    assert chart(parsed(ISSUES), "bars") == {
        "Finance": ["Finance, April: 0 stories", "Finance, May: 3 stories"],
        "Mobility": ["Mobility, April: 2 stories", "Mobility, May: 1 story"],
    }


def test_sectors_beyond_six_are_drawn_together():
    many = [summary("a", sectors={key: 9 - at for at, key in enumerate(TAXONOMY.sector_keys[:8])}), summary("b")]
    rows = chart(parsed(many), "bars")
    assert len(rows) == 7
    assert rows["Other sectors"] == ["Other sectors, a: 5 stories", "Other sectors, b: 0 stories"]


def test_the_ten_most_named_companies_are_drawn_over_time():
    assert chart(parsed(ISSUES), "heat")["Kia"] == ["Kia, April: 1 mention", "Kia, May: 4 mentions"]
    many = [summary("a", companies={f"Firm {n}": n + 1 for n in range(12)}), summary("b")]
    assert list(chart(parsed(many), "heat")) == [f"Firm {n}" for n in range(11, 1, -1)]


def test_bars_share_one_scale_and_empty_columns_have_none():
    heights = [float(rect.get("height")) for rect in parsed(ISSUES).find_class("bars")[0].iter("rect")]
    assert heights == [0, 30, 20, 10]


def test_charts_say_in_words_what_they_draw():
    labels = [svg.get("aria-label") for svg in parsed(ISSUES).find_class("bars")[0].xpath(".//svg[@role]")]
    assert labels == ["Finance: 3 stories; the most in May, 3", "Mobility: 3 stories; the most in April, 2"]


def test_an_index_of_issues_without_stories_still_lists_them():
    page = parsed([summary("a"), summary("b")])
    assert len(page.xpath("//tbody/tr")) == 2
    assert not page.find_class("chart")


# The pages of a batch together.


def story(issue, text, name, entry_type="COMPANY", entry=None, sector="finance"):
    at = text.index(name)
    entity = FiledEntity(at, at + len(name), entry_type, entry)
    sectors = (SectorProbability(sector, 0.9),)
    return FiledStory(issue, 1, None, False, sectors, (FiledSentence(text, sectors, (entity,)),))


def write_batch(folder, *named):
    pages = PageFolder(folder, TAXONOMY)
    for name, text, entity, entry in named:
        pages.write(Issue(name, (Block(text, "paragraph"),)), [story(name, text, entity, entry=entry)])
    return pages.close()


KIA = CatalogueEntry(id="kia", name="Kia", type="COMPANY", country="KR")


def test_one_issue_is_one_page_and_several_get_an_index(tmp_path):
    page = write_batch(tmp_path / "one", ("a.txt", "Kia lends.", "Kia", KIA))
    assert page == tmp_path / "one" / "a.html"
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["a.html"]
    index = write_batch(tmp_path / "two", *[(name, "Kia lends.", "Kia", KIA) for name in ("a.txt", "a.md")])
    assert sorted(file.name for file in (tmp_path / "two").iterdir()) == ["a-2.html", "a.html", "index.html"]
    for file in ("a.html", "a-2.html"):
        page = lxml.html.document_fromstring((index.parent / file).read_text(encoding="utf-8"))
        assert page.xpath("//nav/a/@href") == ["index.html"]


def test_only_companies_of_the_catalogue_are_followed_over_time(tmp_path):
    index = write_batch(tmp_path, ("a", "Kia lends.", "Kia", KIA), ("b", "Acme lends.", "Acme", None))
    page = lxml.html.document_fromstring(index.read_text(encoding="utf-8"))
    assert list(chart(page, "heat")) == ["Kia"]


def test_no_issue_is_no_page(tmp_path):
    assert PageFolder(tmp_path, TAXONOMY).close() is None


@pytest.fixture
def page(browser):
    problems = []
    with browser.new_context() as context:
        opened = context.new_page()
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda line: problems.append(line.text) if line.type in ("error", "warning") else None)
        opened.on("dialog", lambda dialog: problems.append(dialog.message) or dialog.dismiss())
        yield opened
    assert not problems


def test_links_of_the_index_lead_to_views_of_the_issues(page, tmp_path):
    index = write_batch(
        tmp_path / "a folder",
        ("100% # ? 周刊.txt", "Kia lends.", "Kia", KIA),
        ("b.txt", "Kia builds.", "Kia", KIA),
    )
    page.goto(f"file://{quote(str(index))}")
    page.get_by_role("link", name="100% # ? 周刊.txt", exact=True).click()
    assert page.locator("article").inner_text().endswith("Kia")
    page.get_by_role("link", name="All issues").click()
    page.locator(".heat a").first.click()
    assert page.locator("#name").input_value() == "Kia"
    page.go_back()
    page.locator("tbody a", has_text="Finance").first.click()
    assert page.locator("#sector").input_value() == "finance"


def test_nothing_of_a_hostile_batch_runs_and_its_text_shows_as_it_is(page, tmp_path):
    entry = CatalogueEntry(id="x", name=HOSTILE, type="COMPANY", country="KR")
    index = write_batch(tmp_path, *[(f"{HOSTILE} {n}", f"{HOSTILE} lends.", HOSTILE, entry) for n in range(2)])
    page.goto(f"file://{quote(str(index))}")
    assert page.evaluate("window.owned") is None
    assert page.locator("tbody .title a").all_inner_texts() == [f"{HOSTILE} {n}" for n in range(2)]
    assert page.locator(".heat dt").first.inner_text() == HOSTILE
    assert page.locator("script").count() == 0
    page.locator(".heat a").first.click()
    assert page.locator("#name").input_value() == HOSTILE
    assert page.locator("#count").inner_text() == "1 of 1 story"
    assert page.evaluate("window.owned") is None


@pytest.mark.parametrize("n", [2, 7, 60, 200])
@pytest.mark.parametrize("width", [390, 1280])
def test_charts_fit_the_screen_and_their_labels_do_not_run_into_each_other(page, tmp_path, n, width):
    file = tmp_path / "index.html"
    file.write_text(index_page(weekly(n, first=date(2025, 11, 7)), TAXONOMY), encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"file://{file}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    labels = page.locator(".bars .axis text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    assert all(left["right"] + 4 < right["left"] for left, right in zip(labels, labels[1:], strict=False))
    assert labels[-1]["right"] <= width


# The command.


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    lines = [f"{sector.key} | news | {example}" for sector in TAXONOMY.sectors for example in sector.examples]
    sentences = [parse_marked_line(line, str(n)) for n, line in enumerate(lines * 8)]
    model = fit_baseline(BaselineConfig(), TAXONOMY, sentences, sentences[: len(lines)], StoryPooling(), seed=1)
    folder = tmp_path_factory.mktemp("model")
    model.save(folder)
    return folder


def test_predict_writes_pages_beside_the_stories_and_says_which_to_open(newsdesk, model_folder, tmp_path):
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(
            "# Letter\n\n## Funds\n\nA fund marks down its largest holding.\n", encoding="utf-8"
        )
    out = tmp_path / "filed"
    outcome = newsdesk("predict", tmp_path / "a.md", tmp_path / "b.md", "--html", "--out", out, "--model", model_folder)
    assert outcome.code == 0, outcome.err
    assert sorted(file.name for file in out.iterdir()) == ["a.html", "b.html", "index.html", "stories.jsonl"]
    assert str(out / "index.html") in outcome.err


@pytest.mark.parametrize(
    ("call", "remedy"), [(["issue.md"], "with --out"), (["--text", "A fund.", "--out", "filed"], "not --text")]
)
def test_pages_without_a_folder_or_an_issue_are_refused_with_the_remedy(newsdesk, tmp_path, call, remedy):
    outcome = newsdesk("predict", *call, "--html", cwd=tmp_path)
    assert outcome.code == 2
    assert remedy in outcome.err and "Traceback" not in outcome.err


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "filed").write_text("a file", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written .*; name another --out"):
        write_batch(tmp_path / "filed", ("a.txt", "Kia lends.", "Kia", KIA))
