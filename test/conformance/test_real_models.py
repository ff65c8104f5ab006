"""Real models convert, prove themselves, and match ONNX Runtime in LiteRT: float32 to 1e-4, the smaller formats by their SQNR."""

import numpy as np
import pytest

import litert
import real_models
import tinsmith

RELATIVE = 1e-4
DISAGREE = 1  # exit code of compare
NOTHING_TO_QUANTISE = {"spectral/spectral"}  # small and depthwise filters only: dynamic range is refused
BIG = {"light_bvlc_alexnet", "light_vgg19", "light_zfnet512"}  # 240 to 570 MB once the constants are written out

shared = real_models.SHARED_MODELS + real_models.unlisted()
present = [model for model in shared if model.path.is_file()]
own = [real_models.EXAMPLE]


def named(models):
    return [pytest.param(model, id=model.name) for model in models]


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def test_shared_models_are_there():
    absent = len(shared) - len(present)
    if absent:
        pytest.skip(f"{absent} of {len(shared)} models of ../shared are not on this machine")


def convert(command, source, target, method, *options):
    run = tinsmith.call(command, "convert", source, "-o", target, "--method", method, *options, timeout=600)
    assert run.code == 0, f"exit {run.code}: {run.sentence()}"


def in_litert(runner, path, samples, kind):
    """Outputs by sample and operators; samples are turned to the layout of the file's interface."""
    interface = runner.run(path, [], kind).inputs
    assert interface is not None and set(interface) == set(samples[0]), f"inputs {interface}"
    fed = [{name: real_models.to_layout(array, interface[name][0]) for name, array in sample.items()} for sample in samples]
    result = runner.run(path, fed, kind, timeout=600)
    assert result.error is None, f"LiteRT ({kind}): {result.error}"
    return result


@pytest.mark.parametrize("model", named(own + present + real_models.light_models()))
def test_float32(model, command, runner, tmp_path):
    source, target = model.path, tmp_path / "model.tflite"
    if model.random_weights:
        source = tmp_path / "model.onnx"
        real_models.with_random_weights(model.path, source)
    # The proof of the big ones would only repeat what is compared here.
    convert(command, source, target, "float32", *(["--no-verify"] if model.path.stem in BIG else []))
    samples, expected = real_models.reference(source, model)
    kinds = ["XNNPACK"] if model.random_weights and model.path.stem in BIG else litert.KINDS
    for kind in kinds:
        result = in_litert(runner, target, samples, kind)
        error = real_models.relative_error(result.outputs, expected)
        assert error <= RELATIVE, f"{kind}: {error:.2e}"
        if kind == "BUILTIN_REF":
            assert not (model.no_transpose and result.operators.get("TRANSPOSE")), result.operators
            count = sum(result.operators.values())
            assert count <= (model.most_operators or count), f"{count} operators: {result.operators}"
    size = target.stat().st_size
    assert size <= (model.most_bytes or size), f"{size:,} bytes"
    source.unlink() if model.random_weights else None
    target.unlink()  # pytest keeps the folder


@pytest.mark.parametrize("model", named(model for model in own + present if "dynamo" not in model.name and "op11" not in model.name))
@pytest.mark.parametrize("method", real_models.LEAST_SQNR)
def test_smaller_formats(model, method, command, runner, tmp_path):
    target = tmp_path / "model.tflite"
    if method == "dynamic_range" and model.name in NOTHING_TO_QUANTISE:
        run = tinsmith.call(command, "convert", model.path, "-o", target, "--method", method)
        assert run.code == tinsmith.UNSUPPORTED and "leaves every weight float32" in run.stderr and not target.exists(), run
        return
    convert(command, model.path, target, method)
    samples, expected = real_models.reference(model.path, model)
    for kind in litert.KINDS:
        quality = real_models.sqnr(in_litert(runner, target, samples, kind).outputs, expected)
        assert quality >= model.least_sqnr[method], f"{kind}: {quality:.1f} dB"


