"""Random integer models of one node each: tinsmith against TFLite Micro and LiteRT's reference kernels, bit for bit. Where the
two differ TFLite Micro decides, where one refuses the other does. `integer_nodes.py SEED COUNT [OPERATOR]` prints what differs."""

import collections
import os
import pathlib
import random
import sys
import tempfile

import numpy as np

import integer_cases
import litert
import tinsmith
from integer_models import draw_inputs, write


class Draw:
    """Random numbers from one seed."""

    def __init__(self, seed):
        self.random, self.numbers = random.Random(seed), np.random.default_rng(seed)
        self.integer, self.choice = self.random.randint, self.random.choice

    def chance(self, share):
        return self.random.random() < share

    def scale(self, low=1e-3, high=0.5):
        """Mostly within the range, now and then far out; now and then a power of two."""
        if self.chance(0.1):
            low, high = low / 20, high * 20
        value = float(np.exp(self.random.uniform(np.log(low), np.log(high))))
        if self.chance(0.2):
            value = 2.0 ** round(np.log2(value))
        return float(np.float32(value))

    def zero(self, dtype):
        limits = np.iinfo(dtype)
        if np.dtype(dtype).itemsize > 1:
            return 0
        return self.choice([0, limits.min, limits.max, self.integer(limits.min, limits.max)]) if limits.min < 0 else self.integer(
            limits.min, limits.max)

    def shape(self, rank=None, size=300):
        """About `size` elements."""
        rank = self.integer(1, 4) if rank is None else rank
        extents = [self.integer(1, 6) for _ in range(rank)]
        if rank:
            at = self.integer(0, rank - 1)
            extents[at] = max(1, size // max(1, int(np.prod(extents)) // extents[at]))
        return tuple(extents)


def run_tinsmith(command, path, names, arrays, folder):
    """Outputs by position, or a sentence."""
    data, result = folder / "in.npz", folder / "out.npz"
    np.savez(data, **dict(zip(names, arrays, strict=True)))
    done = tinsmith.call(command, "run", path, "--data", data, "-o", result)
    if done.code != 0:
        return done.sentence()
    ran = np.load(result)
    return [ran[name] for name in ran.files]


def differing(ours, theirs):
    """A sentence about the first output that differs, or None."""
    for a, b in zip(ours, theirs, strict=True):
        b = np.asarray(b)
        a = a.reshape(b.shape)
        if a.dtype != b.dtype:
            return f"{a.dtype} is not {b.dtype}"
        if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            at = np.flatnonzero((a != b).reshape(-1))
            return f"{at.size} of {a.size} differ, first at {at[0]}: {a.reshape(-1)[at[0]]} is not {b.reshape(-1)[at[0]]}"
    return None


def try_case(case, draw, command, runner, folder):
    """(who decided, what is wrong or None, how LiteRT differs from TFLite Micro or None)."""
    path = folder / "model.tflite"
    names = write(case, path)
    arrays = draw_inputs(case, draw.numbers)
    micro = runner.run(path, [arrays], litert.MICRO) if case.micro else litert.Result(error="not asked")
    lite = runner.run(path, [arrays], "BUILTIN_REF")
    apart = None if micro.error or lite.error else differing(lite.outputs[0], micro.outputs[0])
    decides = lite if micro.error else micro
    if decides.error:
        return None, f"both refuse: {micro.error[:100]} | {lite.error[:100]}", None
    ours = run_tinsmith(command, path, names, arrays, folder)
    who = "LiteRT" if micro.error else "TFLite Micro" if lite.error else "both"
    return who, ours if isinstance(ours, str) else differing(ours, decides.outputs[0]), apart


def run(seed, count, command, names):
    """({operator: Counter of who decided}, sentences about what differs, {operator: a difference between the runtimes})."""
    decided, wrong, apart, runner = collections.defaultdict(collections.Counter), [], {}, litert.Runner()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                draw = Draw(f"{seed} {name}" if isinstance(seed, str) else seed)
                for _ in range(count):
                    case = integer_cases.CASES[name](draw)
                    who, error, difference = try_case(case, draw, command, runner, pathlib.Path(folder))
                    decided[name][who] += 1
                    if error and who:
                        wrong.append(f"{error} ({who})  [{case}]")
                    elif error and "-v" in sys.argv:
                        wrong.append(f"{error}  [{case}]")
                    if difference:
                        apart.setdefault(name, f"{difference}  [{case}]")
    finally:
        runner.close()
    return decided, wrong, apart


if __name__ == "__main__":
    chosen = [a for a in sys.argv[3:] if a != "-v"] or list(integer_cases.CASES)
    done, differences, between = run(int(sys.argv[1]), int(sys.argv[2]), os.environ.get("TINSMITH") or tinsmith.find_command(), chosen)
    for name, counts in done.items():
        print(f"{name:24}", ", ".join(f"{who or 'refused'} {n}" for who, n in counts.items()))
    for name, text in between.items():
        print("LiteRT is not TFLite Micro:", name, text)
    print(*differences[:60], f"{len(differences)} differ", sep="\n")
    sys.exit(bool(differences))
