"""`--target tflm`: smaller files, which TFLite Micro computes with the same bits as the form for both runtimes, and so does tinsmith."""

import dataclasses

import numpy as np
import pytest

import exactness
import litert
import tinsmith

MODELS = tinsmith.SHARED / "models"


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    onnx: str
    calibration: str
    most_bytes: int

    def __str__(self):
        return self.name


CASES = [
    Case("gesture", "gesture.onnx", "calib.npy", 19_200),
    Case("digits", "digits.onnx", "calib.npy", 27_500),
    Case("spectral", "spectral.onnx", "calib.npy", 6_500),
    Case("tinynas", "tinynas_op17.onnx", "calib_x.npy", 95_500),
]


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def convert(command, case, method, target, *options):
    folder = MODELS / case.name
    if not (folder / case.onnx).is_file():
        pytest.skip(f"{folder / case.onnx} is not on this machine")
    run = tinsmith.call(command, "convert", folder / case.onnx, "--method", method, "--data", folder / case.calibration,
                        "-o", target, *options, timeout=300)
    assert run.code == 0, run.sentence()
    return run


@pytest.mark.parametrize("method", ["int8", "int16x8"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_computes_the_same_bits(case, method, command, runner, tmp_path):
    usual, micro = tmp_path / "usual.tflite", tmp_path / "micro.tflite"
    convert(command, case, method, usual)
    said = convert(command, case, method, micro, "--target", "tflm")
    assert "LiteRT refuses" in said.stdout + said.stderr
    print(f"{case}: {usual.stat().st_size} and {micro.stat().st_size} bytes")
    assert micro.stat().st_size < usual.stat().st_size
    assert micro.stat().st_size < case.most_bytes or method != "int8"
    taken = exactness.inputs_of(usual)[0]
    real = exactness.real_samples(MODELS / case.name / usual.name, taken)
    samples = [np.concatenate([exactness.random_samples(taken, 1), real])]
    expected = exactness.run_runtime(runner, usual, samples, litert.MICRO)
    assert not isinstance(expected, str), expected
    in_micro = exactness.run_runtime(runner, micro, samples, litert.MICRO)
    assert not isinstance(in_micro, str), in_micro
    assert exactness.difference(in_micro, expected) == ""
    for options, environment in exactness.WAYS.values():
        ours = exactness.run_tinsmith(command, micro, samples, options, environment)
        assert not isinstance(ours, str), ours
        assert exactness.difference(ours, expected) == ""
    assert all(len(np.unique(output)) > 2 for output in expected)
