"""Doet wat de les zegt en wat `Wat nu` zegt: daad voor daad, tot de map goed is."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from controle import vertelling
from controle.oordeel import Oordeel
from controle.proberen import MEESTE_HINTS, kies
from leerling import Leerling
from speel_les import Blok, Hoofdstuk, Speler, lees, opdrachten
from spelen.lestekst import LES
from stappen import MODULE

HOOFDSTUKKEN = {hoofdstuk.nummer: hoofdstuk for hoofdstuk in lees(LES)}


# Wat de leerling net deed, zoals `Wat nu` het noemt, en hoe die opdracht begint.
NET_GEDAAN = {
    'het script weggegooid': 'rm migrations/',
    '`flask db downgrade` gedaan': 'flask db downgrade',
    'de kopie teruggezet': 'cp bewaar.sqlite',
}


# --- De les -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Daad:
    """Iets wat de les laat doen: een opdracht, een blok code, of een gesprek in de shell."""

    kop: str
    # Wat je typt of plakt, regel voor regel.
    regels: tuple[str, ...]
    blok: Blok = field(repr=False)
    # De opdracht en haar regelnummer, als het een opdracht is.
    opdracht: tuple[int, list[str]] | None = None


def daden(hoofdstuk: Hoofdstuk) -> Iterator[Daad]:
    """Alles wat een hoofdstuk laat doen, op `pytest` na, in de volgorde van de tekst."""
    for blok in hoofdstuk.blokken:
        begin = blok.regels[0][0]
        kop = [t for n, t in hoofdstuk.regels if n < begin and t.startswith('### ')][-1][4:]
        if blok.soort == 'pycon' or (blok.soort == 'python' and blok.hl_lines):
            yield Daad(kop, tuple(t.removeprefix('>>> ') for _, t in blok.regels), blok)
        for nummer, delen, _ in opdrachten(blok):
            if delen[0] != 'pytest':
                regel = dict(blok.regels)[nummer]
                getypt = regel[2:] if blok.soort == 'console' else regel.split('`')[1]
                yield Daad(kop, (getypt,), blok, (nummer, delen))


class Meedoen(Speler):
    """Doet wat de les zegt, ook wat mislukt."""

    def doe(self, daad: Daad) -> None:
        if daad.opdracht:
            nummer, delen = daad.opdracht
            self._voer_uit(delen, nummer)
        elif daad.blok.soort == 'pycon':
            self._pycon(daad.blok)
        else:
            self._python(daad.blok)

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> CompletedProcess:
        """Geeft elk script een hoger revision id dan het vorige: zo is er geen toeval."""
        if {'migrate', 'revision', 'merge'} & set(delen[2:3]):
            ids = [int(pad.name[:12], 16) for pad in self.map.rglob('versions/00*_*.py')]
            delen = [*delen, '--rev-id', f'{max(ids, default=0) + 1:012x}']
        return super()._draai(delen, regel, invoer)

    def _gesprek(self, gesprek: list) -> None:
        """Wat er komt staat al vast: dat vergelijkt test_les.py."""


def vanaf(nummer: int, kop: str) -> list[Daad]:
    """De daden van een stap vanaf een kop."""
    koppen = [t[4:] for _, t in HOOFDSTUKKEN[nummer].regels if t.startswith('### ')]
    begin = koppen.index(kop)
    return [d for d in daden(HOOFDSTUKKEN[nummer]) if koppen.index(d.kop) >= begin]


# --- `Wat nu` -----------------------------------------------------------------------------------


def hint_van(oordeel: Oordeel) -> str:
    """De naam van de hint die de leerling nu leest."""
    return kies(oordeel).naam


def zonder_ids(tekst: str) -> str:
    """De tekst zonder revision ids: die zijn elke keer anders."""
    return re.sub('(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])', '<revisie>', tekst)


def letterlijk(tekst: str) -> list[str]:
    """De regels die in `Wat nu` letterlijk staan."""
    return [regel[4:] for regel in tekst.splitlines() if regel.startswith('    ')]


@dataclass
class Volger:
    """Doet wat `Wat nu` zegt, en ziet dat het ophoudt en dat er niets verdwijnt.

    `zelf` doet wat een leerling bij de eerste hint zelf bedenkt. Wie midden in een hoofdstuk is,
    heeft `net` iets gedaan, nog een `rest`, en staat met zijn terminal ergens in de map: `hier`.
    """

    m: Leerling
    zelf: Callable[[Leerling], None] | None = None
    net: str = ''
    rest: list[Daad] | None = None
    hier: str | Path = ''
    # De naam en de tekst van elke hint.
    gezien: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.had = self.m.cursisten()

    @property
    def verloop(self) -> str:
        return '\n\n'.join(f'[{naam}] {tekst}' for naam, tekst in self.gezien)

    def volg(
        self,
        tot: Iterable[str] = (),
        is_klaar: Callable[[str], bool] = lambda tekst: True,
    ) -> None:
        """Doet wat elke hint zegt, tot er geen meer is, of tot een volgende van `tot`."""
        hints = 0
        while True:
            oordeel = self.m.oordeel()
            tekst = vertelling.wat_nu(oordeel)
            naam = hint_van(oordeel) if oordeel.afwijkingen else ''
            if (not naam and is_klaar(tekst)) or (self.gezien and naam in tot):
                return
            assert (naam, tekst) not in self.gezien, f'Deze hint hielp niet:\n{self.verloop}'
            self.gezien.append((naam, tekst))
            # Na wat de les zelf laat doen, begint het tellen opnieuw.
            hints = 0 if not oordeel.afwijkingen or kies(oordeel).les else hints + 1
            assert hints <= MEESTE_HINTS, f'Het houdt niet op:\n{self.verloop}'
            self._doe(tekst)

    def _doe(self, tekst: str) -> None:
        kop = re.search(r'\*(.+?)\*', tekst)
        net = [f'Heb je net {w}' in tekst for w, o in NET_GEDAAN.items() if self.net.startswith(o)]
        if self.rest is not None and (any(net) or '*Deel ' in tekst):
            self.speel(self.rest)
        elif self.zelf and len(self.gezien) == 1:
            self.zelf(self.m)
        elif not self._doe_letterlijk(tekst, bool(kop)):
            assert kop, f'Er staat geen letterlijke regel:\n{self.verloop}'
            self.speel(vanaf(int(re.search(r'stap (\d+)', tekst)[1]), kop[1]))

    def _doe_letterlijk(self, tekst: str, mag_mislukken: bool) -> bool:
        """Of er letterlijke regels zijn, en of die lukken; soms komt de fout die de les toont."""
        try:
            gedaan = self.m.doe(tekst)
        except Exception as fout:
            if mag_mislukken and isinstance(fout, AssertionError):
                return False
            raise AssertionError(f'Dit lukte niet:\n{self.verloop}\n\n{fout}') from fout
        self.net = (letterlijk(tekst) or [''])[-1]
        return gedaan

    def speel(self, rest: list[Daad]) -> None:
        """Doet wat de les nog laat doen."""
        speler = Meedoen(self.m.map)
        speler.omgeving['FLASK_APP'] = MODULE
        speler.hier = self.m.map / self.hier
        for daad in rest:
            speler.doe(daad)

    def verloor_niets(self, had: dict[int, dict]) -> None:
        """Wat van elke cursist bekend was staat er nog; wie terugging, heeft het in `oud`."""
        heeft = [self.m.cursisten(map_) for map_ in (self.m.map, *self.m.map.glob('oud*'))]
        for nummer, cursist in had.items():
            for kolom, waarde in cursist.items():
                er_nog = [cursisten.get(nummer, {}).get(kolom) for cursisten in heeft]
                if waarde not in (None, *er_nog):
                    pytest.fail(f'{kolom} van {nummer} is weg:\n{self.verloop}')
