"""A PostgreSQL server for as long as a benchmark takes, in a folder of its own and reached by a socket in it.

It lives while a pipe to it is open: however this process ends, the server ends too, and its folder goes. Its programs
are looked for on PATH, then where Debian puts them. Root may not run it, so root lends it an account of little right.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

DEBIAN = Path("/usr/lib/postgresql")
ACCOUNTS = "postgres", "nobody"
WAIT_S = 60
_LIFE = """
trap 'rm -rf "$2"' EXIT
set -e
exec 3<&0
"$1/initdb" -D "$2/data" -U bench -A trust -E UTF8 --locale=C --no-sync
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c shared_buffers=256MB -c fsync=off -c autovacuum=off 3<&- &
server=$!
{ cat <&3; kill -INT $server; } &
wait $server
"""
_ONE_CORE = "SET max_parallel_workers_per_gather = 0; SET jit = off; SET log_statement_stats = on"


class NoServer(Exception):
    """There is none at hand; why, in words."""


class Server:
    """One connection, on one core; what is compiled per statement takes longer here than it saves, so nothing is."""

    def __init__(self, connection):
        self.connection, self._took_s = connection, 0.0
        connection.add_notice_handler(self._told)
        connection.execute(_ONE_CORE)

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def seconds(self, query):
        """Of processor time, as the server counts it for each statement; answers are thrown away here."""
        self.connection.execute("SET client_min_messages = log")
        self.connection.execute(query)
        taken = self._took_s
        self.connection.execute("SET client_min_messages = warning")
        return taken

    def _told(self, notice):
        if found := re.search(r"([\d.]+) s user, ([\d.]+) s system", notice.message_detail or ""):
            self._took_s = float(found[1]) + float(found[2])


def programs():
    """The folder of `initdb` and `postgres`; the newest, where Debian has several."""
    found = shutil.which("initdb")
    versions = [int(each.name) for each in DEBIAN.glob("*") if each.name.isdigit()]
    folders = [Path(found).resolve().parent] if found else []
    folders += [DEBIAN / str(version) / "bin" for version in sorted(versions, reverse=True)]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServer("no PostgreSQL server at hand (initdb and postgres on PATH)")


@contextmanager
def server():
    """Raises NoServer."""
    folder, account = programs(), _account()
    home = tempfile.mkdtemp(prefix="bench-")
    if account:
        os.chown(home, account["user"], account["group"])
    with tempfile.TemporaryFile("w+") as said:
        command = ["sh", "-c", _LIFE, "sh", folder, home]
        streams = {"stdin": subprocess.PIPE, "stdout": said, "stderr": said}
        life = subprocess.Popen(command, **streams, **account, cwd="/", start_new_session=True)
        try:
            with _connected(home, life, said) as connection:
                yield Server(connection)
        finally:
            life.stdin.close()
            life.wait()


def _account():
    """Whom root lets run the server; nobody else may choose."""
    if os.geteuid():
        return {}
    for name in ACCOUNTS:
        with suppress(KeyError):
            own = pwd.getpwnam(name)
            return {"user": own.pw_uid, "group": own.pw_gid, "extra_groups": []}
    raise NoServer(f"a PostgreSQL server, but no account to run it: {' or '.join(ACCOUNTS)}")


def _connected(home, life, said):
    until = time.monotonic() + WAIT_S
    while life.poll() is None and time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(host=home, user="bench", dbname="postgres", autocommit=True)
        time.sleep(0.05)
    said.seek(0)
    last = (said.read().strip().splitlines() or ["nothing"])[-1]
    raise NoServer(f"a PostgreSQL server that did not start, and said: {last}")
