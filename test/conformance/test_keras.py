"""Keras models of ../shared: outputs as Keras stored them or as the reference .tflite computes them, and one graph from every door."""

import numpy as np
import pytest

import litert
import tinsmith

MODELS, CORPUS = tinsmith.SHARED / "models", tinsmith.SHARED / "corpus"
pytestmark = pytest.mark.skipif(not MODELS.exists(), reason="no ../shared with models")

TRAINED = {name: [f"{name}.h5", f"{name}_k2.h5", f"{name}.keras", f"{name}_k2.keras"] for name in ("gesture", "spectral", "digits")}
# The same network as another tool's float .tflite.
TWINS = [("mlperf_ic/pretrainedResnet.h5", "mlperf_ic/pretrainedResnet.tflite"),
         ("derived_keras/pretrainedResnet.keras", "mlperf_ic/pretrainedResnet.tflite"),
         ("tinymaix/mnist_dw.h5", "tinymaix/mnist_dw_f.tflite"), ("derived_keras/mnist_dw.keras", "tinymaix/mnist_dw_f.tflite"),
         ("tinymaix/mnist_valid.h5", "tinymaix/mnist_valid_f.tflite"), ("tinymaix/vww96.h5", "tinymaix/vww96_f.tflite")]
# The references of MLPerf Tiny: no more bytes, no more operators. That of keyword spotting calls itself float and holds int8 weights;
# streaming wake word has an int8 one alone.
KWS = "mlperf_kws/kws_ref_model_float32.tflite"
SMALLER = [("mlperf_ic/pretrainedResnet.h5", "mlperf_ic/pretrainedResnet.tflite", "float32"),
           ("mlperf_ad/ad01.h5", "mlperf_ad/ad01_fp32.tflite", "float32"), ("mlperf_kws/saved_model", KWS, "float32"),
           ("mlperf_ic/pretrainedResnet.h5", "mlperf_ic/pretrainedResnet_quant.tflite", "int8"),
           ("mlperf_ad/ad01.h5", "mlperf_ad/ad01_int8.tflite", "int8"), ("mlperf_kws/saved_model", "mlperf_kws/kws_ref_model_int8.tflite", "int8"),
           ("mlperf_sww/str_ww_ref_model.h5", "mlperf_sww/str_ww_ref_model_int8.tflite", "int8")]
OTHERS = ["mlperf_ad/ad01.h5", "mlperf_kws/kws_model.h5", "mlperf_sww/str_ww_ref_model.h5", "derived_keras/str_ww_ref_model.keras"]
TOLERANCE = 1e-5  # of the largest output, for a sum of a few thousand float products


@pytest.fixture(scope="module")
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def convert(command, source, target, *more):
    done = tinsmith.call(command, "convert", source, "-o", target, "--method", "float32", *more)
    assert done.code == tinsmith.OK, done.sentence()
    return target


def input_shape(runner, path):
    """Of the only input of a file of ours."""
    return next(iter(runner.run(path, [], "BUILTIN_REF").inputs.values()))[0]


def outputs(runner, path, samples):
    """The first output for each sample, which is given to the only input; by position, whoever wrote the file."""
    result = runner.run(path, [[x] for x in samples], "BUILTIN_REF")
    assert result.error is None, result.error
    return np.stack([o[0][0] for o in result.outputs])


def check_close(got, wanted):
    assert np.abs(got - wanted).max() <= TOLERANCE * np.abs(wanted).max()


def random_inputs(runner, path, count=4):
    return np.random.default_rng(1).random((count, *input_shape(runner, path)), dtype=np.float32)


@pytest.mark.parametrize("name", TRAINED)
def test_stored_outputs_and_equal_bytes(command, runner, tmp_path, name):
    folder = MODELS / name
    files = [convert(command, folder / file, tmp_path / f"{i}.tflite") for i, file in enumerate(TRAINED[name])]
    assert len({path.read_bytes() for path in files}) == 1, "the network's files give different bytes"
    samples, wanted = np.load(folder / "test_x.npy")[:32], np.load(folder / "keras_probs.npy")[:32]
    shape = input_shape(runner, files[0])
    check_close(outputs(runner, files[0], [x.reshape(shape).astype(np.float32) for x in samples]), wanted)


