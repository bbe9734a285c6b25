"""Passwords are kept as Argon2id hashes with the costs of the settings; hashing happens outside of transactions."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from score_web.accounts.models import Person
from score_web.core.db import let_go


def hasher() -> PasswordHasher:
    """Argon2id with the costs of the settings."""
    return PasswordHasher(**current_app.config["ARGON2"])


def hash_password(password: str) -> str:
    """Slow on purpose, so nobody waits for our transaction meanwhile."""
    let_go()
    return hasher().hash(password)


def hash_fits(stored: str, password: str) -> bool:
    """Takes the same time when there is nothing stored."""
    nobody = current_app.extensions.get("score_nobody_hash") or current_app.extensions.setdefault(
        "score_nobody_hash", hasher().hash("nobody")
    )
    try:
        return hasher().verify(stored or nobody, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def password_fits(person: Person | None, password: str) -> bool:
    """Takes the same time whether or not the address has an account."""
    stored = person.password_hash if person else ""
    let_go()
    return hash_fits(stored, password)
