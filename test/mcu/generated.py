"""Exports models as C, compiles it for the host and for boards, and runs it there under QEMU. As a program it writes the list of models
that are refused into docs/generated-c.md."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

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

# Networks that shared has in other forms than .tflite, one file of each: they are written as floats.
SOURCES = [
    "models/gru/gru_op17.onnx", "models/lstm/lstm_op17.onnx", "models/vit/vit_op17.onnx", "models/tinynas/tinynas_feat_op13.onnx",
    "models/mobilenetv2/mobilenetv2_op13.onnx", "models/yolov5n/yolov5n_op13.onnx", "corpus/silero/silero_vad_openvino_16k.onnx",
    "corpus/ulfd/version-slim-320.onnx", "corpus/alibaba_onnx/model_ic.onnx", "corpus/espdl/streaming_model.onnx",
    "corpus/arm_kws_pb/Basic_LSTM_S.pb", "corpus/arm_kws_pb/DS_CNN_S.pb", "corpus/onnx2c/mnist_model.onnx",
    "corpus/mlperf_sww/str_ww_ref_model.h5", "corpus/tinymaix/vww96.h5",
]
PAGE, TITLE = ROOT / "docs/generated-c.md", "## Models that are not written"

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


# Boards whose instructions QEMU counts, by a target with the same core.
TARGETS = {"m0": "raspberry-pi-pico", "m4": "generic-cortex-m4", "m55": "generic-cortex-m55", "rv32": "esp32-c3"}


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


def models():
    """All of shared: every .tflite, and the sources."""
    if not SHARED.exists():
        return []
    return sorted(SHARED.glob("*/**/*.tflite")) + [SHARED / path for path in SOURCES if (SHARED / path).exists()]


def short(path):
    return str(path.relative_to(SHARED))


def reason(refusal):
    """Why a model is refused, in a line: operators of the same kind with the same reason together."""
    each = re.findall(r"^  '.*' \((\w+)\): (.+)$", refusal, re.M)
    if not each:
        return refusal.removeprefix("tinsmith: ").splitlines()[0]
    return "; ".join(f"{each.count(pair)} {pair[0]}: {pair[1]}" for pair in dict.fromkeys(each))


def listed():
    """What the page says: why, by model."""
    section = PAGE.read_text().split(TITLE)[1].split("\n## ")[0]
    return dict(re.findall(r"^\| (\S+) \| (.+) \|$", section, re.M)[1:])


def write_page(folder):
    """Exports every model and writes those that are refused into the page."""
    rows, written = [], 0
    for path in models():
        said, refusal = export(path, folder)
        written += said is not None
        rows += [] if said is not None else [f"| {short(path)} | {reason(refusal)} |"]
    text = (f"{TITLE}\n\nOf the {written + len(rows)} models in `../shared` ({len(SOURCES)} of them sources of other formats, written as floats) {written} are "
            "written, compiled without a warning (by gcc and, but for the sources, clang), and compute the host's bits. The others:\n\n| model | why |\n|---|---|\n" +
            "\n".join(rows) + "\n\nTFLite Micro refuses hybrid layers too.\n")
    page = PAGE.read_text()
    start = page.index(TITLE) if TITLE in page else len(page)
    end = page.find("\n## ", start + 1)
    PAGE.write_text(page[:start].rstrip("\n") + "\n\n" + text + (page[end:] if end >= 0 else ""))


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


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        write_page(pathlib.Path(place))
