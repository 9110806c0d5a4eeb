"""What only the nginx target finds."""

from twipc.formats.part.check import no_server

NO_SERVER = no_server("nginx")
CODES = (NO_SERVER,)
