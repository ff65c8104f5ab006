"""Ways to choose ranges, side by side: what each costs in accuracy, on the models at hand.

    python bench/calibration.py --tinsmith build/release/cli/tinsmith [--only NAME ...] [--methods minmax mse ...] [--options ...]

int8 with an int8 interface, the file run by LiteRT's reference kernels. The figure is the SQNR in dB of the tensor that enters
the last Softmax (of the output where there is none) against ONNX Runtime's on the float model, over the test data; in brackets
the share of samples on which the largest element is the same. Of a detector: of the scores, each column's mean removed.
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime

import measure

SHARED = measure.SHARED / "models"
METHODS = ("minmax", "moving_average", "percentile", "mse", "entropy", "auto")
SCORES = slice(4, 85)  # columns of a YOLOv5's output


def pixels(name, mean, deviation):
    images = np.load(SHARED / name / "calib_u8.npy").astype(np.float32) / 255
    return (images - np.float32(mean)) / np.float32(deviation)


def imagenet():
    images = pixels("mobilenetv2", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    both = np.concatenate([images, images[:, :, ::-1]]).transpose(0, 3, 1, 2)
    return both, both[:40]


def arrays(name, calibration, test):
    return [np.load(SHARED / name / f"{part}.npy").astype(np.float32) for part in (calibration, test)]


# Model file, calibration and test data as float arrays in the source's layout.
CASES = {
    "gesture": ("gesture/gesture.onnx", lambda: arrays("gesture", "calib", "test_x")),
    "digits": ("digits/digits.onnx", lambda: arrays("digits", "calib", "test_x")),
    "spectral": ("spectral/spectral.onnx", lambda: arrays("spectral", "calib", "test_x")),
    "tinynas": ("tinynas/tinynas_op17.onnx", lambda: arrays("tinynas", "calib_x", "test_x")),
    "vit": ("vit/vit_op17.onnx", lambda: arrays("vit", "calib_x", "test_x")),
    "mobilenetv2": ("mobilenetv2/mobilenetv2_op13.onnx", imagenet),
    "yolov5n": ("yolov5n/yolov5n_op13.onnx", lambda: [pixels("yolov5n", 0, 1)] * 2),
    "gru": ("gru/gru_op17.onnx", lambda: arrays("gru", "calib_x", "test_x")),
    "lstm": ("lstm/lstm_op17.onnx", lambda: arrays("lstm", "calib_x", "test_x")),
}


def float_logits(path, samples):
    """The logits, and whether a Softmax follows them."""
    model = onnx.load(path)
    softmax = [node for node in model.graph.node if node.op_type == "Softmax"]
    ends = bool(softmax) and softmax[-1].output[0] in {output.name for output in model.graph.output}
    if ends:
        model.graph.output.insert(0, onnx.helper.make_empty_tensor_value_info(softmax[-1].input[0]))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: sample[None]})[0] for sample in samples]), ends


def figure(name, expected, actual):
    actual = actual.reshape(expected.shape)
    if name == "yolov5n":
        expected, actual = expected[..., SCORES], actual[..., SCORES]
        columns = tuple(range(expected.ndim - 1))
        return f"{measure.sqnr(expected - expected.mean(columns), actual - actual.mean(columns)):.2f}"
    same = np.mean(expected.argmax(-1) == actual.argmax(-1))
    return f"{measure.sqnr(expected, actual):.2f} ({same:.1%})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tinsmith", required=True)
    parser.add_argument("--only", nargs="*", default=list(CASES))
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--options", nargs="*", default=[], help="more options of tinsmith convert, without their dashes")
    arguments = parser.parse_args()
    print("| model | " + " | ".join(arguments.methods) + " |\n|---|" + "---|" * len(arguments.methods))
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.only:
            model, load = CASES[name]
            calibration, test = load()
            data, target = pathlib.Path(folder) / "calibration.npy", pathlib.Path(folder) / "int8.tflite"
            np.save(data, calibration[:100])
            expected, softmax_ends = float_logits(SHARED / model, test)
            cells = []
            for method in arguments.methods:
                command = [arguments.tinsmith, "convert", SHARED / model, "--method", "int8", "--data", data, "-o", target,
                           "--calibration", method, "--no-verify", "--force", *("--" + option for option in arguments.options)]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    cells.append(done.stderr.strip().splitlines()[-1][:40])
                    continue
                cells.append(figure(name, expected, measure.logits(target, test, softmax_ends).reshape(expected.shape)))
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
