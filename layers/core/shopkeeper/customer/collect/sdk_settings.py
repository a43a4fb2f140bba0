"""What Segment's browser SDK asks for before it sends anything: where to send to, and which plugins to load (none)."""

from typing import Any


def settings(write_key: str, protocol: str, host: str) -> dict[str, Any]:
    """`host` is where this was asked for; calls go to `<protocol>://<host>/v1/<first letter of the call>`."""
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": f"{host}/v1",
                "protocol": protocol,
                "unbundledIntegrations": [],
                "addBundledMetadata": False,
            }
        },
        "plan": {"track": {"__default": {"enabled": True}}, "identify": {}, "group": {}},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        # Left out, the SDK would report on itself, and not to us.
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
