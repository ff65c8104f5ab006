"""Exported PyTorch programs of ../shared: the file that is written computes what PyTorch, or ONNX Runtime on the same network, computed."""

import litert
import numpy as np
import onnxruntime
import pytest
import tinsmith

RELATIVE = 1e-4
MODELS, CORPUS = tinsmith.SHARED / "models", tinsmith.SHARED / "corpus"

# name: (samples, how they are prepared, reference by PyTorch, the same network as ONNX)
CASES = {
    "tinynas/tinynas": ("test_x.npy", lambda x: x.astype(np.float32), None, "tinynas_op17.onnx"),  # test_x was rounded to float16 later
    "gru/gru": ("test_x.npy", lambda x: x, "test_ref.npy", None),
    "lstm/lstm": ("test_x.npy", lambda x: x, "test_ref.npy", None),
    "vit/vit": ("test_x.npy", lambda x: x, "test_ref.npy", None),
    "yolov5n/yolov5n": ("calib_u8.npy", lambda x: (x / 255).astype(np.float32), None, "yolov5n_op13.onnx"),
}
LEAST_SQNR = {"tinynas/tinynas": 28.6, "gru/gru": 20.0, "lstm/lstm": 20.0}
DERIVED = [CORPUS / f"derived_pt2/{name}.pt2" for name in ("minifasnet_v2", "mtcnn_pnet", "mtcnn_rnet", "ulfd_slim_320")]


def existing(path):
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return path


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def convert(command, source, target, method, *options):
    run = tinsmith.call(command, "convert", source, "-o", target, "--method", method, *options, timeout=600)
    assert run.code == 0, f"exit {run.code}: {run.sentence()}"


def samples_of(name, count):
    data, prepare, _, _ = CASES[name]
    return prepare(np.load(existing((MODELS / f"{name}.pt2").parent / data))[:count])


def relative(got, wanted):
    return np.abs(got - wanted).max() / np.abs(wanted).max()


def reference(name, x):
    folder = (MODELS / f"{name}.pt2").parent
    _, _, stored, sibling = CASES[name]
    if stored:
        return np.load(folder / stored)[: len(x)]
    session = onnxruntime.InferenceSession(folder / sibling, providers=["CPUExecutionProvider"])
    feed = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {feed: one[None]})[0] for one in x])


def run_in_litert(runner, path, x, kind):
    """Outputs of a channels-first model, whose interface was kept."""
    interface = runner.run(path, [], kind).inputs
    result = runner.run(path, [{next(iter(interface)): one[None]} for one in x], kind, timeout=600)
    assert result.error is None, result.error
    return np.concatenate([np.concatenate(list(output.values()), -1) for output in result.outputs])  # int8 detectors have their parts


@pytest.mark.parametrize("name", CASES)
def test_float32(name, command, runner, tmp_path):
    source, target = existing(MODELS / f"{name}.pt2"), tmp_path / "model.tflite"
    x = samples_of(name, 8)
    np.save(tmp_path / "x.npy", x)
    convert(command, source, target, "float32", "--keep-nchw", "--data", tmp_path / "x.npy")
    assert relative(run_in_litert(runner, target, x, "BUILTIN_REF"), reference(name, x)) <= RELATIVE


@pytest.mark.parametrize("name", CASES)
def test_int8(name, command, runner, tmp_path):
    source, target = existing(MODELS / f"{name}.pt2"), tmp_path / "model.tflite"
    x = samples_of(name, 32)
    data = tmp_path / "calibration.npy"
    calibration = "calib_u8.npy" if "yolo" in name else "calib_x.npy"
    np.save(data, CASES[name][1](np.load(source.parent / calibration))[:64])
    convert(command, source, target, "int8", "--data", data, "--keep-nchw", "--io", "float32")
    wanted = reference(name, x)
    got = run_in_litert(runner, target, x, "BUILTIN_REF")
    sqnr = 10 * np.log10((wanted.astype(np.float64) ** 2).sum() / ((got - wanted) ** 2).sum())
    assert sqnr >= LEAST_SQNR.get(name, 10.0), f"{sqnr:.1f} dB"


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: path.stem)
def test_converts_with_its_proof(path, command, tmp_path):
    convert(command, existing(path), tmp_path / "model.tflite", "float32")


def test_tensors_alone_are_refused_with_the_advice(command, tmp_path):
    for path in (MODELS / "tinynas/tinynas.pth", MODELS / "tinynas/hdc.pth", CORPUS / "mtcnn/pnet.pt"):
        run = tinsmith.call(command, "convert", existing(path), "-o", tmp_path / "model.tflite")
        assert run.code == tinsmith.INPUT and "torch.export.save" in run.stderr, run.stderr


def test_the_same_graph_as_through_onnx(command, tmp_path):
    existing(MODELS / "tinynas/tinynas.pt2")
    listed = []
    for name in ("tinynas.pt2", "tinynas_op17.onnx"):
        run = tinsmith.call(command, "convert", MODELS / "tinynas" / name, "-o", tmp_path / f"{name}.tflite", "--method", "float32", "--json")
        assert run.code == 0, run.sentence()
        listed.append((tmp_path / f"{name}.tflite").stat().st_size)
    assert abs(listed[0] - listed[1]) < 4096, listed
