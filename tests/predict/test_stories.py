"""Story finding with sentences whose sectors are given, so that only the finding is tested."""

import numpy as np

from labels.sentence import Entity
from predict.issue import Block
from predict.layout import looks_like_heading, roles_of, speaks_of_the_letter
from predict.sentences import split_sentences
from predict.stories import ReadSentence, find_stories, find_teasers

THRESHOLDS = np.full(3, 0.5, dtype=np.float32)
CHIPS, CARS, NONE = ([0.9, 0.0, 0.0], [0.0, 0.9, 0.0], [0.0, 0.0, 0.0])


def block(text, kind="paragraph", topic=NONE, names=(), **more):
    entities = [Entity(text.index(name), text.index(name) + len(name), "COMPANY") for name in names]
    return Block(text, kind, **more), [ReadSentence(text, np.array(topic, dtype=np.float32), entities)]


def stories_of(*blocks):
    found = find_stories([one for one, _ in blocks], [read for _, read in blocks], THRESHOLDS)
    return [[sentence.text for sentence in story.sentences] for story in found]


HEADING = block("Foundry opens a second line", topic=CHIPS)
BODY = block("The line prints wafers around the clock and employs ninety people.", topic=CHIPS)
MORE = block("It cost four hundred million euros, most of it for scanners.", topic=CHIPS)
CAR = block("Sales of small electric vans doubled in the spring.", topic=CARS)


def test_a_heading_and_the_paragraphs_below_it_are_a_story():
    assert stories_of(HEADING, BODY, MORE) == [[HEADING[0].text, BODY[0].text, MORE[0].text]]


def test_a_second_heading_begins_a_second_story():
    other = block("Vans sell well", topic=CARS)
    assert stories_of(HEADING, BODY, other, CAR) == [[HEADING[0].text, BODY[0].text], [other[0].text, CAR[0].text]]


def test_a_section_name_above_a_heading_stands_alone():
    section = block("🚀 Headlines")
    assert stories_of(section, HEADING, BODY)[0] == ["🚀 Headlines"]


def test_a_paragraph_on_another_topic_without_a_heading_begins_a_story():
    assert stories_of(HEADING, BODY, CAR) == [[HEADING[0].text, BODY[0].text], [CAR[0].text]]


def test_a_name_in_common_holds_paragraphs_of_two_topics_together():
    first = block("Bosch prints its own sensors in Reutlingen now.", topic=CHIPS, names=["Bosch"])
    second = block("Bosch also sold more braking systems for vans.", topic=CARS, names=["Bosch"])
    assert len(stories_of(HEADING, first, second)) == 1


def test_a_blank_line_parts_stories_where_blank_lines_are_rare():
    apart = block("Wafers got cheaper, too, the company said on Friday.", topic=CHIPS, blank_before=True)
    third = block("The scanners came by ship from Rotterdam in June.", topic=CHIPS)
    assert stories_of(HEADING, BODY, MORE, third, apart)[1] == [apart[0].text]


def test_blank_lines_between_all_paragraphs_part_nothing():
    blocks = [block(f"Line number {n} prints wafers day and night.", topic=CHIPS, blank_before=True) for n in range(4)]
    assert len(stories_of(HEADING, *blocks)) == 1


def test_items_under_a_section_without_a_topic_are_stories_of_their_own():
    quick = block("Quick hits", kind="heading", level=2)
    first = block("A foundry doubles its output", kind="bullet", topic=CHIPS)
    second = block("A van maker hires", kind="bullet", topic=CARS)
    assert stories_of(quick, first, second) == [["Quick hits"], [first[0].text], [second[0].text]]


def test_items_under_a_heading_with_a_topic_belong_to_it():
    first = block("Ninety new jobs", kind="bullet")
    assert stories_of(HEADING, BODY, first) == [[HEADING[0].text, BODY[0].text, first[0].text]]


def test_a_copy_of_the_issue_below_it_is_left_out_with_its_headings():
    assert stories_of(HEADING, BODY, MORE, HEADING, BODY, MORE) == stories_of(HEADING, BODY, MORE)


def test_rows_of_a_table_are_stories_even_when_they_repeat():
    row = block("The line prints wafers around the clock and employs ninety people.", kind="text", topic=CHIPS)
    assert len(stories_of(row, row)) == 2


def test_a_sponsor_line_does_not_end_up_in_the_story_above_it():
    sponsor = block("This issue is brought to you by Quietdesk, desks that do not wobble.")
    assert stories_of(HEADING, BODY, sponsor)[1] == [sponsor[0].text]


def test_a_line_told_again_below_is_a_teaser_and_other_news_is_not():
    teaser = block("Foundry opens second line with ninety people", kind="bullet", topic=CHIPS)
    news = block("Airline cancels its flights to Lima", kind="bullet", topic=CARS)
    blocks = [teaser, news, HEADING, BODY]
    stories = find_stories([one for one, _ in blocks], [read for _, read in blocks], THRESHOLDS)
    assert find_teasers(stories, THRESHOLDS) == [True, False, False]


def test_short_lines_under_an_announcement_are_a_list():
    lines = [
        Block("In this issue we cover:", "paragraph"),
        *(Block(f"Topic {n} in a few words", "paragraph") for n in range(3)),
    ]
    assert roles_of(lines) == ["body", "item", "item", "item"]


def test_headings_are_short_lines_that_end_no_sentence():
    assert looks_like_heading("Kia opens a plant in Žilina (link, link)")
    assert looks_like_heading("Is this the end of the spreadsheet?")
    assert not looks_like_heading("Kia opened a plant in Žilina.")
    assert not looks_like_heading("https://example.org/kia-opens")
    assert not looks_like_heading("· · ·")


def test_words_of_a_footer_are_known_and_news_is_not_mistaken_for_it():
    assert speaks_of_the_letter("You’re receiving this email because you signed up.")
    assert speaks_of_the_letter("© 2026 The Harbour Wire")
    assert not speaks_of_the_letter("The bank was fined for selling subscriptions without consent.")


def test_sentences_come_verbatim_and_abbreviations_do_not_end_them():
    text = "Mr. Okada paid $3.5 bn. “It was cheap,” he said. 他走了。好的！"
    assert split_sentences(text) == ["Mr. Okada paid $3.5 bn.", "“It was cheap,” he said.", "他走了。", "好的！"]


def test_a_number_before_an_item_stays_with_it():
    assert split_sentences("1. Kia ships vans.") == ["1. Kia ships vans."]
