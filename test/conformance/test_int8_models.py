"""int8 files of the shared ONNX models in LiteRT's reference kernels: the logits keep at least as much of the signal as in the files
of the best other tool (../shared/baselines.md), and the classes agree."""

import dataclasses

import numpy as np
import onnx
import onnxruntime
import pytest

import litert
import tinsmith

MODELS = tinsmith.SHARED / "models"


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    onnx: str
    calibration: str
    test: str
    least_sqnr: float  # dB
    least_agreement: float  # of the classes with the float model's
    options: tuple = ()

    def __str__(self):
        return self.name + "".join(self.options)


CASES = [
    Case("gesture", "gesture.onnx", "calib.npy", "test_x.npy", 37.6, 0.99),
    Case("digits", "digits.onnx", "calib.npy", "test_x.npy", 38.1, 0.99),
    Case("spectral", "spectral.onnx", "calib.npy", "test_x.npy", 30.1, 0.99),
    Case("tinynas", "tinynas_op17.onnx", "calib_x.npy", "test_x.npy", 31.8, 0.98),
    Case("vit", "vit_op17.onnx", "calib_x.npy", "test_x.npy", 33.4, 0.93),
    Case("vit", "vit_op17.onnx", "calib_x.npy", "test_x.npy", 25, 0.9, ("--strict",)),
    Case("gru", "gru_op17.onnx", "calib_x.npy", "test_x.npy", 20, 0.93),
    Case("lstm", "lstm_op17.onnx", "calib_x.npy", "test_x.npy", 20, 0.93),
]


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def logits_of(model):
    """The tensor that enters the last Softmax, or the output."""
    output = model.graph.output[0].name
    producer = next(node for node in model.graph.node if output in node.output)
    return producer.input[0] if producer.op_type == "Softmax" else output


def float_logits(model, name, samples):
    if name not in [output.name for output in model.graph.output]:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    shape = [1] + [extent if isinstance(extent, int) else -1 for extent in port.shape[1:]]
    return [session.run([name], {port.name: sample.reshape(shape)})[0] for sample in samples]


def decibels(expected, actual):
    noise = np.sum((expected - actual) ** 2)
    return np.inf if noise == 0 else 10 * np.log10(np.sum(expected**2) / noise)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_keeps_its_signal(case, command, runner, tmp_path):
    folder = MODELS / case.name
    if not (folder / case.onnx).is_file():
        pytest.skip(f"{folder / case.onnx} is not on this machine")
    model = onnx.load(folder / case.onnx)
    name = logits_of(model)
    target = tmp_path / "model.tflite"
    # A float interface is the same integers between two conversions.
    run = tinsmith.call(command, "convert", folder / case.onnx, "--method", "int8", "--data", folder / case.calibration, "--io",
                        "float32", "--outputs", name, "-o", target, "--no-verify", *case.options, timeout=300)
    assert run.code == tinsmith.OK, run.sentence()
    samples = np.load(folder / case.test).astype(np.float32)
    expected = np.concatenate(float_logits(model, name, samples)).reshape(len(samples), -1)
    interface = runner.run(target, [], "BUILTIN_REF").inputs
    (port, (shape, _)), = interface.items()
    turned = samples.transpose(0, 2, 3, 1) if samples.ndim == 4 and samples.shape[1:] != tuple(shape)[1:] else samples
    result = runner.run(target, [{port: sample.reshape(shape)} for sample in turned], "BUILTIN_REF", timeout=600)
    assert result.error is None, result.error
    actual = np.stack([next(iter(outputs.values())).ravel() for outputs in result.outputs])
    agreement = np.mean(expected.argmax(1) == actual.argmax(1))
    sqnr = decibels(expected.astype(np.float64), actual.astype(np.float64))
    print(f"{case}: {sqnr:.2f} dB, {100 * agreement:.2f} % agree")
    assert sqnr >= case.least_sqnr
    assert agreement >= case.least_agreement


def test_a_detector_keeps_its_scores(command, runner, tmp_path):
    """Boxes in pixels and scores up to 1 do not share a scale: they become two outputs."""
    folder = MODELS / "yolov5n"
    if not (folder / "yolov5n_op13.onnx").is_file():
        pytest.skip(f"{folder} is not on this machine")
    pixels = np.load(folder / "calib_u8.npy").astype(np.float32) / 255
    np.save(tmp_path / "images.npy", pixels)
    target = tmp_path / "model.tflite"
    run = tinsmith.call(command, "convert", folder / "yolov5n_op13.onnx", "--method", "int8", "--data", tmp_path / "images.npy", "-o",
                        target, "--no-verify", timeout=300)
    assert run.code == tinsmith.OK, run.sentence()
    assert "output_boxes" in run.stdout and "output_scores" in run.stdout
    (port, (shape, _)), = runner.run(target, [], "BUILTIN_REF").inputs.items()
    stored = np.round(pixels.transpose(0, 2, 3, 1) * 255 - 128).astype(np.int8)
    result = runner.run(target, [{port: image.reshape(shape)} for image in stored], "BUILTIN_REF", timeout=600)
    assert result.error is None, result.error
    assert set(result.outputs[0]) == {"output_boxes", "output_scores"}
    scores = np.concatenate([outputs["output_scores"] for outputs in result.outputs])
    assert scores.dtype == np.int8 and scores.shape[-1] == 81
    assert len(np.unique(scores)) > 100
    model = onnx.load(folder / "yolov5n_op13.onnx")
    expected = np.concatenate(float_logits(model, "output", pixels)).astype(np.float64)[..., 4:85]
    actual = (scores.astype(np.float64) + 128) / 256  # a Sigmoid's scale
    columns = (0, 1)
    sqnr = decibels(expected - expected.mean(columns), actual - actual.mean(columns))
    print(f"scores without each column's mean: {sqnr:.2f} dB")
    assert sqnr >= 15
