"""Wat de controle probeert, gaat in een eigen proces zoals een leerling het doet die het leest.

Van elke soort daad wordt er een gedaan zoals hij er staat, en geprobeerd in een eigen proces:
daarna is de map gelijk.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from controle import proberen
from controle.naspelen import Kindproces
from controle.proberen import helpt, kies
from leerling import Leerling
from situaties import SITUATIES
from standen import stand
from stappen import DATABASE
from test_hints import TEKSTEN, naam
from volgen import zonder_ids

SOORTEN = (
    *('Maak in', 'Haal in', 'Zet in', 'Verplaats in', 'Vervang in', 'Hernoem `'),
    *('    cp', '    rm', '.*`flask shell`:$'),
    *(f'    flask db {wat}' for wat in ('migrate', 'upgrade', 'downgrade', 'merge', 'stamp')),
)


def eerste_met(soort: str) -> str:
    """De eerste situatie waarin `Wat nu` dit laat doen."""
    regel = re.compile(rf'^{soort}', re.MULTILINE)
    return next(
        naam for naam, tekst in TEKSTEN.items() if 'Wat nu' in tekst and regel.search(tekst)
    )


def inhoud(map_: Path) -> dict[str, str]:
    """Wat er in een map staat, zonder wat elke keer anders is: revisies en tijden."""
    staat_er = {}
    for pad in sorted(map_.rglob('*')):
        if (
            pad.is_file()
            # Wat niet meegaat in een kopie, hoeft er niet in te staan.
            and not {'tests', '.venv'} & {*pad.relative_to(map_).parts}
            and pad.suffix not in ('.pyc', '.sqlite-journal')
        ):
            tekst = pad.read_bytes().decode('utf-8', 'replace')
            if pad.suffix == '.sqlite':
                with closing(sqlite3.connect(pad)) as verbinding:
                    tekst = '\n'.join(verbinding.iterdump())
            tekst = re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?', '<tijd>', tekst)
            staat_er[zonder_ids(pad.relative_to(map_).as_posix())] = zonder_ids(tekst)
    return staat_er


@pytest.mark.parametrize('soort', SOORTEN)
def test_een_daad_doet_wat_hij_zegt(soort, tmp_path, monkeypatch):
    (geval,) = [geval for geval in SITUATIES if naam(geval) == eerste_met(soort)]
    m = Leerling(shutil.copytree(stand(geval.stap), tmp_path / 'oefening'))
    geval.maak(m)
    voor, hint = inhoud(m.map), kies(m.oordeel())
    monkeypatch.setattr(proberen, 'Kindproces', Kindproces)
    # In een eigen proces is de uitkomst dezelfde, en de map zelf blijft zoals hij is.
    assert helpt(m.oordeel(), hint) or hint.les
    assert inhoud(m.map) == voor
    with Kindproces(m.map) as kind:
        verslag = proberen._doe(kind, hint, m.oordeel().verslag)
        m.doe(hint.doe)
        assert verslag is not None and inhoud(kind.kopie) == inhoud(m.map)
    assert (m.map / DATABASE).exists()
