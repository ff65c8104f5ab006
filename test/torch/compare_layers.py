"""Layers of torch.nn with random configurations, exported, converted by tinsmith and run by LiteRT's built-in kernels beside PyTorch.

Runs in an environment with PyTorch (`make test-torch`). Every second configuration goes through run_decompositions(), so that both the
operators of the exporter and core ATen are read. Seeds are fixed: every run draws the same.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import ai_edge_litert.interpreter as litert  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

import function_cases  # noqa: E402
import layer_cases  # noqa: E402

CASES = {**layer_cases.LAYERS, **function_cases.FUNCTIONS}
TOLERANCE = 1e-4  # of the largest output


def build(make, seed):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    module, inputs = make(rng)
    for name, value in list(module.named_parameters()) + list(module.named_buffers()):
        if not value.is_floating_point():
            continue
        low = 0.5 if "var" in name else -1.0
        value.data.copy_(torch.from_numpy(rng.uniform(low, 1.0, value.shape).astype(np.float32)))
    return module.eval(), inputs


def flat(results):
    if isinstance(results, torch.Tensor):
        return [results]
    return [tensor for part in results for tensor in flat(part)]


def run_tflite(path, samples):
    interpreter = litert.Interpreter(str(path), experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    details = {detail["name"]: detail for detail in interpreter.get_input_details()}
    for name, sample in samples.items():
        if name in details:
            interpreter.set_tensor(details[name]["index"], sample)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def differences(got, wanted):
    if len(got) != len(wanted):
        return f"{len(got)} outputs, PyTorch has {len(wanted)}"
    for i, (mine, right) in enumerate(zip(got, wanted)):
        if mine.shape != right.shape:
            return f"output {i}: shape {mine.shape}, PyTorch has {right.shape}"
        if mine.dtype != right.dtype:
            return f"output {i}: {mine.dtype}, PyTorch has {right.dtype}"
        if mine.size == 0:
            continue
        error = np.abs(mine.astype(np.float64) - right).max() / max(np.abs(right.astype(np.float64)).max(), 1e-3)
        if not error <= TOLERANCE:
            return f"output {i}: {error:.1e} apart"
    return None


def one_case(command, folder, name, seed, decomposed):
    """None where it agrees, else why not."""
    module, inputs = build(CASES[name], seed)
    try:
        wanted = [y.detach().numpy() for y in flat(module(*inputs))]
    except Exception as error:  # a configuration that PyTorch itself refuses is drawn again
        return f"drawn again: {type(error).__name__} {error}"
    exported = torch.export.export(module, tuple(inputs))
    if decomposed:
        exported = exported.run_decompositions()
    source, target = folder / "model.pt2", folder / "model.tflite"
    torch.export.save(exported, source)
    target.unlink(missing_ok=True)
    done = subprocess.run([command, "convert", source, "-o", target, "--method", "float32", "--quiet", "--keep-nchw"], capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}"
    names = exported.graph_signature.user_inputs
    return differences(run_tflite(target, {n: x.numpy() for n, x in zip(names, inputs)}), wanted)


def table(results):
    lines = ["# Layers and functions of PyTorch", "",
             "Written by `make torch-support-table` from the test itself: each layer of torch.nn in random configurations (strides, dilation,",
             "padding, groups, options), exported by torch.export (every second one decomposed to core ATen), converted and run by LiteRT's",
             "built-in kernels beside PyTorch, within 1e-4 of the largest output.", "",
             "| layer or function | configurations | agree |", "|---|---|---|"]
    for name, outcomes in results.items():
        right = sum(o is None for o in outcomes)
        lines.append(f"| {name} | {len(outcomes)} | {right if right < len(outcomes) else 'all'} |")
    listed = re.findall(r'TORCH_OP\("([^"]+)"', (pathlib.Path(__file__).parents[2] / "src/frontend/torch/ops.inc").read_text())
    lines += ["", "## Operators that are read", "", "Overloads and forms that write in place (`add_`) belong to the name.", "",
              ", ".join(f"`{name.removeprefix('aten.')}`" for name in sorted(listed))]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"), required="TINSMITH" not in os.environ)
    parser.add_argument("--each", type=int, default=4, help="configurations of each layer")
    parser.add_argument("--only", nargs="*", help="layers and functions")
    parser.add_argument("--write-table", type=pathlib.Path)
    options = parser.parse_args()
    results, failed = collections.OrderedDict(), 0
    with tempfile.TemporaryDirectory() as folder:
        for index, name in enumerate(CASES):
            if options.only and name not in options.only:
                continue
            results[name] = []
            for attempt in range(8 * options.each):
                if len(results[name]) == options.each:
                    break
                seed = 1000 * index + attempt
                try:
                    outcome = one_case(options.tinsmith, pathlib.Path(folder), name, seed, attempt % 2 == 1)
                except Exception as error:  # the exporter's own trouble is a result, too
                    outcome = f"{type(error).__name__} {str(error)[:300]}"
                if outcome and outcome.startswith("drawn again"):
                    continue
                results[name].append(outcome)
                if outcome:
                    failed += 1
                    print(f"{name} seed {seed}{' decomposed' if attempt % 2 else ''}: {outcome}", flush=True)
    count = sum(map(len, results.values()))
    print(f"{count - failed} of {count} configurations of {len(results)} layers and functions agree")
    if options.write_table:
        options.write_table.write_text(table(results))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
