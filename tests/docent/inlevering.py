"""Vindt de oefenmappen van een klas, en neemt van elke over wat de controle nodig heeft.

Alles wat van een leerling komt gaat hier doorheen: alleen gewone bestanden uit zijn eigen map,
tot een grens. Er wordt niets uitgevoerd.
"""

import os
import re
import shutil
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import NamedTuple

from controle.naspelen import GROOTSTE_BESTAND
from spelen.terug import ONDERDELEN
from stappen import DATABASE, KOPIE, MODULE

from docent.uitpakken import EXPORT, Uitpakker

# Zo diep zit een oefenmap soms in de map van een leerling: klas/anna/oefening/oefening-main.
DIEPST = 3

# Wat een docent zelf moet uitpakken, en wat hier uitgepakt wordt.
INGEPAKT = ('.zip', '.rar', '.7z', '.gz', '.tar')

# Hierin staat geen oefenmap: eigen pakketten, en wat bij een oefenmap hoort.
OVERSLAAN = ('migrations', 'tests', 'node_modules', 'site-packages')

# Zoveel inleveringen in een map maken haar een klas, en niet de map van een leerling.
EEN_KLAS = 3

# Wie meer oefenmappen inlevert, krijgt niet van elk een rij.
MEESTE = 9

# Zo noemen leeromgevingen een inlevering: Brightspace, Blackboard en Moodle. De naam die een
# leerling zijn bestand geeft komt erachter: wat daarin op een nummer lijkt, telt niet.
NAMEN = (
    r'(?P<nummer>\d+)-\d+ - (?P<naam>.+) - (?P<tijd>[^-]+)',
    r'.*?_(?P<nummer>[^_]+)_(?:poging|attempt)_(?P<tijd>\d{4}(?:-\d\d){5}).*',
    r'(?P<naam>[^_]+)_(?P<nummer>\d+)_assignsubmission_file.*',
)

# Zo begint elke maand.
MAANDEN = ('jan', 'feb', 'm(?:rt|aa)', 'apr', 'mei', 'jun')
MAANDEN += ('jul', 'aug', 'sep', 'okt', 'nov', 'dec')


class Wie(NamedTuple):
    """Wat een leeromgeving van een leerling zegt: ook zijn nummer, en wanneer hij inleverde."""

    naam: str
    nummer: str = ''
    tijd: datetime | None = None


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
    wie: Wie = Wie('')


def zoek_inleveringen(mappen: list[Path], werkmap: Path) -> list[Inlevering]:
    """Elke leerling: een map of ZIP in een klas, of een van `mappen` zelf als die geen klas is.

    Een klas mag zelf een ZIP zijn. Uitpakken gebeurt in `werkmap`, die moet blijven tot alles
    gelezen is. Een map die er niet is of niet te lezen is, geeft OSError.
    """
    zoeker = Zoeker(Uitpakker(werkmap))
    gevonden = [inlevering for map_ in mappen for inlevering in zoeker.in_klas(map_.resolve())]
    # Twee keer een Bram: dan met zijn nummer, en anders met waar het staat.
    for voluit in (
        lambda i: f'{i.naam} ({i.wie.nummer})'.removesuffix(' ()'),
        lambda i: i.pad.as_posix(),
    ):
        keer = Counter(inlevering.naam for inlevering in gevonden)
        for inlevering in gevonden:
            if keer[inlevering.naam] > 1:
                inlevering.naam = voluit(inlevering)
    return gevonden


