"""docs/onnx-support.md: by operator, how the conformance cases end. The same findings give the same bytes."""

import collections
import re

import tinsmith

PATH = tinsmith.ROOT / "docs/onnx-support.md"

HEAD = """# ONNX operators, as the conformance cases find them

Written by the test itself (`make test` fails when this page is stale; `make support-table` writes it). Each of the {cases} node
cases of onnx 1.19.1 that are static, not training, and of float32, int8, uint8, int32, int64 or bool is converted, and the file
runs in LiteRT 2.3.0: with its reference kernels and with XNNPACK. *Match*: both give ONNX's expected output (integers equal,
floats to 1e-3 of the value plus 1e-5). *Refused*: tinsmith says why and writes nothing. Nothing converts and is wrong.

**{match} match, {refused} are refused.**

| operator | cases | match | refused | why refused |
|---|---|---|---|---|
"""


def reason(finding):
    """The sentence without what varies by case: the file, the node's name, the tensor that it computes."""
    text = re.split(r"(?:\(\w+\)|node that computes '[^']*')(?: and \d+ more)?: ", finding.detail, maxsplit=1)[-1]
    return text.replace("|", "\\|").rstrip(".")


def render(findings):
    groups = collections.defaultdict(list)
    for finding in findings:
        groups[finding.case.operator].append(finding)
    rows = []
    for operator, group in sorted(groups.items()):
        matches = sum(finding.outcome == "match" for finding in group)
        refused = [finding for finding in group if finding.outcome == "refused"]
        why = "; ".join(sorted({reason(finding) for finding in refused}))
        rows.append(f"| {operator} | {len(group)} | {matches} | {len(refused) or ''} | {why} |\n")
    totals = collections.Counter(finding.outcome for finding in findings)
    return HEAD.format(cases=len(findings), match=totals["match"], refused=totals["refused"]) + "".join(rows)
