"""What only the haproxy target finds."""

from twipc.formats.part.check import no_server

NO_SERVER = no_server("haproxy")
CODES = (NO_SERVER,)
