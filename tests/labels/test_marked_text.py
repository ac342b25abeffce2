import pytest

from labels.marked_text import parse_marked_line, render_marked_line
from labels.sentence import Entity, LabelError


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
