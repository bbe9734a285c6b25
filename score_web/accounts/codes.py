"""Is this the code of this person's app right now, and what may a recovery code look like?

The secret that the app keeps is worked out of the server's key and a random salt, so that a stolen database alone tells no code.
Both kinds are digits only: one field, the number keys of a phone, nothing to tell O from 0.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime

APP_DIGITS, RECOVERY_DIGITS, RECOVERY_CODES = 6, 12, 10
SECONDS = 30
AROUND = (0, -1, 1)  # the clock of a phone may be half a minute wrong, and typing takes time


def new_salt() -> str:
    return secrets.token_hex(16)


def secret(key: str, salt: str) -> str:
    """What the app keeps, in the letters that apps read (base32)."""
    return base64.b32encode(_mixed(key, f"second factor:{salt}")[:20]).decode()


def address(secret: str, account: str) -> str:
    """What the QR code says."""
    import pyotp  # noqa: PLC0415 - few requests need it

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="SCORE Web")


def fitting_step(secret: str, code: str, moment: datetime) -> int | None:
    """The half minute in which the app showed this code; None when it did not lately."""
    import pyotp  # noqa: PLC0415 - as above

    now, app = int(moment.timestamp()) // SECONDS, pyotp.HOTP(secret)
    fitting = [now + away for away in AROUND if hmac.compare_digest(app.at(now + away), code)]
    return fitting[0] if fitting else None


def new_recovery_codes() -> list[str]:
    return [f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}" for _ in range(RECOVERY_CODES)]


def recovery_hash(key: str, person_id: int, code: str) -> str:
    """Twelve digits are soon tried out, hence the server's key."""
    return _mixed(key, f"recovery code:{person_id}:{code}").hex()


def normal(typed: str | None) -> str:
    """Half-width digits alone: spaces and dashes are for reading."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed or "") if c not in " \t\u3000-‐–—_.").strip()


def is_code(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in (APP_DIGITS, RECOVERY_DIGITS)


def in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _mixed(key: str, what: str) -> bytes:
    return hmac.new(key.encode(), what.encode(), hashlib.sha256).digest()
