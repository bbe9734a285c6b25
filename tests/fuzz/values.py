"""What may stand in a field? What belongs there, what nearly does, and what nobody would type."""

from hypothesis import strategies as st

from tests.assessment.proofs import bomb, office, pdf, photo
from tests.fuzz.surface import Field

ABSURD: list[bytes] = [
    *(text.encode() for text in (
        "", " ", "\0", "a\0b", "a\r\nBcc: x@example.com\r\n\r\nb", "\u202e\u2066\u2028\ufeff", "=cmd|' /C calc'!A0",
        "'\"><script>alert(1)</script>", "{{7*7}}{%x%}${x}", "%s%n%(x)s%", "😀" * 9,
        "０１２", "٣²", "-1", "0", "1", "1e309", "NaN", "-0.5", "0x10", "1_000", "2147483648",
        "9" * 20, "9" * 5000, "../../etc/passwd", "None", "true", "[]", "2026-02-30", "0001-01-01", "9999-12-31", "2026-12-01T25:61",
        "长" * 5000, "a@b", "ａ＠example.com", "x@例子.中国", "a" * 300 + "@example.com", "javascript:alert(1)",
        "//evil.example/", "/\\evil.example", "https://evil.example/", "\\\\evil", "/en/accounts/sign-out",
        "\u00df\u0130\ufb00", "a\u0300" * 500,
        "M1-A1", "0-0", "91330200DEM033019T",
    )),
    b"\xed\xa0\x80", b"\xff\xfe\x00", b"%", b"%zz%", b"+&=;", b"x" * 1_000_000,
]  # fmt: skip
BELONGS = {
    "email": ["somebody@example.com", "enterprise@example.com"], "tel": ["13800138000", "+86 574 8700 0000"], "number": ["120", "5"],
    "date": ["2026-12-01", "2027-03-01"], "password": ["score-demo-2026", "four odd words here 9"], "text": ["测试 text", "33"],
    "textarea": ["第一行\nsecond line"],
}  # fmt: skip
FILES = [
    photo(), office(), pdf(), bomb(), b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"GIF89a", b"PK\x03\x04" + b"\0" * 60,
    b"\xff\xd8\xff" + b"\0" * 99, b"%PDF-1.7\n" + b"x" * 5000, b"\x89PNG\r\n\x1a\n" + b"\xff" * 200,
]  # fmt: skip
NAMES = [
    "photo.jpg", "报告.docx", "../../x.jpg", "a\0b.pdf", "x.php", 'q"u;o.jpg', "=1+1.pdf", "\u202egpj.exe", "n" * 300 + ".pdf", "",
    "a\\b.jpg",
]  # fmt: skip
absurd = st.one_of(
    st.sampled_from(ABSURD), st.text(max_size=40).map(str.encode), st.integers().map(lambda n: str(n).encode()),
    st.binary(max_size=24), st.dates().map(lambda day: day.isoformat().encode()),
)  # fmt: skip


def proper(field: Field):
    """What the page shows or offers; where that is nothing, what somebody might type there."""
    usual = BELONGS.get(field.kind, [])
    return st.sampled_from([value.encode() for value in dict.fromkeys([field.value, *field.choices[:40], *usual])])


@st.composite
def nearly(draw, field: Field):
    """A proper value with something wrong: cut, doubled, one byte else, a number off by one."""
    value = draw(proper(field))
    if value.isdigit() and len(value) < 20 and draw(st.booleans()):
        return str(int(value) + draw(st.sampled_from([-1, 1, 2**31, -(2**63)]))).encode()
    at = draw(st.integers(0, len(value)))
    put = draw(st.sampled_from([b"", b"\0", b"\xff", b" ", b"9", "长".encode(), value]))
    return value[:at] + put + value[at + draw(st.integers(0, 1)):]
