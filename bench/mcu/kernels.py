"""Instructions of the kernels for microcontrollers, layer by layer, for the layers of int8 .tflite files.

  bench/mcu/kernels.py [--cpu m0|m4|m7|m55|rv32] MODEL.tflite...    needs gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm and the package tflite_micro
"""

import argparse
import importlib.util
import math
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("POINTWISE", "CONV", "ONE_CHANNEL", "DEPTHWISE_3X3", "DEPTHWISE", "FULLY_CONNECTED", "ADD", "AVERAGE_POOL")
# Machine, memory, nanoseconds in four ticks of SysTick, flags.
CPUS = {
    "m4": ("mps2-an386", "mps2", 160, "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"),
    "m7": ("mps2-an500", "mps2", 160, "-mcpu=cortex-m7 -mfloat-abi=hard"),
    "m0": ("mps2-an385", "mps2", 160, "-mcpu=cortex-m0plus"),
    "m55": ("mps3-an547", "mps3", 125, "-mcpu=cortex-m55 -mfloat-abi=hard"),
    "rv32": ("virt", None, 0, "-march=rv32imac -mabi=ilp32 --specs=picolibc.specs --oslib=semihost --crt0=hosted"
             " -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=4M,--defsym=__ram=0x80400000,--defsym=__ram_size=8M"),
}


def schema():
    found = pathlib.Path(importlib.util.find_spec("tflite_micro").origin).parent
    path = found / "tensorflow/lite/micro/python/schema_py_generated.py"
    spec = importlib.util.spec_from_file_location("tflite_schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def padding(same, size_in, size_out, kernel, stride):
    return max((size_out - 1) * stride + kernel - size_in, 0) // 2 if same else 0


def window(kind, name, x, w, y, options, y_zero):
    in_h, in_w, in_c = x[1:]
    out_h, out_w, out_c = y[1:]
    kernel, stride = w[1:3], options.strideH
    pads = [padding(options.padding == 0, i, o, k, stride) for i, o, k in zip((in_h, in_w), (out_h, out_w), kernel)]
    return kind, name, (y_zero, in_h, in_w, in_c, out_h, out_w, out_c, *kernel, stride, *pads)


def layers_of(path, tflite):
    model = tflite.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    graph, codes = model.subgraphs[0], tflite.BuiltinOperator
    for node in graph.operators:
        code = model.operatorCodes[node.opcodeIndex]
        code = max(code.builtinCode, code.deprecatedBuiltinCode)
        if code in (codes.ADD, codes.AVERAGE_POOL_2D):
            x, y = (list(map(int, graph.tensors[i].shape)) for i in (node.inputs[0], node.outputs[0]))
            options = node.builtinOptions
            if code == codes.ADD:
                yield "ADD", path.stem, (0, *x[1:], *y[1:], 1, 1, 1, 0, 0)
            else:
                yield window("AVERAGE_POOL", path.stem, x, [1, options.filterHeight, options.filterWidth], y, options, 0)
        if code not in (codes.CONV_2D, codes.DEPTHWISE_CONV_2D, codes.FULLY_CONNECTED):
            continue
        x, w = (list(map(int, graph.tensors[i].shape)) for i in node.inputs[:2])
        out = graph.tensors[node.outputs[0]]
        y, y_zero = list(map(int, out.shape)), int(out.quantization.zeroPoint[0])
        options = node.builtinOptions
        if code == codes.FULLY_CONNECTED:
            yield "FULLY_CONNECTED", path.stem, (y_zero, 1, 1, w[1], 1, 1, w[0], 1, 1, 1, 0, 0)
        elif code == codes.DEPTHWISE_CONV_2D:
            kind = "ONE_CHANNEL" if x[3] == 1 else "DEPTHWISE_3X3" if w[1:3] == [3, 3] else "DEPTHWISE"
            if kind == "ONE_CHANNEL" or options.depthMultiplier == 1:
                yield window(kind, path.stem, x, w, y, options, y_zero)
        else:
            kind = "POINTWISE" if w[1:3] == [1, 1] and options.strideH == 1 else "CONV"
            yield window(kind, path.stem, x, w, y, options, y_zero)


def measure(layers, cpu):
    machine, memory, four_ticks, flags = CPUS[cpu]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lines = [f'{{"{name}", {kind}, {", ".join(map(str, numbers))}}},\n' for kind, name, numbers in layers]
        (folder / "layers.inc").write_text("".join(lines))
        board, program = ROOT / "test/mcu/board", folder / "kernels.elf"
        sources = [ROOT / "bench/mcu/kernels.c", *sorted((ROOT / "src/kernel/mcu").glob("*.c"))]
        if memory:
            compiler, emulator = "arm-none-eabi-gcc", ["qemu-system-arm"]
            sources += [board / "startup.c", f"-L{board}", "-nostartfiles", "-T", f"{memory}.ld", "--specs=rdimon.specs"]
        else:
            compiler, emulator = "riscv64-unknown-elf-gcc", ["qemu-system-riscv32", "-bios", "none"]
        subprocess.run([compiler, "-std=c99", "-O2", *flags.split(), f"-DNS_IN_FOUR_TICKS={four_ticks}", f"-I{folder}",
                        f"-I{ROOT}/src", *sources, "-lm", "-Wl,--gc-sections", "-o", program], check=True)
        run = subprocess.run([*emulator, "-M", machine, "-icount", "shift=0", "-nographic", "-monitor", "none", "-serial", "none",
                              "-semihosting-config", "enable=on,target=native", "-kernel", program], check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    return run.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", choices=CPUS, default="m4")
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    tflite = schema()
    arguments = parser.parse_args()
    layers = [layer for path in arguments.models for layer in layers_of(path, tflite)]
    sums = {}
    for line in measure(layers, arguments.cpu):
        model, kind, *shape, macs, instructions, flash = line.split(",")
        macs, instructions, flash = int(macs), int(instructions), int(flash)
        total = sums.setdefault(model, [0, 0, 0])
        total[:] = total[0] + macs, total[1] + instructions, total[2] + flash
        in_h, in_w, in_c, out_c, kernel_h, kernel_w, stride, _ = shape
        print(f"{model:28.28} {KINDS[int(kind)]:15} {in_h:>3}x{in_w:>2}x{in_c:>3} -> {out_c:>3}  {kernel_h}x{kernel_w}/{stride}"
              f" {macs:9} {instructions:9} {instructions / max(macs, 1):6.2f} a MAC")
    for model, (macs, instructions, flash) in sums.items():
        print(f"{model:28.28} {macs / 1e6:.3f} MMAC, {instructions / 1e6:.3f} M instructions, {instructions / macs:.2f} a MAC,"
              f" {flash} bytes packed")


if __name__ == "__main__":
    main()
