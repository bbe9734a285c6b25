"""The blueprint that all pages of this feature hang on. The notice itself is /privacy, a page of `pages`."""

from flask import Blueprint

from score_web.access import current_actor
from score_web.core.i18n import say
from score_web.privacy import services

privacy = Blueprint("privacy", __name__, url_prefix="/<any(zh,en):lang>/privacy")


def is_owner(form) -> bool:
    """Asks for the password again."""
    doubt = services.doubt_about(current_actor(), form.current.data)
    if doubt:
        form.current.errors = [say(doubt)]
    return doubt is None
