"""Random attributes of convolutions, pools, products, recurrent layers and normalisations, against ONNX Runtime."""

import os

import random_nodes

COUNT = 150
SEED = int(os.environ.get("SEED", 6))


def test_random_nodes_match(command):
    compared, wrong = random_nodes.run(SEED, COUNT, command)
    assert not wrong, f"seed {SEED}:\n" + "\n".join(wrong)
    assert compared >= COUNT * 2 // 3, f"seed {SEED}: only {compared} of {COUNT} could be compared"
