"""From the image to the class in generated C: tinynas and hdc.pth over all test images here, over a few of them on a board."""

import json
import subprocess

import numpy as np
import pytest

import generated
from generated import SHARED

TINYNAS = SHARED / "models" / "tinynas"
SOURCE = TINYNAS / "tinynas_feat_op13.onnx"
SOURCES = ["embhd_features.c", "embhd_features_self_test.c", "embhd_classifier.c", "embhd_pipeline.c"]
FLAGS = [*generated.STRICT, "-O2"]

pytestmark = pytest.mark.skipif(not TINYNAS.exists(), reason="../shared is not there")


def tinsmith(*arguments):
    done = subprocess.run([generated.command(), *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    path = tmp_path_factory.mktemp("features") / "features.tflite"
    tinsmith("convert", SOURCE, "--method", "int8", "--data", TINYNAS / "calib_x.npy", "-o", path)
    return path


@pytest.fixture(scope="module")
def pipeline(features, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pipeline")
    said = tinsmith("hdc", TINYNAS / "hdc.pth", "-o", folder, "--model", features, "--format", "c", "--data", TINYNAS / "test_x.npy",
                    "--labels-data", TINYNAS / "test_y.npy", "--reference", SOURCE, "--json")
    return folder, json.loads(said)


def images():
    return np.ascontiguousarray(np.load(TINYNAS / "test_x.npy").astype(np.float32).transpose(0, 2, 3, 1))


def built(folder, main, *flags, sources=SOURCES):
    (folder / "main.c").write_text(main)
    program = folder / "program"
    generated.run(["gcc", *FLAGS, *flags, folder / "main.c", *[folder / s for s in sources], "-o", program, "-lm"])
    return program


CLASSIFY = """
#include <stdio.h>
#include "embhd_features_quantize.h"
#include "embhd_pipeline.h"
static float real[EMBHD_FEATURES_INPUT_ELEMENTS];
static int8_t image[EMBHD_FEATURES_INPUT_ELEMENTS];
int main(void) {
    if (embhd_pipeline_self_test(&embhd_features_memory) != 0) return 1;
    embhd_pipeline_init(&embhd_features_memory);
    while (fread(real, sizeof real, 1, stdin) == 1) {
        embhd_result_t found;
        for (int i = 0; i < EMBHD_FEATURES_INPUT_ELEMENTS; ++i) image[i] = embhd_features_quantize_input(real[i]);
        found = embhd_classify_image(&embhd_features_memory, image);
        printf("%d %d\\n", (int)found.class_index, (int)found.similarity);
    }
    return 0;
}
"""


def test_all_images(pipeline):
    folder, said = pipeline
    text = subprocess.run([built(folder, CLASSIFY)], input=images().tobytes(), capture_output=True, check=True).stdout
    classes = np.array(text.split(), np.int64).reshape(-1, 2)[:, 0]
    labels, floats = np.load(TINYNAS / "test_y.npy"), np.load(TINYNAS / "hdc_test_pred.npy")
    assert list(classes) == said["predictions"]
    assert (classes == floats).mean() >= 0.98
    assert (classes == labels).sum() >= (floats == labels).sum() - 2


def test_patches_and_psram(features, pipeline, tmp_path):
    """The same classes from an arena below 48 KB, with constants copied to where the build says."""
    said = json.loads(tinsmith("hdc", TINYNAS / "hdc.pth", "-o", tmp_path, "--model", features, "--format", "c", "--max-ram", "49151", "--json"))
    assert said["arena_bytes"] < 49_152 < pipeline[1]["arena_bytes"]
    assert any("computed twice" in note for note in said["notes"])
    flags = ["-DEMBHD_PROJECTION_IN_PSRAM", "-DEMBHD_FEATURES_WEIGHTS_IN_PSRAM=1"]
    some = images()[:20].tobytes()
    one = subprocess.run([built(tmp_path, CLASSIFY, *flags)], input=some, capture_output=True, check=True).stdout
    two = subprocess.run([built(pipeline[0], CLASSIFY)], input=some, capture_output=True, check=True).stdout
    assert one == two and len(one.splitlines()) == 20


PIXELS = """
#include "embhd_features_quantize.h"
#include "embhd_pipeline.h"
static uint8_t pixels[EMBHD_FEATURES_INPUT_ELEMENTS];
static int8_t image[EMBHD_FEATURES_INPUT_ELEMENTS];
int main(void) {
    embhd_pipeline_init(&embhd_features_memory);
    for (uint32_t seed = 1; seed < 6; ++seed) {
        uint32_t draw = seed;
        embhd_result_t a, b;
        for (int i = 0; i < EMBHD_FEATURES_INPUT_ELEMENTS; ++i) {
            draw = draw * 1664525u + 1013904223u;
            pixels[i] = (uint8_t)(draw >> 24);
            image[i] = embhd_features_quantize_input((float)(((double)pixels[i] - 127.5) / 127.5));
        }
        a = embhd_classify_image(&embhd_features_memory, image);
        b = embhd_classify_pixels(&embhd_features_memory, pixels);
        if (a.class_index != b.class_index || a.similarity != b.similarity) return (int)seed;
    }
    return 0;
}
"""


def test_pixels(features, tmp_path):
    """What a camera gives, where the normalisation is known."""
    tinsmith("hdc", TINYNAS / "hdc.pth", "-o", tmp_path, "--model", features, "--format", "c", "--normalize=-1..1")
    generated.run([built(tmp_path, PIXELS)])


BOARD = """
#include <stdio.h>
#include "embhd_pipeline.h"
static const int8_t images[COUNT][EMBHD_FEATURES_INPUT_ELEMENTS] = {
#include "images.inc"
};
#define SYSTICK ((volatile uint32_t*)0xE000E010u)
int main(void) {
    const int wrong = embhd_pipeline_self_test(&embhd_features_memory);
    if (wrong != 0) return wrong;
    embhd_pipeline_init(&embhd_features_memory);
    for (int i = 0; i < COUNT; ++i) {
        const embhd_result_t found = embhd_classify_image(&embhd_features_memory, images[i]);
        printf("%d %d\\n", (int)found.class_index, (int)found.similarity);
    }
    SYSTICK[1] = 0xFFFFFFu;
    SYSTICK[2] = 0u;
    SYSTICK[0] = 5u;
    (void)embhd_classify(embhd_features_output(&embhd_features_memory));
    printf("classifier: %lu instructions\\n", (unsigned long)((0xFFFFFFu - SYSTICK[2]) * 40u));
    return 0;
}
"""
COUNT = 4


def test_on_a_board(pipeline, tmp_path):
    if generated.missing("m4"):
        pytest.skip(f"{', '.join(generated.missing('m4'))} not installed: make test-mcu installs it")
    folder, _ = pipeline
    some = images()[:COUNT]
    expected = subprocess.run([built(folder, CLASSIFY)], input=some.tobytes(), capture_output=True, check=True).stdout.decode()
    header = (folder / "embhd_features.h").read_text()
    scale, zero = (float.fromhex(header.split(f"EMBHD_FEATURES_INPUT_{what} ")[1].split()[0].strip("f()")) if what == "SCALE" else
                   int(header.split(f"EMBHD_FEATURES_INPUT_{what} ")[1].split()[0].strip("()")) for what in ("SCALE", "ZERO_POINT"))
    steps = some / np.float32(scale)
    stored = np.clip(np.trunc(steps + np.copysign(0.5, steps)) + zero, -128, 127).astype(np.int8).reshape(COUNT, -1)
    (tmp_path / "images.inc").write_text("".join("{" + ",".join(map(str, row)) + "},\n" for row in stored))
    (tmp_path / "main.c").write_text(BOARD)
    compiler, processor, program, emulator = generated.BOARDS["m4"]
    elf = tmp_path / "m4.elf"
    generated.run([compiler, *FLAGS, *processor, f"-I{folder}", f"-DCOUNT={COUNT}", tmp_path / "main.c", *[folder / s for s in SOURCES], *program,
                   "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-o", elf, "-lm"])
    said = generated.run([*emulator, "-icount", "shift=0", "-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
                          "enable=on,target=native", "-kernel", elf], timeout=300)
    assert expected.strip() in said.replace("\r", ""), said
    print(said)


def test_fit_counts_both_stages(features, pipeline):
    """One pipeline: latency by stage and in total, memory, ratio, accuracy kept, each with what is asked of it."""
    line = [generated.command(), "fit", features, "--hdc", TINYNAS / "hdc.pth", "--target", "esp32-s3-eye", "--max-latency",
            "features=8ms,hdc=3ms,total=12ms", "--min-ratio", "3x", "--min-accuracy-kept", "95%", "--max-ram", "200K", "--data", TINYNAS / "test_x.npy",
            "--labels-data", TINYNAS / "test_y.npy", "--reference", SOURCE, "--json"]
    done = subprocess.run(list(map(str, line)), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    figures = json.loads(done.stdout)["figures"]
    limits = {what: f["limit"] for what, f in figures.items() if "limit" in f}
    asked = {"features latency": 8, "hdc latency": 3, "latency": 12, "size ratio": 3, "accuracy kept": 95}
    assert asked.items() <= limits.items()
    for what in asked:
        value, least = figures[what]["value"], what in ("size ratio", "accuracy kept")
        assert figures[what]["status"] == ("PASS" if (value >= asked[what] if least else value <= asked[what]) else "FAIL")
    assert figures["latency"]["value"] == pytest.approx(figures["features latency"]["value"] + figures["hdc latency"]["value"])
    assert 512 << 10 < figures["size"]["value"] - features.stat().st_size < 530 << 10, "projection and prototypes"
    assert figures["size ratio"]["value"] == pytest.approx(3.85, abs=0.1) and figures["accuracy kept"]["value"] >= 99
    assert figures["ram"]["value"] == pipeline[1]["arena_bytes"] + 2048, "the arena of the C, and stack"
    advice = json.loads(done.stdout)["advice"]
    assert any("--bits 1" in line for line in advice) and any("--dimensions" in line for line in advice) and any("esp-nn" in line for line in advice)
    packed = subprocess.run(list(map(str, [*line[:line.index("--min-ratio")], "--bits", 1, "--binarize", "--json"])), capture_output=True, text=True)
    smaller = json.loads(packed.stdout)["figures"]
    assert smaller["hdc latency"]["value"] < figures["hdc latency"]["value"] / 2 and smaller["size"]["value"] < figures["size"]["value"] / 3
    assert done.returncode == (0 if all(f.get("status") != "FAIL" for f in figures.values()) else 4)
