"""Speelt een map na in het proces van de test zelf: daar zijn Flask en SQLAlchemy er al.

Dezelfde code doet het werk; alleen de bewaking en de tijdslimiet ontbreken: een pad naar de map
zelf gaat dus niet naar de kopie. Wat daarover gaat draait met de echte `pytest`.
"""

import tempfile
from pathlib import Path

from controle.kindproces import Rondgang
from controle.naspelen import Fout, Kindproces, Verslag, kopieer, lees_verslag, omgeving
from spelen.dit_proces import vers_proces


def speel_hier_na(oefenmap: Path) -> Verslag:
    """Wat het naspelen ziet; de map mag geen module hebben die het proces beëindigt."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tijdelijk:
        werkmap = Path(tijdelijk).resolve()
        kopie, verslag = werkmap / 'oefenmap', werkmap / 'verslag.jsonl'
        kopieer(oefenmap, kopie)
        rondgang = Rondgang(kopie, verslag)
        with rondgang.verslag, vers_proces(kopie, omgeving()):
            rondgang.speel()
        # Een open verbinding houdt op Windows de kopie vast.
        for engine in rondgang.engines:
            engine.dispose()
        return lees_verslag(verslag, Fout('module', 'onbekend', 'Het verslag is niet af.'))


def speel_apart_na(oefenmap: Path) -> Verslag:
    """Wat het naspelen in een eigen proces ziet."""
    with Kindproces(oefenmap) as kind:
        return kind.verslag()
