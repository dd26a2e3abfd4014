"""Draait `flask`, `pytest` of een script zoals in een terminalvenster, in een eigen proces."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from speel_les import omgeving

# Een leerling heeft de plugins voor onderhoud niet; ze laden kost twee keer zoveel als de controle.
ALS_EEN_LEERLING = {
    'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1',
    'PYTHONPATH': str(Path(__file__).with_name('zonder_opruimen')),
}

# Langer doet geen opdracht van de tests erover; het langst duurt het op een trage computer.
TIJDSLIMIET = 900
# Zo lang wacht een test op iets wat zo hoort te gebeuren.
GEDULD = 60

# Een eigen venster: Ctrl-C geldt daar voor elk proces erin, en voor geen ander.
EIGEN_VENSTER = (
    {'creationflags': subprocess.CREATE_NEW_PROCESS_GROUP}
    if sys.platform == 'win32'
    else {'start_new_session': True}
)


def draai(*delen: str | Path, invoer: str = '', **hoe: object) -> subprocess.CompletedProcess:
    """Draait `python DELEN`, tot het klaar is; `hoe` is als bij `begin`."""
    with begin(*delen, **hoe) as proces:
        try:
            uit, mis = proces.communicate(invoer, TIJDSLIMIET)
        finally:
            proces.kill()
    return subprocess.CompletedProcess(proces.args, proces.returncode, uit, mis)


def begin(
    *delen: str | Path,
    waar: Path | None = None,
    apart: bool = False,
    python: str | Path = sys.executable,
    **anders: str,
) -> subprocess.Popen:
    """Begint `python DELEN`, of `python -m DELEN` als het eerste deel een programma is.

    `anders` is wat in de omgeving anders is; stderr staat tussen stdout, of met `apart` apart.
    """
    programma = delen[0] in ('flask', 'pytest', 'pip', 'mkdocs')
    return subprocess.Popen(
        [python, *(['-m'] if programma else []), *delen],
        cwd=waar,
        env=omgeving() | ALS_EEN_LEERLING | anders,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        encoding='utf-8',
        errors='replace',
        **EIGEN_VENSTER,
    )


def typ(proces: subprocess.Popen, regel: str) -> None:
    print(regel, file=proces.stdin, flush=True)


def wacht_op(proces: subprocess.Popen, tekst: str) -> str:
    """Leest tot een regel waar dit in staat, en geeft die regel."""
    for regel in proces.stdout:
        # Dit laat pytest zien als de test mislukt.
        print(regel, end='')
        if tekst in regel:
            return regel
    raise AssertionError(f'{tekst!r} komt niet.')


def wacht_tot(kijk: Callable) -> object:
    """Kijkt tot er iets te zien is, en geeft dat."""
    uiterlijk = time.monotonic() + GEDULD
    while not (gezien := kijk()):
        assert time.monotonic() < uiterlijk, 'het gebeurt niet'
        time.sleep(0.05)
    return gezien
