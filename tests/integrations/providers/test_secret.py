import copy
import json
import pickle

import pytest

from integrations.providers.secret import Secret

TOKEN = "access-sandbox-6f0e"


# R83
def test_a_secret_is_shown_by_nothing_but_reveal() -> None:
    secret = Secret(TOKEN)
    assert secret.reveal() == TOKEN
    shown = [f"{secret}", f"{secret!r}", str([secret]), "%s" % secret, repr({"a": secret})]  # noqa: UP031
    assert all(TOKEN not in one for one in shown)


def test_a_secret_cannot_be_pickled_copied_or_written_as_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(TOKEN))
    with pytest.raises(TypeError):
        json.dumps(Secret(TOKEN))


def test_secrets_are_equal_by_value() -> None:
    assert Secret(TOKEN) == Secret(TOKEN)
    assert Secret(TOKEN) != Secret("other")
    assert Secret(TOKEN) != TOKEN
    assert len({Secret(TOKEN), Secret(TOKEN)}) == 1
