import pytest

from labels.marked_text import parse_marked_line, parse_marked_lines, render_marked_line
from labels.sentence import Entity, LabelError
from labels.stories import LabelledStory


def test_marks_become_character_offsets():
    sentence = parse_marked_line(
        "finance,robotics | news | [Kuka](COMPANY)'s owner sold a plant in [Győr](PLACE).", "x-1"
    )
    assert sentence.text == "Kuka's owner sold a plant in Győr."
    assert sentence.sectors == ("finance", "robotics")
    assert sentence.entities == (Entity(0, 4, "COMPANY"), Entity(29, 33, "PLACE"))


def test_none_is_no_sector_and_a_bar_in_the_text_stays():
    sentence = parse_marked_line("none | boilerplate | Home | About | Contact", "x-1")
    assert sentence.sectors == ()
    assert sentence.text == "Home | About | Contact"


def test_a_line_survives_parsing_and_rendering():
    line = "policy | headline | [Seoul](PLACE) fines [Kakao](COMPANY) over map data"
    assert render_marked_line(parse_marked_line(line, "x-1")) == line


@pytest.mark.parametrize(
    "line", ["no parts at all", "none | news", "none | news | a [broken](mark", "none | news | a [b c"]
)
def test_a_broken_line_is_refused(line):
    with pytest.raises(LabelError):
        parse_marked_line(line, "x-1")


def test_marked_lines_form_stories_with_sectors_of_their_own():
    lines = [
        "none | news | A line before any story.",
        "## finance",
        "none | headline | A quiet Tuesday",
        "finance | paragraph | The fund closed at $40 million.",
        "",
        "## none",
        "none | paragraph | Thank you for reading.",
    ]
    items = list(parse_marked_lines(lines, "x", "tests"))
    stories = [item for item in items if isinstance(item, LabelledStory)]
    assert [(story.id, story.sectors, story.heading, len(story.sentences)) for story in stories] == [
        ("x-st001", ("finance",), True, 2),
        ("x-st002", (), False, 1),
    ]
    assert [item.id for item in items if not isinstance(item, LabelledStory)] == [
        "x-0001",
        "x-0002",
        "x-0003",
        "x-0004",
    ]


@pytest.mark.parametrize(("lines", "place"), [(["## finance", "## none"], "1"), (["", "none | broken"], "2")])
def test_a_broken_line_among_many_is_named_by_its_number(lines, place):
    with pytest.raises(LabelError, match=f"^{place}: "):
        list(parse_marked_lines(lines, "x"))
