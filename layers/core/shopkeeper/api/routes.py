"""Every route of the marketer API: what is served is what is described."""

from shopkeeper.api import customers, imports, keys
from shopkeeper.api.calls import Route

ROOMS = (customers.room, imports.room, keys.room)
ROUTES: tuple[Route, ...] = tuple(route for room in ROOMS for route in room.routes)
READ = tuple(route for route in ROUTES if route.method == "GET")
CHANGE = tuple(route for route in ROUTES if route.method != "GET")
