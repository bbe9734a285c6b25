"""Which settings are there? One table: name, default, meaning. Each comes from the environment variable of that name."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).parents[1]

SETTINGS = [
    # name, default, meaning
    ("SCORE_ENV", "demo", "demo (invented data, only this computer) or production"),
    ("SCORE_DATA_DIR", str(ROOT / ".data"), "folder for the SQLite file, the uploaded files and the generated key"),
    ("DATABASE_URL", "", "SQLAlchemy address; empty means SQLite in the data folder"),
    ("DATABASE_POOLER", "0", "1: PgBouncer stands before PostgreSQL and hands a connection to another after each transaction"),
    ("SECRET_KEY", "", "signs cookies; demo generates one, production must set it (32 characters or more)"),
    ("HOST", "127.0.0.1", "address to listen on"),
    ("PORT", "5000", "port to listen on"),
    ("BASE_URL", "", "public address for links in mails, such as https://score.example.org; only a demo can do without"),
    ("SMTP_URL", "", "smtp://user:password@host:port for real mail; empty keeps mail in the inbox and the log"),
    ("MAIL_FROM", "score@example.com", "sender of mails"),
    ("OPERATOR_ZH", "示范运营机构", "operator named in the privacy notice, Chinese"),
    ("OPERATOR_EN", "Demo Operating Institution", "operator named in the privacy notice, English"),
    ("SIZE_MIN", "50", "smallest number of employees in the programme's size band"),
    ("SIZE_MAX", "500", "largest number of employees in the programme's size band"),
    ("DECISION_DAYS", "10", "working days within which a partner promises to decide"),
    ("REQUEST_HOURS", "72", "hours after which an unanswered booking request lapses"),
    ("MANDATE_DAYS", "120", "days after the last visit during which a trainer still sees results"),
    ("ERASURE_DAYS", "30", "days between the wish to have an account or an enterprise erased and the erasure"),
    ("IDLE_HOURS", "12", "hours without a page after which one must sign in again"),
    ("SESSION_DAYS", "30", "days after which one must sign in again in any case"),
    ("SECOND_FACTOR", "", "roles that must use a second factor: enterprise, trainer, partner, joined by commas, or none; "
                          "empty means none in a demo, partner in production"),
    ("PROXY_HOPS", "0", "number of trusted reverse proxies in front"),
]
NUMBERS = {
    "PORT", "SIZE_MIN", "SIZE_MAX", "DECISION_DAYS", "REQUEST_HOURS", "MANDATE_DAYS", "ERASURE_DAYS",
    "IDLE_HOURS", "SESSION_DAYS", "PROXY_HOPS", "DATABASE_POOLER",
}


class Misconfigured(RuntimeError):
    """The application refuses to start; the message says which setting and why."""


def load(overrides: dict | None = None) -> dict:
    """Settings from the environment, then `overrides`. Raises Misconfigured."""
    values = {name: os.environ.get(name) or default for name, default, _ in SETTINGS} | (overrides or {})
    for name in NUMBERS:
        if not str(values[name]).isdigit():
            raise Misconfigured(f"{name} must be a whole number, not {values[name]!r}")
        values[name] = int(values[name])
    if values["SCORE_ENV"] not in {"demo", "production"}:
        raise Misconfigured("SCORE_ENV must be demo or production")
    production = values["SCORE_ENV"] == "production"
    data = Path(values["SCORE_DATA_DIR"]).resolve()
    values["SCORE_DATA_DIR"] = str(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{data / 'score.db'}"
    if production and len(values["SECRET_KEY"]) < 32:
        raise Misconfigured("production needs SECRET_KEY with 32 characters or more")
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = _generated_key(data / "secret_key")
    return _flask_settings(values, production) | values | {"SECOND_FACTOR": second_factor_roles(values["SECOND_FACTOR"], production)}


def _flask_settings(values: dict, production: bool) -> dict:
    return {
        "DEMO": not production,
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(values["DATABASE_URL"], pooled=bool(values["DATABASE_POOLER"])),
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BABEL_DEFAULT_LOCALE": "en",
        "SESSION_COOKIE_NAME": "__Host-score" if production else "score",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # browsers keep a page for the Back button until a cookie changes
        "SESSION_COOKIE_SECURE": production,
        "PERMANENT_SESSION_LIFETIME": values["SESSION_DAYS"] * 86400,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # some browsers send no Referer; the cookie of this very host takes its place
        "WTF_CSRF_CHECK_DEFAULT": False,  # access.py checks it, so that the page can come back with what was typed
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "ARGON2": {"memory_cost": 19456, "time_cost": 2, "parallelism": 1},
    }


def second_factor_roles(text: str, production: bool) -> frozenset[str]:
    roles = frozenset((text or ("partner" if production else "none")).replace(" ", "").split(",")) - {"none"}
    if not roles <= {"enterprise", "trainer", "partner"}:
        raise Misconfigured(f"SECOND_FACTOR must name enterprise, trainer, partner or none, not {text!r}")
    return roles


def _engine_options(address: str, *, pooled: bool) -> dict:
    """What people typed stays out of error messages. A database that is there but mute is given up in seconds."""
    if not address.startswith("postgresql"):
        return {"hide_parameters": True}
    patience = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30000}
    prepared = {"prepare_threshold": None} if pooled else {}  # what was prepared stays with a connection that another may have next
    return {"hide_parameters": True, "connect_args": patience | prepared}


def _generated_key(path: Path) -> str:
    """A demo key kept in the data folder, readable by its owner alone."""
    if not path.exists():
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
