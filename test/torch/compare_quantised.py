"""Networks quantised in PyTorch (PT2E with torchao's quantizers, torchao's fake quantisation in training), converted to int8 by tinsmith
beside the program that PyTorch exported: within two steps of the output's scale (or of 255 in its range) on 99 % of its elements, and the same first class.

Runs in an environment with PyTorch and torchao (`make test-torch`).
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import ai_edge_litert.interpreter as litert  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e, prepare_qat_pt2e  # noqa: E402
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86  # noqa: E402
from torchao.testing.pt2e import _xnnpack_quantizer as xnnpack  # noqa: E402


class Net(nn.Module):
    def __init__(self, depthwise):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
                                  nn.Conv2d(8, 8, 3, padding=1, groups=8 if depthwise else 1), nn.BatchNorm2d(8), nn.ReLU(),
                                  nn.Conv2d(8, 16, 1), nn.ReLU())
        self.skip = nn.Conv2d(8, 16, 1)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        y = self.body[:4](x)
        z = self.body[4:](y) + self.skip(y)
        return self.head(nn.functional.adaptive_avg_pool2d(z, 1).flatten(1))


def quantizer_of(kind, training):
    if kind == "x86":
        return x86.X86InductorQuantizer().set_global(x86.get_default_x86_inductor_quantization_config(is_qat=training))
    return xnnpack.XNNPACKQuantizer().set_global(xnnpack.get_symmetric_quantization_config(is_per_channel=kind == "channels", is_qat=training))


def quantised(kind, training, make, seed):
    torch.manual_seed(seed)
    model, samples = make().eval(), torch.randn(64, 3, 16, 16)
    for name, value in model.named_buffers():
        if "running" in name:
            value.data.copy_(torch.rand(value.shape) + 0.5)
    sample = (samples[:1].clone(),)
    if training:
        exported = torch.export.export(model.train(), (samples[:4],), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)).module()
        prepared = prepare_qat_pt2e(exported, quantizer_of(kind, True))
        optimiser = torch.optim.SGD(prepared.parameters(), 0.01)
        for i in range(4):
            optimiser.zero_grad()
            part = samples[16 * i:16 * i + 16]
            classes = part.mean((2, 3)).argmax(1)
            nn.functional.cross_entropy(prepared(part), classes).backward()
            optimiser.step()
    else:
        prepared = prepare_pt2e(torch.export.export(model, sample).module(), quantizer_of(kind, False))
        for one in samples:
            prepared(one[None])
    converted = convert_pt2e(prepared)
    from torchao.quantization.pt2e import move_exported_model_to_eval
    move_exported_model_to_eval(converted)
    return converted, sample


def run_tflite(path, x):
    interpreter = litert.Interpreter(str(path), experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    entry, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for one in x:
        interpreter.set_tensor(entry["index"], stored_as(entry, one[None]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(result["index"])[0])
    scale, zero = result["quantization"]
    return np.stack(outputs) if not scale else (np.stack(outputs).astype(np.float32) - zero) * scale


def stored_as(detail, x):
    scale, zero = detail["quantization"]
    return x if not scale else np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8)


def one_case(command, folder, kind, training, depthwise, seed):
    module, sample = quantised(kind, training, lambda: Net(depthwise), seed)
    exported = torch.export.export(module, sample)
    source, target = folder / "model.pt2", folder / "model.tflite"
    torch.export.save(exported, source)
    target.unlink(missing_ok=True)
    done = subprocess.run([command, "convert", source, "-o", target, "--method", "int8", "--keep-nchw", "--quiet", "--force"], capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}"
    torch.manual_seed(seed + 1)
    x = torch.randn(100, 3, 16, 16)
    with torch.no_grad():
        wanted = np.stack([module(one[None])[0].numpy() for one in x])
    got = run_tflite(target, x.numpy())
    last = next(iter(exported.graph.output_node().args[0]))
    stated = "dequantize_per_tensor" in str(last.target)
    step = last.args[1] if stated else (wanted.max() - wanted.min()) / 255  # of an output of eight bits
    near = (np.abs(got - wanted) <= 2 * step + 1e-6).mean()
    same = (got.argmax(1) == wanted.argmax(1)).mean()
    return None if near >= 0.99 and same >= 0.99 else f"{100 * near:.2f} % within two steps of {step:.4f}, {100 * same:.1f} % the same class"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"), required="TINSMITH" not in os.environ)
    options = parser.parse_args()
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("tensor", "channels", "x86"):
            for training in (False, True):
                for depthwise in (False, True):
                    count += 1
                    try:
                        outcome = one_case(options.tinsmith, pathlib.Path(folder), kind, training, depthwise, count)
                    except Exception as error:
                        outcome = f"{type(error).__name__} {str(error)[:300]}"
                    if outcome:
                        failed += 1
                        print(f"{kind}{', in training' if training else ''}{', depthwise' if depthwise else ''}: {outcome}", flush=True)
    print(f"{count - failed} of {count} quantised networks agree")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
