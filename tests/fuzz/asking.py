"""What is sent: requests that hypothesis makes up of the targets, from nearly right to not even HTTP as anybody knows it."""

import base64
import json
from dataclasses import asdict, dataclass
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.fuzz.surface import Surface, Target
from tests.fuzz.values import FILES, NAMES, absurd, nearly, proper

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=fuzz"
OTHER_METHODS = ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "GET", "POST"]
JUNK_HEADERS = {
    "HTTP_ACCEPT": ["application/json", "image/*;q=x", "*/*", ";;;,", "text/html;q=nan"],
    "HTTP_ACCEPT_LANGUAGE": ["zh", "en;q=x", "*" * 500, "zh-\xff"],
    "HTTP_ACCEPT_ENCODING": ["br;q=0", "gzip, identity;q=0, *;q=0", "x" * 300, "zstd;q=9"],
    "HTTP_COOKIE": ["score=x", "score=.eJx.x.x; language=../..", "=;;=", "language=\xff\x00", "a=" + "b" * 4000, "guest=x"],
    "HTTP_HOST": ["evil.example", "127.0.0.1:99999", "[::1", "a b", ""],
    "HTTP_ORIGIN": ["https://evil.example", "null", "http://localhost"],
    "HTTP_REFERER": ["https://evil.example/\xff", "\x00", "x" * 3000],
    "HTTP_SEC_FETCH_SITE": ["cross-site", "same-site", "none", "x"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE", "POST"],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4\x00", "x" * 200],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_X_REQUEST_ID": ["a\x0bb", "x" * 999, "\u00ff"],
    "HTTP_RANGE": ["bytes=0-1", "bytes=-9999999999999", "bytes=5-1,x", "lines=1"],
    "HTTP_IF_NONE_MATCH": ["*", '"x', "W/"],
    "HTTP_IF_MODIFIED_SINCE": ["x", "Thu, 99 Jan 99999 00:00:00 GMT"],
    "HTTP_USER_AGENT": ["", "a\x1b[31m\x07" + "x" * 2000, "MicroMessenger/8.0"],
    "CONTENT_LENGTH": ["-1", "x", "99999999999", "1"],
    "REMOTE_ADDR": ["", "x", "::ffff:1.2.3.4"],
}
BODIES = [
    ("application/json", b'{"csrf_token":"x","email":["x"],"a":{"b":1}}'), ("application/json", b"[" * 9000), ("application/json", b"\xff"),
    ("text/plain", b"a=1\r\nb=2"), ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), ("", b"x"),
    (PARTS, b"--fuzz\r\nbroken"), ("multipart/form-data", b"--x"), ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n\r\n"),
    (PARTS, b"--fuzz\r\nContent-Disposition: form-data; name=\r\n\r\n\xff\r\n--fuzz--"), ("\xff", b"a=b"),
    (PARTS, b"--fuzz\r\nContent-Disposition: form-data; name=\"a\"; filename*=x''%FF\r\nContent-Type: \xff\r\n\r\nx\r\n--fuzz--\r\n"),
    (FORM, b"&".join([b"a=1"] * 5000)), (FORM, b"%&=%ZZ&=&&a"),
]  # fmt: skip
PATHS = [
    "{0}/", "/{0}", "{0}//", "{0}%2f", "{0}/..", "{0}/../../..", "{0};x=1", "{0}%00", "{0}%0a", "{0}\u202e", "{0}.json", "/{0}/", "{0}%ff",
    "/./{0}",
]  # fmt: skip
TOKEN = b"TOKEN-OF-THE-VISITOR"  # put in when it is sent, so that a request kept for later is good then, too
# Where something may be stored most of all; what is closed to a visitor, or takes long to make, now and then.
CORNERS = [*["form"] * 10, *["page"] * 6, *["closed"] * 3, "heavy"]


