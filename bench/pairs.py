"""Latency of .tflite files in LiteRT, one thread, measured in turns so that every file sees the same machine.

    python bench/pairs.py [--seconds 3] A.tflite B.tflite ...     prints one JSON list: of each its file, the median
seconds and the best, operators, parts that XNNPACK takes, bytes
"""

import argparse
import json
import os
import statistics
import time

import numpy as np


def prepared(path):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    rng = np.random.default_rng(0)
    for detail in interpreter.get_input_details():
        shape, dtype = detail["shape"], np.dtype(detail["dtype"])
        values = rng.random(shape) if dtype.kind == "f" else rng.integers(0, 2, shape)
        interpreter.set_tensor(detail["index"], np.asarray(values, dtype))
    interpreter.invoke()
    return interpreter


def operators(path):
    """How many the file holds: LiteRT without delegates lists them unchanged."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return len(Interpreter(model_path=path, experimental_op_resolver_type=plain)._get_ops_details())


def partitions(interpreter):
    """Into how many parts the default delegate, XNNPACK, gathered the operators."""
    return sum(op["op_name"] == "DELEGATE" for op in interpreter._get_ops_details())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seconds", type=float, default=3)
    arguments = parser.parse_args()
    interpreters = [prepared(path) for path in arguments.files]
    times = [[] for _ in interpreters]
    deadline = time.perf_counter() + arguments.seconds * len(interpreters)
    turn = 0
    while time.perf_counter() < deadline or turn < 10:
        for step in range(len(interpreters)):
            which = (turn + step) % len(interpreters)  # nobody is always first
            start = time.perf_counter()
            interpreters[which].invoke()
            times[which].append(time.perf_counter() - start)
        turn += 1
    rows = [
        {"file": path, "seconds": statistics.median(taken), "best": min(taken), "operators": operators(path),
         "partitions": partitions(interpreter), "bytes": os.path.getsize(path)}
        for path, taken, interpreter in zip(arguments.files, times, interpreters)
    ]
    print(json.dumps(rows), flush=True)
    os._exit(0)  # LiteRT may crash while Python takes its interpreters apart


if __name__ == "__main__":
    main()
