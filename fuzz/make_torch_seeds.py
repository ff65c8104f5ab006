"""Writes the seeds of fuzz/torch_reader.cpp: checkpoints of ours in every container, and files that must be refused. Needs PyTorch and
safetensors. test/format reads them too: the elements of each tensor are those of `ramp`."""

import collections
import io
import os
import pathlib
import pickle
import shutil
import warnings
import zipfile

import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).parent / "corpus/torch_reader"
DTYPES = ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool"]
NEWER = ["uint16", "uint32", "uint64"]  # no storages of their own: stored as bytes


def ramp(*shape, dtype=torch.float32):
    """0, 1, 2, ..."""
    return torch.arange(int(torch.Size(shape).numel())).to(dtype).reshape(shape)


def every(dtypes):
    tensors = {name: ramp(2, 3, dtype=getattr(torch, name)) for name in dtypes}
    base = ramp(4, 6)
    tensors |= {"base": base, "turned": base.t(), "part": base[1:3, ::2], "row": base[2], "last": base[3, 5]}
    tensors |= {"expanded": ramp(3, 1).expand(3, 4), "empty": torch.zeros(0, 3), "scalar": torch.tensor(7.0)}
    tensors["parameter"] = torch.nn.Parameter(ramp(5))
    state = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)).state_dict()
    for value in state.values():
        value.copy_(ramp(*value.shape, dtype=value.dtype))
    plain = {"epoch": 12, "rate": 0.5, "name": "tinsmith", "yes": True, "nothing": None, "raw": b"\x00\xff", "big": -(2**40), "shape": torch.Size([2, 3])}
    plain |= {"device": torch.device("cpu"), "dtype": torch.float16, "pair": (1, 2.5), "nested": [{"deep": [ramp(2), ramp(1)]}], 3: "three"}
    return collections.OrderedDict(tensors=tensors, state=state, plain=plain)


class Attack:
    def __reduce__(self):
        return os.system, ("echo harm",)


class Module(torch.nn.Module):
    def forward(self, x):
        return x


def other_order(data):
    """The archive as a big-endian machine writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("/byteorder"):
                content = b"big"
            if "/data/" in name:
                content = b"".join(content[i : i + 4][::-1] for i in range(0, len(content), 4))
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def saved(value, **options):
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


def main():
    warnings.simplefilter("ignore")
    torch.manual_seed(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    old = {"_use_new_zipfile_serialization": False}
    files = {
        "every.pth": saved(every(DTYPES + NEWER)),
        "every_old.pth": saved(every(DTYPES), **old),
        "protocol_4.pth": saved(every(DTYPES), pickle_protocol=4),
        "protocol_5_old.pth": saved(every(DTYPES), pickle_protocol=5, **old),
        "big_endian.pth": other_order(saved({"w": ramp(2, 3)})),
        "every.safetensors": safetensors.torch.save({name: ramp(2, 3, dtype=getattr(torch, name)) for name in DTYPES + NEWER}, {"format": "pt"}),
        "attack.pth": saved({"w": ramp(2), "x": Attack()}),
        "attack_old.pth": saved([Attack()], **old),
        "module.pth": saved(Module()),
        "complex.pth": saved({"z": torch.zeros(2, dtype=torch.complex64)}),
        "sparse.pth": saved({"s": torch.eye(2).to_sparse()}),
        "bare.pkl": pickle.dumps({"w": [1, 2]}, protocol=2),
    }
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    torch.jit.script(Module()).save(str(FOLDER / "script.pt"))


if __name__ == "__main__":
    main()