class Zoeker:
    """Zoekt inleveringen, en pakt uit wat ingepakt is."""

    def __init__(self, uitpakker: Uitpakker) -> None:
        self.uitpakker = uitpakker

    def in_klas(self, klas: Path) -> list[Inlevering]:
        """Wat er in een klas, of in een ZIP met een klas, is ingeleverd."""
        map_ = self.uitpakker.map_van(klas, EXPORT) if _is_zip(klas) else klas
        if gevonden := self._in_map(map_):
            # Dat er van een hele export iets niet meekwam, is een eigen rij.
            redenen = filter(None, [self.uitpakker.redenen.get(map_)])
            return gevonden + [Inlevering(klas, klas.name, opvalt=[reden]) for reden in redenen]
        return self._zoek(map_, [])

    def _in_map(self, klas: Path) -> list[Inlevering]:
        per_leerling, gevonden = defaultdict(list), []
        for pad in [] if _is_oefenmap(klas) else _inhoud(klas):
            per_leerling[_wie(pad).nummer or pad].append(pad)
        for pogingen in per_leerling.values():
            laatste, opvalt = _laatste(pogingen)
            for pad in laatste:
                gevonden += self._in_map(pad) if _is_klas(pad) else self._zoek(pad, opvalt)
        _zonder_opdracht([i for i in gevonden if not i.wie.nummer])
        return gevonden

    def _zoek(self, pad: Path, opvalt: list[str]) -> list[Inlevering]:
        """Wat een leerling inlevert; staan er meer oefenmappen in zijn map, dan elk apart."""
        wie = _wie(pad)
        if _wijst_naar_buiten(pad, pad.parent):
            gevonden, redenen = {}, ['is een link naar een andere plek']
        elif pad.is_dir() or _is_zip(pad):
            gevonden, redenen = self._oefenmappen(pad)
        else:
            wat = f'pak eerst `{pad.name}` uit' if _is_ingepakt(pad) else 'is alleen een tekst'
            gevonden, redenen = {}, [wat]
        if len(gevonden) > MEESTE:
            gevonden, redenen = {}, [f'hier staan {len(gevonden)} oefenmappen']
        if len(gevonden) < 2:
            dieper = [plaats.as_posix() for plaats in gevonden if plaats.parts]
            opvalt = [*opvalt, *redenen, *(f'de oefenmap is `{naam}`' for naam in dieper)]
            return [Inlevering(pad, wie.naam, *gevonden.values(), opvalt=opvalt, wie=wie)]
        return [
            Inlevering(pad / plaats, f'{wie.naam}/{plaats.as_posix()}', map_, [*opvalt], wie)
            for plaats, map_ in gevonden.items()
        ]

    def _oefenmappen(self, pad: Path) -> tuple[dict[PurePath, Path], list[str]]:
        """De oefenmappen in een map of ZIP, bij waar ze daarin staan; en wat eraan opvalt."""
        try:
            map_ = pad if pad.is_dir() else self.uitpakker.map_van(pad)
            laag, redenen = {PurePath(): map_}, self.uitpakker.redenen_in(map_)
            for _ in range(DIEPST + 1):
                if gevonden := {plaats: p for plaats, p in laag.items() if _is_oefenmap(p)}:
                    return gevonden, redenen
                erin = {plaats / p.name: p for plaats, m in laag.items() for p in _inhoud(m)}
                laag = {}
                for plaats, p in erin.items():
                    if _is_zip(p) and not p.is_symlink():
                        laag[plaats] = self.uitpakker.map_van(p)
                        redenen += self.uitpakker.redenen_in(laag[plaats])
                    elif _is_ingepakt(p) and p.is_file():
                        redenen.append(f'pak eerst `{plaats.as_posix()}` uit')
                    elif _kan_erin_staan(p):
                        laag[plaats] = p
            leeg = not any(map_.iterdir())
        except OSError:
            return {}, ['is niet te lezen']
        return {}, redenen or ['is leeg' if leeg else 'hier staat geen oefenmap']


def _is_zip(pad: Path) -> bool:
    return pad.suffix.lower() == '.zip' and pad.is_file()


def _is_ingepakt(pad: Path) -> bool:
    return pad.suffix.lower() in INGEPAKT


def _inhoud(map_: Path) -> list[Path]:
    """Wat van een leerling kan zijn, op volgorde; naast een map telt haar ZIP niet."""
    mogelijk = {p.name: p for p in map_.iterdir() if _kan_ingeleverd_zijn(p)}
    dubbel = {naam for naam, p in mogelijk.items() if _is_ingepakt(p) and p.stem in mogelijk}
    return sorted(p for naam, p in mogelijk.items() if naam not in dubbel)


