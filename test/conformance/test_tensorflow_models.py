"""SavedModels as sessions, modules and both versions of Keras write them, beside TensorFlow; and damaged copies of one of them."""

import json
import shutil
import subprocess

import litert
import numpy as np
import pytest
import tinsmith
from test_tensorflow_operators import HERE, PYTHON, apart, pytestmark  # noqa: F401  (skipped where TensorFlow is not installed)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    done = subprocess.run([PYTHON, HERE / "tensorflow_models.py", folder], capture_output=True, timeout=900, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder, json.loads((folder / "index.json").read_text())


@pytest.fixture(scope="module")
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def converted(command, runner, folder, name, options, stored):
    """Outputs and operators of the file that is written, in LiteRT."""
    out = folder / f"{name}.tflite"
    features = stored["features"]
    shape = ["--shape", "features=" + "x".join(map(str, features.shape))]
    result = tinsmith.call(command, "convert", folder / name, "--method", "float32", "--force", "-o", out, *shape, *options)
    assert result.code == 0, result.sentence()
    ran = runner.run(str(out), [[features]], "BUILTIN_REF")
    assert not ran.error, ran.error
    return ran.outputs[0][0], ran.operators


@pytest.mark.xdist_group("tensorflow models")
def test_models_compute_what_tensorflow_does(command, written, runner):
    folder, index = written
    wrong = []
    for name, ways in index.items():
        stored = np.load(folder / f"{name}.npz")
        for i, options in enumerate(ways):
            try:
                if why := apart(converted(command, runner, folder, name, options, stored)[0], stored[f"out{i}"], 1e-5):
                    wrong.append(f"{name} {options}: {why}")
            except AssertionError as error:
                wrong.append(f"{name} {options}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.xdist_group("tensorflow models")
@pytest.mark.parametrize("kind", ["LSTM", "SimpleRNN"])
@pytest.mark.parametrize("keras", ["keras2", "keras3"])
def test_what_has_a_sequence_operator_becomes_it(keras, kind, command, written, runner):
    folder, _ = written
    name = f"{keras}_{kind}"
    _, operators = converted(command, runner, folder, name, [], np.load(folder / f"{name}.npz"))
    assert operators[f"UNIDIRECTIONAL_SEQUENCE_{kind.removeprefix('Simple')}"] == 2, operators
    assert sum(operators.values()) <= 9, operators


@pytest.mark.xdist_group("tensorflow models")
@pytest.mark.parametrize("name", ["keras2_GRU", "keras3_GRU"])
def test_gru_is_steps_behind_one_projection_or_a_loop(name, command, written, runner):
    folder, _ = written
    stored = np.load(folder / f"{name}.npz")
    steps = stored["features"].shape[1]
    _, operators = converted(command, runner, folder, name, [], stored)
    assert operators["FULLY_CONNECTED"] <= 2 * (2 + steps) + 1, operators
    result, operators = converted(command, runner, folder, name, ["--rnn", "loop"], stored)
    assert operators["WHILE"] == 2, operators
    assert not apart(result, stored["out0"], 1e-5)


@pytest.mark.xdist_group("tensorflow models")
def test_damaged_copies_are_input_errors(command, written, tmp_path):
    """Truncated and bit-flipped protobuf, index and data; files that are gone. Flips that leave the model sound are none."""
    source = written[0] / "session_partitioned"
    copy, random = tmp_path / "copy", np.random.default_rng(5)
    files = ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"]
    wrong = []

    def attempt(what, data_flipped=False):
        done = tinsmith.call(command, "inspect", copy, timeout=30)
        if done.code != tinsmith.INPUT and (data_flipped or done.code not in (tinsmith.OK, tinsmith.UNSUPPORTED)):
            wrong.append(f"{what}: ended with {done.code} {done.sentence()}")

    for name in files:
        whole = (source / name).read_bytes()
        for round_ in range(20):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy)
            (copy / name).chmod(0o644)
            (copy / name).write_bytes(whole[: int(random.integers(0, len(whole)))])
            attempt(f"{name} cut")
            data = bytearray(whole)
            at = int(random.integers(0, len(whole)))
            data[at] ^= 1 << int(random.integers(0, 8))
            (copy / name).write_bytes(bytes(data))
            attempt(f"{name} byte {at}", data_flipped="data-" in name)
        shutil.rmtree(copy)
        shutil.copytree(source, copy)
        (copy / name).unlink()
        attempt(f"{name} gone", data_flipped=True)
    shutil.rmtree(copy / "variables", ignore_errors=True)
    shutil.copy(source / "saved_model.pb", copy / "saved_model.pb")
    done = tinsmith.call(command, "convert", copy, "-o", tmp_path / "out.tflite")
    assert done.code == tinsmith.INPUT and "variables.index" in done.stderr and not (tmp_path / "out.tflite").exists(), done
    assert not wrong, "\n".join(wrong)