@pytest.mark.parametrize("source, twin", TWINS)
def test_reference_tflite(command, runner, tmp_path, source, twin):
    ours = convert(command, CORPUS / source, tmp_path / "ours.tflite")
    samples = random_inputs(runner, ours)
    check_close(outputs(runner, ours, samples), outputs(runner, CORPUS / twin, samples))


def operators(path):
    from ai_edge_litert import schema_py_generated as schema

    return len(schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0).subgraphs[0].operators)


@pytest.mark.parametrize("source, twin, method", SMALLER)
def test_no_larger_than_the_reference(command, tmp_path, source, twin, method):
    ours = tmp_path / "ours.tflite"
    data = ["--calibration", "random"] if method == "int8" else []
    done = tinsmith.call(command, "convert", CORPUS / source, "-o", ours, "--method", method, *data)
    assert done.code == tinsmith.OK, done.sentence()
    assert operators(ours) <= operators(CORPUS / twin)
    if twin != KWS:
        assert ours.stat().st_size <= (CORPUS / twin).stat().st_size


@pytest.mark.parametrize("source", OTHERS + ["tinymaix/vww96.h5"])
def test_converts_and_is_proven(command, tmp_path, source):
    convert(command, CORPUS / source, tmp_path / "ours.tflite")


def test_archive_computes_what_the_h5_does(command, runner, tmp_path):
    a = convert(command, CORPUS / "mlperf_sww/str_ww_ref_model.h5", tmp_path / "a.tflite")
    b = convert(command, CORPUS / "derived_keras/str_ww_ref_model.keras", tmp_path / "b.tflite")
    samples = random_inputs(runner, a)
    check_close(outputs(runner, b, samples), outputs(runner, a, samples))


def test_mobilenet(command, tmp_path):
    convert(command, MODELS / "mobilenetv2/mobilenetv2.h5", tmp_path / "m.tflite")


# Trained quantisation keeps the ranges that it learnt: no samples are needed, and the scales are those of TensorFlow's file.
@pytest.mark.parametrize("name", ["gesture", "digits"])
def test_quantisation_aware_training(command, runner, tmp_path, name):
    folder = MODELS / name
    ours, peer = tmp_path / "ours.tflite", folder / f"{name}_qat_k2_peer.tflite"
    done = tinsmith.call(command, "convert", folder / f"{name}_qat_k2.h5", "-o", ours, "--method", "int8")
    assert done.code == tinsmith.OK, done.sentence()
    samples = np.load(folder / "test_x.npy")[:64]
    scale, zero = (0.0143668, -2) if name == "gesture" else (0.00392157, -128)
    stored = np.clip(np.round(samples / scale) + zero, -128, 127).astype(np.int8)
    shape = input_shape(runner, ours)
    results = [outputs(runner, path, [x.reshape(shape) for x in stored]).astype(int) for path in (ours, peer)]
    difference = np.abs(results[0] - results[1])
    assert difference.max() <= 1, f"{difference.max()} steps apart"


@pytest.mark.parametrize("name", ["gesture", "digits"])
def test_pruned(command, runner, tmp_path, name):
    convert(command, MODELS / name / f"{name}_pruned_k2.h5", tmp_path / "pruned.tflite")


def without_names(path):
    """Everything of a file but names: tensors with their contents, operators with their options, in order."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    contents = [None if b.data is None else bytes(bytearray(b.data)) for b in model.buffers]
    graph = model.subgraphs[0]
    tensors = [(None if t.shape is None else list(t.shape), t.type, contents[t.buffer]) for t in graph.tensors]
    operators = [(model.operatorCodes[o.opcodeIndex].builtinCode, list(o.inputs), list(o.outputs),
                  None if o.builtinOptions is None else sorted(vars(o.builtinOptions).items())) for o in graph.operators]
    return tensors, operators, list(graph.inputs), list(graph.outputs)


@pytest.mark.parametrize("folder", ["savedmodel", "savedmodel_k2"])
@pytest.mark.parametrize("name", TRAINED)
def test_saved_model_is_the_same_file(command, tmp_path, name, folder):
    ours = convert(command, MODELS / name / f"{name}.h5", tmp_path / "h5.tflite")
    saved = convert(command, MODELS / name / folder, tmp_path / "saved.tflite")
    assert without_names(saved) == without_names(ours)
