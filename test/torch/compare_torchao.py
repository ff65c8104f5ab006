"""Linear networks quantised by torchao itself (quantize_ with weights alone, dynamic and static activations; its QAT), and networks trained with
the fake quantisation of torch.ao.quantization, exported and converted by tinsmith beside what PyTorch computes.

float32 files of stored weights compute what PyTorch does, to 1e-4 of the largest output; where activations are rounded, the bounds are those of
compare_quantised.py. Runs in an environment with PyTorch and torchao (`make test-torch`).
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.ao.quantization as eager  # noqa: E402
import torchao.quantization as ao  # noqa: E402
from compare_quantised import run_tflite  # noqa: E402
from torch import nn  # noqa: E402
from torchao.quantization import qat  # noqa: E402
from torchao.utils import unwrap_tensor_subclass  # noqa: E402


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 32), nn.ReLU(), nn.Linear(32, 6))

    def forward(self, x):
        return self.layers(x)


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.quant, self.dequant = eager.QuantStub(), eager.DeQuantStub()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.ReLU())
        self.sum = torch.ao.nn.quantized.FloatFunctional()
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.first(self.quant(x))
        x = self.sum.add(self.depthwise(x), x)
        return self.dequant(self.head(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)))


def fake_quantised(backend, observing=False):
    """Trained with FakeQuantize modules, exported while they are there."""
    model = Images().train()
    model = eager.fuse_modules_qat(model, [["first.0", "first.1", "first.2"], ["depthwise.0", "depthwise.1"]])
    model.qconfig = eager.get_default_qat_qconfig(backend)
    eager.prepare_qat(model, inplace=True)
    optimiser = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    for _ in range(60):
        x = torch.randn(16, 3, 16, 16)
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(x), x.mean((2, 3)).argmax(1)).backward()
        optimiser.step()
    model.eval()
    return model if observing else model.apply(eager.disable_observer)


def applied(*configurations):
    model = Dense().eval()
    for configuration in configurations:
        ao.quantize_(model, configuration)
    return model


def static(granularity, zero_point=None):
    """Scales from samples, a layer at a time, as torchao's own recipe chooses them."""
    model = Dense().eval()
    x = torch.randn(256, 64)
    kind = ao.MappingType.SYMMETRIC if zero_point is None else ao.MappingType.ASYMMETRIC
    for layer in list(model.layers):
        if isinstance(layer, nn.Linear):
            scale = (x.abs().max() / (127 if zero_point is None else 100)).reshape(1, 1).detach()
            zero = None if zero_point is None else torch.tensor([[zero_point]], dtype=torch.int8)
            ao.quantize_(layer, ao.Int8StaticActivationInt8WeightConfig(act_quant_scale=scale, act_quant_zero_point=zero, act_mapping_type=kind,
                                                                        granularity=granularity))
        x = layer(x).detach()
    return model


CHANNELS = ao.Int8DynamicActivationIntxWeightConfig(weight_dtype=torch.int8, weight_granularity=ao.PerAxis(0))
GROUPS = ao.IntxWeightOnlyConfig(weight_dtype=torch.int4, granularity=ao.PerGroup(16))
ROWS = [ao.PerTensor(), ao.PerRow()]

# name: (what makes the model, method, how it is judged)
CASES = {
    "int8 weights": (lambda: applied(ao.Int8WeightOnlyConfig()), "float32", "equal"),
    "int8 weights, unwrapped": (lambda: unwrap_tensor_subclass(applied(ao.Int8WeightOnlyConfig())), "float32", "equal"),
    "int8 weights, hybrid": (lambda: applied(ao.Int8WeightOnlyConfig()), "dynamic_range", "near"),
    "intx weights": (lambda: applied(ao.IntxWeightOnlyConfig(weight_dtype=torch.int8)), "float32", "equal"),
    "int4 weights": (lambda: applied(ao.IntxWeightOnlyConfig(weight_dtype=torch.int4)), "float32", "equal"),
    "int4 groups": (lambda: applied(GROUPS), "float32", "blocks of"),
    "dynamic": (lambda: applied(ao.Int8DynamicActivationInt8WeightConfig()), "dynamic_range", "near"),
    "dynamic, real activations": (lambda: applied(ao.Int8DynamicActivationInt8WeightConfig()), "float32", "near"),
    "dynamic, intx": (lambda: applied(CHANNELS), "dynamic_range", "near"),
    "static": (lambda: static(ao.PerTensor()), "int8", "near"),
    "static, channels": (lambda: static(ROWS), "int8", "near"),
    "static, zero point": (lambda: static(ROWS, 3), "int8", "near"),
    "QAT converted": (lambda: applied(qat.QATConfig(CHANNELS, step="prepare"), qat.QATConfig(CHANNELS, step="convert")), "dynamic_range", "near"),
    "QAT not converted": (lambda: applied(qat.QATConfig(CHANNELS, step="prepare")), "float32", "step=\"convert\""),
    "fake quantised, qnnpack": (lambda: fake_quantised("qnnpack"), "int8", "near"),
    "fake quantised, fbgemm": (lambda: fake_quantised("fbgemm"), "int8", "near"),
    "fake quantised, x86": (lambda: fake_quantised("x86"), "int8", "near"),
    "fake quantised, observing": (lambda: fake_quantised("qnnpack", True), "int8", "disable_observer"),
}


def one_case(command, folder, make, method, judged):
    torch.manual_seed(5)
    model = make()
    shape = (1, 64) if isinstance(model, Dense) else (1, 3, 16, 16)
    source, target = folder / "model.pt2", folder / "model.tflite"
    torch.export.save(torch.export.export(model, (torch.randn(shape),)), source)
    target.unlink(missing_ok=True)
    done = subprocess.run([command, "convert", source, "-o", target, "--method", method, "--keep-nchw", "--quiet", "--force"], capture_output=True,
                          text=True)
    said = " ".join(done.stderr.split())
    if judged not in ("equal", "near"):
        return None if done.returncode == 3 and judged in said else f"exit {done.returncode}: {said[-400:]}"
    if done.returncode:
        return f"exit {done.returncode}: {said[-400:]}"
    x = torch.randn(200, *shape[1:])
    with torch.no_grad():
        wanted = np.stack([model(one[None])[0].numpy() for one in x])
    far = np.abs(run_tflite(target, x.numpy()) - wanted)
    if judged == "equal":
        return None if far.max() <= 1e-4 * np.abs(wanted).max() else f"{far.max():.2g} away"
    step = (wanted.max() - wanted.min()) / 255
    near = (far <= 2 * step).mean()
    return None if near >= 0.99 else f"{100 * near:.2f} % within two steps of {step:.4f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"), required="TINSMITH" not in os.environ)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, case in CASES.items():
            try:
                outcome = one_case(options.tinsmith, pathlib.Path(folder), *case)
            except Exception as error:
                outcome = f"{type(error).__name__} {str(error)[:300]}"
            if outcome:
                failed += 1
                print(f"{name}: {outcome}", flush=True)
    print(f"{len(CASES) - failed} of {len(CASES)} cases of torchao and of fake quantisation are as they should be")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
