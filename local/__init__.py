"""The whole bundle on one machine, from template.yaml, without an AWS account or a container. Never deployed.

Read in this order: `stack` (what a test or a person holds), `world` (what the template deployed), `kinds` (one
creator per resource type), `functions` (how a handler is called), `pumps` (what AWS delivers between parts),
`gateway` (the two HTTP APIs), `control` (the routes under /_local), `emulator` (every place that reaches into moto).
"""

import sys
from pathlib import Path

_LAYER = str(Path(__file__).resolve().parent.parent / "layers" / "core")

if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)  # In Lambda, the layer is on the path before a function is imported, too.