def _kan_ingeleverd_zijn(pad: Path) -> bool:
    if pad.name.startswith(('.', '__')) or 'assignsubmission_onlinetext' in pad.name:
        return False
    # Bij Blackboard staat naast elke poging een tekst.
    return _is_ingepakt(pad) or pad.is_dir() or pad.suffix == '.txt' and bool(_wie(pad).nummer)


def _is_klas(pad: Path) -> bool:
    # Wat een leerling inpakte is nooit een klas.
    if _is_ingepakt(pad) or pad.is_symlink() or _is_oefenmap(pad) or _wie(pad).nummer:
        return False
    with suppress(OSError):
        lijkt = [p for p in _inhoud(pad) if _is_ingepakt(p) or _wie(p).nummer or _is_oefenmap(p)]
        return len(lijkt) >= EEN_KLAS
    return False


def _wie(pad: Path) -> Wie:
    stam = pad.stem if _is_ingepakt(pad) or pad.suffix == '.txt' else pad.name
    gevonden = next(filter(None, (re.fullmatch(vorm, stam) for vorm in NAMEN)), None)
    if not gevonden:
        return Wie(stam)
    delen = gevonden.groupdict()
    # Bij Blackboard staat de naam alleen in de tekst ernaast.
    naam = delen.get('naam') or _naam_in(pad.with_name(f'{stam[: gevonden.end("tijd")]}.txt'))
    return Wie(naam or delen['nummer'], delen['nummer'], _lees_tijd(delen.get('tijd', '')))


def _naam_in(tekst: Path) -> str:
    if not tekst.is_file():
        return ''
    with tekst.open(encoding='utf-8-sig', errors='replace') as regels:
        gevonden = re.match(r'(?:Naam|Name): *([^(\n]+)', regels.read(1000))
    return gevonden[1].strip() if gevonden else ''


def _lees_tijd(tekst: str) -> datetime | None:
    """`12 nov 2026 10.15` of `2026-11-12-10-15-00`; is het geen tijd, dan None."""
    for nummer, maand in enumerate(MAANDEN, 1):
        vorm = rf'(?i)(\d+) {maand}\w*\.? (\d{{4}}) '
        tekst = re.sub(vorm, rf'\2-{nummer}-\1-', tekst)
    with suppress(ValueError, TypeError):
        # Soms staan uur en minuut aan elkaar.
        return datetime(*map(int, re.findall(r'\d{4}(?=-)|\d\d?', tekst)))
    return None


def _laatste(pogingen: list[Path]) -> tuple[list[Path], list[str]]:
    """Wat een leerling het laatst inleverde, en wat daarover te zeggen is."""
    tijden = {_wie(pad).tijd for pad in pogingen}
    opvalt = []
    if len(tijden) > 1 and None not in tijden:
        opvalt = [f'leverde {len(tijden)} keer in: dit is de laatste']
        pogingen = [pad for pad in pogingen if _wie(pad).tijd == max(tijden)]
    # Een map gaat voor een ZIP, en een ZIP voor de tekst ernaast.
    soorten = [2 * (pad.suffix == '.txt') + _is_ingepakt(pad) for pad in pogingen]
    return [p for p, soort in zip(pogingen, soorten, strict=True) if soort == min(soorten)], opvalt


def _zonder_opdracht(inleveringen: list[Inlevering]) -> None:
    """Haalt bij GitHub Classroom de naam van de opdracht weg: `migraties-bram` wordt `bram`."""
    begin = os.path.commonprefix([inlevering.naam for inlevering in inleveringen])
    opdracht = re.match('[a-z0-9-]+-', begin)
    if opdracht and len(inleveringen) > 1:
        for inlevering in inleveringen:
            inlevering.naam = inlevering.naam.removeprefix(opdracht[0])


def _is_oefenmap(map_: Path) -> bool:
    if (map_ / MODULE).is_file():
        return True
    # Wie de module een andere naam gaf, heeft deze nog.
    return (map_ / DATABASE).is_file() or (map_ / 'migrations' / 'versions').is_dir()


def _kan_erin_staan(pad: Path) -> bool:
    weg = pad.name in OVERSLAAN or pad.is_symlink() or (pad / 'pyvenv.cfg').exists()
    return pad.is_dir() and not weg


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
