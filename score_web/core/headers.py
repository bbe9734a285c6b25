"""What does every answer tell the browser? To run nothing of anybody else's, to be shown in nobody's frame, to keep nothing by itself."""

from flask import Flask, current_app, g

from score_web.core import cookies

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
UNUSED = (
    "accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi",
    "payment", "serial", "usb",
)  # fmt: skip - photos come from the file field of a form, which asks the person and not the page
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}
ONLY_HTTPS = "max-age=31536000"  # this host alone: what else the operator's domain serves is not ours to decide
YEAR = 365 * 86400


def init_app(app: Flask) -> None:
    app.after_request(_write)


def _write(response):
    headers, here = response.headers, g._get_current_object()
    headers.extend(HEADERS)  # nobody else writes these: they need not be looked for first
    if not current_app.config["DEMO"]:
        headers["Strict-Transport-Security"] = ONLY_HTTPS
    if not headers.get("Cache-Control"):
        headers["Cache-Control"] = "no-store"
    lang = here.get("lang")
    if lang and not here.get("nobody") and cookies.kept("language") != lang:
        cookies.keep(response, "language", lang, max_age=YEAR)
    return response
