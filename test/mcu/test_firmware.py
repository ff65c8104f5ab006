"""Several models in one firmware, sections, constants in PSRAM, and layers that run in patches."""

import itertools
import json
import re
import subprocess

import pytest

import generated
from generated import BOARD_MODELS, HERE, SHARED

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no shared models")
COMPILERS = [c for c in ("gcc", "clang-16") if generated.shutil.which(c)]
FLOAT_DIGITS = "models/digits/digits_float32_peer.tflite"


def firmware(folder, *variants, options=()):
    """Exports NAME=PATH variants into one firmware."""
    line = [generated.command(), "export", "--format", "c", "-o", str(folder), "--no-verify", "--json", *options]
    for name, path in variants:
        line += ["--variant", f"{name}={SHARED / path}"]
    done = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SWITCHING = """
#include "model.h"
#include <stddef.h>
int main(void) {
    static const model_variant_t order[] = {%s};
    size_t i;
    if (load_model_variant((model_variant_t)MODEL_VARIANTS) == 0) return 100;
    if (model_self_test(&model_memory) != 0) return 101; /* the first, without being loaded */
    for (i = 0; i < sizeof order / sizeof order[0]; ++i) {
        if (load_model_variant(order[i]) != 0 || model_memory.variant != order[i]) return 102;
        if (model_self_test(&model_memory) != 0) return 1 + (int)i;
    }
    return 0;
}
"""


def switching(names):
    """A program that goes from every variant to every other."""
    order = [f"MODEL_{name.upper()}" for pair in itertools.product(names, names) for name in pair]
    return SWITCHING % ", ".join(order)


def table_of(text, name):
    return re.search(rf"static const \w+ {name}\[\] = ({{.*?}});", text, re.S).group(1)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_variants(compiler, tmp_path):
    """Three models, one of floats, one that remembers: each computes after any other what it computes alone."""
    paths = [("tiny", BOARD_MODELS["kws"]), ("normal", FLOAT_DIGITS), ("stream", "corpus/microwakeword/okay_nabu.tflite")]
    said = firmware(tmp_path, *paths)
    alone = []
    for name, path in paths:
        text, refusal = generated.export(SHARED / path, tmp_path / name)
        assert text is not None, refusal
        alone.append(json.loads(text)["arena_bytes"])
        for of in ("sample", "expected"):  # the firmware's own test compares with what the model's own test does
            one, every = ((folder / "model_self_test.c").read_text() for folder in (tmp_path / name, tmp_path))
            assert table_of(one, f"model_{of}_0") == table_of(every, f"model_{name}_{of}_0")
    assert [m["arena_bytes"] for m in said["models"]] == alone
    assert said["arena_bytes"] == max(alone)
    assert len(list(tmp_path.glob("*.c"))) == 2 and len(list(tmp_path.glob("*kernels*"))) == 1, "kernels stand there once"
    main = tmp_path / "main.c"
    main.write_text(switching([name for name, _ in paths]))
    program = tmp_path / "program"
    generated.run([compiler, *generated.STRICT, "-O2", "-DMODEL_TOLERANCE=0.0f", main, tmp_path / "model.c", tmp_path / "model_self_test.c",
                   "-o", program, "-lm"])
    generated.run([program])


def test_ports_of_variants(tmp_path):
    """What all variants have is reached without knowing which one is loaded."""
    firmware(tmp_path, ("a", "models/tinynas/tinynas_int8_peer.tflite"), ("b", "models/mbv2_48/mbv2_48_int8.tflite"))
    (tmp_path / "main.c").write_text("""
#include "model_quantize.h"
int main(void) {
    if (model_input_elements(&model_memory) != MODEL_A_INPUT_ELEMENTS) return 1;
    if (model_input(&model_memory) != model_a_input(&model_memory)) return 2;
    if (model_quantize_input(&model_memory, 0.25f) != model_a_quantize_input(0.25f)) return 3;
    if (load_model_variant(MODEL_B) != 0) return 4;
    if (model_input_elements(&model_memory) != MODEL_B_INPUT_ELEMENTS) return 5;
    if (model_output(&model_memory) != model_b_output(&model_memory)) return 6;
    if (model_dequantize_output(&model_memory, 3) < model_b_dequantize_output(3)) return 7;
    return 0;
}
""")
    generated.run(["gcc", *generated.STRICT, tmp_path / "main.c", tmp_path / "model.c", "-o", tmp_path / "program", "-lm"])
    generated.run([tmp_path / "program"])


def test_variants_on_a_board(tmp_path):
    if generated.missing("m4"):
        pytest.skip(f"{', '.join(generated.missing('m4'))} not installed: make test-mcu installs it")
    firmware(tmp_path, ("tiny", BOARD_MODELS["mnist_valid"]), ("normal", BOARD_MODELS["mbv2_48"]))
    main = tmp_path / "main.c"
    main.write_text(switching(["tiny", "normal"]))
    generated.on_board(tmp_path, "m4", main)


def sections(program):
    """Which section each symbol lies in."""
    found = re.findall(r"^[0-9a-f]+ .{7} (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", generated.run(["objdump", "-t", str(program)]), re.M)
    return {symbol: section for section, symbol in found}


def compiled(folder, *flags):
    out = folder / "model.o"
    generated.run(["gcc", *generated.STRICT, "-O1", *flags, "-c", folder / "model.c", "-o", out])
    return sections(out)


def test_sections(tmp_path):
    """Where the arena and constants lie is the build's to say: all of them, or a single one."""
    said, refusal = generated.export(SHARED / BOARD_MODELS["kws"], tmp_path)
    assert said is not None, refusal
    plain = compiled(tmp_path)
    assert plain["model_memory"] == ".bss"
    weights = [s for s in plain if re.fullmatch(r"model_packed_\d+_flash", s)]
    assert len(weights) > 5 and {plain[w] for w in weights} == {".rodata"}
    moved = compiled(tmp_path, '-DDRAM_ATTR=__attribute__((section(".dram0.data")))', '-DSPIRAM_ATTR=__attribute__((section(".spiram.data")))',
                     f'-D{weights[0].upper().removesuffix("_FLASH")}_ATTR=__attribute__((section(".itcm")))')
    assert moved["model_memory"] == ".dram0.data"
    assert moved[weights[0]] == ".itcm" and {moved[w] for w in weights[1:]} == {".spiram.data"}


@pytest.mark.parametrize("asked", ["--weights", "macro"])
def test_constants_in_psram(asked, tmp_path):
    """Copied at start into buffers of zeros that a macro places; the constants themselves stay in flash."""
    said, refusal = generated.export(SHARED / BOARD_MODELS["sww"], tmp_path, *(["--weights", "psram"] if asked == "--weights" else []))
    assert said is not None, refusal
    flags = ['-DEXT_RAM_BSS_ATTR=__attribute__((section(".ext_ram.bss")))'] + (["-DMODEL_WEIGHTS_IN_PSRAM=1"] if asked == "macro" else [])
    found = compiled(tmp_path, *flags)
    copies = [s for s in found if re.fullmatch(r"model_(packed|weights)_\d+", s)]
    assert len(copies) > 3
    assert {found[s] for s in copies} == {".ext_ram.bss"} and {found[s + "_flash"] for s in copies} == {".rodata"}
    generated.self_test_on_host(tmp_path, flags=["-O2", *flags])


PATCHES = {"tinynas": 49_151, "person_detect": 50_000, "mbv2_48": 14_240, "kws": 14_736, "ic": 32_768}


@pytest.mark.parametrize("model", PATCHES)
def test_patches(model, tmp_path):
    """Less memory, the same bits; what is computed twice is said."""
    whole, refusal = generated.export(SHARED / BOARD_MODELS[model], tmp_path / "whole")
    assert whole is not None, refusal
    said, refusal = generated.export(SHARED / BOARD_MODELS[model], tmp_path / "patches", "--max-ram", str(PATCHES[model]))
    if said is None:
        assert "more than the" in refusal and "--max-ram" in refusal
        pytest.skip(refusal)
    said, whole = json.loads(said), json.loads(whole)
    assert said["arena_bytes"] <= PATCHES[model] < whole["arena_bytes"]
    assert any("computed twice" in note for note in said["notes"])
    samples = [(tmp_path / f / "model_self_test.c").read_text() for f in ("whole", "patches")]
    assert samples[0] == samples[1]
    for compiler in COMPILERS:
        generated.self_test_on_host(tmp_path / "patches", compiler=compiler)


def test_patches_on_a_board(tmp_path):
    if generated.missing("m4"):
        pytest.skip(f"{', '.join(generated.missing('m4'))} not installed: make test-mcu installs it")
    said, refusal = generated.export(SHARED / BOARD_MODELS["tinynas"], tmp_path, "--max-ram", "49151")
    assert said is not None, refusal
    assert "instructions" in generated.on_board(tmp_path, "m4", HERE / "model_main.c")
    assert generated.symbol_sizes(tmp_path / "m4.elf")["model_memory"] == json.loads(said)["arena_bytes"] < 49_152
