"""Een opdracht van `flask` die nog bezig is terwijl de test verdergaat."""

import subprocess
import sys
from pathlib import Path

from speel_les import omgeving
from stappen import MODULE


def begin_flask(map_: Path, *delen: str, **anders: str) -> subprocess.Popen:
    """Begint `flask` in een eigen proces; `anders` is wat in de omgeving anders is."""
    return subprocess.Popen(
        [sys.executable, '-m', 'flask', *delen],
        cwd=map_,
        env=omgeving() | {'FLASK_APP': MODULE} | anders,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
    )


def typ(proces: subprocess.Popen, regel: str) -> None:
    print(regel, file=proces.stdin, flush=True)


def wacht_op(proces: subprocess.Popen, tekst: str) -> str:
    """Leest tot een regel waar dit in staat, en geeft die regel."""
    gezegd = []
    for regel in proces.stdout:
        gezegd.append(regel)
        if tekst in regel:
            return regel
    raise AssertionError(f'{tekst!r} komt niet:\n{"".join(gezegd)}')
