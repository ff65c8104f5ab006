"""Generated C of every model at hand: compiled without a warning, equal to the host's executor."""

import pytest

import generated
from generated import BOARD_MODELS, BOARDS, HERE, SHARED

MODELS = sorted(SHARED.glob("*/**/*.tflite")) if SHARED.exists() else []
# Why a model is refused: what it computes is not made of kernels, or TFLite Micro does not compute it either.
NOT_WRITTEN = ["cannot be written as C", "custom operator"]


def short(path):
    return str(path.relative_to(SHARED))


@pytest.mark.parametrize("path", MODELS, ids=short)
def test_on_the_host(path, tmp_path):
    said, refusal = generated.export(path, tmp_path)
    if said is None:
        assert any(reason in refusal for reason in NOT_WRITTEN), refusal
        pytest.skip(refusal.splitlines()[-1].strip())
    for compiler in ("gcc", "clang-16"):
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
    assert "instructions" in generated.on_board(tmp_path, board, HERE / "model_main.c")
