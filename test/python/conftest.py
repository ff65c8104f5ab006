import pathlib

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared():
    if not (SHARED / "models").exists():
        pytest.skip("no ../shared with models")
    return SHARED


@pytest.fixture(scope="session")
def digits():
    """The trained model that the project ships: image [1, 1, 8, 8] to probabilities [1, 10]."""
    return ROOT / "examples/digits/digits.onnx"


@pytest.fixture(scope="session")
def images():
    with np.load(ROOT / "examples/digits/digits_test.npz") as stored:
        return stored["image"]


@pytest.fixture(scope="session")
def classes():
    return np.load(ROOT / "examples/digits/digits_labels.npy")
