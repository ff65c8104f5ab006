"""Random attributes of convolutions, pools, products, recurrent layers and normalisations, against ONNX Runtime."""

import time

import random_nodes

COUNT = 150


def test_random_nodes_match(command):
    seed = int(time.time())
    compared, wrong = random_nodes.run(seed, COUNT, command)
    assert not wrong, f"seed {seed}:\n" + "\n".join(wrong)
    assert compared >= COUNT * 2 // 3, f"seed {seed}: only {compared} of {COUNT} could be compared"
