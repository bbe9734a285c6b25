"""Does a page that was folded before it was compiled say what it says as it was written?"""

import pytest
from flask import g

from score_web.core.known import AT_ONCE
from score_web.core.words import N_, Sentence

WRITTEN = """{{ say(sentence) }}|{{ url_for('booking.show', booking_id=number) }}|{{ _('Reason: %(text)s', text=typed) }}"""


@pytest.mark.parametrize(("lang", "reason"), [("en", "Reason: &lt;b&gt;"), ("zh", "原因：&lt;b&gt;")])
def test_what_is_called_like_a_filter_says_the_same(app, lang, reason):
    env = app.environments[lang]
    assert all(env.filters[name] is env.globals[name] for name in AT_ONCE)
    with app.test_request_context():
        g.lang = lang
        sentence = Sentence(N_("Reason: %(text)s"), text="<b>")
        shown = env.from_string(WRITTEN).render(sentence=sentence, number=7, typed="<b>")
    assert shown == f"{reason}|/{lang}/booking/7|{reason}"
    assert "context.call" not in env.compile(WRITTEN, raw=True)
