"""What is missing in the headers of an answer? Asked of everything that any test fetches, errors, files and redirects too."""

import re

ALWAYS = {  # DESIGN §3 and the manifest
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASSET = re.compile(r"/assets/\w{12}/")
KEPT = {"public, max-age=31536000, immutable", "no-cache", "no-store"}  # under its own name for ever, under another's not
NOT_KEPT = {"no-store", "private, no-store", "private, no-cache"}  # the last one: what everybody sees who is nobody
SHOWN = {"text/html", "application/json", "text/css", "text/javascript", "image/svg+xml", "image/jpeg", "image/png", "application/pdf",
         "application/manifest+json"}  # fmt: skip


def header_faults(response, path: str, *, private: bool = False, production: bool = False) -> list[str]:
    """One line each. `private`: somebody is signed in, so that nothing but files of ours may be kept."""
    headers = response.headers
    found = [f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.getlist(name) != [value]]
    found += [] if "camera=()" in headers.get("Permissions-Policy", "") else ["Permissions-Policy"]
    may = KEPT if ASSET.match(path) else NOT_KEPT - {"private, no-cache"} if private else NOT_KEPT
    found += [] if headers.get("Cache-Control") in may else [f"Cache-Control: {headers.get('Cache-Control')}"]
    found += [] if response.mimetype in SHOWN or "attachment" in headers.get("Content-Disposition", "") else [f"shows {response.mimetype}"]
    found += [] if not production or headers.get("Strict-Transport-Security") == "max-age=31536000" else ["Strict-Transport-Security"]
    found += [f"cookie {cookie}" for cookie in headers.getlist("Set-Cookie") if not _closed(cookie, production)]
    return [f"{path} ({response.status_code}): {fault}" for fault in found]


def _closed(cookie: str, production: bool) -> bool:
    """No script reads it, no other site sends it, in production it comes over https and, kept to one address or not, is named so."""
    parts = cookie.split("; ")
    closed = {"HttpOnly", "SameSite=Lax"} | ({"Secure"} if production else set()) <= set(parts)
    bound = cookie.startswith("__Host-" if "Path=/" in parts else "__Secure-")
    return closed and "Domain=" not in cookie and (bound or not production)