@pytest.mark.parametrize("model", named(own + present))
def test_host_executor(model, command, tmp_path):
    """tinsmith's own execution of the source against ONNX Runtime: the proof is only as good as this."""
    samples, expected = real_models.reference(model.path, model)
    x, y, z = tmp_path / "x.npz", tmp_path / "y.npz", tmp_path / "z.npz"
    real_models.save_samples(x, samples)
    real_models.save_samples(y, expected)
    run = tinsmith.call(command, "compare", model.path, "--data", x, "--expected", y, "--tolerance", RELATIVE, timeout=300)
    assert run.code == 0, f"exit {run.code}: {run.stdout} {run.sentence()}"
    run = tinsmith.call(command, "run", model.path, "--data", x, "-o", z, timeout=300)
    assert run.code == 0, f"exit {run.code}: {run.sentence()}"
    ran, wanted = np.load(z), np.load(y)
    assert set(ran.files) == set(wanted.files)
    assert all(ran[name].reshape(wanted[name].shape).dtype == wanted[name].dtype for name in wanted.files)
    # A comparison that cannot fail proves nothing.
    real_models.save_samples(y, [{name: array + np.abs(array).max() for name, array in sample.items()} for sample in expected])
    run = tinsmith.call(command, "compare", model.path, "--data", x, "--expected", y, "--tolerance", RELATIVE, timeout=300)
    assert run.code == DISAGREE, f"exit {run.code}: {run.stdout} {run.sentence()}"


FRAMEWORK_OUTPUTS = {
    "vit/vit_op17": "test_ref.npy", "gru/gru_op17": "test_ref.npy", "lstm/lstm_op17": "test_ref.npy", "digits/digits": "keras_probs.npy",
    "spectral/spectral": "keras_probs.npy", "gesture/gesture": "keras_probs.npy",
}


@pytest.mark.parametrize("model", named(model for model in present if model.name in FRAMEWORK_OUTPUTS))
def test_outputs_of_the_framework(model, command, tmp_path):
    """What PyTorch and Keras computed, which no reader of ours has touched."""
    stored = np.load(model.path.parent / FRAMEWORK_OUTPUTS[model.name])[:32]
    samples = model.prepare(np.load(model.path.parent / model.data)[:32])
    session = real_models.open_session(model.path)
    np.savez(tmp_path / "x.npz", **{session.get_inputs()[0].name: samples})
    np.savez(tmp_path / "y.npz", **{session.get_outputs()[0].name: stored})
    convert(command, model.path, tmp_path / "model.tflite", "float32", "--no-verify")
    for tested in (model.path, tmp_path / "model.tflite"):
        run = tinsmith.call(command, "compare", tested, "--data", tmp_path / "x.npz", "--expected", tmp_path / "y.npz", "--tolerance",
                            RELATIVE, timeout=300)
        assert run.code == 0, f"{tested.name}: exit {run.code}: {run.stdout} {run.sentence()}"


@pytest.mark.parametrize("model", named(model for model in own + present if model.no_transpose))
def test_source_interface_is_kept(model, command, runner, tmp_path):
    target = tmp_path / "model.tflite"
    convert(command, model.path, target, "float32", "--keep-nchw", "--no-verify")
    samples, expected = real_models.reference(model.path, model)
    result = runner.run(target, samples, "XNNPACK")
    assert result.error is None, result.error
    shapes = ({name: output.shape for name, output in sample.items()} for sample in (result.outputs[0], expected[0]))
    assert next(shapes) == next(shapes)
    assert real_models.relative_error(result.outputs, expected) <= RELATIVE


@pytest.mark.parametrize("method", ["float32", "float16", "dynamic_range"])
def test_same_input_same_bytes(method, command, tmp_path):
    for name in ("a", "b"):
        convert(command, real_models.EXAMPLE.path, tmp_path / f"{name}.tflite", method)
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()
