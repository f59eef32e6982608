"""The terminal shows what a phone would."""

import os
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_otp.oath import totp

from config.demo.codes import code_at, main
from config.demo.local import Local

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture(autouse=True)
def _own_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(("moment", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_rfc(moment: int, code: str) -> None:
    assert code_at(RFC_SECRET, moment) == code


def test_it_prints_the_code_of_a_sample_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERFOIL_LOCAL", str(tmp_path / "local"))
    secret = Local(tmp_path / "local").totp_secret_of("maya@cedarline.example")
    before = f"{totp(b32decode(secret)):06}"
    main("maya@cedarline.example")
    shown = capsys.readouterr().out[:6]

    assert shown in {before, f"{totp(b32decode(secret)):06}"}


def test_it_knows_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERFOIL_LOCAL", str(tmp_path / "local"))
    with pytest.raises(SystemExit, match="No sample person"):
        main("stranger@example.test")
