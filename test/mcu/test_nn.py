"""Generated C that calls CMSIS-NN or ESP-NN: against declarations of their interfaces, and functions of theirs that call tinsmith's kernels."""

import re

import pytest

import generated
from generated import BOARD_MODELS, HERE, ROOT, SHARED

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no shared models")
LIBRARIES = {"cmsis": "MODEL_USE_CMSIS_NN", "esp": "MODEL_USE_ESP_NN"}
PLAIN = [ROOT / f"src/kernel/{name}.c" for name in ("conv_integer", "depthwise_conv_integer", "fully_connected_integer")]
MODELS = ["tinynas", "kws", "ad", "person_detect"]
MAIN = """
#include <stdio.h>
#include "model.h"
#include "stub.h"
int main(int count, char** arguments) {
    (void)arguments;
    if (count > 1) nn_stub_wants = 1 << 20; /* more than there is */
    const int wrong = model_self_test(&model_memory);
    printf("%d %d %d %d %d\\n", wrong, nn_stub.conv, nn_stub.depthwise, nn_stub.dense, nn_stub.per_row);
    return wrong;
}
"""


def program(folder, library, compiler):
    out = folder / f"{library}_{compiler}"
    (folder / "main.c").write_text(MAIN)
    generated.run([compiler, *generated.STRICT, "-O1", f"-D{LIBRARIES[library]}=1",
                   f"-I{HERE}/nn", f"-I{ROOT}/src", f"-I{folder}", folder / "main.c", folder / "model.c", folder / "model_self_test.c",
                   HERE / f"nn/stub_{library}.c", *PLAIN, "-o", out, "-lm"])
    return out


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("model", MODELS)
def test_calls(library, model, tmp_path):
    said, refusal = generated.export(SHARED / BOARD_MODELS[model], tmp_path)
    assert said is not None, refusal
    code = (tmp_path / "model.c").read_text()
    layers = [code.count(f" tin_nn_{kind}_i8(") for kind in ("conv", "depthwise_conv", "fully_connected")]
    assert sum(layers) > 5
    for compiler in ("gcc", "clang-16"):
        if not generated.shutil.which(compiler):
            continue
        built = program(tmp_path, library, compiler)
        wrong, *calls = map(int, generated.run([built]).split())
        assert wrong == 0 and calls[:2] == layers[:2]
        if library == "cmsis":
            assert calls[2] + calls[3] == layers[2]
        else:
            assert calls[2] in (0, layers[2]), "dense layers with a scale for each row are tinsmith's"
        # Where the library wants more work space than there is, tinsmith computes the layer.
        wrong, *calls = map(int, generated.run([built, "more"]).split())
        assert wrong == 0 and calls[:2] == [0, 0]


@pytest.mark.parametrize("library", LIBRARIES)
def test_patches(library, tmp_path):
    text, refusal = generated.export(SHARED / BOARD_MODELS["tinynas"], tmp_path, "--max-ram", "49151")
    assert text is not None, refusal
    wrong, *calls = map(int, generated.run([program(tmp_path, library, "gcc")]).split())
    assert wrong == 0 and sum(calls) > 30, "tile by tile"


def test_absent_without_such_layers(tmp_path):
    text, refusal = generated.export(SHARED / "models/digits/digits_float32_peer.tflite", tmp_path)
    assert text is not None, refusal
    assert not re.search("CMSIS|ESP_NN", "".join(path.read_text() for path in tmp_path.glob("*.[ch]")))
