"""Measure against the named baselines: `python -m bench [--quick] [case ...]`. Ends with 1 if a target is missed.

Each case runs in a process of its own, so that caches and garbage of one are no business of the next.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers/core")]


def cases():
    from bench import (
        ingest_batch,
        ingest_units,
        journey_units,
        letters,
        mail_reading,
        track_hit,
        track_start,
        wake_units,
    )
    from bench import segments_changed as changed
    from bench import segments_full as full
    from bench import segments_postgres as postgres

    segments = full, postgres, changed, wake_units
    modules = track_hit, track_start, ingest_batch, ingest_units, letters, mail_reading, journey_units, *segments
    return {case.name: case for module in modules for case in module.CASES}


def run_one(name, *, quick):
    result = cases()[name].run(quick=quick)
    print(result.line(), flush=True)
    return result.reached is not False


def run_each(names, *, quick):
    print(f"{'case':42}  median    min    max   target")
    flags = ["--quick"] if quick else []
    command = [sys.executable, "-m", "bench", "--here", *flags]
    codes = [subprocess.run([*command, name], cwd=ROOT, check=False).returncode for name in names]
    return not any(codes)


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("case", nargs="*", help="names of cases; all if none is given")
    parser.add_argument("--quick", action="store_true", help="fewer calls per round, for a trend and not for a claim")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    known = cases()
    unknown = [name for name in chosen.case if name not in known]
    if unknown:
        parser.error(f"no case {unknown[0]!r}; there are: {', '.join(known)}")
    if chosen.here:
        return 0 if run_one(chosen.case[0], quick=chosen.quick) else 1
    return 0 if run_each(chosen.case or list(known), quick=chosen.quick) else 1


if __name__ == "__main__":
    sys.exit(main())
