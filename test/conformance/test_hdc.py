"""The trained pipeline of ../shared/models/tinynas: features on integers, then the hyperdimensional classifier in the C that is written."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from tinsmith import SHARED, find_command

TINYNAS = SHARED / "models" / "tinynas"
SOURCE = TINYNAS / "tinynas_feat_op13.onnx"
DRIVER = """#include "embhd_classifier.h"
#include <stdio.h>
int main(void) {
    int8_t features[EMBHD_FEATURE_DIM];
    embhd_init();
    while (fread(features, 1, sizeof features, stdin) == sizeof features) printf("%d\\n", (int)embhd_classify(features).class_index);
    return 0;
}
"""

pytestmark = pytest.mark.skipif(not TINYNAS.exists(), reason="../shared is not there")


def tinsmith(*arguments):
    done = subprocess.run([find_command(), *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hdc")
    features = folder / "features_int8.tflite"
    tinsmith("convert", SOURCE, "--method", "int8", "--data", TINYNAS / "calib_x.npy", "-o", features)
    tinsmith("run", features, "--data", TINYNAS / "test_x.npy", "-o", folder / "features.npy")
    return folder, features


def built(folder, features, *options):
    data = ("--data", TINYNAS / "test_x.npy", "--labels-data", TINYNAS / "test_y.npy", "--reference", SOURCE)
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    result = json.loads(tinsmith("hdc", TINYNAS / "hdc.pth", "-o", out, "--model", features, *data, *options, "--json"))
    (folder / "main.c").write_text(DRIVER)
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-O2", f"-I{out}"]
    subprocess.run(["cc", *flags, folder / "main.c", out / "embhd_classifier.c", "-o", folder / "program"], check=True)
    stored = np.load(folder / "features.npy").astype(np.int8)
    text = subprocess.run([folder / "program"], input=stored.tobytes(), capture_output=True, check=True).stdout
    return result, np.array(text.split(), np.int64)


@pytest.mark.parametrize("options", [(), ("--bits", "1"), ("--bits", "1", "--binarize")])
def test_classes_are_those_of_the_floats(pipeline, options):
    result, classes = built(*pipeline, *options)
    labels, floats = np.load(TINYNAS / "test_y.npy"), np.load(TINYNAS / "hdc_test_pred.npy")
    assert list(classes) == result["predictions"]
    assert (classes == floats).mean() >= 0.98
    assert (classes == labels).sum() >= (floats == labels).sum() - 2
    stage = {s["name"]: s for s in result["stages"]}["End-to-end pipeline"]
    assert stage["original_accuracy"] == pytest.approx((floats == labels).mean())
    assert stage["quantized_accuracy"] == pytest.approx((classes == labels).mean())


def test_sizes_are_true(pipeline):
    result, _ = built(*pipeline)
    sizes = {c["name"]: (c["original_bytes"], c["optimized_bytes"]) for c in result["components"]}
    assert sizes["HDC projection matrix"] == (2 << 20, 512 << 10)
    assert sizes["HDC prototypes"] == (40 << 10, 10 << 10)
    report = (pipeline[0] / "out" / "hdc_report.md").read_text()
    assert "| HDC projection matrix | 2048.0 KB | 512.0 KB | 4.00x |" in report
