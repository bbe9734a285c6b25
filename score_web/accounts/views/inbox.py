"""The inbox: the same news as by mail. Opening a message is a POST, because it is remembered as read."""

from flask import redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.accounts import services
from score_web.accounts.queries import inbox_of
from score_web.accounts.views.blueprint import accounts
from score_web.core.i18n import _, current_language
from score_web.core.mail import Message
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@accounts.get("/inbox")
@allow(Permission.ACCOUNT_USE)
def inbox():
    return render_template("accounts/inbox.html", page=inbox_of(current_actor().person_id, request.args.get("page", "")))


@accounts.get("/inbox/<int:message_id>")
@allow(Permission.MESSAGE_VIEW, on=Message)
def message(message: Message):
    path = f"/{current_language()}{message.path}" if message.path else ""
    return render_template("accounts/message.html", message=message, path=path)


@accounts.post("/inbox/<int:message_id>/open")
@allow(Permission.MESSAGE_VIEW, on=Message, back="accounts.message")
def open_message(message: Message):
    services.mark_read(message.person_id, only=message.id)
    return redirect(url_for("accounts.message", message_id=message.id), 303)


@accounts.post("/inbox/read")
@allow(Permission.ACCOUNT_USE, back="accounts.inbox")
def mark_all_read():
    services.mark_read(current_actor().person_id)
    flash_ok(_("All messages are marked as read."))
    return redirect(url_for("accounts.inbox"), 303)
