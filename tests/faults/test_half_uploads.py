"""A phone that goes away in the middle of sending a photo, a photo that is cut off: nothing of it is stored, the next one is."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from score_web.core import uploads
from tests.torture import invariants
from tests.torture.errands import Showing, photo
from tests.torture.points import Inside
from tests.torture.town import Town


@pytest.fixture
def errand(app):
    errand = next(e for e in Town(app).errands(lambda email: Inside(app, email)) if type(e) is Showing)
    errand.sign_in("")
    return errand


def nothing_is_there(app, errand) -> None:
    with app.app_context():
        assert list(uploads.folder().stored()) == []
        assert errand.landed() == errand.sent == 0
        assert not (wrong := invariants.broken()), wrong


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves its temporary file to the collector
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_phone_that_goes_away_in_the_middle(app, errand, live, share):
    person, path, form, files = errand.prepare("")
    boundary, body = encode_multipart(form | files)
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in person.http._cookies.values())
    head = (f"POST {path} HTTP/1.1\r\nHost: {urlsplit(live).netloc}\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n")
    with socket.create_connection((urlsplit(live).hostname, urlsplit(live).port)) as phone:
        phone.sendall(head.encode() + body[: int(len(body) * share)])
    time.sleep(0.3)
    nothing_is_there(app, errand)
    errand.save("")


def test_a_photo_that_was_cut_off(app, errand):
    person, path, form, _ = errand.prepare("")
    half = FileStorage(stream=type(photo(1).stream)(photo(1).stream.read()[:150]), filename="half.png")
    status, page = person.ask(path, form, files={"camera": half})
    assert status == 200
    assert b"wrong" in page
    nothing_is_there(app, errand)
    errand.save("")
