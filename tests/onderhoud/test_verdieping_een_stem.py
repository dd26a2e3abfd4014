"""De controle zegt ook in een deel van VERDIEPING.md wat de tekst zegt.

Elk deel wordt daad voor daad gedaan, zoals de stappen in test_een_stem.py. Een deel is vrij, en
geen feit van de stappen: `Wat nu` noemt hier een daad die nog komt, of een kop. Waar de tekst met
opzet iets verkeerds laat doen, mag `Wat nu` de daad noemen die het goed doet. Staan de tabellen
goed, dan zijn alle stappen af.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest
from beweringen import inhoud, is_goed
from leerling import Leerling
from postgresql import sql_in
from speel_les import lees
from spelen.lestekst import VERDIEPING
from standen import stand
from stappen import CURSISTEN, DELEN_NA, MODULE
from test_een_stem import MEESTE_KEREN, Daad, Meedoen, daden, doe, is_klaar, letterlijk

# Wat met een server gebeurt, ziet de controle niet; test_postgresql.py doet dat deel.
HOOFDSTUKKEN = {h.nummer: h for h in lees(VERDIEPING) if not sql_in(h)}


@dataclass
class Punt:
    """Een plek in een deel: de map zoals hij daar is, wat `Wat nu` er zegt, en wat nog komt."""

    map: Path
    hier: Path
    net: Daad
    rest: list[Daad]
    tekst: str


@pytest.fixture(scope='module')
def punten(tmp_path_factory) -> Callable[[str], list[Punt]]:
    """`punten('A')`: elk punt van deel A waar de map net veranderd is."""
    bewaard = {}

    def geef(nummer: str) -> list[Punt]:
        if nummer not in bewaard:
            basis = tmp_path_factory.mktemp(f'deel_{nummer}')
            speler = Meedoen(_kopie(stand(DELEN_NA), basis / 'map'))
            speler.omgeving['FLASK_APP'] = MODULE
            alle, bewaard[nummer] = list(daden(HOOFDSTUKKEN[nummer])), []
            for plaats, daad in enumerate(alle):
                voor = inhoud(speler.map)
                speler.doe(daad)
                if inhoud(speler.map) != voor:
                    kopie = _kopie(speler.map, basis / str(plaats))
                    hier = speler.hier.relative_to(speler.map.resolve())
                    tekst = Leerling(kopie).wat_nu()
                    bewaard[nummer].append(Punt(kopie, hier, daad, alle[plaats + 1 :], tekst))
        return bewaard[nummer]

    return geef


def _kopie(van: Path, naar: Path) -> Path:
    return shutil.copytree(van, naar, ignore=shutil.ignore_patterns('tests')).resolve()


def koppen_van(punt: Punt) -> set[str]:
    """De koppen van wat net gedaan is en van wat nog komt, die `Wat nu` noemt."""
    return set(re.findall(r'\*(.+?)\*', punt.tekst)) & {d.kop for d in (punt.net, *punt.rest)}


def komt_nog(regel: str, rest: list[Daad]) -> bool:
    """Of een opdracht nog komt, met een naam of revisie in plaats van `*` of `<begin>`."""
    # Een hint telt de spaties voor een regel code, en laat ze weg.
    patronen = [re.sub(r'<\w+>', '?' * 12, t.strip()) for daad in rest for t in daad.regels]
    return any(fnmatch(regel, patroon) for patroon in patronen)


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wat_nu_zegt_in_een_deel_niets_wat_de_tekst_niet_zegt(punten, nummer):
    tekst = '\n'.join(regel for _, regel in HOOFDSTUKKEN[nummer].regels)
    for punt in punten(nummer):
        # Na `Anders` staat wat er is voor wie niet met een deel bezig is.
        voorop, _, anders = punt.tekst.partition('\nAnders: ')
        assert koppen_van(punt) or not anders, punt.tekst
        assert is_klaar(voorop) or koppen_van(punt) or letterlijk(voorop), punt.tekst
        for regel in letterlijk(voorop):
            # Of een ander er al een script voor heeft, weet de controle niet; de tekst zegt het.
            afgeraden = f'Typ nu geen `{regel.partition(" -m")[0]}`' in tekst
            assert komt_nog(regel, punt.rest) or afgeraden, f'{punt.net}\n{punt.tekst}'


@pytest.mark.parametrize('nummer', HOOFDSTUKKEN)
def test_wie_in_een_deel_doet_wat_er_staat_is_daarna_klaar(punten, nummer, tmp_path):
    for plaats, punt in enumerate(punten(nummer)):
        w = Leerling(_kopie(punt.map, tmp_path / str(plaats)))
        volg(w, punt)
        is_goed(w, DELEN_NA)
        namen = {cursist['naam'] for cursist in w.cursisten().values()}
        assert namen >= {cursist['naam'] for cursist in CURSISTEN}, punt


def volg(w: Leerling, punt: Punt) -> None:
    """Doet wat `Wat nu` zegt; noemt het een kop, dan volgt de rest van het deel."""
    for _ in range(MEESTE_KEREN):
        tekst = w.wat_nu()
        if is_klaar(tekst):
            return
        if '*Deel ' in tekst:
            speler = Meedoen(w.map)
            speler.hier = w.map / punt.hier
            speler.omgeving['FLASK_APP'] = MODULE
            for daad in punt.rest:
                speler.doe(daad)
        else:
            assert not doe(w, tekst), tekst
    pytest.fail(f'Het houdt niet op:\n{tekst}')
