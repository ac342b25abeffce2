"""The encoder for classifying gives the states that the transformers library gives."""

import pytest
import torch

from models.backbone import resolve_backbone
from models.bert import BertEncoder, size_of


@pytest.fixture(scope="module")
def theirs():
    from transformers import AutoModel

    return AutoModel.from_pretrained(resolve_backbone("packaged"), add_pooling_layer=False).eval()


@pytest.fixture(scope="module")
def ours(theirs):
    encoder = BertEncoder(size_of(theirs.config.to_dict()))
    encoder.load(theirs.state_dict())
    return encoder


@pytest.mark.parametrize("lengths", [[7], [5, 5, 5], [3, 9, 1], [128, 2]])
def test_states_of_real_tokens_are_the_same_whatever_the_padding(theirs, ours, lengths):
    torch.manual_seed(0)
    ids = torch.randint(1_000, 20_000, (len(lengths), max(lengths)))
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    with torch.inference_mode():
        expected = theirs(input_ids=ids, attention_mask=mask).last_hidden_state
        states = ours(ids, mask).last_hidden_state
    assert torch.allclose(states[mask.bool()], expected[mask.bool()], atol=2e-5)


def test_other_architectures_are_left_to_the_library():
    assert size_of({"model_type": "mpnet"}) is None
    assert size_of({"model_type": "bert", "hidden_act": "relu"}) is None
