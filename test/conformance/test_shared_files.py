"""Every .tflite of ../shared goes through tinsmith and computes what it computed; what was written once is written so again."""

import numpy as np
import pytest

import exactness
import litert
import shared_files
import tinsmith

present = shared_files.files() if exactness.MODELS.is_dir() else []
tflite = [path for path in present if path.suffix == ".tflite"]
pytestmark = pytest.mark.skipif(not present, reason="the models of ../shared are not on this machine")
FLOATS = 1e-6  # of the largest output: of float files, whose sums may be taken in another order


def named(paths):
    return [pytest.param(path, id=shared_files.name_of(path)) for path in paths]


@pytest.fixture(scope="module")
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


@pytest.mark.parametrize("path", named(tflite))
def test_tflite_computes_what_it_did(path, command, runner, tmp_path):
    out, again = tmp_path / "out.tflite", tmp_path / "again.tflite"
    done = shared_files.convert(command, path, out)
    assert done.code == 0, done.sentence()
    words = shared_files.compare(runner, path, out)
    if words.startswith("LiteRT refuses the source"):
        assert "custom op" in words or "quantized_dimension" in words, words
    elif words != "equal":
        assert not exactness.is_integer(path), words
        assert words.endswith("apart") and float(words.split()[0]) <= FLOATS, words
    assert out.stat().st_size <= path.stat().st_size
    done = shared_files.convert(command, out, again)
    assert done.code == 0, done.sentence()
    if "states" not in done.stdout:  # what passes values between states is not written alike twice yet
        assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize("path", named(path for path in tflite if exactness.is_integer(path)))
def test_integers_become_real_numbers(path, command, runner, tmp_path):
    """--method float32 of a quantised file: the real numbers that its integers stand for."""
    out = tmp_path / "out.tflite"
    done = shared_files.convert(command, path, out, "--method", "float32")
    if "states" in done.stderr:
        pytest.skip("models with states are not dequantised")
    assert done.code == 0, done.sentence()
    assert not exactness.is_integer(out)
    arrays, inputs = exactness.samples_of(path), exactness.inputs_of(path)
    real = [(a.astype(np.float32) - i.zero_point) * i.scale if i.scale else a for a, i in zip(arrays, inputs, strict=True)]
    ours = exactness.run_runtime(runner, out, [r.astype(np.float32) for r in real], "BUILTIN_REF")
    assert not isinstance(ours, str), ours
    assert all(np.isfinite(output).all() for output in ours)

