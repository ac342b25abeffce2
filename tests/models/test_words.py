import pytest

from models.words import Casing, casing_of, plain_marks, word_spans


def words(text):
    return [text[start:end] for start, end in word_spans(text)]


def test_words_are_runs_of_letters_and_digits_and_every_mark_on_its_own():
    assert words("US-based Qwen2.5-Omni, Xiaomi’s") == [
        "US",
        "-",
        "based",
        "Qwen2",
        ".",
        "5",
        "-",
        "Omni",
        ",",
        "Xiaomi",
        "’",
        "s",
    ]


def test_initials_with_full_stops_are_one_word():
    assert words("U.S.-China talks, J.K. Rowling in the U.K.") == [
        "U.S.", "-", "China", "talks", ",", "J.K.", "Rowling", "in", "the", "U.K.",
    ]  # fmt: skip


def test_chinese_characters_are_words_of_their_own():
    assert words("华为Mate手机") == ["华", "为", "Mate", "手", "机"]


def test_empty_text_and_spaces_hold_no_word():
    assert words("") == words(" \t\n") == []


def test_plain_marks_keep_every_offset():
    text = "“It’s 5–6 — so,” he said"
    assert len(plain_marks(text)) == len(text)
    assert plain_marks(text) == '"It\'s 5-6 - so," he said'


@pytest.mark.parametrize(
    ("word", "casing"),
    [
        ("the", Casing.LOWER),
        ("Kia", Casing.INITIAL),
        ("ASML", Casing.UPPER),
        ("A", Casing.SINGLE_UPPER),
        ("iPhone", Casing.MIXED),
        ("2025", Casing.DIGIT),
        ("M2", Casing.ALPHANUMERIC),
        ("%", Casing.MARK),
        ("华", Casing.OTHER),
    ],
)
def test_casing_tells_what_a_lower_casing_tokenizer_hides(word, casing):
    assert casing_of(word) is casing
