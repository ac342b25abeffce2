"""The parts of the joint network that are not layers of a library."""

import torch

from models.network import mean_by_word


def test_a_words_state_is_the_mean_of_its_tokens_and_zero_without_any():
    states = torch.arange(14.0).reshape(7, 2)
    no_word = 4
    words = mean_by_word(states, torch.tensor([no_word, 0, 0, 1, no_word, 3, no_word]), no_word)
    assert words.tolist() == [[3.0, 4.0], [6.0, 7.0], [0.0, 0.0], [10.0, 11.0]]


def test_a_batch_of_texts_without_words_has_no_states_of_words():
    assert mean_by_word(torch.ones(3, 2), torch.tensor([0, 0, 0]), 0).shape == (0, 2)


def test_every_token_learns_from_its_word():
    states = torch.ones(3, 2, requires_grad=True)
    mean_by_word(states, torch.tensor([0, 0, 1]), 2).sum().backward()
    assert states.grad.tolist() == [[0.5, 0.5], [0.5, 0.5], [1.0, 1.0]]
