"""Every integer model of ../shared, end to end: tinsmith equals TFLite Micro bit for bit, LiteRT's reference kernels where TFLite
Micro refuses the model; and docs/exactness.md lists where those two differ."""

import numpy as np
import pytest

import exactness
import litert

present = exactness.models() if exactness.MODELS.is_dir() else []
# The table of the page is made from all of them, in one place.
pytestmark = pytest.mark.skipif(not present, reason="the models of ../shared are not on this machine")


@pytest.fixture(scope="module")
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def is_close(ours, theirs):
    """Real outputs come through float operators (a Softmax's exponential), which no two libraries round alike."""
    real = all(output.dtype == np.float32 for output in theirs)
    return real and all(np.allclose(a.reshape(b.shape), b, rtol=0, atol=1e-6 * np.abs(b).max()) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in present])
def test_model_is_exact(path, command, runner):
    arrays = exactness.samples_of(path)
    expected = exactness.verdict(runner, path, arrays).decides
    assert not isinstance(expected, str), expected
    assert any((output != output.reshape(-1)[0]).any() for output in expected), "outputs that never vary prove nothing"
    for way, (options, environment) in exactness.WAYS.items():
        ours = exactness.run_tinsmith(command, path, arrays, options, environment)
        assert not isinstance(ours, str), ours
        assert exactness.difference(ours, expected) == "" or is_close(ours, expected), way


def test_page_lists_the_differences(runner):
    assert exactness.stored_table() == exactness.table(runner), "run test/conformance/exactness.py --write"
