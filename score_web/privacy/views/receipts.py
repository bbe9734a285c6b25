"""Who got our data? The page for the enterprise, and the one place where looking at something leaves a receipt."""

from flask import g, render_template, request

from score_web.access import allow, current_actor
from score_web.permissions import Permission, Role
from score_web.privacy import services
from score_web.privacy.queries.receipts import receipts_page
from score_web.privacy.sharing import ENDPOINTS
from score_web.privacy.views.blueprint import privacy


def init_app(app) -> None:
    app.after_request(_write_receipt)


def _write_receipt(response):
    """After the page is made, before it is sent: what was not found gives no receipt."""
    shared = ENDPOINTS.get(request.endpoint)
    if shared is None or not _is_shown(response.status_code):
        return response
    actor = current_actor()
    if actor and (actor.has(Role.TRAINER) or actor.has(Role.PARTNER)):
        what, argument = shared
        services.write_receipt(actor, what, argument, request.view_args[argument])
    return response


def _is_shown(status: int) -> bool:
    """A form that was refused, or sent to change the language, comes back on the same page: that shows as much as opening it."""
    return request.method in ("GET", "POST") and (status in (200, 422) or (status in (400, 409) and g.get("refused") is not None))


@privacy.get("/receipts")
@allow(Permission.RECEIPT_LIST)
def receipts():
    page = min(max(1, request.args.get("page", 1, type=int)), 10000)
    return render_template("privacy/receipts.html", **receipts_page(current_actor().enterprise_id, page), page=page)
