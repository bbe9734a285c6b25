"""Does a page that was folded before it was compiled say what it says as it was written?"""

import pytest
from flask import g
from jinja2 import DictLoader

from score_web.core.folding import Folder
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


LAYOUT = (
    "{% set word = 'layout' %}<h1>{% block title %}none{% endblock %}</h1>{% if form is defined %}form {{ form }}{% endif %}|"
    "{% block main %}{% endblock %}|{{ word }}"
)
MIDDLE = "{% extends '_layout.html' %}{% set form = 'm' %}{% block title %}M{% endblock %}{% block main %}nothing{% endblock %}"
PAGES = {
    "{% extends '_layout.html' %}{% set form = 'f' %} unseen {% block title %}T{% endblock %}": "<h1>T</h1>form f||layout",
    "{% extends '_layout.html' %}{% if n %} unseen {% set form = n %}{% endif %}{% block main %}{{ word }}{% set word = 'own' %}{{ word }}"
    "{% endblock %}": "<h1>none</h1>form 7|layoutown|layout",
    "{% extends '_layout.html' %}{% block title %}{{ super() }}!{% endblock %}": "<h1>none!</h1>||layout",
    "{% extends '_middle.html' %}{% block main %}{{ '<' }}{{ say(n) }}{% endblock %}": "<h1>M</h1>form m|&lt;7|layout",
    "{% extends '_middle.html' %}{% block title %}{{ super() }}!{% endblock %}": "<h1>M!</h1>form m|nothing|layout",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_and_its_layout_say_together_what_they_say_apart(app, page):
    """What a page says outside of its blocks is not shown; what a block sets ends with it; who asks back for the layout gets it."""
    env = app.environments["en"].overlay(loader=DictLoader({
        "_layout.html": LAYOUT, "_middle.html": MIDDLE, "page.html": page,
    }))  # fmt: skip
    env.folder = Folder(env, "en", str, None)
    assert env.get_template("page.html").render(n=7) == PAGES[page]
    in_one = "get_template" not in env.compile(page, "page.html", "page.html", raw=True)
    assert in_one is ("super" not in page)
