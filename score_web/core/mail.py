"""How does news reach people? One row is both the message in the inbox and the mail; written with the change it tells of."""

import logging
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlparse

from flask import current_app, request
from sqlalchemy import ForeignKey, Index, String, Text, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import clock
from score_web.core.db import Base, UtcDateTime, db, some_rows, utc_now
from score_web.core.i18n import LANGUAGES, in_language
from score_web.core.writing import insert_of, write

log = logging.getLogger("score_web.mail")
LONGEST_WAIT = timedelta(hours=12)
MOST_TRIES = 14  # after 2, 4, 8 … minutes, at last twice a day: for three days


class Message(Base):
    """Both languages are kept, so that the inbox follows the reader; the mail goes out in `language`.

    `person_id` is empty for mail to somebody without an account; `path` is the page it leads to, without the language.
    """

    __tablename__ = "message"
    __table_args__ = (
        some_rows("ix_message_waiting", "id", where="sent_at IS NULL"),
        Index("ix_message_inbox", "person_id", "id"),
        some_rows("ix_message_unread", "person_id", where="read_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(2))
    subject_zh: Mapped[str] = mapped_column(String(300))
    subject_en: Mapped[str] = mapped_column(String(300))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(300), default="")
    private: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def subject(self, language: str) -> str:
        return self.subject_zh if language == "zh" else self.subject_en

    def body(self, language: str) -> str:
        return self.body_zh if language == "zh" else self.body_en


TEXTS = [f"{part}_{code}" for code in LANGUAGES for part in ("subject", "body")]
WAITING = insert_of(Message, "person_id", "address", "language", "path", "private", *TEXTS)


def send(template: str, *, to=None, address: str = "", language: str = "", path: str = "", private: bool = False, **context) -> None:
    """Queue `templates/<template>` (first line = subject) for a Person `to` or a bare `address`.

    `private` keeps it out of the inbox (one-time links). `path` such as "/enrolment/7" gets base address and language in front.
    """
    address, language = (to.email, to.language) if to is not None else (address, language or "zh")
    texts = [text for code in LANGUAGES for text in _render(template, code, path, context)]
    write(
        WAITING, person_id=to.id if to is not None else None, address=address, language=language, path=path, private=private,
        **dict(zip(TEXTS, texts, strict=True)),
    )


def base_url() -> str:
    """Where links lead. Only a demo believes the host that a request names: else anybody could have links to a host of
    their own mailed to others."""
    config = current_app.config
    if config["BASE_URL"]:
        return config["BASE_URL"].rstrip("/")
    return request.host_url.rstrip("/") if request and config["DEMO"] else f"http://{config['HOST']}:{config['PORT']}"


def _render(template: str, language: str, path: str, context: dict) -> tuple[str, str]:
    with in_language(language):
        # not through render_template: a mail needs nothing of the page it is written on, and there may be none
        text = current_app.jinja_env.get_template(template).render(
            link=f"{base_url()}/{language}{path}", lang=language, language=language, **context
        )
    subject, _, body = text.strip().partition("\n")
    return one_line(subject)[:300], body.strip() + "\n"


def one_line(text: str) -> str:
    """For a header: no line breaks of any kind, no controls, nothing that turns the direction of reading. A name with one in it would
    else hold up its own mail and all that wait behind it."""
    return " ".join("".join(char if char.isprintable() or char.isspace() else " " for char in text).split())


def deliver(limit: int = 50) -> int:
    """Send what waits, oldest first; without SMTP it goes to the log. Returns how many went out. Commits per message, and holds no
    transaction while the mail server is talked to: however slow that is, nobody waits for it."""
    waiting = db.session.scalars(select(Message.id).where(_is_due()).order_by(Message.id).limit(limit)).all()
    db.session.rollback()
    sent = 0
    for message_id in waiting:
        taken = _take(message_id)
        if taken is None:
            continue
        try:
            _hand_over(_written(taken), f"mail {message_id} stays in the inbox: no SMTP_URL is set")
        except Exception as error:  # whatever it is, it holds up nothing but this one mail
            _note(message_id, error)
            if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                break  # nobody is there: the others wait and lose no try
            continue
        db.session.execute(update(Message).where(Message.id == message_id).values(sent_at=clock.now()))
        db.session.commit()
        sent += 1
    return sent


def given_up() -> int:
    """How many were tried for three days in vain; `flask mail again` gives them new tries."""
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.sent_at.is_(None), Message.tries >= MOST_TRIES))


def try_again() -> int:
    """The caller commits."""
    gone = update(Message).where(Message.sent_at.is_(None), Message.tries >= MOST_TRIES)
    return db.session.execute(gone.values(tries=0, next_try_at=None)).rowcount


def _is_due():
    """Also what waits longer than anything may: the clock was wrong when that was written down."""
    now = clock.now()
    due = or_(Message.next_try_at.is_(None), Message.next_try_at <= now, Message.next_try_at > now + LONGEST_WAIT)
    return and_(Message.sent_at.is_(None), Message.tries < MOST_TRIES, due)


def _take(message_id: int) -> Message | None:
    """Count the try and say when the next one would be, before it begins: nobody else takes it meanwhile, and whoever is killed in the
    middle is followed by somebody else. A mail handed over twice that way has the same Message-ID."""
    message = db.session.scalar(select(Message).where(Message.id == message_id, _is_due()).with_for_update(skip_locked=True))
    if message is None:
        db.session.rollback()
        return None
    message.tries += 1
    message.next_try_at = clock.now() + min(timedelta(minutes=2**message.tries), LONGEST_WAIT)
    db.session.flush()
    db.session.expunge(message)
    db.session.commit()
    return message


def _written(message: Message) -> EmailMessage:
    """Raises whatever Python's mail library raises over an odd address. It reads `=?utf-8?q?other?=@example.com` as that of somebody
    else, whom nobody meant: ValueError."""
    mail = EmailMessage()
    mail["From"], mail["To"] = current_app.config["MAIL_FROM"], one_line(message.address)
    if [one.addr_spec for one in mail["To"].addresses] != [message.address]:
        raise ValueError("this address would be read as another one")
    mail["Subject"] = one_line(message.subject(message.language))
    mail["Date"] = message.created_at
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2].rstrip(">")
    mail["Message-ID"] = f"<score-{message.id}-{int(message.created_at.timestamp()):x}@{domain}>"
    mail.set_content(message.body(message.language))
    return mail


def _hand_over(mail: EmailMessage, log_line: str) -> None:
    server = urlparse(current_app.config["SMTP_URL"])
    if not server.hostname:
        log.info("%s", log_line)
        return
    with smtplib.SMTP(server.hostname, server.port or 25, timeout=20) as smtp:
        if server.username:
            smtp.starttls()
            smtp.login(server.username, server.password or "")
        try:
            smtp.send_message(mail)
        except smtplib.SMTPNotSupportedError as error:  # no address with letters of other scripts: this mail's trouble, not the server's
            raise ValueError("the server takes no such address") from error


def _note(message_id: int, error: Exception) -> None:
    """Without the address, which the server's words may repeat."""
    tries = db.session.scalar(select(Message.tries).where(Message.id == message_id))
    db.session.rollback()
    reason = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    if tries < MOST_TRIES:
        log.warning("mail %s was not accepted: %s; try %s of %s", message_id, reason, tries, MOST_TRIES)
    else:
        log.error("mail %s is given up after %s tries: %s; `flask mail again` tries anew", message_id, tries, reason)
