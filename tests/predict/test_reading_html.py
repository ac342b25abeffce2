"""What web pages become."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.predict.written_issues import CHIP, CRUMB, PARKING, blocks_of, issues_of, shape_of, texts_of

MENU = '<div class="menu"><a href="/">Home</a> <a href="/n">Archive</a></div>'
ASIDE = '<aside class="sidebar"><h3>Related</h3><ul><li><a href="/1">Ten old stories</a></li></ul></aside>'
PAGE = (
    "<!doctype html><html><head><title>The  Crumb</title>"
    '<meta property="article:published_time" content="2024-05-02T10:00">'
    f"</head><body>{MENU}<main><article><h1>Weekly</h1><h2>Funding</h2><p>{CRUMB}</p>"
    "<hr><h2>Law &amp; <i>order</i></h2>"
    f"<p><b>Parking:</b> {PARKING}</p><ul><li>{CHIP}</li></ul></article></main>{ASIDE}</body></html>"
)


def test_a_page_gives_its_main_content_without_menu_and_sidebar(tmp_path: Path) -> None:
    (issue,) = issues_of(tmp_path, "a.html", PAGE)
    assert (issue.name, issue.title, issue.published) == ("a.html", "The Crumb", "2024-05-02")
    assert shape_of(issue.blocks) == [
        ("heading", "Weekly", 1),
        ("heading", "Funding", 2),
        ("paragraph", CRUMB, 0),
        ("heading", "Law & order", 2),
        ("paragraph", f"Parking: {PARKING}", 0),
        ("bullet", CHIP, 1),
    ]
    assert [block.text for block in issue.blocks if block.blank_before] == ["Law & order", CHIP]


def test_the_heading_over_a_kept_story_is_kept_with_it(tmp_path: Path) -> None:
    item = f"<li><p>Crumbs for all</p><p>{CHIP}</p></li>"
    source = f"<html><body><h1>Weekly</h1><p>{CRUMB} {PARKING}</p><ul>{item}</ul></body></html>"
    assert texts_of(tmp_path, "a.html", source) == ["Weekly", f"{CRUMB} {PARKING}", "Crumbs for all", CHIP]


def test_a_layout_table_page_gives_a_block_per_cell(tmp_path: Path) -> None:
    cells = "".join(
        f"<tr><td><b>Headline {n}</b></td><td>{text}<br>By line {n}</td></tr>"
        for n, text in enumerate((CRUMB, PARKING, CHIP))
    )
    texts = texts_of(
        tmp_path,
        "a.html",
        f"<html><body><table><tr><td><table>{cells}</table></td></tr></table></body></html>",
    )
    assert texts[:6] == ["Headline 0", CRUMB, "By line 0", "Headline 1", PARKING, "By line 1"]


def test_scripts_hidden_preheaders_and_comments_give_no_text(tmp_path: Path) -> None:
    source = (
        "<html><head><style>p{}</style></head><body><div style='DISPLAY: none'>preview</div>"
        "<p hidden>gone</p>"
        "<script>bad()</script><noscript>bad</noscript><!-- bad --><!--[if mso]>bad<![endif]-->"
        "<nav>bad</nav><svg><text>bad</text></svg><p>good</p></body></html>"
    )
    assert texts_of(tmp_path, "a.html", source) == ["good"]


def test_entities_are_decoded_and_unseen_characters_dropped(tmp_path: Path) -> None:
    source = "<p>AT&amp;T&nbsp;&mdash;&zwnj; co&shy;op&#8203;era\u2060tes</p><p>&zwnj;&nbsp;&#847;</p>"
    source += "<p>\U0001f469\u200d\U0001f4bb</p>"
    assert texts_of(tmp_path, "a.html", source) == ["AT&T — cooperates", "\U0001f469\u200d\U0001f4bb"]


def test_an_html_list_item_is_one_bullet_and_its_later_paragraphs_are_paragraphs(tmp_path: Path) -> None:
    source = "<ul><li>one<br>more<ul><li>inner</li></ul></li><li><p>two</p><p>about two</p></li></ul>"
    assert shape_of(blocks_of(tmp_path, "a.html", source)) == [
        ("bullet", "one more", 1),
        ("bullet", "inner", 2),
        ("bullet", "two", 1),
        ("paragraph", "about two", 0),
    ]


def test_two_line_breaks_in_html_are_a_blank_line(tmp_path: Path) -> None:
    blocks = blocks_of(tmp_path, "a.html", "<div>one<br>two<br><br>three</div>\n<pre>four\nfive</pre>")
    assert [(block.text, block.blank_before) for block in blocks] == [
        ("one", False),
        ("two", False),
        ("three", True),
        ("four", False),
        ("five", False),
    ]


@pytest.mark.parametrize("depth", [300, 5_000])
def test_absurdly_nested_html_keeps_its_text(tmp_path: Path, depth: int) -> None:
    source = f"<html><body>{'<div>' * depth}deep{'</div>' * depth}<p>after</p></body></html>"
    assert texts_of(tmp_path, "a.html", source) == ["deep", "after"]


def test_broken_html_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    assert texts_of(tmp_path, "a.html", "<table><td><p>one<li>two</b></td><h2>three<p>four") == [
        "one",
        "two",
        "three",
        "four",
    ]
