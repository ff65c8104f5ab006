"""Modules and exported programs of PyTorch: converted, compared with their own forward pass, and left as they were."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (make test-torch does): modules are not tested")

import tinsmith  # noqa: E402


def network():
    torch.manual_seed(5)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Dropout(0.5),
        torch.nn.Conv2d(8, 16, 3, stride=2), torch.nn.Hardswish(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(16, 5))


@pytest.fixture(scope="module")
def sample():
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def test_module_is_converted_as_it_evaluates_and_stays_as_it_is(sample):
    module = network()
    module.train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    result = tinsmith.convert(module, sample)
    assert result.report["forward"]["outputs"][0]["max_relative_error"] < 1e-4
    assert module.training and all(m.training for m in module.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    with torch.no_grad():
        wanted = module.eval()(sample).numpy()
    (found,) = tinsmith.Model(result.bytes).run(np.moveaxis(sample.numpy(), 1, -1)).values()
    assert np.abs(found - wanted).max() < 1e-4 * np.abs(wanted).max()


def test_exported_program_and_its_file_give_the_same_bytes(sample, tmp_path):
    module = network().eval()
    program = torch.export.export(module, (sample,))
    torch.export.save(program, str(tmp_path / "m.pt2"))
    assert tinsmith.convert(program).bytes == tinsmith.convert(tmp_path / "m.pt2").bytes == tinsmith.convert(module, sample).bytes


def test_int8_from_a_loader(sample):
    images, labels = torch.randn(128, 3, 32, 32), torch.randint(0, 5, (128,))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size=32)
    result = tinsmith.convert(network(), sample, method="int8", data=loader)
    assert result.sqnr > 20 and result.agreement > 0.9


def test_what_cannot_be_exported_says_why(sample):
    class Branching(torch.nn.Module):
        def forward(self, x):
            return x + 1 if x.sum() > 0 else x

    with pytest.raises(tinsmith.UnsupportedError, match="torch.export cannot export"):
        tinsmith.convert(Branching(), sample)
    with pytest.raises(tinsmith.InputError, match="example_inputs"):
        tinsmith.convert(network())


def test_tinynas_is_the_same_through_every_door(shared):
    folder = shared / "models/tinynas"
    sample = torch.zeros(1, 3, 64, 64)
    checkpoint = dict(module=f"{folder / 'classifier.py'}:ClassifierWrapper", module_args={"width_mult": 1.0, "num_classes": 5})
    module = tinsmith.checkpoints.module_of(folder / "tinynas.pth", **checkpoint)
    files = [tinsmith.convert(folder / "tinynas.pt2"), tinsmith.convert(module, sample),
             tinsmith.convert(folder / "tinynas.pth", sample, **checkpoint)]
    assert len({f.bytes for f in files[1:]}) == 1
    assert len({(len(f.bytes), str(f.report["histogram"])) for f in files}) == 1
    x = np.random.default_rng(1).standard_normal((4, 64, 64, 3)).astype(np.float32)
    first, *others = (next(iter(tinsmith.Model(f.bytes).run_batch(x).values())) for f in files)
    assert all(np.array_equal(first, other) for other in others)


def test_a_checkpoint_of_another_class_says_what_differs(shared):
    folder = shared / "models/tinynas"
    with pytest.raises(tinsmith.InputError, match="missing: 0.bias, 0.weight; unexpected: backbone.* more"):
        tinsmith.convert(folder / "tinynas.pth", torch.zeros(1, 4), module=lambda: torch.nn.Sequential(torch.nn.Linear(4, 2)))
    with pytest.raises(tinsmith.InputError, match="has no 'Nothing'; its classes are"):
        tinsmith.convert(folder / "tinynas.pth", torch.zeros(1, 4), module=f"{folder / 'classifier.py'}:Nothing")
