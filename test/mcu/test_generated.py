"""Generated C of every model at hand: compiled without a warning, equal to the host's executor."""

import json
import os
import re
import sys

import pytest

import generated
from generated import BOARD_MODELS, BOARDS, HERE, SHARED

sys.path.insert(0, str(HERE.parent / "conformance"))
import integer_cases  # noqa: E402
import integer_layers  # noqa: E402
import integer_models  # noqa: E402
import integer_nodes  # noqa: E402

SEED, COUNT = int(os.environ.get("SEED", 5)), int(os.environ.get("COUNT", 4))
SANITIZED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"]
# One kind of random layer, and the kernel that most of them take.
LAYERS = {"conv": "tin_mcu_conv", "depthwise_conv": "tin_mcu_depthwise", "fully_connected": "tin_mcu_", "average_pool": "tin_mcu_average_pool",
          "max_pool": "tin_mcu_max_pool", "ADD": "tin_mcu_add", "SUB": "tin_mcu_add", "MEAN": "tin_mcu_mean"}


@pytest.mark.parametrize("path", generated.models(), ids=generated.short)
def test_on_the_host(path, tmp_path):
    said, refusal = generated.export(path, tmp_path)
    assert generated.listed().get(generated.short(path)) == (None if said is not None else generated.reason(refusal)), \
        "python test/mcu/generated.py writes the page anew"
    if said is None:
        return
    # Sources are large: constants of many megabytes, which compilers take their time for.
    for compiler in ("gcc", "clang-16") if path.suffix == ".tflite" else ("gcc",):
        if generated.shutil.which(compiler):
            generated.self_test_on_host(tmp_path, compiler=compiler)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("model", BOARD_MODELS)
def test_on_boards(board, model, tmp_path):
    if generated.missing(board):
        pytest.skip(f"{', '.join(generated.missing(board))} not installed: make test-mcu installs it")
    if not (SHARED / BOARD_MODELS[model]).exists():
        pytest.skip("no shared models")
    said, refusal = generated.export(SHARED / BOARD_MODELS[model], tmp_path)
    assert said is not None, refusal
    counted = generated.on_board(tmp_path, board, HERE / "model_main.c", count=True)
    instructions, stack = map(int, re.search(r"instructions (\d+) stack (\d+)", counted).groups())
    assert stack <= 2048
    if board != "rv32":
        assert generated.symbol_sizes(tmp_path / f"{board}.elf")["model_memory"] == json.loads(said)["arena_bytes"]
    if board in generated.TARGETS:  # the estimates of `fit` state by how much they are off
        fit = json.loads(generated.run([generated.command(), "fit", SHARED / BOARD_MODELS[model], "--target", generated.TARGETS[board],
                                        "--json", "--max-latency", "1000s"]))
        assert abs(fit["instructions"] / instructions - 1) <= fit["instructions_error"]


@pytest.mark.parametrize("board", ["m4", "rv32"])
@pytest.mark.parametrize("model", ["models/digits/digits_float32_peer.tflite", "models/mbv2_48/mbv2_48_float32.tflite", "models/gru/gru_op17.onnx"])
def test_floats_on_boards(board, model, tmp_path):
    """To 1e-5 of the largest: compilers and their libraries round in their own ways."""
    if generated.missing(board) or not (SHARED / model).exists():
        pytest.skip(f"{', '.join(generated.missing(board)) or 'shared models'} not there: make test-mcu installs what it needs")
    said, refusal = generated.export(SHARED / model, tmp_path)
    assert said is not None, refusal
    assert "instructions" in generated.on_board(tmp_path, board, HERE / "model_main.c")


class Draw(integer_layers.Draw):
    """Layers as converters write them: one image, no weight of -128, mostly one output a channel."""

    begun = False

    def whole(self, low, high):
        drawn = super().whole(low, high)
        first, self.begun = not self.begun, True
        one = high == 2 if first else (low, high) == (1, 3) and super().whole(0, 1) == 1  # images; strides and outputs a channel
        return 1 if one else drawn

    def weights(self, shape, axis, single=None):
        tensor = super().weights(shape, axis, single)
        tensor.data = tensor.data.clip(-127, None)
        return tensor


def is_common(kind, shapes):
    """One image; equal shapes."""
    return len(shapes[0]) == 4 and shapes[0][0] == 1 if kind == "MEAN" else shapes[0] == shapes[1]


def random_layer(kind, seed, i, path):
    if kind in integer_layers.KINDS:
        path.write_bytes(integer_layers.KINDS[kind][0](Draw((seed, i), "int8"))[0])
        return
    draw, case = integer_nodes.Draw(1000 * seed + i), None
    while not case or not is_common(kind, [t.shape for t in case.inputs]) or case.inputs[0].dtype != integer_cases.I8:
        case = integer_cases.CASES[kind](draw)
    integer_models.write(case, path)


@pytest.mark.parametrize("kind", LAYERS)
def test_random_layers(kind, tmp_path):
    """As plain C and as the C of processors with SIMD, without a byte read that is not the model's."""
    served = 0
    for i in range(COUNT):
        path, folder = tmp_path / f"{i}.tflite", tmp_path / str(i)
        random_layer(kind, SEED, i, path)
        said, refusal = generated.export(path, folder)
        assert said is not None, refusal
        served += LAYERS[kind] in (folder / "model.c").read_text()
        for way in ([], ["-DTIN_MCU_EMULATE_DSP"]):
            try:
                generated.self_test_on_host(folder, flags=[*SANITIZED, *way])
            except AssertionError as error:
                raise AssertionError(f"seed {SEED}, model {i}: {error}") from error
    assert served, f"seed {SEED}: no {kind} was served"
