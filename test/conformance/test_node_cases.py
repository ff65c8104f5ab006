"""The node cases of ONNX: see node_cases.py for what counts."""

import pytest

import node_cases
import support_table

pytestmark = pytest.mark.xdist_group("node cases")
LEAST_MATCHES = 700


@pytest.fixture(scope="module")
def findings(command):
    return node_cases.run_all(node_cases.select(), command)


def listed(findings, outcome):
    return [f"{finding.case.name} ({finding.case.operator}): {finding.detail}" for finding in findings if finding.outcome == outcome]


def test_none_is_wrong(findings):
    wrong = listed(findings, "wrong")
    assert not wrong, "\n".join(wrong)


def test_none_crashes(findings):
    crashes = listed(findings, "crash")
    assert not crashes, "\n".join(crashes)


def test_enough_match(findings):
    assert len(listed(findings, "match")) >= LEAST_MATCHES, node_cases.tally(findings)


def test_table_is_up_to_date(findings):
    assert support_table.PATH.read_text() == support_table.render(findings), "`make support-table` writes it"
