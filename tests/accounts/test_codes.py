"""Are the codes of the second step those that every other app makes, and is none told by what is stored? Whose role needs them?"""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from score_web.accounts import codes
from score_web.config import Misconfigured, second_factor_roles
from tests.accounts.two_steps import NOON


def test_codes_are_those_of_every_other_app():
    """RFC 6238, appendix B: the secret of twenty digits, the last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]:
        assert codes.fitting_step(secret, code, datetime.fromtimestamp(moment, UTC)) == moment // 30


@pytest.mark.parametrize(("away", "fits"), [(0, True), (-30, True), (30, True), (-75, False), (75, False)])
def test_a_phone_may_be_half_a_minute_wrong(away, fits):
    secret = codes.secret("key", "salt")
    code = pyotp.TOTP(secret).at(NOON + timedelta(seconds=away))
    assert (codes.fitting_step(secret, code, NOON) is not None) == fits


def test_neither_the_database_nor_the_key_alone_tells_the_secret():
    assert len({codes.secret(key, salt) for key in ("a", "b") for salt in ("a", "b")}) == 4
    assert len({codes.recovery_hash(key, person, "123456789012") for key in ("a", "b") for person in (1, 2)}) == 4


@pytest.mark.parametrize("typed", ["287 082", " 287082 ", "２８７０８２", "287-082", "287\u3000082"])
def test_a_code_is_the_same_however_it_is_typed(typed):
    assert codes.normal(typed) == "287082"


@pytest.mark.parametrize(
    ("text", "production", "roles"),
    [("", True, {"partner"}), ("", False, set()), ("none", True, set()), ("partner, trainer", False, {"partner", "trainer"})],
)
def test_the_setting_names_the_roles_that_must(text, production, roles):
    assert second_factor_roles(text, production) == roles


def test_a_role_that_does_not_exist_stops_the_start():
    with pytest.raises(Misconfigured, match="SECOND_FACTOR"):
        second_factor_roles("partners", production=True)
