"""What e-mails and feeds become."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.predict.written_issues import CHIP, CRUMB, blocks_of, fault_of, issues_of, shape_of, texts_of


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
    (issue,) = issues_of(tmp_path, "a.eml", _mail(_part("text/plain", "see the page"), html))
    assert (issue.title, issue.published) == ("The Café Letter", "2024-05-06")
    assert shape_of(issue.blocks) == [("paragraph", "Café", 0), ("paragraph", "two more", 0)]


def test_the_plain_part_is_read_where_the_html_part_is_a_stub(tmp_path: Path) -> None:
    mail = _mail(_part("text/plain", f"> {CRUMB}\n>> {CHIP}"), _part("text/html", "<p>Open in browser</p>"))
    assert texts_of(tmp_path, "a.eml", mail) == [CRUMB, CHIP]


def test_attachments_are_ignored_and_a_forwarded_mail_follows_the_note(tmp_path: Path) -> None:
    attached = _part("text/plain", "secret", "Content-Disposition: attachment; filename=a.txt")
    forwarded = _part("message/rfc822", "Subject: inner\n\nThe letter itself")
    blocks = blocks_of(tmp_path, "a.eml", _mail(_part("text/plain", "Worth a look"), attached, forwarded))
    assert [(block.text, block.blank_before) for block in blocks] == [
        ("Worth a look", False),
        ("The letter itself", True),
    ]


@pytest.mark.parametrize("declared", ["nonsense", "utf-8", "us-ascii"])
def test_a_mail_that_lies_about_its_charset_is_still_read(tmp_path: Path, declared: str) -> None:
    text = "The café’s owner, Señor Müller, paid three million for it."
    source = f"Content-Type: text/plain; charset={declared}\n\n{text}\n".encode("cp1252")
    assert texts_of(tmp_path, "a.eml", source) == [text]


def test_mails_nested_without_end_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    assert "cannot be read as email" in fault_of(
        tmp_path, "a.eml", "Content-Type: message/rfc822\n\n" * 3_000 + "\nend\n"
    )


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
    first, last = issues_of(tmp_path, name, FEED)
    assert (first.name, first.title, first.published) == (
        f"{name}#Chips & dips",
        "Chips & dips",
        "2024-05-06",
    )
    assert shape_of(first.blocks) == [
        ("heading", "Chips & dips", 1),
        ("paragraph", "A long one", 0),
        ("bullet", "x", 1),
    ]
    assert (last.name, shape_of(last.blocks)) == (f"{name}#3", [("paragraph", "No title here", 0)])


def test_a_feed_without_entries_or_with_titles_only_is_an_error(tmp_path: Path) -> None:
    assert "no feed entries" in fault_of(tmp_path, "a.rss", "<rss><channel></channel></rss>")
    assert "titles only" in fault_of(tmp_path, "b.rss", "<rss><channel><item><title>x</title></item></channel></rss>")
