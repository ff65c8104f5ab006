"""Each TensorFlow operator and layer of tensorflow_cases.py, as a SavedModel: tinsmith's file in LiteRT against TensorFlow itself."""

import json
import os
import subprocess

import litert
import numpy as np
import pytest
import tinsmith

PEERS = os.environ.get("TINSMITH_PEERS", str(tinsmith.ROOT / ".venv-peers" / "bin" / "python"))
HERE = tinsmith.ROOT / "test" / "conformance"
REFUSED = {"resize_bicubic"}  # no TFLite operator computes it

pytestmark = pytest.mark.skipif(not os.access(PEERS, os.X_OK), reason="TensorFlow is not installed (make bench-peers does): its operators are not tested")


def check(command, runner, folder, name):
    """Nothing, or what is wrong."""
    out = folder / f"{name}.tflite"
    result = tinsmith.call(command, "convert", folder / name, "--method", "float32", "--force", "-o", out)
    if name in REFUSED:
        return None if result.code == tinsmith.UNSUPPORTED else f"was to be refused, ended with {result.code}"
    if result.code != 0:
        return result.sentence()
    stored = np.load(folder / f"{name}.npz")
    samples = {key: stored[key] for key in stored.files if key != "y"}
    ran = runner.run(str(out), [samples], "BUILTIN_REF")
    if ran.error:
        return ran.error
    ours, theirs = next(iter(ran.outputs[0].values())), stored["y"]
    if ours.shape != theirs.shape:
        return f"shape {ours.shape} instead of {theirs.shape}"
    error = np.abs(ours.astype(np.float64) - theirs).max() / max(np.abs(theirs).max(), 1e-9)
    return None if error <= 2e-5 else f"{error:.1e} apart"


def test_operators(command, tmp_path):
    subprocess.run([PEERS, HERE / "tensorflow_cases.py", tmp_path], check=True, capture_output=True, timeout=900)
    names = json.loads((tmp_path / "index.json").read_text())
    runner = litert.Runner()
    wrong = {name: why for name in names if (why := check(command, runner, tmp_path, name))}
    runner.close()
    assert len(names) > 150
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())
