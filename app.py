"""The application that servers and the command line start."""

import sys

from score_web import create_app
from score_web.config import Misconfigured

try:
    app = create_app()
except Misconfigured as problem:
    sys.exit(f"SCORE Web does not start: {problem}")
