"""Takes one step of plain descent, for `test_distribution` to run alone and in several processes; writes the update."""

import os
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.encoding import TextEncoder
from models.network import JointNetwork, NetworkShape
from models.tags import tag_names
from training.config import TransformerConfig
from training.distribution import join_processes
from training.transformer_fit import training_examples, training_step

backbone, target = Path(sys.argv[1]), Path(sys.argv[2])
taxonomy = taxonomy_of_keys(["chips", "cars"], ["COMPANY"])
settings = TransformerConfig(dropout=0, known_dropout=0, gradient_clip=1e6)
processes = join_processes()
encoder = TextEncoder.from_folder(backbone, 64, entity_types=taxonomy.entity_keys)
torch.manual_seed(0)
shape = NetworkShape(n_sectors=2, n_tags=len(tag_names(taxonomy.entity_keys)), dropout=0)
network = JointNetwork.from_backbone(backbone, shape).train()
before = {name: weights.detach().clone() for name, weights in network.named_parameters()}
# Texts of unlike lengths, an odd number of them: no two processes have as many texts and words.
lines = [f"chips | news | [Intel](COMPANY) {'etches wafers and ' * n}rests." for n in range(7)]
examples = training_examples(encoder, [parse_marked_line(line, line) for line in lines], taxonomy)
descent = torch.optim.SGD(network.parameters(), lr=1.0)
training_step(examples, processes.joined(network), encoder, descent, settings, processes)
if os.environ.get("RANK", "0") == "0":
    save_file({name: weights.detach() - before[name] for name, weights in network.named_parameters()}, target)
