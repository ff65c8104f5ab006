"""Models that ONNX Runtime quantised, as operators on integers (QOperator) and as pairs of conversions (QDQ), become integer models with
their own scales, without samples."""

import numpy as np
import onnx
import onnxruntime
import pytest
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

import exactness
import litert
import quantised_models as models
import tinsmith

SAMPLES = 12


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def samples_for(model, seed):
    shape = [d.dim_value or 1 for d in model.graph.input[0].type.tensor_type.shape.dim]
    return np.random.default_rng(seed).standard_normal((SAMPLES, *shape)).astype(np.float32)


def run_onnx(path, samples):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.stack([session.run(None, {session.get_inputs()[0].name: sample})[0] for sample in samples])


def step_of(path):
    """The scale of the output, which is that of the last DequantizeLinear."""
    model = onnx.load(path)
    last = next(node for node in model.graph.node if model.graph.output[0].name in node.output)
    assert last.op_type == "DequantizeLinear"
    scale = next(t for t in model.graph.initializer if t.name == last.input[1])
    return float(onnx.numpy_helper.to_array(scale).reshape(-1)[0])


def floats_inside(path):
    """Tensors of real numbers behind the conversion of the input and in front of that of the output."""
    graph = exactness.opened(path).Subgraphs(0)
    ports = {*graph.InputsAsNumpy(), *graph.OutputsAsNumpy()}
    tensors = [(i, graph.Tensors(i)) for i in range(graph.TensorsLength())]
    return [(t.Name() or b"").decode() + f"#{i}" for i, t in tensors if t.Type() == schema.TensorType.FLOAT32 and i not in ports]


@pytest.mark.parametrize("form", models.FORMS, ids=str)
@pytest.mark.parametrize("network", models.NETWORKS)
def test_keeps_its_own_scales(network, form, command, runner, tmp_path):
    source, quantised = tmp_path / "source.onnx", tmp_path / "quantised.onnx"
    model = models.NETWORKS[network]()
    onnx.save(model, source)
    models.quantise(source, quantised, form, samples_for(model, 1))
    samples = samples_for(model, 2)
    expected, step = run_onnx(quantised, samples), step_of(quantised)

    floats, integers = tmp_path / "floats.tflite", tmp_path / "integers.tflite"
    run = tinsmith.call(command, "convert", quantised, "-o", floats, "--keep-nchw")
    assert run.code == 0, run.sentence()
    [ours] = exactness.run_tinsmith(command, floats, [samples.reshape(-1, *samples.shape[2:])])
    assert np.abs(ours.reshape(expected.shape) - expected).max() <= 2.01 * step

    run = tinsmith.call(command, "convert", quantised, "--method", "int8", "--io", "float32", "--strict", "-o", integers)
    assert run.code == 0, run.sentence()
    assert floats_inside(integers) == []
    shape = exactness.inputs_of(integers)[0].shape
    taken = [(samples if samples.shape[1:] == shape else np.moveaxis(samples, 2, -1)).reshape(SAMPLES, *shape)]
    reference = exactness.run_runtime(runner, integers, taken, litert.MICRO)
    assert not isinstance(reference, str), reference
    rows = [taken[0].reshape(-1, *shape[1:])]
    for options, environment in exactness.WAYS.values():
        ours = exactness.run_tinsmith(command, integers, rows, options, environment)
        assert not isinstance(ours, str), ours
        assert exactness.difference(ours, reference) == ""
    result = reference[0]
    if result.ndim > 3:  # channels-last images
        result = np.moveaxis(result, -1, 2)
    assert np.abs(result.reshape(expected.shape) - expected).max() <= 2.01 * step


def decibels(expected, actual):
    noise = np.sum((expected - actual) ** 2, dtype=np.float64)
    return np.inf if noise == 0 else 10 * np.log10(np.sum(expected**2, dtype=np.float64) / noise)


@pytest.mark.parametrize("per_channel", [False, True], ids=["one scale", "per channel"])
@pytest.mark.parametrize("network", ["wide_dense", "convolutions"])
def test_dynamic_quantisation_is_left_to_the_method(network, per_channel, command, runner, tmp_path):
    source, quantised, file = tmp_path / "source.onnx", tmp_path / "quantised.onnx", tmp_path / "file.tflite"
    model = models.NETWORKS[network]()
    onnx.save(model, source)
    models.quantise_dynamically(source, quantised, per_channel)
    assert "DynamicQuantizeLinear" in [node.op_type for node in onnx.load(quantised).graph.node]
    samples, calibration = samples_for(model, 2), tmp_path / "calibration.npy"
    np.save(calibration, samples_for(model, 1)[:, 0])
    expected = run_onnx(quantised, samples)
    # Each method quantises the same weights; what it does to activations is its own.
    for method, least in [("float32", 28), ("dynamic_range", 24), ("int8", 20)]:
        if method == "dynamic_range" and network == "convolutions":
            continue  # too few weights for that
        run = tinsmith.call(command, "convert", quantised, "--method", method, "--data", calibration, "-o", file, "--force", "--io",
                            "float32", "--keep-nchw")
        assert run.code == 0, run.sentence()
        assert "quantise" in run.stdout + run.stderr
        result = exactness.run_runtime(runner, file, [samples.reshape(SAMPLES, *exactness.inputs_of(file)[0].shape)], "BUILTIN_REF")
        assert not isinstance(result, str), result
        assert decibels(expected, result[0].reshape(expected.shape)) > least, method


SHARED = {"gesture": ("gesture.onnx", "calib.npy"), "digits": ("digits.onnx", "calib.npy"), "tinynas": ("tinynas_op17.onnx", "calib_x.npy")}


@pytest.mark.parametrize("form", [models.Form("QOperator", "u8", "i8", True), models.Form("QOperator", "i8", "i8")], ids=str)
@pytest.mark.parametrize("name", SHARED)
def test_real_models_keep_their_classes(name, form, command, runner, tmp_path):
    folder, (source, calibration) = tinsmith.SHARED / "models" / name, SHARED[name]
    if not (folder / source).is_file():
        pytest.skip(f"{folder / source} is not on this machine")
    quantised, integers = tmp_path / "quantised.onnx", tmp_path / "integers.tflite"
    models.quantise(folder / source, quantised, form, np.load(folder / calibration).astype(np.float32)[:50, None])
    samples = np.load(folder / "test_x.npy").astype(np.float32)[:40, None]
    expected, floats = run_onnx(quantised, samples), run_onnx(folder / source, samples)
    run = tinsmith.call(command, "convert", quantised, "--method", "int8", "--io", "float32", "--strict", "-o", integers)
    assert run.code == 0, run.sentence()
    assert floats_inside(integers) == []
    shape = exactness.inputs_of(integers)[0].shape
    taken = (samples if samples.shape[1:] == shape else np.moveaxis(samples, 2, -1)).reshape(-1, *shape)
    reference = exactness.run_runtime(runner, integers, [taken], litert.MICRO)
    ours = exactness.run_tinsmith(command, integers, [taken.reshape(-1, *shape[1:])])
    assert not isinstance(reference, str), reference
    assert exactness.difference(ours, reference) == ""
    result = ours[0].reshape(expected.shape)
    assert np.array_equal(result.argmax(-1), expected.argmax(-1))
    assert decibels(expected, result) > 33
    assert decibels(floats, result) > decibels(floats, expected) - 4
