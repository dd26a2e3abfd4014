"""Speelt een map na in het proces van de test zelf: daar zijn Flask en SQLAlchemy er al.

Dezelfde code doet het werk; alleen de bewaking en de tijdslimiet ontbreken. Wat daarover gaat
draait met de echte `pytest`.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from controle.kindproces import Rondgang
from controle.naspelen import VERSLAG, Fout, Kindproces, Verslag, lees_verslag, omgeving
from spelen.dit_proces import draai_flask, vers_proces
from stappen import MODULE


class HierProces(Kindproces):
    """Doet en speelt hier; de map mag geen module hebben die het proces beëindigt."""

    def begin(self, opdrachten: Sequence[list[str]] = (), naspelen: bool = True) -> None:
        self.mislukt, self.naspelen = None, naspelen
        for wie, *delen in opdrachten:
            werk = omgeving() | {'FLASK_APP': MODULE}
            invoer = ''
            if wie == 'shell':
                delen, invoer = ['shell'], '\n'.join(delen) + '\n'
            else:
                delen = [*shlex.split(wie)[1:], *delen]
            status, uitvoer = draai_flask(self.kopie, delen, werk, invoer)
            if status or 'Traceback' in uitvoer:
                self.mislukt = uitvoer
                return

    def verslag(self) -> Verslag:
        if self.mislukt:
            return Verslag(mislukt=self.mislukt)
        if not self.naspelen:
            return Verslag()
        pad = self.werkmap / VERSLAG
        vanaf = pad.stat().st_size if pad.exists() else 0
        rondgang = Rondgang(self.kopie, self.oefenmap)
        with (
            rondgang.verslag,
            vers_proces(self.kopie, omgeving()),
            patch('sqlite3.connect', rondgang.verbind),
            patch('sqlite3.dbapi2.connect', rondgang.verbind),
            patch('sys.dont_write_bytecode', True),
        ):
            rondgang.speel()
        return lees_verslag(pad, vanaf, Fout('module', 'onbekend', 'Het verslag is niet af.'))


def speel_hier_na(oefenmap: Path) -> Verslag:
    """Wat het naspelen in dit proces ziet."""
    return _speel(HierProces(oefenmap))


def speel_apart_na(oefenmap: Path) -> Verslag:
    """Wat het naspelen in een eigen proces ziet."""
    return _speel(Kindproces(oefenmap))


def _speel(proces: Kindproces) -> Verslag:
    with proces as kind:
        kind.begin()
        return kind.verslag()
