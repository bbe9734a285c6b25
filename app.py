"""The application that servers and the command line start."""

import gc
import sys

gc.disable()  # what is loaded stays for ever: to look through it over and over for garbage takes a tenth of the start

from score_web import create_app  # noqa: E402 - most of the loading
from score_web.config import Misconfigured  # noqa: E402

try:
    app = create_app()
except Misconfigured as problem:
    sys.exit(f"SCORE Web does not start: {problem}")
gc.freeze()
gc.enable()
