"""Draait `flask`, `pytest` of een script zoals in een terminalvenster, in een eigen proces."""

import subprocess
import sys
from pathlib import Path

from speel_les import omgeving

# Een leerling heeft de plugins voor onderhoud niet; ze laden kost twee keer zoveel als de controle.
ALS_EEN_LEERLING = {'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}

# Langer doet geen opdracht van de tests erover; het langst duurt het op een trage computer.
TIJDSLIMIET = 900


def draai(
    *delen: str | Path,
    waar: Path | None = None,
    apart: bool = False,
    python: str | Path = sys.executable,
    invoer: str = '',
    **anders: str,
) -> subprocess.CompletedProcess:
    """Draait `python DELEN`, of `python -m DELEN` als het eerste deel een programma is.

    `anders` is wat in de omgeving anders is; stderr staat tussen stdout, of met `apart` apart.
    """
    programma = delen[0] in ('flask', 'pytest', 'pip', 'mkdocs')
    return subprocess.run(
        [python, *(['-m'] if programma else []), *delen],
        cwd=waar,
        env=omgeving() | ALS_EEN_LEERLING | anders,
        input=invoer,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        encoding='utf-8',
        errors='replace',
        timeout=TIJDSLIMIET,
    )
