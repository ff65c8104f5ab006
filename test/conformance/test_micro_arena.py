"""What tinsmith says of TFLite Micro's tensor arena, against the arena that the runtime accepts; and plans that it writes into files."""

import json
import os
import sys

import numpy as np
import pytest

import micro_arena
import tinsmith

SKIPPED = "is not run by TFLite Micro"


def models():
    found = []
    for folder in ("models", "corpus"):
        found += sorted((tinsmith.SHARED / folder).rglob("*.tflite"))
    return found or [None]


def predicted(command, path):
    run = tinsmith.call(command, "inspect", path, "--target", "tflm", "--json")
    assert run.code == 0, run.sentence()
    return json.loads(run.stdout)


@pytest.mark.parametrize("path", models(), ids=lambda path: path.stem if path else "none")
def test_predicts_the_arena(path, command):
    if path is None:
        pytest.skip("no models to test with on this machine")
    needed = micro_arena.smallest(path)
    if needed is None:
        pytest.skip(f"{path.name} {SKIPPED}")
    said = predicted(command, path)["tflm_arena_bytes"]
    print(f"{path.name}: needs {needed}, predicted {said}")
    assert needed <= said <= max(needed * 1.03, needed + 512)


def outputs_of(path, arena, seed):
    """What TFLite Micro computes for one random input, in a process of its own."""
    script = f"""
import numpy as np, sys
from tflite_micro.python.tflite_micro import runtime
interpreter = runtime.Interpreter.from_file({str(path)!r}, arena_size={arena})
details = interpreter.get_input_details(0)
random = np.random.default_rng({seed})
low, high = (np.iinfo(details["dtype"]).min, np.iinfo(details["dtype"]).max)
for repeat in range(3):
    interpreter.set_input(random.integers(low, high, details["shape"], dtype=details["dtype"], endpoint=True), 0)
    interpreter.invoke()
    np.save(sys.argv[1] + str(repeat) + ".npy", interpreter.get_output(0))
"""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", script, os.path.join(folder, "y")], check=True, capture_output=True, timeout=120)
        return [np.load(os.path.join(folder, f"y{repeat}.npy")) for repeat in range(3)]


OFFLINE = ["corpus/tinymaix/vww96_q.tflite"]


@pytest.mark.parametrize("name", OFFLINE, ids=lambda name: name.split("/")[-1])
def test_plans_that_beat_the_runtime_go_into_the_file(name, command, tmp_path):
    source, written = tinsmith.SHARED / name, tmp_path / "planned.tflite"
    if not source.is_file():
        pytest.skip(f"{source} is not on this machine")
    run = tinsmith.call(command, "convert", source, "--method", "int8", "--target", "tflm", "-o", written, "--no-verify")
    assert run.code == 0, run.sentence()
    assert b"OfflineMemoryAllocation" in written.read_bytes()
    before, after = micro_arena.smallest(source), micro_arena.smallest(written)
    said = predicted(command, written)["tflm_arena_bytes"]
    print(f"{name}: {before} bytes before, {after} after, predicted {said}")
    assert after < before * 0.9
    assert after <= said <= max(after * 1.03, after + 512)
    for expected, actual in zip(outputs_of(source, before, 7), outputs_of(written, after, 7)):
        np.testing.assert_array_equal(expected, actual)
