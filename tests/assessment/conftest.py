"""An enterprise that fills in, and the two of its people who do."""

import pytest

from tests.assessment.filling import make_filling
from tests.client import Client


@pytest.fixture
def f(database):
    return make_filling()


@pytest.fixture
def mine(app, f):
    """The manager's browser."""
    return Client(app).sign_in(f.manager)


@pytest.fixture
def hers(app, f):
    """The colleague's browser."""
    return Client(app).sign_in(f.colleague)
