import pytest

from models.backbone import resolve_backbone
from models.encoding import TextEncoder


@pytest.fixture(scope="module")
def encoder():
    return TextEncoder.from_folder(resolve_backbone("packaged"), max_tokens=16)


def test_every_word_is_covered_once_over_the_windows_of_a_long_text(encoder):
    text = " ".join(f"word{n}" for n in range(60))
    windows = encoder.encode([text])[0]
    assert len(windows) > 1
    assert [span for window in windows for span in window.spans] == [
        (start, start + len(word))
        for word in text.split()
        for start in [text.index(word + " ") if word != "word59" else text.rindex(word)]
    ]
    assert all(len(window.token_ids) <= 16 for window in windows)


def test_a_word_longer_than_a_window_does_not_hang(encoder):
    windows = encoder.encode(["qzxjqvkz" * 12])[0]
    assert len(windows) > 1


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "🚀"])
def test_texts_without_words_still_make_a_row(encoder, text):
    windows = encoder.encode([text])[0]
    assert len(windows) == 1
    assert len(windows[0].token_ids) >= 2


def test_curly_and_straight_quotes_look_the_same_to_the_encoder(encoder):
    curly, straight = encoder.encode(["Xiaomi’s “car”", 'Xiaomi\'s "car"'])
    assert curly[0].token_ids.tolist() == straight[0].token_ids.tolist()


def test_a_batch_pads_to_its_longest_and_lays_all_words_in_a_row(encoder):
    first, second = (windows[0] for windows in encoder.encode(["Kia", "Kia builds vans"]))
    batch = encoder.batch([first, second])
    assert batch.token_ids.shape == batch.attention_mask.shape
    assert batch.n_words == [1, 3]
    assert batch.casing.shape == (4, 3)
    of_words = batch.token_words[batch.token_words < 4]
    assert sorted(set(of_words.tolist())) == [0, 1, 2, 3]
