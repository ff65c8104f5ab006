"""Exports packages and compiles them against stubs of the libraries that they are for: for the host, for Arm and for RISC-V."""

import json
import re
import shutil
import subprocess
import sys

import generated
from generated import BOARDS, HERE, ROOT, run

sys.path.insert(0, str(ROOT / "test/conformance"))
import integer_cases  # noqa: E402
import integer_models  # noqa: E402

STUBS = HERE / "stubs"
WARNINGS = ["-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffunction-sections", "-fdata-sections"]
CXX = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]

# compilers of C and C++, flags of the processor, how a program is linked
PLATFORMS = {
    "host": ("gcc", "g++", [], []),
    "arm": ("arm-none-eabi-gcc", "arm-none-eabi-g++", BOARDS["m4"][1], BOARDS["m4"][2]),
    "riscv": ("riscv64-unknown-elf-gcc", "riscv64-unknown-elf-g++", BOARDS["rv32"][1], BOARDS["rv32"][2]),
}


def missing(platform):
    return [tool for tool in PLATFORMS[platform][:2] if not shutil.which(tool)]


def has_new(platform):
    """Whether the toolchain comes with the C++ library's <new>."""
    done = subprocess.run([PLATFORMS[platform][1], "-x", "c++", "-E", "-"], input="#include <new>\n", capture_output=True, text=True)
    return done.returncode == 0


def export(model, folder, *options, code=0):
    """Returns what the command says as JSON, or its error where `code` is not 0."""
    line = [generated.command(), "export", str(model), "-o", str(folder), "--no-verify", "--json", *map(str, options)]
    done = subprocess.run([word for word in line if word], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def build(platform, sources, program, includes=(), flags=()):
    """Compiles C as C99 and C++ as C++17 without a warning, and links."""
    cc, cxx, processor, linked = PLATFORMS[platform]
    folder = program.parent / f"objects_{program.name}"
    folder.mkdir(exist_ok=True)
    include = [f"-I{path}" for path in includes] + ([] if has_new(platform) else [f"-I{STUBS}/freestanding"])
    specs = [word for word in linked if word.startswith("--specs")]
    objects = []
    for i, source in enumerate(sources):
        is_c = str(source).endswith(".c")
        language = ["-std=c99", "-ffp-contract=off"] if is_c else [*CXX, *(["-x", "c++"] if str(source).endswith(".ino") else [])]
        objects.append(folder / f"{i}.o")
        run([cc if is_c else cxx, *processor, *specs, *WARNINGS, *language, *include, *flags, "-c", source, "-o", objects[-1]])
    run([cxx if platform == "host" else cc, *processor, *WARNINGS, *objects, *linked, "-Wl,--gc-sections", "-o", program, "-lm"])
    return program


def start(platform, program):
    """Runs it here, or on the board that QEMU emulates, where that is installed."""
    if platform == "host":
        return run([program])
    emulator = BOARDS[{"arm": "m4", "riscv": "rv32"}[platform]][3]
    if shutil.which(emulator[0]):
        return run([*emulator, "-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native", "-kernel",
                    program], timeout=120)
    return ""


def sources_of(folder):
    return sorted(path for path in folder.iterdir() if path.suffix in (".c", ".cpp"))


def macros(header):
    """The numbers that a header defines."""
    found = re.findall(r"^#define (\w+) \(?(-?[0-9.e+-]+)[ful]*\)?$", header.read_text(), re.M)
    return {name: float(value) if re.search(r"[.e]", value) else int(value) for name, value in found}


def array(text, name):
    """The bytes of a C array."""
    body = re.search(r"\b" + name + r"\[\] = \{([^}]*)\}", text).group(1)
    return bytes(int(byte, 16) for byte in re.findall(r"0x([0-9a-f]{2})", body))


def image_model(path, channels=3, side=8, kernel=3, scale=1 / 255, zero=-128, seed=0):
    """A convolution over an image, as int8."""
    import numpy as np
    random = np.random.default_rng(seed)
    T = integer_models.Tensor
    weights = T((4, kernel, kernel, channels), np.int8, [0.01] * 4, 0, 0,
                random.integers(-127, 128, (4, kernel, kernel, channels)).astype(np.int8))
    bias = T((4,), np.int32, [0.01 * scale] * 4, 0, 0, random.integers(-999, 999, 4).astype(np.int32))
    case = integer_models.Case("CONV_2D", [T((1, side, side, channels), np.int8, scale, zero), weights, bias],
                               [T((1, side, side, 4), np.int8, 0.05, 3)],
                               {"padding": integer_models.schema.Padding.SAME, "strideW": 1, "strideH": 1, "dilationWFactor": 1,
                                "dilationHFactor": 1}, "Conv2DOptions")
    integer_models.write(case, path)
    return path
