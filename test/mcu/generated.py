"""Exports models as C, compiles it for the host and for boards, and runs it there under QEMU."""

import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off"]

# The models that run on boards: name, path in shared, options of export.
BOARD_MODELS = {
    "mbv2_48": "models/mbv2_48/mbv2_48_int8.tflite",
    "tinynas": "models/tinynas/tinynas_int8_peer.tflite",
    "ic": "corpus/mlperf_ic/pretrainedResnet_quant.tflite",
    "kws": "corpus/mlperf_kws/kws_ref_model_int8.tflite",
    "ad": "corpus/mlperf_ad/ad01_int8.tflite",
    "sww": "corpus/mlperf_sww/str_ww_ref_model_int8.tflite",
    "micro_speech": "corpus/tflm/micro_speech_quantized.tflite",
    "person_detect": "corpus/tflm/person_detect.tflite",
    "mnist_valid": "corpus/tinymaix/mnist_valid_q.tflite",
}

ARM = ["-nostartfiles", f"-L{HERE}/board", "--specs=rdimon.specs", str(HERE / "board/startup.c")]
RISCV = ["--specs=picolibc.specs", "--oslib=semihost", "--crt0=hosted"] + [
    f"-Wl,--defsym=__{name}={value}" for name, value in
    {"flash": "0x80000000", "flash_size": "4M", "ram": "0x80400000", "ram_size": "8M", "stack_size": "256K"}.items()]
# compiler, flags of the processor, flags of the program, emulator
BOARDS = {
    "m0": ("arm-none-eabi-gcc", ["-mcpu=cortex-m0plus"], [*ARM, "-T", "mps2.ld"], ["qemu-system-arm", "-M", "mps2-an385"]),
    "m4": ("arm-none-eabi-gcc", ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"], [*ARM, "-T", "mps2.ld"],
           ["qemu-system-arm", "-M", "mps2-an386"]),
    "m7": ("arm-none-eabi-gcc", ["-mcpu=cortex-m7", "-mfloat-abi=hard"], [*ARM, "-T", "mps2.ld"], ["qemu-system-arm", "-M", "mps2-an500"]),
    "m55": ("arm-none-eabi-gcc", ["-mcpu=cortex-m55", "-mfloat-abi=hard"], [*ARM, "-T", "mps3.ld"],
            ["qemu-system-arm", "-M", "mps3-an547"]),
    "rv32": ("riscv64-unknown-elf-gcc", ["-march=rv32imc", "-mabi=ilp32"], RISCV, ["qemu-system-riscv32", "-M", "virt", "-bios", "none"]),
}


def missing(board):
    """The tools of a board that are not installed."""
    compiler, _, _, emulator = BOARDS[board]
    return [tool for tool in (compiler, emulator[0]) if not shutil.which(tool)]


def command():
    return os.environ.get("TINSMITH", str(ROOT / "build/release/cli/tinsmith"))


def export(model, folder, *options, name="model"):
    """Writes the C of a model to `folder`. Returns what the command said, or None and why it refused."""
    done = subprocess.run([command(), "export", str(model), "--format", "c", "--name", name, "-o", str(folder), "--no-verify",
                           "--json", *options], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (done.stdout, "") if done.returncode == 0 else (None, done.stderr.strip())


def run(line, **options):
    # Emulators send what programs print to one stream or the other.
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, f"{' '.join(map(str, line))}\nexit {done.returncode}\n{done.stdout[-3000:]}"
    return done.stdout


def self_test_on_host(folder, name="model", compiler="gcc", flags=("-O2",)):
    """Compiles without a warning and finds the host's bits."""
    main = folder / "main.c"
    main.write_text(f'#include "{name}.h"\nint main(void) {{ return {name}_self_test(&{name}_memory); }}\n')
    program = folder / f"program_{compiler}"
    run([compiler, *STRICT, *flags, f"-D{name.upper()}_TOLERANCE=0.0f", main, folder / f"{name}.c", folder / f"{name}_self_test.c", "-o",
         program, "-lm"])
    run([program])


def on_board(folder, board, main, name="model", count=False, flags=("-O2",)):
    """Compiles the model and `main` for a board without a warning and runs them. Returns what they print."""
    compiler, processor, program, emulator = BOARDS[board]
    elf = folder / f"{board}.elf"
    run([compiler, *STRICT, *flags, *processor, f"-I{folder}", main, folder / f"{name}.c", folder / f"{name}_self_test.c", *program,
         "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-o", elf, "-lm"])
    counting = ["-icount", "shift=0"] if count else []
    return run([*emulator, *counting, "-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
                "enable=on,target=native", "-kernel", elf], timeout=300)


def symbol_sizes(elf, nm="arm-none-eabi-nm"):
    """Bytes by symbol."""
    return {name: int(size, 16) for size, name in re.findall(r"^[0-9a-f]+ ([0-9a-f]+) \w (\S+)$", run([nm, "-S", str(elf)]), re.M)}
