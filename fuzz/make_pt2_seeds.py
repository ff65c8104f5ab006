"""Writes the seeds of fuzz/pt2_reader.cpp: small exported programs, whole and the program alone. Needs PyTorch."""

import json
import pathlib
import zipfile

import torch

FOLDER = pathlib.Path(__file__).parent / "corpus/pt2_reader"


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 2, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(2)
        self.fc = torch.nn.Linear(8, 3)

    def forward(self, x):
        y = torch.nn.functional.max_pool2d(self.norm(self.conv(x)).relu_(), 2)
        return {"y": self.fc(y.flatten(1)), "parts": torch.split(x[:, 0], 2, 1)}


class Words(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.LSTM(2, 2, batch_first=True)

    def forward(self, x, i):
        return self.rnn(x)[0][:, -1] + torch.arange(2), x[:, i], x.reshape(x.shape[0] * 3, -1)


def without_metadata(program):
    """The program without where its nodes stood in which file."""
    document = json.loads(program)
    for node in document["graph_module"]["graph"]["nodes"]:
        node["metadata"] = {}
    return json.dumps(document).encode()


def write(name, module, inputs, **options):
    path = FOLDER / f"{name}.pt2"
    torch.manual_seed(1)
    torch.export.save(torch.export.export(module.eval(), inputs, **options), path)
    with zipfile.ZipFile(path) as archive:
        kept = {entry: archive.read(entry) for entry in archive.namelist() if "sample_inputs" not in entry}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in kept.items():
            if entry.endswith("models/model.json"):
                content = without_metadata(content)
            archive.writestr(entry, content)
            if entry.endswith("models/model.json"):
                (FOLDER / f"{name}.json").write_bytes(content)


FOLDER.mkdir(parents=True, exist_ok=True)
write("net", Net(), (torch.zeros(1, 1, 4, 4),))
write("words", Words(), (torch.zeros(2, 3, 2), torch.tensor([0, 2])), dynamic_shapes={"x": {0: torch.export.Dim("batch")}, "i": None})
