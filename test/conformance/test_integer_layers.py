"""Layers on stored integers, one random model after the other, against the runtime that decides."""

import os

import integer_layers
import pytest

COUNT = 12
SEED = int(os.environ.get("SEED", 4))


@pytest.mark.parametrize("kind,dtype", [(kind, dtype) for kind, (_, dtypes) in integer_layers.KINDS.items() for dtype in dtypes])
def test_layers_are_exact(kind, dtype, command):
    wrong = integer_layers.run(kind, dtype, COUNT, SEED, command)
    assert not wrong, f"seed {SEED}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("kind", [kind for kind, (_, dtypes) in integer_layers.KINDS.items() if "float32" in dtypes] + ["conv_transpose"])
def test_hybrid_layers_are_written_as_they_were(kind, command):
    wrong = integer_layers.run_again(kind, COUNT, SEED, command)
    assert not wrong, f"seed {SEED}:\n" + "\n".join(wrong)
