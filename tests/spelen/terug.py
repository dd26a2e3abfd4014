"""De weg terug: de oude onderdelen van een oefenmap gaan naar `oud`, de nieuwe komen ervoor.

Elk onderdeel gaat in één keer, met rename. Aan de map `.terug` is te zien hoe ver het is:

    .terug/oud      nog niet al het oude is weg: wie nu afbreekt, krijgt alles terug
    .terug/nieuw    zonder `.terug/oud` is al het oude bewaard: wat hierin staat, moet er nog komen
"""

import os
import shutil
from itertools import count
from pathlib import Path

from stappen import DATABASE, MODULE

WERKMAP = '.terug'

# De database gaat als eerste weg: die houdt Windows vast zolang een programma hem open heeft.
ONDERDELEN = (
    *(DATABASE + eind for eind in ('', '-journal', '-wal', '-shm')),
    MODULE,
    'migrations',
)


def wissel(map_: Path, nieuw: Path) -> Path:
    """Zet de onderdelen uit `nieuw`, op dezelfde schijf, in `map_`; geeft de map met de oude."""
    oud, klaar = map_ / WERKMAP / 'oud', map_ / WERKMAP / 'nieuw'
    for pad in nieuw.rglob('*'):
        if pad.is_file():
            # Ook als de stroom uitvalt, staat er straks iets in.
            with pad.open('rb+') as bestand:
                os.fsync(bestand.fileno())
    oud.mkdir(parents=True)
    nieuw.rename(klaar)
    for naam in _onderdelen(map_):
        (map_ / naam).rename(oud / naam)
    bewaard = oud.rename(vrije_map(map_))
    herstel(map_)
    return bewaard


def halverwege(map_: Path) -> bool:
    """Of een wissel is afgebroken terwijl er nog iets verplaatst moest worden."""
    oud, nieuw = map_ / WERKMAP / 'oud', map_ / WERKMAP / 'nieuw'
    return oud.is_dir() or bool(_onderdelen(nieuw))


def herstel(map_: Path) -> bool:
    """Draait een halve wissel terug, of maakt hem af; True als er nu iets nieuws staat."""
    oud, nieuw = map_ / WERKMAP / 'oud', map_ / WERKMAP / 'nieuw'
    vernieuwd = halverwege(map_) and not oud.is_dir()
    if oud.is_dir():
        _zet_neer(oud, map_)
        # Eerst moet `nieuw` weg zijn: zonder `oud` zou dat de volgende keer gelden.
        if nieuw.is_dir():
            shutil.rmtree(nieuw)
        oud.rmdir()
    else:
        _zet_neer(nieuw, map_)
    shutil.rmtree(map_ / WERKMAP, ignore_errors=True)
    return vernieuwd


def _onderdelen(map_: Path) -> list[str]:
    return [naam for naam in ONDERDELEN if os.path.lexists(map_ / naam)]


def _zet_neer(bron: Path, map_: Path) -> None:
    for naam in reversed(_onderdelen(bron)):
        if os.path.lexists(map_ / naam):
            # Wie na het afbreken verder werkte, houdt ook wat hij toen maakte.
            ook = vrije_map(map_)
            ook.mkdir()
            (map_ / naam).rename(ook / naam)
        (bron / naam).rename(map_ / naam)


def vrije_map(map_: Path) -> Path:
    """De eerste van `oud`, `oud2`, `oud3` ... die er nog niet is."""
    paden = (map_ / f'oud{nummer if nummer > 1 else ""}' for nummer in count(1))
    return next(pad for pad in paden if not os.path.lexists(pad))