@dataclass(frozen=True)
class Ask:
    """One request, whole: it can be kept as a line of JSON and sent again."""

    visitor: str
    method: str
    path: str
    query: str = ""
    kind: str = ""
    body: bytes = b""
    extra: tuple[tuple[str, str], ...] = ()

    def line(self) -> str:
        return json.dumps(asdict(self) | {"body": base64.b64encode(self.body).decode()}, ensure_ascii=True)

    @classmethod
    def of(cls, known: dict) -> "Ask":
        extra = tuple(tuple(pair) for pair in known["extra"])
        return cls(**(known | {"body": base64.b64decode(known["body"]), "extra": extra}))


def encoded(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(quote_from_bytes(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in pairs)


def in_parts(pairs: list[tuple[bytes, bytes]], files: list[tuple[bytes, bytes, bytes]]) -> bytes:
    parts = [b'--fuzz\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair for pair in pairs]
    parts += [b'--fuzz\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n' % file for file in files]
    return b"".join(parts) + b"--fuzz--\r\n"


@st.composite
def filled(draw, target: Target) -> list[tuple[bytes, bytes]]:
    """The fields of a target: all proper but one or two, all absurd, or some missing, doubled and strange."""
    fields = [field for field in target.fields.values() if field.kind != "file" and field.name not in ("csrf_token", "switch_language")]
    if target.method == "GET":  # any of the parameters that anything reads
        fields = draw(st.lists(st.sampled_from(fields), max_size=4)) if fields else []
    manner = draw(st.sampled_from(["nearly", "nearly", "proper", "absurd", "odd"]))
    wrong = draw(st.sets(st.sampled_from([field.name for field in fields]), max_size=2)) if fields and manner == "nearly" else set()
    pairs = []
    for field in fields:
        if field.kind in ("checkbox", "button", "submit") and not draw(st.booleans()):
            continue
        if manner == "odd" and draw(st.integers(0, 3)) == 0:
            continue
        value = absurd if manner == "absurd" else st.one_of(nearly(field), absurd) if field.name in wrong else proper(field)
        pairs += [(field.name.encode(), draw(value))] * (draw(st.integers(1, 2)) if manner == "odd" else 1)
    if manner == "odd":
        pairs += draw(st.lists(st.tuples(absurd.filter(lambda name: len(name) < 999), absurd), max_size=2))
    return pairs


@st.composite
def asks(draw, surface: Surface):
    visitor = draw(st.sampled_from(sorted(surface.targets)))
    target = draw(st.sampled_from(surface.some(visitor, draw(st.sampled_from(CORNERS)))))
    path = draw(st.sampled_from([target.path] * 8 + target.own + target.others))
    path = path.replace("/en/", draw(st.sampled_from(["/zh/", "/en/"])), 1)
    pairs, kind, body = draw(filled(target)), "", b""
    query = "" if target.method == "POST" else encoded(pairs).decode()[:8000]
    if target.method == "POST":
        kind, body = draw(sent(target, [(b"csrf_token", TOKEN), *pairs]))
    method, extra = target.method, {}
    if draw(st.integers(0, 3)) == 0:
        extra = draw(strange_headers)
    if draw(st.integers(0, 11)) == 0:
        method = draw(st.sampled_from(OTHER_METHODS))
    if draw(st.integers(0, 11)) == 0:
        path = draw(st.sampled_from(PATHS)).format(path)
    return Ask(visitor, method, path, query, kind, body, tuple(sorted(extra.items())))


strange_headers = st.sets(st.sampled_from(sorted(JUNK_HEADERS)), min_size=1, max_size=3).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(JUNK_HEADERS[name]) for name in sorted(names)})
)


@st.composite
def sent(draw, target: Target, pairs: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    """The body with its type; now and then the token is missing, or the body is something else altogether."""
    turn = draw(st.integers(0, 19))
    if turn == 0:
        return draw(st.sampled_from(BODIES))
    if turn == 1:
        pairs = pairs[1:]
    if turn == 2:
        pairs = [*pairs, (b"switch_language", b"1")]
    if target.files or turn == 3:
        names = [field.name.encode() for field in target.fields.values() if field.kind == "file"] or [b"file"]
        file = st.tuples(st.sampled_from(names), st.sampled_from([name.encode() for name in NAMES]), st.sampled_from(FILES))
        return PARTS, in_parts(pairs, draw(st.lists(file, max_size=2)))
    return FORM, encoded(pairs)
