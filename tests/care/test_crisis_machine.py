"""No order of deeds, deaths and jumping clocks loses a person: a machine searches for one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fixtures.crisis_machine import CrisisMachine


def test_no_order_of_events_drops_a_case(migrated_file: Path, tmp_path: Path) -> None:
    machine = type("Machine", (CrisisMachine,), {"template": migrated_file, "folder": tmp_path})
    # Short, since everybody waits for it; raise max_examples to search for longer.
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # A path of 25 steps can be read; making it shorter would take longer than a test may.
            phases=(Phase.explicit, Phase.generate),
        ),
    )
