"""Steps are repeated only when something changed; secrets are made once; a Python is found where it is."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from ops import interpreters, keys, readiness, stamps


def test_a_stamp_is_stale_once_a_file_changes_and_current_for_a_neighbour(tmp_path: Path) -> None:
    watched, neighbour, stamp = tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "done"
    watched.write_text("one")
    neighbour.write_text("one")
    stamps.mark(stamp, stamps.digest([watched]))
    neighbour.write_text("two")
    assert stamps.is_current(stamp, stamps.digest([watched]))
    watched.write_text("two")
    assert not stamps.is_current(stamp, stamps.digest([watched]))


def test_a_renamed_file_changes_the_fingerprint_of_its_folder_and_a_cache_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.yml").write_text("one")
    before = stamps.digest([folder])
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_text("compiled")
    assert stamps.digest([folder]) == before
    (folder / "a.yml").rename(folder / "b.yml")
    assert stamps.digest([folder]) != before


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANYANG_VAR_DIR", str(tmp_path))
    first = dict(keys.ensure())
    assert set(first) == set(keys.MAKERS)
    assert all(len(value) >= 40 for value in first.values())
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert keys.ensure() == first


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANYANG_VAR_DIR", str(tmp_path))
    (tmp_path / "secrets.env").write_text("NUANYANG_SECRET_KEY=mine\nSMS_GATEWAY_PASSWORD=theirs=too\n")
    made = keys.ensure()
    assert made["NUANYANG_SECRET_KEY"] == "mine"
    assert made["SMS_GATEWAY_PASSWORD"] == "theirs=too"
    assert made["NUANYANG_BOT_TOKEN"]


def test_a_shim_that_does_not_start_is_passed_over_for_a_version_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = "{}.{}".format(*sys.version_info[:2])
    shim = tmp_path / "shims" / f"python{version}"
    real = tmp_path / "versions" / f"{version}.99" / "bin" / "python"
    for file, body in ((shim, "exit 127"), (real, f'exec {sys.executable} "$@"')):
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:/bin")
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    candidates = list(interpreters._candidates(version))
    assert shim in candidates
    assert real in candidates
    assert interpreters._probe(shim) is None
    assert interpreters._probe(real) is not None


def test_a_version_that_nobody_has_is_not_found() -> None:
    assert interpreters.find(("3.1",)) is None


def test_a_port_without_a_listener_is_free_and_does_not_answer() -> None:
    port = readiness.free_port()
    assert not readiness.is_taken(port)
    answer = readiness.ask(f"http://127.0.0.1:{port}/health/ready")
    assert (answer.ready, answer.reached) == (False, False)
