"""How conversion time and memory grow with the model: written here, up to 2 GB, weights in an external file.

    python bench/scaling.py --tinsmith build/release/cli/tinsmith [--largest 2.0]
"""

import argparse
import pathlib
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

import measure

SIZES = (1 / 32, 1 / 8, 1 / 2, 1, 2)  # GB
WIDTH, CHANNELS = 2048, 512


def write_model(kind, size, folder):
    """A chain of Gemm or 3x3 Conv of about `size` GB, its weights in one external file; returns its path and the bytes."""
    shape = [WIDTH, WIDTH] if kind == "mlp" else [CHANNELS, CHANNELS, 3, 3]
    bytes_each = 4 * int(np.prod(shape))
    layers = max(1, int(size * 1e9) // bytes_each)
    data = np.random.default_rng(0).standard_normal(bytes_each // 4, dtype=np.float32) * np.float32(0.02)
    nodes, tensors, current = [], [], "x"
    with open(folder / "weights.bin", "wb") as payload:
        for i in range(layers):
            tensor = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
            for key, value in (("location", "weights.bin"), ("offset", payload.tell()), ("length", bytes_each)):
                tensor.external_data.add(key=key, value=str(value))
            tensors.append(tensor)
            payload.write(np.roll(data, i + 1).tobytes())  # no two weights are the same bytes
            operation = {"transB": 1} if kind == "mlp" else {"pads": [1, 1, 1, 1]}
            nodes.append(helper.make_node("Gemm" if kind == "mlp" else "Conv", [current, f"w{i}"], [f"y{i}"], **operation))
            current = f"y{i}"
    extent = [1, WIDTH] if kind == "mlp" else [1, CHANNELS, 8, 8]
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, extent)
    graph = helper.make_graph(nodes, kind, [value("x")], [value(current)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{kind}.onnx"
    onnx.save(model, path)
    return path, layers * bytes_each


def table(command, folder, largest):
    yield "`convert --method float32 --no-verify` of chains of layers, weights in an external file.\n\n"
    yield "| model | weights | CPU s | wall s | s per GB | peak memory / weights |\n|---|---|---|---|---|---|\n"
    for kind in ("mlp", "conv"):
        for size in [size for size in SIZES if size <= largest]:
            path, weights = write_model(kind, size, folder)
            cost = measure.median_of(3 if size < 1 else 1, [command, "convert", path, "-o", folder / "out.tflite", "--force", "--method", "float32", "--no-verify"],
                                     log=folder / "scaling.log")
            (folder / "out.tflite").unlink(missing_ok=True)
            if cost.code:
                why = " ".join((folder / "scaling.log").read_text(errors="replace").split())[-200:]
                yield f"| {kind} | {weights / 1e6:,.0f} MB | exit {cost.code} | | | {why} |\n"
                continue
            yield (f"| {kind} | {weights / 1e6:,.0f} MB | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.cpu / (weights / 1e9):.2f} "
                   f"| {cost.rss / weights:.2f} |\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tinsmith", required=True)
    parser.add_argument("--largest", type=float, default=2.0, help="GB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tinsmith-scaling-") as folder:
        for line in table(str(pathlib.Path(arguments.tinsmith).resolve()), pathlib.Path(folder), arguments.largest):
            print(line, end="", flush=True)


if __name__ == "__main__":
    main()
