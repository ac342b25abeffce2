"""Reading: what each format gives as issues and blocks, and what is said about files that give none."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from predict.issue import Block, Issue, IssueError
from predict.reading import FORMATS, find_files, read_issues

CRUMB = "The bakery robot startup Crumbwise raised nine million euros from investors led by Old Mill Capital."
PARKING = "Regulators in three countries look into parking apps, after drivers complained of fees that doubled."
CHIP = "A small team in Oslo has built a chip that runs on the warmth of a hand, and sells it in the spring."

Shape = list[tuple[str, str, int]]


def _issues(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> list[Issue]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_issues(path, format=format)


def _blocks(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> tuple[Block, ...]:
    (issue,) = _issues(folder, name, content, format=format)
    return issue.blocks


def _texts(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> list[str]:
    return [block.text for block in _blocks(folder, name, content, format=format)]


def _shape(blocks: tuple[Block, ...]) -> Shape:
    return [(block.kind, block.text, block.level) for block in blocks]


def _fault(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> str:
    with pytest.raises(IssueError) as caught:
        _issues(folder, name, content, format=format)
    line = str(caught.value)
    assert line.startswith(f"{folder / name}: ") and "\n" not in line
    return line.removeprefix(f"{folder / name}: ")


# Plain text


def test_a_line_of_text_is_a_block_and_a_mark_makes_it_a_bullet(tmp_path: Path) -> None:
    blocks = _blocks(
        tmp_path,
        "a.txt",
        "Robots\n\n  A  firm sold\tone.  \n- kept with its mark\n• so is this\n-5 degrees\n",
    )
    assert blocks == (
        Block("Robots", "paragraph", line=1),
        Block("A firm sold one.", "paragraph", blank_before=True, line=3),
        Block("- kept with its mark", "bullet", 1, line=4),
        Block("• so is this", "bullet", 1, line=5),
        Block("-5 degrees", "paragraph", line=6),
    )


WRAPPED = """\
The maker of quiet drones told its backers on Tuesday that the first
thousand machines would leave the plant before the summer, a month later
than it had promised them when they paid. The delay is put down to a
shortage of rotors.

A second paragraph follows, about a bank which has bought a small firm
that reads contracts, for a price that neither of the two would name but
which is said to be near ninety million.
- a bullet that is wrapped by the same machine, and which has to be made
  whole again
