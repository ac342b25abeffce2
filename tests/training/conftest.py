"""An encoder small enough to be trained in a second."""

import pytest
import torch

from models.backbone import resolve_backbone


@pytest.fixture(scope="session")
def tiny_backbone(tmp_path_factory):
    """A BERT of one small layer with the packaged tokenizer."""
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = AutoTokenizer.from_pretrained(resolve_backbone("packaged"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder
