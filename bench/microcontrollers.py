"""Generated C on Cortex-M4 under QEMU beside TFLite Micro with CMSIS-NN: instructions, flash, RAM, stack."""

import argparse
import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test/mcu"))
import generated  # noqa: E402

# TFLite Micro (2026-08) with CMSIS-NN, measured on 20 November 2026 with gcc 12.2 -O2, hard float, a resolver of exactly the model's
# operators: bytes of the .tflite, millions of instructions, arena, flash beside the model, stack.
PEER = {
    "mbv2_48": (32768, 6.24, 31668, 55088, 1260),
    "tinynas": (137592, 24.0, 159924, 50192, 1260),
    "ic": (98496, 29.9, 54996, 46760, 1260),
    "kws": (53936, 7.70, 22820, 49016, 1260),
    "ad": (276976, 0.58, 2580, 24104, 764),
    "micro_speech": (18800, 1.50, 6836, 39792, 1252),
    "person_detect": (300568, 22.9, 82308, 39272, 1252),
    "mnist_valid": (6264, 0.21, 2884, 42656, 1260),
}
MAIN = '#include "model.h"\nint main(void) { model_init(&model_memory); model_invoke(&model_memory); return 0; }\n'
EMPTY = "int main(void) { return 0; }\n"


def flash(folder, source, files, name):
    """Bytes of text and data of a program, and its symbols."""
    main = folder / f"{name}.c"
    main.write_text(source)
    compiler, processor, program, _ = generated.BOARDS["m4"]
    elf = folder / f"{name}.elf"
    generated.run([compiler, *generated.STRICT, "-O2", *processor, f"-I{folder}", main, *files, *program, "-ffunction-sections",
                   "-fdata-sections", "-Wl,--gc-sections", "-o", elf])
    text, data = map(int, generated.run(["arm-none-eabi-size", str(elf)]).splitlines()[1].split()[:2])
    return text + data, generated.symbol_sizes(elf)


def measure(path):
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        said, refusal = generated.export(path, folder)
        if said is None:
            raise SystemExit(refusal)
        ran = generated.on_board(folder, "m4", generated.HERE / "model_main.c", count=True)
        instructions, stack = map(int, re.search(r"instructions (\d+) stack (\d+)", ran).groups())
        with_model, symbols = flash(folder, MAIN, [folder / "model.c"], "with_model")
        without, _ = flash(folder, EMPTY, [], "without")
        constants = sum(size for name, size in symbols.items() if re.match(r"model_(packed|weights|initial)_\d+(_flash)?$", name))
        arena = symbols["model_memory"]
        assert arena == json.loads(said)["arena_bytes"], "the arena in the program is not the planned one"
        return {"instructions": instructions, "stack": stack, "constants": constants, "code": with_model - without - constants,
                "arena": arena}


def table(rows):
    out = ["| int8 model | instructions (M), CMSIS-NN | ours | ratio | code bytes, CMSIS-NN | ours | ratio | all flash, of .tflite + CMSIS-NN's | "
           "RAM: arena, TFLite Micro's | ours | stack |", "|---" * 11 + "|"]
    for name, ours in rows.items():
        size, instructions, arena, code, _ = PEER[name]
        out.append(f"| {name} | {instructions:.2f} | {ours['instructions'] / 1e6:.2f} | {ours['instructions'] / 1e6 / instructions:.2f} | {code:,} | "
                   f"{ours['code']:,} | {ours['code'] / code:.2f} | {100 * (ours['code'] + ours['constants']) / (size + code):.0f} % | {arena:,} | "
                   f"{ours['arena']:,} | {ours['stack']:,} |")
    return "\n".join(out) + "\n"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", type=pathlib.Path, help="a page whose section 'On microcontrollers' is replaced")
    options = options.parse_args()
    missing = generated.missing("m4")
    if missing or not generated.SHARED.exists():
        raise SystemExit(f"not measured: {', '.join(missing) or 'shared models'} not there")
    rows = {name: measure(generated.SHARED / generated.BOARD_MODELS[name]) for name in PEER}
    text = ("\n## On microcontrollers\n\nCortex-M4 (QEMU mps2-an386, one instruction a nanosecond), gcc -O2, hard float. CMSIS-NN: TFLite Micro (2026-08) "
            "with it, measured on 20 November 2026. Code: everything but the model and an empty program.\n\n" + table(rows))
    print(text)
    if options.write:
        page = options.write.read_text()
        page = re.sub(r"\n## On microcontrollers\n.*?(?=\n## |\Z)", "", page, flags=re.S)
        options.write.write_text(page.rstrip("\n") + "\n" + text)


if __name__ == "__main__":
    main()
