"""The flows of examples/, on the models of ../shared where they are, and always on the digits model that the project ships."""

import ast
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import tinsmith

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def run(name, *arguments, code=0):
    done = subprocess.run([sys.executable, EXAMPLES / name, *map(str, arguments)], capture_output=True, text=True, env=os.environ, timeout=300)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def pixels(images, tmp_path):
    np.save(tmp_path / "pixels.npy", images)
    return tmp_path / "pixels.npy"


@pytest.fixture(params=["digits", "tinynas"])
def bundle(request, tmp_path):
    """What the bundle's flow starts from: a classifier, its features, a hyperdimensional classifier, samples and classes."""
    if request.param == "tinynas":
        folder = request.getfixturevalue("shared") / "models/tinynas"
        return {"model": folder / "tinynas.pt2", "features_layer": "head.act", "hdc": folder / "hdc.pth", "data": folder / "calib_x.npy",
                "test": folder / "test_x.npy", "labels": folder / "test_y.npy"}
    model, samples = request.getfixturevalue("digits"), request.getfixturevalue("pixels")
    labels = EXAMPLES / "digits/digits_labels.npy"
    features = tinsmith.convert(model, method="int8", data=samples, outputs="features=flatten_1")
    tinsmith.hdc(None, tmp_path / "trained", model=features, data=samples, labels_data=labels, train=True, dimensions=512)
    return {"model": model, "features_layer": "flatten_1", "hdc": tmp_path / "trained/hdc.npz", "data": samples, "test": samples, "labels": labels}


def accuracies(text):
    return [float(share) / 100 for share in re.search(r"End-to-end pipeline +(\S+)% -> (\S+)%", text).groups()]


def test_features_and_classifier_become_a_bundle(bundle, tmp_path):
    out = tmp_path / "bundle"
    said = run("esp32_bundle.py", bundle["model"], bundle["hdc"], "--features", bundle["features_layer"], "--data", bundle["data"],
               "--test", bundle["test"], "--labels", bundle["labels"], "--output", out)
    before, after = accuracies(said)
    assert before > 0.95 and after >= before - 0.02
    metadata = json.loads((out / "model_metadata.json").read_text())
    assert metadata["tflite_model_size"] == (out / "feature_extractor_model.tflite").stat().st_size
    assert f"{metadata['tensor_arena_size']:,} bytes" in said
    for name in ("CMakeLists.txt", "embhd_projection.h", "embhd_prototypes.h", "memory_layout.md", "size_report.md", "README.md"):
        assert (out / name).exists()
    assert "End-to-end pipeline" in (out / "hdc_report.md").read_text()


def executed(path, given):
    """Runs a notebook's code cells in their order, after the one tagged `parameters` with `given` in its place, as papermill does.

    Returns what its cells leave: the names, and what the last expression of each shows.
    """
    names, shown = {"__name__": "__main__"}, []
    for index, cell in enumerate(json.loads(path.read_text())["cells"]):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{path.name}, cell {index}", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", ()):
            assert set(given) <= set(names)
            names.update(given)
        if last:
            value = eval(compile(last, f"{path.name}, cell {index}", "eval"), names)
            shown.append(value._repr_html_() if hasattr(value, "_repr_html_") else repr(value))
    return names, shown


def test_the_notebook_runs(bundle, tmp_path, capsys):
    given = {name: str(value) for name, value in bundle.items()}
    names, shown = executed(EXAMPLES / "esp32_bundle.ipynb", {**given, "output": str(tmp_path / "bundle")})
    before, after = accuracies(capsys.readouterr().out)
    assert before > 0.95 and after >= before - 0.02
    assert "<table>" in shown[0] and names["verdict"]["fits"]
    assert names["metadata"]["tensor_arena_size"] == names["bundle"]["arena_bytes"]


def classifier(request, pixels):
    """(model, calibration, test, classes)"""
    if request.param == "digits":
        return request.getfixturevalue("digits"), pixels, pixels, EXAMPLES / "digits/digits_labels.npy"
    name, file = request.param.split("/")
    folder = request.getfixturevalue("shared") / "models" / name
    return folder / file, folder / "calib.npy", folder / "test_x.npy", folder / "test_y.npy"


@pytest.fixture(params=["digits", "gesture/gesture.h5", "gesture/savedmodel"])
def gestures(request, pixels):
    return classifier(request, pixels)


def test_every_variant_of_a_classifier_is_judged(gestures, tmp_path):
    model, data, test, labels = gestures
    said = run("gesture_classifier.py", model, "--data", data, "--test", test, "--labels", labels, "--output", tmp_path / "out")
    found = {method: (float(accuracy), float(agreement)) for method, accuracy, agreement in
             re.findall(r"^(\w+) +accuracy (\S+)%  agreement (\S+)%", said, re.MULTILINE)}
    assert set(found) == {"float32", "dynamic_range", "float16", "int8"}
    assert found["float32"][1] == 100
    assert all(accuracy > 95 and agreement > 97 for accuracy, agreement in found.values())
    assert len(list((tmp_path / "out").glob("*.tflite"))) == 4


