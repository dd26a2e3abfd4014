"""De controle zegt halverwege een stap wat de les zegt: de volgende opdracht, of de kop erbij.

Elke stap wordt hier daad voor daad gedaan. Na elke daad die iets verandert spreekt `Wat nu`. Wie
dan doet wat daar staat, komt uit waar de les uitkomt.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from beweringen import inhoud, is_goed
from leerling import Leerling
from speel_les import Blok, Hoofdstuk, Speler, lees, opdrachten
from standen import stand
from stappen import LAATSTE, MODULE, STAPPEN, Stap

LES = lees('LEERLING.md')
KOPPEN = [[t[4:] for _, t in h.regels if t.startswith('### ')] for h in LES]
HOOFDSTUKKEN = [s.nummer for s in STAPPEN if s.nummer < len(LES)]

# Vaker dan dit hoeft niemand `Wat nu` te lezen om een stap af te maken.
MEESTE_KEREN = 8

# Wat de leerling net deed, zoals `Wat nu` het noemt, en hoe die opdracht begint.
NET_GEDAAN = {
    'het script weggegooid': 'rm migrations/',
    '`flask db downgrade` gedaan': 'flask db downgrade',
    'de kopie teruggezet': 'cp bewaar.sqlite',
}


@dataclass(frozen=True)
class Daad:
    """Iets wat de les laat doen: een opdracht, een blok code, of een gesprek in de shell."""

    kop: str
    # Wat je typt of plakt, regel voor regel.
    regels: tuple[str, ...]
    blok: Blok = field(repr=False)
    # De opdracht en haar regelnummer, als het een opdracht is.
    opdracht: tuple[int, list[str]] | None = None


def is_kijken(daad: Daad, stap: Stap) -> bool:
    """Of dit alleen kijken is: in de shell, of met een opdracht die niets verandert."""
    getypt = daad.regels[0]
    naam = re.search('flask db migrate -m "(.*)"', getypt)
    # Een migratie met een andere naam laat zien dat er geen komt.
    geen_migratie = bool(naam) and naam[1] != stap.naam_van_migratie
    kijkt = bool({'current', 'history', 'check', 'export'} & set(getypt.split()))
    return daad.blok.soort == 'pycon' or kijkt or geen_migratie


def daden(hoofdstuk: Hoofdstuk) -> Iterator[Daad]:
    """Alles wat een stap laat doen, op `pytest` na, in de volgorde van de les."""
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

    def _gesprek(self, gesprek: list) -> None:
        """Wat er komt staat al vast: dat vergelijkt test_les.py."""


@dataclass
class Punt:
    """Een plek in een stap: de map zoals hij daar is, en wat `Wat nu` er zegt."""

    map: Path
    # De daad die net is gedaan, en alles wat de stap daarna nog laat doen.
    net: Daad
    rest: list[Daad]
    tekst: str
    # De daden tot en met de volgende die iets verandert of dat probeert, en hun koppen.
    daarna: list[Daad]
    koppen: list[str]


def punt(map_: Path, tekst: str, gedaan: list[Daad], rest: list[Daad], stap: Stap) -> Punt:
    volgende = [i for i, daad in enumerate(rest, 1) if not is_kijken(daad, stap)]
    daarna = rest[: volgende[0] if volgende else len(rest)]
    koppen = [kop for kop in KOPPEN[stap.nummer] if kop != 'Controle']
    van, tot = (koppen.index(daad.kop) for daad in (gedaan[-1], (gedaan + daarna)[-1]))
    return Punt(map_, gedaan[-1], rest, tekst, daarna, koppen[van : tot + 1])


def begin(nummer: int, map_: Path) -> Meedoen:
    """Een speler in een kopie van de map zoals een stap hem aantreft."""
    shutil.copytree(stand(nummer - 1), map_, ignore=shutil.ignore_patterns('tests'))
    speler = Meedoen(map_)
    if nummer > 1:
        speler.omgeving['FLASK_APP'] = MODULE
    return speler


@pytest.fixture(scope='module')
def punten(tmp_path_factory):
    """`punten(n)`: elk punt van stap n, elk met een eigen kopie van de map."""
    bewaard = {}

    def geef(nummer: int) -> list[Punt]:
        if nummer not in bewaard:
            basis = tmp_path_factory.mktemp(f'stap_{nummer}')
            speler = begin(nummer, basis / 'map')
            alle, bewaard[nummer] = list(daden(LES[nummer])), []
            for plaats, daad in enumerate(alle):
                voor = inhoud(speler.map)
                speler.doe(daad)
                if inhoud(speler.map) != voor:
                    kopie = shutil.copytree(speler.map, basis / str(plaats))
                    tekst = Leerling(kopie).wat_nu()
                    bewaard[nummer].append(
                        punt(
                            kopie,
                            tekst,
                            alle[: plaats + 1],
                            alle[plaats + 1 :],
                            STAPPEN[nummer - 1],
                        )
                    )
        return bewaard[nummer]

    return geef


def letterlijk(tekst: str) -> list[str]:
    """De regels die in `Wat nu` letterlijk staan."""
    return [regel[4:] for regel in tekst.splitlines() if regel.startswith('    ')]


def is_klaar(tekst: str) -> bool:
    return bool(re.search('klopt. Lees hem uit|alle stappen zijn af|stap 1 staat klaar', tekst))


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wat_nu_geeft_de_volgende_daad_van_de_les_of_haar_kop(punten, nummer):
    for punt in punten(nummer):
        kop = set(re.findall(r'\*(.+?)\*', punt.tekst)) & set(punt.koppen)
        gezegd = set(letterlijk(punt.tekst)) & {r for d in punt.daarna[-1:] for r in d.regels}
        net = [d for wat, d in NET_GEDAAN.items() if f'Heb je net {wat}?' in punt.tekst]
        if net and punt.net.regels[0].startswith(net[0]):
            assert kop, punt.tekst
        assert kop or gezegd or is_klaar(punt.tekst), punt.tekst


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wat_nu_geeft_nooit_iets_anders_dan_de_les_op_dat_punt(punten, nummer):
    for punt in punten(nummer):
        # Twee punten kunnen dezelfde map hebben: dan staat er wat voor allebei geldt.
        mag = {
            regel.strip()
            for ander in punten(nummer)
            if zonder_toeval(ander.tekst) == zonder_toeval(punt.tekst)
            for daad in ander.daarna
            for regel in daad.regels
        }
        assert {regel.strip() for regel in letterlijk(punt.tekst)} <= mag | {''}, punt.tekst


def zonder_toeval(tekst: str) -> str:
    return re.sub('[0-9a-f]{12}', '*', tekst)


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wie_doet_wat_er_staat_maakt_de_stap_af(punten, nummer):
    for punt in punten(nummer):
        with tempfile.TemporaryDirectory() as tijdelijk:
            w = Leerling(shutil.copytree(punt.map, Path(tijdelijk, 'map')))
            volg(w, punt, nummer)
            is_goed(w, nummer)
            heeft = w.cursisten()
            for id_, cursist in w.cursisten(stand(max(nummer - 1, 1))).items():
                # Wat er voor de stap was, is er nog.
                assert {(k, v) for k, v in cursist.items() if v} <= heeft[id_].items(), punt


def volg(w: Leerling, punt: Punt, nummer: int) -> None:
    """Doet wat `Wat nu` zegt, en speelt verder vanaf de kop die het noemt."""
    speler = Meedoen(w.map)
    speler.omgeving['FLASK_APP'] = MODULE
    net = punt.net.regels[0]
    for _ in range(MEESTE_KEREN):
        tekst = w.wat_nu()
        if is_klaar(tekst):
            # Een stap die nog niet begonnen is, begint met de rest van het hoofdstuk.
            return None if w.oordeel().gehaald == nummer else speel(speler, punt.rest)
        for wat, opdracht in NET_GEDAAN.items():
            if f'Heb je net {wat}?' in tekst and net.startswith(opdracht):
                return speel(speler, punt.rest)
        kop = re.search(r'\*(.+?)\*', tekst)
        gedaan = letterlijk(tekst)
        status = doe(w, tekst) if gedaan else 1
        if status and kop:
            return speel(speler, vanaf(nummer, kop[1]))
        assert not status, tekst
        net = gedaan[-1]
    pytest.fail(f'Het houdt niet op:\n{tekst}')


def doe(w: Leerling, tekst: str) -> int:
    """Doet de letterlijke regels; geeft 1 als een opdracht van flask mislukt."""
    try:
        w.doe(tekst)
    except AssertionError as fout:
        assert 'Zie je een fout?' in tekst, fout
        return 1
    return 0


def vanaf(nummer: int, kop: str) -> list[Daad]:
    """De daden van een stap vanaf een kop."""
    koppen = KOPPEN[nummer]
    return [d for d in daden(LES[nummer]) if koppen.index(d.kop) >= koppen.index(kop)]


def speel(speler: Meedoen, rest: list[Daad]) -> None:
    for daad in rest:
        speler.doe(daad)


# --- De feiten van de stappen zijn die van de les ---------------------------------------------


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wat_een_stap_laat_misgaan_staat_zo_in_de_les(punten, nummer):
    stap = STAPPEN[nummer - 1]
    getypt = [daad.regels[0] for daad in daden(LES[nummer]) if daad.opdracht]
    soort = 'revision' if stap.zelf else 'migrate'
    assert f'flask db {soort} -m "{stap.naam_van_migratie}"' in getypt
    assert stap.kopie == ('cp data.sqlite bewaar.sqlite' in getypt)
    assert stap.melding in '\n'.join(regel for _, regel in LES[nummer].regels)
    if stap.eerst:
        plaats = next(p for p in punten(nummer) if stap.eerst.naam in '\n'.join(p.net.regels))
        oordeel = Leerling(plaats.map).oordeel()
        assert not oordeel.model_is_anders(stap.eerst)


# --- Wie de weg van de les verlaat ------------------------------------------------------------


@pytest.mark.parametrize('nummer', [s.nummer for s in STAPPEN[:-1] if s.nummer < LAATSTE])
def test_wie_met_de_fout_erin_doorgaat_krijgt_de_hele_hint(punten, nummer, tmp_path):
    for plaats, punt in enumerate(punten(nummer)):
        w = Leerling(shutil.copytree(punt.map, tmp_path / str(plaats)))
        if nummer in [a.stap for a in w.oordeel().afwijkingen]:
            w.model_van(nummer + 1)
            assert 'lees verder' not in w.wat_nu(), w.wat_nu()
