"""Kill the server in mid-write, again and again: nothing confirmed is lost, nothing stands half-done. `make torture` is the long form."""

from tests.torture.answers import Filler, Torture
from tests.torture.server import PATIENCE, Server, Visitor, hidden, started

__all__ = ["PATIENCE", "Filler", "Server", "Torture", "Visitor", "hidden", "started"]