def roads(said):
    """Agreement in percent by model and method."""
    found, model = {}, None
    for line in said.splitlines():
        if header := re.match(r"(\S+) \(.* parameters\)$", line):
            model = pathlib.Path(header[1]).name
        elif row := re.match(r"  (\w+) +takes (\w+) .* on (\S+)% of", line):
            found[model, row[1]] = (row[2], float(row[3]))
    return found


def test_every_road_of_the_map(digits, pixels, tmp_path):
    found = roads(run("conversion_map.py", digits, "--data", pixels, "--output", tmp_path / "out"))
    assert {method for _, method in found} == {"float32", "dynamic_range", "float16", "int8"}
    assert found["digits.onnx", "int8"][0] == "uint8" and all(agreement >= 97 for _, agreement in found.values())


def test_mobilenetv2_by_two_roads(shared, tmp_path):
    folder = shared / "models/mobilenetv2"
    np.save(tmp_path / "photos.npy", np.load(folder / "calib_u8.npy", mmap_mode="r")[:20])
    found = roads(run("conversion_map.py", f"{folder / 'mobilenetv2.h5'}=-1..1", f"{folder / 'mobilenetv2_op13.onnx'}=imagenet", "--data",
                      tmp_path / "photos.npy", "--output", tmp_path / "out"))
    for name in ("mobilenetv2.h5", "mobilenetv2_op13.onnx"):  # random weights: what 8 bits cost them says nothing of trained ones
        assert found[name, "float32"] == ("float32", 100) and found[name, "float16"][1] >= 95
        assert found[name, "int8"][0] == "uint8" and found[name, "dynamic_range"][0] == "float32"


def test_float16_keeps_the_predictions(digits, pixels, tmp_path):
    pytest.importorskip("tqdm")
    said = run("float16_agreement.py", digits, "--data", pixels, "--output", tmp_path / "half.tflite")
    assert "✓ Validation PASSED: 100.0% (100/100)" in said


def test_float16_of_mobilenetv2_keeps_95_percent(shared, tmp_path):
    pytest.importorskip("tqdm")
    folder = shared / "models/mobilenetv2"
    said = run("float16_agreement.py", folder / "mobilenetv2.h5", "--data", folder / "calib_u8.npy", "--output", tmp_path / "half.tflite")
    assert "✓ Validation PASSED" in said


def test_float16_that_loses_predictions_says_so(tmp_path):
    """Two classes whose weights, 1 and 1 + 2^-12, are the same number in half precision."""
    pytest.importorskip("tqdm")
    onnx = pytest.importorskip("onnx")
    weights = np.stack([np.ones(256), np.ones(256) + 2.0 ** -12], axis=1).astype(np.float32)
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["scores"])
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph([node], "g", [onnx.helper.make_tensor_value_info("x", floats, [1, 256])],
                                   [onnx.helper.make_tensor_value_info("scores", floats, [1, 2])], [onnx.numpy_helper.from_array(weights, "w")])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), tmp_path / "close.onnx")
    np.save(tmp_path / "x.npy", np.random.default_rng(3).random((60, 256), np.float32))
    said = run("float16_agreement.py", tmp_path / "close.onnx", "--data", tmp_path / "x.npy", "--output", tmp_path / "half.tflite", code=1)
    assert "✗ Validation WARNING: 0.0% (0/60)" in said


@pytest.fixture(params=["digits", "spectral/spectral.keras"])
def small(request, pixels):
    return classifier(request, pixels)


def test_a_header_for_arduino(small, tmp_path):
    model, data, test, labels = small
    said = run("arduino_header.py", model, "--data", data, "--test", test, "--labels", labels, "--output", tmp_path / "out")
    size = float(re.search(r"✓ Target met! (\S+) KB of 100 KB", said)[1])
    header = (tmp_path / "out/spectral_model.h").read_text()
    array = re.search(r"spectral_model_data\[\] = \{(.*?)\};", header, re.DOTALL)[1]
    assert abs(len(re.findall(r"0x[0-9a-f]{2}", array)) / 1024 - size) < 0.06
    assert 1000 < int(re.search(r"kTensorArenaSize = (\d+)", said)[1]) < 50 * 1024 and "arduino-nano-33-ble: fits" in said
    before, after = re.search(r"accuracy (\S+)% -> (\S+)%", said).groups()
    assert float(after) >= float(before) - 2


def test_a_header_that_is_too_large_says_so(digits, pixels, tmp_path):
    said = run("arduino_header.py", digits, "--data", pixels, "--test", pixels, "--labels", EXAMPLES / "digits/digits_labels.npy", "--output",
               tmp_path / "out", "--target-size-kb", 10, code=1)
    assert "✗ Target not met" in said


def test_examples_stay_short():
    assert all(len(path.read_text().splitlines()) < 40 for path in EXAMPLES.glob("*.py"))
