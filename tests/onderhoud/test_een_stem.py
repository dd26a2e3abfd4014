"""De controle zegt halverwege een stap of deel wat de les zegt: de volgende opdracht, of de kop.

Elk hoofdstuk wordt hier daad voor daad gedaan. Na elke daad die iets verandert spreekt `Wat nu`.
Wie dan doet wat daar staat, komt uit waar de les uitkomt. Een deel van VERDIEPING.md is geen feit
van de stappen: daar noemt `Wat nu` een daad die nog komt, of een kop.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest
from beweringen import inhoud, is_goed
from leerling import Leerling
from postgresql import sql_in
from speel_les import lees
from spelen.lestekst import LES, VERDIEPING, Hoofdstuk
from standen import stand
from stappen import DELEN_NA, LAATSTE, MODULE, STAPPEN, Stap
from volgen import NET_GEDAAN, Daad, Meedoen, Volger, daden, letterlijk, zonder_ids

STAPHOOFDSTUKKEN = [h for h in lees(LES) if h.nummer and h.nummer <= LAATSTE]
# Wat met een server gebeurt, ziet de controle niet; test_postgresql.py doet dat deel.
DELEN = [h for h in lees(VERDIEPING) if not sql_in(h)]


@dataclass
class Punt:
    """Een plek in een hoofdstuk: de map zoals hij daar is, en wat `Wat nu` er zegt."""

    m: Leerling
    tekst: str
    # Waar de terminal staat, vanuit de map.
    hier: Path
    # De daad die net is gedaan, en alles wat het hoofdstuk daarna nog laat doen.
    net: Daad
    rest: list[Daad]

    def volger(self) -> Volger:
        return Volger(self.m, net=self.net.regels[0], rest=self.rest, hier=self.hier)


def kopie(van: Path, naar: Path) -> Path:
    return shutil.copytree(van, naar, ignore=shutil.ignore_patterns('tests')).resolve()


def punten(hoofdstuk: Hoofdstuk, begin: Path, basis: Path) -> Iterator[Punt]:
    """Elk punt van een hoofdstuk waar de map net veranderd is, met een eigen kopie van de map."""
    speler = Meedoen(kopie(begin, basis / 'map'))
    if hoofdstuk.nummer != 1:
        speler.omgeving['FLASK_APP'] = MODULE
    alle = list(daden(hoofdstuk))
    for plaats, daad in enumerate(alle):
        voor = inhoud(speler.map)
        speler.doe(daad)
        if inhoud(speler.map) != voor:
            m = Leerling(kopie(speler.map, basis / str(plaats)))
            hier = speler.hier.relative_to(speler.map)
            yield Punt(m, m.wat_nu(), hier, daad, alle[plaats + 1 :])


def gesprek(alle: list[Punt]) -> str:
    """Na elke daad wat `Wat nu` zegt: zo staat het in het bestand naast deze test."""
    return '\n\n'.join(f'$ {punt.net.regels[0]}\n{zonder_ids(punt.tekst)}' for punt in alle)


def is_klaar(tekst: str) -> bool:
    return bool(re.search('klopt. Lees hem uit|alle stappen zijn af|stap 1 staat klaar', tekst))


# --- De stappen -----------------------------------------------------------------------------------


def is_kijken(daad: Daad, stap: Stap) -> bool:
    """Of dit alleen kijken is: in de shell, of met een opdracht die niets verandert."""
    getypt = daad.regels[0]
    naam = re.search('flask db migrate -m "(.*)"', getypt)
    # Een migratie met een andere naam laat zien dat er geen komt.
    geen_migratie = bool(naam) and naam[1] != stap.naam_van_migratie
    kijkt = bool({'current', 'history', 'check', 'export'} & set(getypt.split()))
    return daad.blok.soort == 'pycon' or kijkt or geen_migratie


def daarna(punt: Punt, stap: Stap) -> list[Daad]:
    """De daden tot en met de volgende die iets verandert of dat probeert."""
    volgende = [i for i, daad in enumerate(punt.rest, 1) if not is_kijken(daad, stap)]
    return punt.rest[: volgende[0] if volgende else len(punt.rest)]


def zegt_wat_de_les_zegt(punt: Punt, hoofdstuk: Hoofdstuk, alle: list[Punt]) -> None:
    stap, tekst = STAPPEN[hoofdstuk.nummer - 1], punt.tekst
    koppen = [t[4:] for _, t in hoofdstuk.regels if t.startswith('### ') and t != '### Controle']
    komt = daarna(punt, stap)
    van, tot = (koppen.index(daad.kop) for daad in (punt.net, [punt.net, *komt][-1]))
    kop = set(re.findall(r'\*(.+?)\*', tekst)) & set(koppen[van : tot + 1])
    gezegd = set(letterlijk(tekst)) & {regel for daad in komt[-1:] for regel in daad.regels}
    for wat, opdracht in NET_GEDAAN.items():
        if f'Heb je net {wat}' in tekst and punt.net.regels[0].startswith(opdracht):
            assert kop, tekst
    assert kop or gezegd or is_klaar(tekst), tekst
    # Een vraag staat voor de opdracht: wie alleen die doet, is weer bij de fout.
    assert '?' not in tekst.partition('\n    ')[2], tekst
    # Twee punten kunnen dezelfde map hebben: dan staat er wat voor allebei geldt.
    zelfde = [ander for ander in alle if zonder_ids(ander.tekst) == zonder_ids(tekst)]
    mag = {r.strip() for ander in zelfde for daad in daarna(ander, stap) for r in daad.regels}
    assert {regel.strip() for regel in letterlijk(tekst)} <= mag | {''}, tekst


@pytest.mark.parametrize('hoofdstuk', STAPHOOFDSTUKKEN, ids=lambda h: h.naam)
def test_wie_doet_wat_er_staat_maakt_de_stap_af(hoofdstuk, tmp_path, snapshot):
    nummer = hoofdstuk.nummer
    alle = list(punten(hoofdstuk, stand(nummer - 1), tmp_path))
    assert gesprek(alle) == snapshot
    wat_misgaat_staat_in_de_les(hoofdstuk, alle)
    had = Leerling(stand(max(nummer - 1, 1))).cursisten()
    for punt in alle:
        zegt_wat_de_les_zegt(punt, hoofdstuk, alle)
        if nummer < LAATSTE and nummer in [a.stap for a in punt.m.oordeel().afwijkingen]:
            # Wie met de fout erin doorgaat, krijgt de hele hint.
            verder = Leerling(kopie(punt.m.map, tmp_path / 'verder'))
            verder.model_van(nummer + 1)
            assert 'lees verder' not in verder.wat_nu(), verder.wat_nu()
            shutil.rmtree(verder.map)
        volger = punt.volger()
        volger.volg(is_klaar=is_klaar)
        if punt.m.oordeel().gehaald != nummer:
            # Een stap die nog niet begonnen is, begint met de rest van het hoofdstuk.
            volger.speel(punt.rest)
        is_goed(punt.m, nummer)
        volger.verloor_niets(had)


def wat_misgaat_staat_in_de_les(hoofdstuk: Hoofdstuk, alle: list[Punt]) -> None:
    """De feiten van een stap over wat de les laat misgaan zijn die van de tekst."""
    stap = STAPPEN[hoofdstuk.nummer - 1]
    getypt = [daad.regels[0] for daad in daden(hoofdstuk) if daad.opdracht]
    soort = 'revision' if stap.zelf else 'migrate'
    assert f'flask db {soort} -m "{stap.naam_van_migratie}"' in getypt
    assert stap.kopie == ('cp data.sqlite bewaar.sqlite' in getypt)
    assert stap.melding in '\n'.join(regel for _, regel in hoofdstuk.regels)
    if stap.eerst:
        punt = next(p for p in alle if stap.eerst.naam in '\n'.join(p.net.regels))
        assert not punt.m.oordeel().model_is_anders(stap.eerst)


# --- De delen -------------------------------------------------------------------------------------


def zegt_niets_anders(punt: Punt, hoofdstuk: Hoofdstuk) -> None:
    # Na `Zo niet?` staat wat er is voor wie niet met een deel bezig is.
    voorop, _, anders = punt.tekst.partition('\nZo niet? ')
    kop = set(re.findall(r'\*(.+?)\*', punt.tekst)) & {d.kop for d in (punt.net, *punt.rest)}
    assert kop or not anders, punt.tekst
    assert is_klaar(voorop) or kop or letterlijk(voorop), punt.tekst
    tekst = '\n'.join(regel for _, regel in hoofdstuk.regels)
    # Een naam of revisie verschilt; een hint telt de spaties voor een regel code, en laat ze weg.
    komt = [re.sub(r'<\w+>', '?' * 12, r.strip()) for daad in punt.rest for r in daad.regels]
    for regel in letterlijk(voorop):
        # Of een ander er al een script voor heeft, weet de controle niet; de tekst zegt het.
        afgeraden = f'Typ nu geen `{regel.partition(" -m")[0]}`' in tekst
        assert afgeraden or any(fnmatch(regel, patroon) for patroon in komt), punt.tekst


@pytest.mark.parametrize('hoofdstuk', DELEN, ids=lambda h: h.naam)
def test_wie_doet_wat_er_staat_maakt_het_deel_af(hoofdstuk, tmp_path, snapshot):
    alle = list(punten(hoofdstuk, stand(DELEN_NA), tmp_path))
    assert gesprek(alle) == snapshot
    namen = {cursist['naam'] for cursist in Leerling(stand(DELEN_NA)).cursisten().values()}
    for punt in alle:
        zegt_niets_anders(punt, hoofdstuk)
        punt.volger().volg(is_klaar=is_klaar)
        # Een stap die na de delen komt, kan een deel al doen.
        is_goed(punt.m, max(DELEN_NA, punt.m.oordeel().gehaald))
        assert {cursist['naam'] for cursist in punt.m.cursisten().values()} >= namen, punt
