"""Random integer models of one node each: the same bits as TFLite Micro and LiteRT's reference kernels."""

import os

import integer_cases
import integer_nodes
import pytest

COUNT = 8
SEED = int(os.environ.get("SEED", 7))


@pytest.mark.parametrize("operator", integer_cases.CASES)
def test_bits_match(operator, command):
    decided, wrong, _ = integer_nodes.run(SEED, COUNT, command, [operator])
    assert not wrong, f"seed {SEED}:\n" + "\n".join(wrong)
    refused = decided[operator].pop(None, 0)
    assert refused < COUNT // 2, f"seed {SEED}: both runtimes refuse {refused} of {COUNT}"
