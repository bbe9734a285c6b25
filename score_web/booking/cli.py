"""What does the operator do for bookings? Run `booking lapse` every hour, for instance by cron."""

import click
from flask.cli import AppGroup

from score_web.booking import services
from score_web.core.db import db

booking = AppGroup("booking", help="Booking requests.")


@booking.command("lapse")
def lapse() -> None:
    """Close the requests that nobody answered in time and tell both sides."""
    count = services.lapse_overdue()
    db.session.commit()
    click.echo(f"{count} lapsed")
