"""Vindt de oefenmappen van een klas, en neemt van elke over wat de controle nodig heeft.

Alles wat van een leerling komt gaat hier doorheen: alleen gewone bestanden uit zijn eigen map,
tot een grens. Er wordt niets uitgevoerd.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from controle.naspelen import GROOTSTE_BESTAND
from spelen.terug import ONDERDELEN
from stappen import DATABASE, KOPIE, MODULE

# Zo diep zit een oefenmap soms in de map van een leerling: klas/anna/oefening/oefening-main.
DIEPST = 3

# Een bestand dat een docent nog moet uitpakken.
INGEPAKT = ('.zip', '.rar', '.7z', '.gz', '.tar')

# Hierin staat geen oefenmap: eigen pakketten, en wat bij een oefenmap hoort.
OVERSLAAN = ('migrations', 'tests', 'node_modules', 'site-packages')


@dataclass
class Inlevering:
    """Wat een leerling inlevert."""

    # Waar het staat, en hoe het in de klas heet: naar de map van de leerling.
    pad: Path
    naam: str
    # De oefenmap; None als die er niet is.
    map: Path | None = None
    # Wat er aan de map opvalt voordat zij gelezen is.
    opvalt: list[str] = field(default_factory=list)


def zoek_inleveringen(mappen: list[Path]) -> list[Inlevering]:
    """Elke leerling: een map in een klas, of een van `mappen` zelf als daar geen mappen in staan.

    Een map die er niet is of niet te lezen is, geeft OSError.
    """
    gevonden = []
    for map_ in mappen:
        klas = map_.resolve()
        leerlingen = [] if _is_oefenmap(klas) else [p for p in klas.iterdir() if _is_leerling(p)]
        for pad in sorted(leerlingen) or [klas]:
            gevonden += _zoek(pad)
    keer = Counter(inlevering.naam for inlevering in gevonden)
    for inlevering in gevonden:
        if keer[inlevering.naam] > 1:
            # Twee klassen met een Bram.
            inlevering.naam = inlevering.pad.as_posix()
    return gevonden


def _is_leerling(pad: Path) -> bool:
    return pad.suffix.lower() in INGEPAKT or pad.is_dir() and not pad.name.startswith(('.', '__'))


def _zoek(pad: Path) -> list[Inlevering]:
    """Wat een leerling inlevert; staan er meer oefenmappen in zijn map, dan elk apart."""
    if pad.suffix.lower() in INGEPAKT:
        return [Inlevering(pad, pad.name, opvalt=['is nog niet uitgepakt'])]
    if _wijst_naar_buiten(pad, pad.parent):
        return [Inlevering(pad, pad.name, opvalt=['is een link naar een andere plek'])]
    try:
        oefenmappen = next(filter(None, _per_diepte(pad)), [])
        if not oefenmappen:
            wat = 'hier staat geen oefenmap' if any(pad.iterdir()) else 'is leeg'
            return [Inlevering(pad, pad.name, opvalt=[wat])]
    except OSError:
        return [Inlevering(pad, pad.name, opvalt=['is niet te lezen'])]
    dieper = [map_.relative_to(pad).as_posix() for map_ in oefenmappen]
    if len(oefenmappen) == 1:
        opvalt = [f'de oefenmap is `{dieper[0]}`'] if dieper != ['.'] else []
        return [Inlevering(pad, pad.name, oefenmappen[0], opvalt)]
    return [
        Inlevering(map_, f'{pad.name}/{naam}', map_)
        for map_, naam in zip(oefenmappen, dieper, strict=True)
    ]


def _per_diepte(map_: Path) -> Iterator[list[Path]]:
    """De oefenmappen in een map, steeds een laag dieper."""
    laag = [map_]
    for _ in range(DIEPST + 1):
        yield [pad for pad in laag if _is_oefenmap(pad)]
        laag = [pad for boven in laag for pad in sorted(boven.iterdir()) if _kan_erin_staan(pad)]


def _is_oefenmap(map_: Path) -> bool:
    if (map_ / MODULE).is_file():
        return True
    # Wie de module een andere naam gaf, heeft deze nog.
    return (map_ / DATABASE).is_file() or (map_ / 'migrations' / 'versions').is_dir()


def _kan_erin_staan(pad: Path) -> bool:
    weg = pad.name in OVERSLAAN or pad.name.startswith(('.', '__')) or pad.is_symlink()
    return pad.is_dir() and not weg and not (pad / 'pyvenv.cfg').exists()


def neem_over(oefenmap: Path, kopie: Path) -> list[str]:
    """Kopieert wat de controle gebruikt naar de nieuwe map `kopie`; geeft wat niet meeging."""
    kopie.mkdir()
    niet_mee = []
    nodig = (*ONDERDELEN, KOPIE)
    paden = [pad for pad in oefenmap.iterdir() if pad.suffix == '.py' or pad.name in nodig]
    if not _wijst_naar_buiten(oefenmap / 'migrations', oefenmap):
        for boven, mappen, bestanden in os.walk(oefenmap / 'migrations'):
            mappen[:] = [naam for naam in mappen if naam != '__pycache__']
            paden += [Path(boven, naam) for naam in bestanden]
            (kopie / Path(boven).relative_to(oefenmap)).mkdir()
    for pad in sorted(paden):
        naam = pad.relative_to(oefenmap)
        if _wijst_naar_buiten(pad, oefenmap):
            niet_mee.append(f'`{naam.as_posix()}` is een link naar buiten de map')
        elif pad.is_file() and pad.stat().st_size > GROOTSTE_BESTAND:
            niet_mee.append(f'`{naam.as_posix()}` is te groot om te lezen')
        elif pad.is_file():
            shutil.copyfile(pad, kopie / naam)
    return niet_mee


def _wijst_naar_buiten(pad: Path, map_: Path) -> bool:
    return not pad.resolve().is_relative_to(map_.resolve())
