"""Where nobody is called: what is not the open internet, in either notation of an address."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

# They lead on to others, or hold a v4 address that would have to be looked at as well.
_LEADING_ON = [
    ipaddress.ip_network(each)
    for each in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")
]
_NOBODYS = [ipaddress.ip_network(each) for each in ("100.64.0.0/10", "192.88.99.0/24", "198.18.0.0/15")]


def is_public(text: str) -> bool:
    """False for what is no address at all, too."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and not _is_refused(address)


def _is_refused(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.scope_id:
        return True
    return any(address in network for network in (*_LEADING_ON, *_NOBODYS))
