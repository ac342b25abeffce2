"""What plain text and Markdown become."""

from __future__ import annotations

from pathlib import Path

from predict.issue import Block
from tests.predict.written_issues import blocks_of, issues_of, shape_of, texts_of


def test_a_line_of_text_is_a_block_and_a_mark_makes_it_a_bullet(tmp_path: Path) -> None:
    blocks = blocks_of(
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
    first, second, bullet = blocks_of(tmp_path, "a.txt", WRAPPED)
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
    assert texts_of(tmp_path, "a.txt", "\n".join(lines)) == lines


def test_short_verses_are_never_joined(tmp_path: Path) -> None:
    lines = [
        "a chip so small",
        "that nobody saw",
        "was sold for much",
        "and then for more",
        "by men in black",
        "at five to four",
    ]
    assert texts_of(tmp_path, "a.txt", "\n".join(lines)) == lines


def test_markdown_markup_gives_headings_bullets_and_paragraphs(tmp_path: Path) -> None:
    source = "# One\n\nSome *fine* [link](http://x.example) ![alt](i.png) `code` &amp;\n<b>more</b>\n\n"
    source += "3. three\n   - nested\n\n     its second paragraph\n\n> quoted\n\n"
    source += "| a | b |\n|---|---|\n| c | d |\n\nTwo\n---\n"
    assert shape_of(blocks_of(tmp_path, "a.md", source)) == [
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
    blocks = blocks_of(tmp_path, "a.md", "one\n\n***\n\n**two**\n\n- three\n- four\n")
    assert [(block.text, block.blank_before) for block in blocks] == [
        ("one", False),
        ("two", True),
        ("three", True),
        ("four", False),
    ]
    assert [block.kind for block in blocks] == ["paragraph", "paragraph", "bullet", "bullet"]


def test_front_matter_gives_title_and_date_and_no_block(tmp_path: Path) -> None:
    source = '---\ntitle: "The Byte"\ndate: 2024-05-02T09:00\ntags:\n  - chips\n---\n\nHello\n'
    (issue,) = issues_of(tmp_path, "a.md", source)
    assert (issue.title, issue.published) == ("The Byte", "2024-05-02")
    assert issue.blocks == (Block("Hello", "paragraph", line=8),)


def test_a_rule_on_the_first_line_of_markdown_is_no_front_matter(tmp_path: Path) -> None:
    assert texts_of(tmp_path, "a.md", "---\n\nHello there\n\n---\n\nBye\n") == ["Hello there", "Bye"]


def test_a_script_inside_markdown_gives_no_text(tmp_path: Path) -> None:
    source = "one <script>bad()</script> two\n\n<div>three<script>bad()</script></div>\n"
    assert texts_of(tmp_path, "a.md", source) == ["one two", "three"]
