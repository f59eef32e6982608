"""The sandbox as a program of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from integrations.sandbox.settings import read_settings
from tests.integrations.support import CLIENT_ID, SECRET, ZOHO_CLIENT, ZOHO_SECRET, wait_for

STRIPE_KEY, STRIPE_WEBHOOK_SECRET = "sk_test_of_a_process", "whsec_of_a_process"
ROOT = Path(__file__).parents[3]


def run_python(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("COUNTERFOIL", "SANDBOX"))}
    command = [sys.executable, "-c", code]
    env = {**clean, **environ}
    return subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("environ", [{"COUNTERFOIL_ENV": "production"}, {}])
def test_it_cannot_be_imported_in_production(environ: dict[str, str]) -> None:
    done = run_python("import integrations.sandbox.wsgi", **environ)
    assert done.returncode != 0
    assert "The sandbox has no place in production." in done.stderr
    assert run_python("import integrations.sandbox", COUNTERFOIL_ENV="demo").returncode == 0


def test_missing_settings_are_named_all_at_once() -> None:
    with pytest.raises(SystemExit, match="SANDBOX_CLIENT_ID, SANDBOX_SECRET, SANDBOX_PUBLIC_URL"):
        read_settings({"SANDBOX_DB": "x"})


def test_it_does_not_load_django_or_the_product() -> None:
    code = (
        "import sys, integrations.sandbox.application\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('django', 'config', 'vault', 'ledger')])"
    )
    done = run_python(code, COUNTERFOIL_ENV="test")
    assert done.stdout.strip() == "[]", done.stderr


def test_gunicorn_serves_it_and_its_files_are_private(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environ = {
        **os.environ,
        "COUNTERFOIL_ENV": "test",
        "SANDBOX_DB": str(tmp_path / "sandbox.sqlite3"),
        "SANDBOX_CLIENT_ID": CLIENT_ID,
        "SANDBOX_SECRET": SECRET,
        "SANDBOX_PUBLIC_URL": f"http://{address}",
        "SANDBOX_ZOHO_CLIENT_ID": ZOHO_CLIENT,
        "SANDBOX_ZOHO_CLIENT_SECRET": ZOHO_SECRET,
        "SANDBOX_STRIPE_SECRET_KEY": STRIPE_KEY,
        "SANDBOX_STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
        "SANDBOX_STRIPE_WEBHOOK_URL": f"http://{address}/healthz",
    }
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "4", "--bind", address]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "integrations.sandbox.wsgi:application"], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
        try:
            wait_for(lambda: is_up(address))
            answer = requests.post(f"http://{address}/item/get", json={"access_token": "a"}, timeout=5)
            assert answer.json()["error_code"] == "INVALID_API_KEYS"
            books = requests.get(f"http://{address}/zoho/books/v3/organizations", timeout=5)
            assert (books.status_code, books.json()["code"]) == (401, 14)
            payments = requests.get(f"http://{address}/v1/customers", auth=(STRIPE_KEY, ""), timeout=5)
            assert (payments.status_code, payments.json()["error"]["type"]) == (401, "invalid_request_error")
            key = {"Authorization": f"Bearer {STRIPE_KEY}"}
            assert requests.get(f"http://{address}/v1/customers", headers=key, timeout=5).json()["data"] == []
        finally:
            process.terminate()
            process.wait(20)
    assert (tmp_path / "sandbox.sqlite3").stat().st_mode & 0o077 == 0
    assert SECRET not in log.read_text()
    assert ZOHO_SECRET not in log.read_text()
    assert STRIPE_KEY not in log.read_text()


def is_up(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/healthz", timeout=1).text == "ok\n"
    except requests.RequestException:
        return False
