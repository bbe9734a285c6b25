"""How does news reach people? One row is both the message in the inbox and the mail; written with the change it tells of."""

import logging
import smtplib
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlparse

from flask import current_app, request
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import clock
from score_web.core.db import Base, UtcDateTime, db, utc_now
from score_web.core.i18n import LANGUAGES, in_language

log = logging.getLogger("score_web.mail")


class Message(Base):
    """Both languages are kept, so that the inbox follows the reader; the mail goes out in `language`.

    `person_id` is empty for mail to somebody without an account; `path` is the page it leads to, without the language.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
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

    def subject(self, language: str) -> str:
        return self.subject_zh if language == "zh" else self.subject_en

    def body(self, language: str) -> str:
        return self.body_zh if language == "zh" else self.body_en


def send(template: str, *, to=None, address: str = "", language: str = "", path: str = "", private: bool = False, **context) -> Message:
    """Queue `templates/<template>` (first line = subject) for a Person `to` or a bare `address`.

    `private` keeps it out of the inbox (one-time links). `path` such as "/enrolment/7" gets base address and language in front.
    """
    address, language = (to.email, to.language) if to is not None else (address, language or "zh")
    texts = {code: _render(template, code, path, context) for code in LANGUAGES}
    message = Message(
        person_id=to.id if to is not None else None,
        address=address,
        language=language,
        path=path,
        private=private,
        **{f"subject_{code}": subject for code, (subject, _) in texts.items()},
        **{f"body_{code}": body for code, (_, body) in texts.items()},
    )
    db.session.add(message)
    return message


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
    return subject.strip()[:300], body.strip() + "\n"


def deliver(limit: int = 50) -> int:
    """Send what waits, oldest first; without SMTP it goes to the log. Returns how many went out. Commits per message."""
    waiting = db.session.scalars(
        select(Message.id).where(Message.sent_at.is_(None), Message.tries < 5).order_by(Message.id).limit(limit)
    ).all()
    db.session.rollback()
    return sum(_deliver_one(message_id) for message_id in waiting)


def _deliver_one(message_id: int) -> bool:
    message = db.session.get(Message, message_id, with_for_update={"skip_locked": True})
    if message is None or message.sent_at is not None:
        db.session.rollback()
        return False
    message.tries += 1
    try:
        _hand_over(message)
        message.sent_at = clock.now()
    except OSError as error:
        log.warning("mail %s was not accepted: %s", message.id, error)
    db.session.commit()
    return message.sent_at is not None


def _hand_over(message: Message) -> None:
    server = urlparse(current_app.config["SMTP_URL"])
    if not server.hostname:
        log.info("mail to %s: %s", message.address, message.subject(message.language))
        return
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = current_app.config["MAIL_FROM"], message.address, message.subject(message.language)
    mail.set_content(message.body(message.language))
    with smtplib.SMTP(server.hostname, server.port or 25, timeout=20) as smtp:
        if server.username:
            smtp.starttls()
            smtp.login(server.username, server.password or "")
        smtp.send_message(mail)