"""


def test_hard_wrapped_text_is_joined_into_its_paragraphs(tmp_path: Path) -> None:
    first, second, bullet = _blocks(tmp_path, "a.txt", WRAPPED)
    assert first.text.endswith(
        "a month later than it had promised them when they paid. The delay is put down to a shortage of rotors."
    )
    assert (second.blank_before, second.line) == (True, 6)
    assert (bullet.kind, bullet.text[-16:]) == ("bullet", "made whole again")


def test_paragraphs_of_similar_length_one_a_line_are_never_joined(tmp_path: Path) -> None:
    lines = [
        "Chips",
        "A first paragraph that says something about a firm in about eighty characters.",
        "Another, of much the same length, which says another thing about another firm.",
        "Money",
        "The third one, again as long, is about money that somebody has lent to a bank.",
        "iPhones come next in a line that starts in lower case and is as long as those.",
        "eBay is the name that opens this line, which is written to be as long as that.",
        "A last paragraph of the usual length closes this small file without any blank.",
    ]
    assert _texts(tmp_path, "a.txt", "\n".join(lines)) == lines


def test_short_verses_are_never_joined(tmp_path: Path) -> None:
    lines = [
        "a chip so small",
        "that nobody saw",
        "was sold for much",
        "and then for more",
        "by men in black",
        "at five to four",
    ]
    assert _texts(tmp_path, "a.txt", "\n".join(lines)) == lines


# Markdown


def test_markdown_markup_gives_headings_bullets_and_paragraphs(tmp_path: Path) -> None:
    source = "# One\n\nSome *fine* [link](http://x.example) ![alt](i.png) `code` &amp;\n<b>more</b>\n\n"
    source += "3. three\n   - nested\n\n     its second paragraph\n\n> quoted\n\n"
    source += "| a | b |\n|---|---|\n| c | d |\n\nTwo\n---\n"
    assert _shape(_blocks(tmp_path, "a.md", source)) == [
        ("heading", "One", 1),
        ("paragraph", "Some fine link code & more", 0),
        ("bullet", "3. three", 1),
        ("bullet", "nested", 2),
        ("paragraph", "its second paragraph", 0),
        ("paragraph", "quoted", 0),
        ("paragraph", "a | b", 0),
        ("paragraph", "c | d", 0),
        ("heading", "Two", 2),
    ]


def test_a_thematic_break_and_a_new_list_stand_before_the_next_block(tmp_path: Path) -> None:
    blocks = _blocks(tmp_path, "a.md", "one\n\n***\n\n**two**\n\n- three\n- four\n")
    assert [(block.text, block.blank_before) for block in blocks] == [
        ("one", False),
        ("two", True),
        ("three", True),
        ("four", False),
    ]
    assert [block.kind for block in blocks] == ["paragraph", "paragraph", "bullet", "bullet"]


def test_front_matter_gives_title_and_date_and_no_block(tmp_path: Path) -> None:
    source = '---\ntitle: "The Byte"\ndate: 2024-05-02T09:00\ntags:\n  - chips\n---\n\nHello\n'
    (issue,) = _issues(tmp_path, "a.md", source)
    assert (issue.title, issue.published) == ("The Byte", "2024-05-02")
    assert issue.blocks == (Block("Hello", "paragraph", line=8),)


def test_a_rule_on_the_first_line_of_markdown_is_no_front_matter(tmp_path: Path) -> None:
    assert _texts(tmp_path, "a.md", "---\n\nHello there\n\n---\n\nBye\n") == ["Hello there", "Bye"]


def test_a_script_inside_markdown_gives_no_text(tmp_path: Path) -> None:
    source = "one <script>bad()</script> two\n\n<div>three<script>bad()</script></div>\n"
    assert _texts(tmp_path, "a.md", source) == ["one two", "three"]


# HTML

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
    (issue,) = _issues(tmp_path, "a.html", PAGE)
    assert (issue.name, issue.title, issue.published) == ("a.html", "The Crumb", "2024-05-02")
    assert _shape(issue.blocks) == [
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
    assert _texts(tmp_path, "a.html", source) == ["Weekly", f"{CRUMB} {PARKING}", "Crumbs for all", CHIP]


def test_a_layout_table_page_gives_a_block_per_cell(tmp_path: Path) -> None:
    cells = "".join(
        f"<tr><td><b>Headline {n}</b></td><td>{text}<br>By line {n}</td></tr>"
        for n, text in enumerate((CRUMB, PARKING, CHIP))
    )
    texts = _texts(
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
    assert _texts(tmp_path, "a.html", source) == ["good"]


def test_entities_are_decoded_and_unseen_characters_dropped(tmp_path: Path) -> None:
    source = "<p>AT&amp;T&nbsp;&mdash;&zwnj; co&shy;op&#8203;era\u2060tes</p><p>&zwnj;&nbsp;&#847;</p>"
    source += "<p>\U0001f469\u200d\U0001f4bb</p>"
    assert _texts(tmp_path, "a.html", source) == ["AT&T — cooperates", "\U0001f469\u200d\U0001f4bb"]


def test_an_html_list_item_is_one_bullet_and_its_later_paragraphs_are_paragraphs(tmp_path: Path) -> None:
    source = "<ul><li>one<br>more<ul><li>inner</li></ul></li><li><p>two</p><p>about two</p></li></ul>"
    assert _shape(_blocks(tmp_path, "a.html", source)) == [
        ("bullet", "one more", 1),
        ("bullet", "inner", 2),
        ("bullet", "two", 1),
        ("paragraph", "about two", 0),
    ]


def test_two_line_breaks_in_html_are_a_blank_line(tmp_path: Path) -> None:
    blocks = _blocks(tmp_path, "a.html", "<div>one<br>two<br><br>three</div>\n<pre>four\nfive</pre>")
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
    assert _texts(tmp_path, "a.html", source) == ["deep", "after"]


def test_broken_html_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    assert _texts(tmp_path, "a.html", "<table><td><p>one<li>two</b></td><h2>three<p>four") == [
        "one",
        "two",
        "three",
        "four",
    ]


# E-mail


def _mail(*parts: str) -> str:
    head = (
        "From: desk@crumb.example\nSubject: =?utf-8?q?The_Caf=C3=A9_Letter?=\n"
        "Date: Mon, 06 May 2024 23:30:00 +0200\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=X\n\n"
    )
    return head + "".join(f"--X\n{part}\n" for part in parts) + "--X--\n"


def _part(kind: str, body: str, *headers: str) -> str:
    return "\n".join((f"Content-Type: {kind}", *headers, "", body))


def test_a_layout_table_mail_gives_a_block_per_cell(tmp_path: Path) -> None:
    html = _part(
        "text/html; charset=us-ascii",
        "<table><tr><td>Caf=C3=A9</td><td>two <a href=3D'/'>more</a></td></tr></table>",
        "Content-Transfer-Encoding: quoted-printable",
    )
    (issue,) = _issues(tmp_path, "a.eml", _mail(_part("text/plain", "see the page"), html))
    assert (issue.title, issue.published) == ("The Café Letter", "2024-05-06")
    assert _shape(issue.blocks) == [("paragraph", "Café", 0), ("paragraph", "two more", 0)]


def test_the_plain_part_is_read_where_the_html_part_is_a_stub(tmp_path: Path) -> None:
    mail = _mail(_part("text/plain", f"> {CRUMB}\n>> {CHIP}"), _part("text/html", "<p>Open in browser</p>"))
    assert _texts(tmp_path, "a.eml", mail) == [CRUMB, CHIP]


def test_attachments_are_ignored_and_a_forwarded_mail_follows_the_note(tmp_path: Path) -> None:
    attached = _part("text/plain", "secret", "Content-Disposition: attachment; filename=a.txt")
    forwarded = _part("message/rfc822", "Subject: inner\n\nThe letter itself")
    blocks = _blocks(tmp_path, "a.eml", _mail(_part("text/plain", "Worth a look"), attached, forwarded))
    assert [(block.text, block.blank_before) for block in blocks] == [
        ("Worth a look", False),
        ("The letter itself", True),
    ]


@pytest.mark.parametrize("declared", ["nonsense", "utf-8", "us-ascii"])
def test_a_mail_that_lies_about_its_charset_is_still_read(tmp_path: Path, declared: str) -> None:
    text = "The café’s owner, Señor Müller, paid three million for it."
    source = f"Content-Type: text/plain; charset={declared}\n\n{text}\n".encode("cp1252")
    assert _texts(tmp_path, "a.eml", source) == [text]


def test_mails_nested_without_end_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    assert "cannot be read as email" in _fault(
        tmp_path, "a.eml", "Content-Type: message/rfc822\n\n" * 3_000 + "\nend\n"
    )


# Feeds

FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Crumb</title>
<item><title>Chips &amp;amp; dips</title><pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate>
<description>short</description>
<content:encoded><![CDATA[<p>A long one</p><ul><li>x</li></ul>]]></content:encoded></item>
<item><title>Only a title</title></item>
<item><description>No title here</description></item>
</channel></rss>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "a"])
def test_a_feed_entry_is_an_issue_headed_by_its_title(tmp_path: Path, name: str) -> None:
    first, last = _issues(tmp_path, name, FEED)
    assert (first.name, first.title, first.published) == (
        f"{name}#Chips & dips",
        "Chips & dips",
        "2024-05-06",
    )
    assert _shape(first.blocks) == [
        ("heading", "Chips & dips", 1),
        ("paragraph", "A long one", 0),
        ("bullet", "x", 1),
    ]
    assert (last.name, _shape(last.blocks)) == (f"{name}#3", [("paragraph", "No title here", 0)])


def test_a_feed_without_entries_or_with_titles_only_is_an_error(tmp_path: Path) -> None:
    assert "no feed entries" in _fault(tmp_path, "a.rss", "<rss><channel></channel></rss>")
    assert "titles only" in _fault(tmp_path, "b.rss", "<rss><channel><item><title>x</title></item></channel></rss>")


# Table-like files


def test_every_line_of_a_lines_file_is_a_text_of_one_issue(tmp_path: Path) -> None:
    blocks = _blocks(tmp_path, "a.txt", "one\n\n- two\n", format="lines")
    assert blocks == (Block("one", "text", line=1), Block("- two", "text", line=3))


def test_jsonl_rows_are_read_by_column(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '\ufeff{"body": "one\\ntwo", "n": 1}\n\n{"body": null}\n{"body": "half \\ud800"}\n', encoding="utf-8"
    )
    (issue,) = read_issues(path, column="body")
    assert issue.blocks == (Block("one two", "text", line=1), Block("half", "text", line=4))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{oops", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        ("[" * 50_000, "line 2: not JSON"),
        ('{"body": "x"}', 'line 2: no column "text"; there are: body; name one with --column'),
        ('{"text": 3}', 'line 2: column "text" holds no text'),
    ],
)
def test_a_bad_jsonl_row_is_named_by_its_line(tmp_path: Path, row: str, said: str) -> None:
    assert said in _fault(tmp_path, "a.jsonl", '{"text": "fine"}\n' + row)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_rows_are_read_whatever_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = ["\ufeffid|text|n", '1|"a, b; c\nd"|2', "2||3", f"3|{'long ' * 40_000}|4"]
    first, last = _blocks(tmp_path, "a.csv", "\n".join(rows).replace("|", delimiter))
    assert first == Block("a, b; c d", "text", line=2)
    assert (len(last.text), last.line) == (199_999, 5)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a,b\n1,2\n", 'no column "text"; there are: a, b; name one with --column'),
        ("text\nsold, at last\n", "line 2: 2 fields under a header of 1"),
        ('text\n"never closed\nhere\n', "line 2: not CSV"),
    ],
)
def test_a_bad_csv_says_where_and_why(tmp_path: Path, source: str, said: str) -> None:
    assert said in _fault(tmp_path, "a.csv", source)


# Formats and encodings


@pytest.mark.parametrize(
    ("name", "source", "kind"),
    [
        ("a.txt", "<!-- x --><html><body><h1>Hi</h1></body></html>", "heading"),
        ("a", "From: a@crumb.example\nSubject: x\n\n<not html>", "paragraph"),
        ("a.txt", "Subject: one header line is only text\nand goes on\n", "paragraph"),
        ("a.xml", "<?xml version='1.0'?><html><h1>Hi</h1></html>", "heading"),
    ],
)
def test_a_vague_name_is_settled_by_the_content(tmp_path: Path, name: str, source: str, kind: str) -> None:
    blocks = _blocks(tmp_path, name, source)
    assert blocks[0].kind == kind
    assert len(blocks) == (2 if "one header" in source else 1)


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"<html><p>piped</p></html>")))
    (issue,) = read_issues(Path("-"))
    assert (issue.name, issue.blocks[0].text) == ("stdin", "piped")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Café"),
        ("utf-16", "Café"),
        ("cp1252", "The café’s owner, Señor Müller, paid £3m — a “naïve” price."),
        ("cp1251", "Компания заявила, что откроет новый завод по производству микросхем."),
        ("gb18030", "这家公司周一表示，将在海边开设一家新的芯片工厂，预计明年投产。"),
        ("big5", "這家公司週一表示，將在海邊開設一家新的晶片工廠，預計明年投產。"),
        ("shift_jis", "その会社は月曜日、海辺の新しい工場で半導体の生産を始めると発表した。"),
    ],
)
def test_text_in_common_encodings_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    assert _texts(tmp_path, "a.txt", text.encode(encoding)) == [text]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">', "iso2022_jp"),
    ],
)
def test_html_is_read_in_the_encoding_it_declares(tmp_path: Path, head: str, encoding: str) -> None:
    assert _texts(tmp_path, "a.html", f"{head}<p>Да, чип".encode(encoding)) == ["Да, чип"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"one\0two", "binary content"),
        (b"%PDF-1.7 x", "looks like a PDF"),
        (b"PK\x03\x04 x", "looks like a ZIP"),
        (b"\x89PNG x", "looks like a PNG"),
        (bytes(range(128, 256)) * 3, "not UTF-8 and no encoding could be told; save it as UTF-8"),
        (b"\xff\xfea", "not UTF-8 and no encoding"),
        (b"\xff\xfea\0\0\0", "binary content"),
        (b"<html><script>bad()</script></html>", "no readable text"),
    ],
)
def test_a_file_without_text_says_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in _fault(tmp_path, "a.txt", content)


def test_a_path_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="no such file"):
        read_issues(tmp_path / "none.txt")
    with pytest.raises(IssueError, match="a folder, not a file"):
        read_issues(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(IssueError, match="permission denied"):
        read_issues(path)


def test_an_unknown_format_or_extension_names_the_remedy(tmp_path: Path) -> None:
    assert all(format in _fault(tmp_path, "a.txt", "x", format="odt") for format in FORMATS)
    assert "--input-format" in _fault(tmp_path, "a.odd", "x")
    assert _texts(tmp_path, "a.odd", "x", format="text") == ["x"]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md"])
def test_a_line_of_ten_megabytes_is_one_block(tmp_path: Path, name: str) -> None:
    (text,) = _texts(tmp_path, name, "a quiet word " * 800_000)
    assert len(text) == 13 * 800_000 - 1


# Finding files


def test_a_folder_stands_for_its_files_in_order_and_odd_ones_are_reported(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.html", "a/.hidden/x.txt", ".secret.txt", "c.docx", "a.TXT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    files, errors = find_files([tmp_path])
    assert [str(file.relative_to(tmp_path)) for file in files] == ["a/z.html", "a.TXT", "b.md"]
    assert [str(error).split(": ")[0] for error in errors] == [str(tmp_path / "c.docx")]


def test_missing_paths_and_empty_folders_are_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.odd").write_text("x")
    files, errors = find_files([tmp_path / "none", tmp_path / "empty", "-", tmp_path / "a.odd"])
    assert files == [Path("-"), tmp_path / "a.odd"]
    assert ["no such file" in str(errors[0]), "no files in this folder" in str(errors[1])] == [True, True]


def test_importing_reading_loads_no_parser() -> None:
    parsers = "'lxml', 'trafilatura', 'feedparser', 'markdown_it', 'charset_normalizer'"
    script = f"import sys, predict.reading; print([name for name in ({parsers}) if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
