"""What is a cookie called, and who may read it? Only this application, over https in production, and never a script.

There the name begins with `__Host-`: browsers then take the cookie from this very host alone and send it to no other. One that is
kept to a single address (the survey of one enterprise) cannot be called so: `__Secure-` is what is left to it.
"""

from flask import current_app, request


def named(name: str, path: str = "/") -> str:
    if not current_app.config["SESSION_COOKIE_SECURE"]:
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"


def kept(name: str, path: str = "/") -> str | None:
    """What this browser has under that name."""
    return request.cookies.get(named(name, path))


def keep(response, name: str, value: str, path: str = "/", **until) -> None:
    """`until`: max_age or expires; without them the browser forgets it when it is closed."""
    response.set_cookie(named(name, path), value, path=path, **_closed(), **until)


def drop(response, name: str, path: str = "/") -> None:
    response.delete_cookie(named(name, path), path=path, **_closed())


def _closed() -> dict:
    return {"httponly": True, "samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
