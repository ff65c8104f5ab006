"""Names of classes from wherever they are: packed into a .tflite file, in an ONNX file's metadata, in the folders of the data."""

import json
import zipfile

import numpy as np
import onnx

import tinsmith

DIGITS = tinsmith.ROOT / "examples/digits/digits.onnx"
DATA = tinsmith.ROOT / "examples/digits/digits_test.npz"
LABELS = tinsmith.ROOT / "examples/digits/digits_labels.npy"
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def predicted(command, model, *inputs):
    run = tinsmith.call(command, "predict", model, *inputs, "--json")
    assert run.code == 0, run.sentence()
    return json.loads(run.stdout)["predictions"]


def test_packed_into_a_tflite_file(command, tmp_path):
    target = tmp_path / "d.tflite"
    assert tinsmith.call(command, "convert", DIGITS, "--no-verify", "-o", target).code == 0
    assert predicted(command, target, DATA)[0]["class"] == str(predicted(command, target, DATA)[0]["index"])
    with zipfile.ZipFile(target, "a") as archive:  # as TFLite's metadata writer does it
        archive.writestr("labels.txt", "\n".join(NAMES))
    for p in predicted(command, target, DATA):
        assert p["class"] == NAMES[p["index"]]


def test_in_the_metadata_of_an_onnx_file(command, tmp_path):
    model = onnx.load(DIGITS)
    entry = model.metadata_props.add()
    entry.key, entry.value = "names", str(dict(enumerate(NAMES)))
    onnx.save(model, tmp_path / "named.onnx")
    assert predicted(command, tmp_path / "named.onnx", DATA)[0]["class"] in NAMES
    assert tinsmith.call(command, "convert", tmp_path / "named.onnx", "--no-verify", "-o", tmp_path / "out.tflite").code == 0
    assert (tmp_path / "out_labels.txt").read_text().split() == NAMES
    assert predicted(command, tmp_path / "out.tflite", DATA)[0]["class"] in NAMES


def bitmap(image):
    """An 8-bit grey BMP of an array of 0..1."""
    height, width = image.shape
    rows = b"".join(bytes((row * 255).round().astype(np.uint8)) + b"\0" * (-width % 4) for row in image[::-1])
    palette = b"".join(bytes([i, i, i, 0]) for i in range(256))
    header = 54 + len(palette)
    number = lambda value, size: int(value).to_bytes(size, "little")  # noqa: E731
    return (b"BM" + number(header + len(rows), 4) + number(0, 4) + number(header, 4) + number(40, 4) + number(width, 4) + number(height, 4) +
            number(1, 2) + number(8, 2) + number(0, 4) + number(len(rows), 4) + number(0, 8) + number(256, 4) + number(0, 4) + palette + rows)


def test_folders_of_images_from_calibration_to_prediction(command, tmp_path):
    """The preprocessing is stated once; the names come from the folders and stay beside the file."""
    images, labels = np.load(DATA)["image"], np.load(LABELS)
    for i, (image, label) in enumerate(zip(images, labels)):
        folder = tmp_path / "photos" / f"{label}_{NAMES[label]}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i}.bmp").write_bytes(bitmap(image[0]))
    run = tinsmith.call(command, "convert", DIGITS, "--method", "int8", "--data", tmp_path / "photos", "--normalize", "0..1", "-o",
                        tmp_path / "digits.tflite")
    assert run.code == 0, run.sentence()
    record = json.loads((tmp_path / "digits.json").read_text())
    assert record["data"]["classes"] == [f"{i}_{name}" for i, name in enumerate(NAMES)]
    run = tinsmith.call(command, "validate", tmp_path / "digits.tflite", "--reference", DIGITS, "--data", tmp_path / "photos", "--json")
    assert run.code == 0, run.sentence()
    assert json.loads(run.stdout)["tflite_accuracy"] >= 0.95
    some = sorted((tmp_path / "photos" / "7_seven").iterdir())
    got = predicted(command, tmp_path / "digits.tflite", *some)
    assert sum(p["class"] == "7_seven" for p in got) >= 0.8 * len(some) and all(p["confidence"] > 0.3 for p in got)
