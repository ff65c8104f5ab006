"""Random checkpoints beside PyTorch itself: what tinsmith reads equals what torch.save was given. Needs PyTorch.

python test/torch/compare_checkpoints.py --tinsmith build/release/cli/tinsmith --count 100 --seed 1
"""

import argparse
import pathlib
import random
import subprocess
import tempfile

import numpy as np
import torch

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64, torch.bool]


def storage(draw):
    """A tensor that others view: random bits of a random type."""
    shape = [draw.randint(1, 6) for _ in range(draw.randint(1, 4))]
    tensor = torch.randint(-100, 100, shape, dtype=torch.int64)
    return tensor.to(draw.choice(DTYPES))


def view(draw, base):
    """A part of it, as people cut them."""
    kinds = ["itself", "turned", "permuted", "part", "step", "row", "expanded", "flat", "diagonal", "empty"]
    kind = draw.choice(kinds)
    if kind == "turned":
        return base.transpose(0, -1)
    if kind == "permuted":
        return base.permute(draw.sample(range(base.dim()), base.dim()))
    if kind == "part":
        start = draw.randrange(base.shape[0])
        return base[start : start + draw.randint(1, 3)]
    if kind == "step":
        return base[..., ::2]
    if kind == "row":
        return base[draw.randrange(base.shape[0])]
    if kind == "expanded":
        return base.unsqueeze(0).expand(3, *base.shape)
    if kind == "flat":
        return base.reshape(-1)
    if kind == "diagonal" and base.dim() >= 2:
        return base.diagonal()
    if kind == "empty":
        return base[:0]
    return base


def checkpoint(draw):
    """Nested containers, and their tensors by the names that tinsmith gives them."""
    named = {}

    def grow(name, depth):
        if depth == 3 or draw.random() < 0.4:
            base = draw.choice(bases)
            tensor = view(draw, base)
            if tensor.is_floating_point() and draw.random() < 0.2:
                tensor = torch.nn.Parameter(tensor)
            named[name] = tensor.detach()
            return tensor
        join = lambda key: f"{name}.{key}" if name else str(key)
        if draw.random() < 0.3:
            return [grow(join(i), depth + 1) for i in range(draw.randint(1, 3))]
        return {key: grow(join(key), depth + 1) for key in draw.sample(["weight", "bias", "layer1", "x", 7], draw.randint(1, 4))}

    bases = [storage(draw) for _ in range(3)]
    root = {key: grow(key, 1) for key in ["a", "b", "c"]}
    return root, named


def expected(tensor):
    return tensor.float().numpy() if tensor.dtype == torch.bfloat16 else tensor.numpy()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tinsmith", required=True)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, out = pathlib.Path(folder) / "x.pth", pathlib.Path(folder) / "x.npz"
        for seed in range(options.seed, options.seed + options.count):
            draw = random.Random(seed)
            torch.manual_seed(seed)
            root, named = checkpoint(draw)
            torch.save(root, file, pickle_protocol=draw.choice([2, 3, 4, 5]), _use_new_zipfile_serialization=draw.random() < 0.6)
            subprocess.run([options.tinsmith, "inspect", str(file), "--save", str(out), "-q"], check=True)
            arrays = np.load(out)
            assert sorted(arrays.files) == sorted(named), f"seed {seed}: {sorted(arrays.files)} instead of {sorted(named)}"
            for name, tensor in named.items():
                assert arrays[name].dtype == expected(tensor).dtype, f"seed {seed}: {name} is {arrays[name].dtype}"
                np.testing.assert_array_equal(arrays[name], expected(tensor), f"seed {seed}: {name}")
    print(f"{options.count} checkpoints from seed {options.seed} on are read as PyTorch wrote them")


if __name__ == "__main__":
    main()
