"""On what did somebody of the demo sign in before? A phone and an office computer, so that the list of devices shows something."""

from datetime import timedelta

from score_web.accounts.devices import Visitor
from score_web.accounts.models import Person
from score_web.accounts.services import start_sign_in
from score_web.core import clock

WECHAT = "Mozilla/5.0 (Linux; Android 14; ALN-AL00) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"
OFFICE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0"


def invent_devices(person: Person) -> None:
    for days_ago, says in ((20, OFFICE), (6, WECHAT)):
        with clock.at(clock.now() - timedelta(days=days_ago)):
            start_sign_in(person, Visitor(key=says, says=says))
