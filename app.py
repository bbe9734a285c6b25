"""The application that servers and the command line start."""

from score_web import create_app

app = create_app()
