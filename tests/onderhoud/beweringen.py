"""Wat de tests van de controle beweren, over een oordeel en over wat de echte `pytest` afdrukt."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

from controle import vertelling
from controle.oordeel import Oordeel
from leerling import Leerling
from stappen import DATABASE, LAATSTE, MODULE, STAPPEN


def stappen_met(uitvoer: str, teken: str) -> list[int]:
    """De stappen waar dit teken voor staat."""
    return [int(n) for n in re.findall(rf'^{re.escape(teken)} +stap (\d+) ', uitvoer, re.M)]


def verhaal(uitvoer: str) -> str:
    """De uitvoer op een regel: waar de controle een zin afbreekt doet er niet toe."""
    return ' '.join(uitvoer.split())


def wat_nu(uitvoer: str) -> str:
    return verhaal(uitvoer.partition('Wat nu:')[2])


def noemt(uitvoer: str, *woorden: str) -> None:
    for woord in woorden:
        assert woord in wat_nu(uitvoer), f'{woord!r} ontbreekt in: {uitvoer}'


def toestanden(oordeel: Oordeel) -> list[str]:
    """De toestand van elke stap, van de eerste tot de laatste."""
    return [oordeel.toestand(stap.nummer) for stap in STAPPEN]


def is_goed(werk: Leerling, tot: int) -> str:
    """De eerste `tot` stappen zijn af en er is niets fout; geeft de opmerkingen."""
    oordeel = werk.oordeel()
    assert oordeel.afwijkingen == []
    assert toestanden(oordeel) == ['af'] * tot + ['niet'] * (LAATSTE - tot)
    return verhaal(' '.join(vertelling.opmerkingen(oordeel)))


def keurt_af(werk: Leerling, stap: int, *woorden: str) -> None:
    """Alleen deze stap is fout, en `Wat nu` noemt deze woorden."""
    oordeel = werk.oordeel()
    fout = [n for n, toestand in enumerate(toestanden(oordeel), 1) if toestand == 'fout']
    assert fout == [stap]
    gezegd = vertelling.wat_nu(oordeel)
    assert gezegd.startswith(f'Wat nu: stap {stap},')
    noemt(gezegd, *woorden)


def is_groen(resultaat: CompletedProcess, tot: int) -> None:
    """De echte `pytest` is groen, en de eerste `tot` stappen zijn af."""
    assert resultaat.returncode == 0, resultaat.stdout
    assert stappen_met(resultaat.stdout, '✓') == list(range(1, tot + 1)), resultaat.stdout
    assert stappen_met(resultaat.stdout, '✗') == []


def inhoud(map_: Path) -> dict[str, bytes | None]:
    """Alles in een map: elk bestand met wat erin staat, en elke map."""
    paden = {pad.relative_to(map_): pad for pad in sorted(map_.rglob('*'))}
    return {
        naam.as_posix(): pad.read_bytes() if pad.is_file() else None
        for naam, pad in paden.items()
        # Alleen hier mag de controle iets neerzetten.
        if not (naam.parts[0] == 'tests' and '__pycache__' in naam.parts)
    }


def zonder_toeval(map_: Path) -> dict[str, str]:
    """De module, de scripts en de database, zonder revision ids, tijdstippen en hashes."""
    toeval = r"scrypt:[^']+|\d{4}-\d\d-\d\d [\d:.]+|[0-9a-f]{12}"
    zonder = {}
    for pad in (map_ / MODULE, *map_.glob('migrations/versions/*.py')):
        zonder[re.sub(toeval, '', pad.name)] = re.sub(toeval, '*', pad.read_text(encoding='utf-8'))
    with closing(sqlite3.connect(map_ / DATABASE)) as verbinding:
        # Waar twee scripts naast elkaar staan, hangt de volgorde van kolommen af van hun id.
        dump = [re.sub(toeval, '*', opdracht) for opdracht in verbinding.iterdump()]
    return zonder | {DATABASE: '\n'.join(' '.join(sorted(re.split(r'[\s,();]+', d))) for d in dump)}
