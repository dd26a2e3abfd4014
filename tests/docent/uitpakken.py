"""Pakt ZIPs uit in een tijdelijke map. Wat erin staat is van een leerling: alles heeft een grens.

Een ZIP wordt een map met dezelfde naam, ook een ZIP in een ZIP. Zo is er daarna maar een soort
inlevering: een map.
"""

import os
import re
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from controle.naspelen import GROOTSTE_BESTAND

# Zoveel komt er hoogstens op de schijf: van een leerling, en van alle samen.
RUIMTE, ALLE_RUIMTE = 50_000_000, 2_000_000_000
# Ook een leeg bestand kost iets, en een map.
KLEINSTE = 4096

# Met de pakketten van een .venv erin is een ZIP al snel groot.
GROOTSTE_ZIP = 300_000_000
# Python leest de hele lijst van bestanden in het geheugen.
GROOTSTE_LIJST = 16_000_000

DIEPST_PAD = 20
# Een export, daarin de ZIP van een leerling, en daarin nog een.
EXPORT, LEERLING, DIEPSTE_ZIP = 1, 2, 3

# Bij andere manieren van inpakken kiest de ZIP hoeveel geheugen het uitpakken kost.
GEWOON = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

NIET_NODIG = re.compile(r'(^|/)(\.[^./]|(tests|node_modules|site-packages|__MACOSX|__pycache__)/)')

MISLUKT = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zipfile.zlib.error)


class TeGroot(Exception):
    """Een ZIP wil meer ruimte dan een inlevering krijgt."""


class Uitpakker:
    """Pakt uit in `werkmap`; `redenen` zegt van een uitgepakte map wat er niet meekwam."""

    def __init__(self, werkmap: Path) -> None:
        self.werkmap = werkmap.resolve()
        self.over = ALLE_RUIMTE
        self.redenen: dict[Path, str] = {}

    def map_van(self, pad: Path, diepte: int = LEERLING) -> Path:
        """De map met wat er in een ZIP zit; is die niet te lezen, dan is zij leeg."""
        naar = Path(tempfile.mkdtemp(dir=self.werkmap), pad.name)
        naar.mkdir()
        try:
            with pad.open('rb') as bron:
                self._pak_uit(bron, naar, [ALLE_RUIMTE if diepte == EXPORT else RUIMTE], diepte)
        except OSError:
            self.redenen[naar] = 'is niet te lezen'
        return naar

    def redenen_in(self, map_: Path) -> list[str]:
        """Wat er van een map, en van een ZIP daarin, niet meekwam."""
        redenen = [reden for pad, reden in self.redenen.items() if pad.is_relative_to(map_)]
        return redenen[:3]

    def _pak_uit(self, bron: BinaryIO, naar: Path, over: list[int], diepte: int) -> None:
        try:
            if _lengte_van_de_lijst(bron) > GROOTSTE_LIJST:
                raise TeGroot
            with zipfile.ZipFile(bron) as zip_:
                for lid in _nodig(zip_):
                    try:
                        self._schrijf(zip_, lid, naar, over, diepte)
                    except MISLUKT:
                        self.redenen[naar] = f'`{lid.filename[:80]}` is niet uit te pakken'
        except TeGroot:
            self.redenen[naar] = 'is te groot om uit te pakken'
        except MISLUKT:
            self.redenen[naar] = 'is geen goede ZIP'

    def _schrijf(
        self, zip_: zipfile.ZipFile, lid: zipfile.ZipInfo, naar: Path, over: list[int], diepte: int
    ) -> None:
        delen, grootte = _delen(lid), lid.file_size
        pad = naar.joinpath(*delen)
        is_zip = pad.suffix.lower() == '.zip'
        te_veel = is_zip and (diepte == DIEPSTE_ZIP or grootte > GROOTSTE_ZIP)
        if te_veel or lid.compress_type not in GEWOON:
            raise NotImplementedError(lid.compress_type)
        pad.parent.mkdir(parents=True, exist_ok=True)
        if is_zip:
            pad.mkdir()
            # Elke leerling krijgt evenveel; wat hij zelf nog eens inpakte gaat daarvan af.
            self._neem(KLEINSTE if diepte == EXPORT else grootte, over)
            with zip_.open(lid) as bron, tempfile.TemporaryFile(dir=self.werkmap) as los:
                shutil.copyfileobj(bron, los)
                self._pak_uit(los, pad, [RUIMTE] if diepte == EXPORT else over, diepte + 1)
            return
        past = grootte <= GROOTSTE_BESTAND
        self._neem(KLEINSTE * len(delen) + grootte * past, over)
        with zip_.open(lid) as bron, pad.open('xb') as uit:
            if past:
                shutil.copyfileobj(bron, uit)
            else:
                # Dat het te groot is blijkt uit de lengte; niemand leest wat erin staat.
                uit.truncate(GROOTSTE_BESTAND + 1)

    def _neem(self, grootte: int, over: list[int]) -> None:
        over[0] -= grootte
        self.over -= grootte
        if min(over[0], self.over) < 0:
            raise TeGroot


def _lengte_van_de_lijst(bron: BinaryIO) -> int:
    """Hoe lang de lijst van bestanden aan het eind van een ZIP zegt te zijn."""
    lengte = bron.seek(0, os.SEEK_END)
    bron.seek(max(0, lengte - 65_557))
    _, gevonden, einde = bron.read().rpartition(b'PK\5\6')
    bron.seek(0)
    return int.from_bytes(einde[8:12], 'little') if gevonden else 0


def _nodig(zip_: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """De bestanden die bij een inlevering kunnen horen: geen link, geen pakket."""
    namen = {lid: lid.filename.replace('\\', '/') for lid in zip_.infolist() if not lid.is_dir()}
    weg = {PurePosixPath(naam).parent for naam in namen.values() if naam.endswith('/pyvenv.cfg')}
    return [
        lid
        for lid, naam in namen.items()
        if not (stat.S_ISLNK(lid.external_attr >> 16) or NIET_NODIG.search(naam))
        and not (weg and weg.intersection(PurePosixPath(naam).parents))
    ]


def _delen(lid: zipfile.ZipInfo) -> list[str]:
    """De delen van een pad in een ZIP; een pad dat naar buiten wijst geeft ValueError."""
    pad = PurePosixPath(lid.filename.replace('\\', '/'))
    if pad.is_absolute() or '..' in pad.parts or not 0 < len(pad.parts) <= DIEPST_PAD:
        raise ValueError(lid.filename)
    # Windows kent deze tekens niet in een naam; met `C:` ging het daar ook naar buiten.
    return [re.sub(r'[<>:"|?*\x00-\x1f]', '_', deel) for deel in pad.parts]
