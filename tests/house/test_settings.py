"""Every setting is in .env.example, and every line there is a setting."""

from config.demo.local import REPOSITORY
from config.env import variable_names
from config.role_env import role_variable_names


def test_the_example_names_every_variable_that_is_read_and_no_other() -> None:
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]

    assert sorted(named) == sorted({*variable_names(), *role_variable_names()})


def test_the_example_holds_no_secret() -> None:
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    secrets = [
        line for line in lines if line.partition("=")[0].endswith(("_KEY", "_SECRET", "_SECRETS", "_HOST_PASSWORD"))
    ]

    assert len(secrets) == 7
    assert all(line.endswith("=") for line in secrets)
