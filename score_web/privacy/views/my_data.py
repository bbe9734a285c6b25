"""The one place from which everything about one's own data is reached."""

from flask import render_template

from score_web.access import allow, current_actor
from score_web.permissions import Permission, permitted
from score_web.privacy import queries
from score_web.privacy.views.blueprint import privacy


@privacy.get("/my-data")
@allow(Permission.ACCOUNT_USE)
def my_data():
    actor = current_actor()
    return render_template("privacy/my_data.html", choices=queries.choices_of(actor), erasure=queries.erasure_of_person(actor.person_id),
                           heads=permitted(Permission.ENTERPRISE_ERASE, actor))
