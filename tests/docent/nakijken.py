"""Speelt de map van elke leerling na, met een gewone test van pytest per leerling en stap.

De test is die van test_stappen.py. Deze plugin geeft hem van elke leerling het oordeel, en drukt
aan het eind de klas af.
"""

import csv
import os
import site
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pytest
from controle.beoordeling import beoordeel
from controle.naspelen import Kindproces, Verslag
from controle.oefenmap import lees_oefenmap
from controle.oordeel import Oordeel
from controle.vertelling import BREEDSTE, stand_van_zaken, tekens
from stappen import MODULE, SERVER

from docent.inlevering import Inlevering, neem_over
from docent.overzicht import druk_af, kolommen, leesbaar
from docent.rij import Rij

# De map naast een kopie die daar HOME is.
THUIS = 'thuis'

TEST = Path(__file__).resolve().parents[1] / 'test_stappen.py'

# Weinig uitvoer, want de klas komt eronder; en een naam als Zoë blijft Zoë.
OPTIES = (
    *('-q', '--tb=no', '-o'),
    'disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true',
)

# Een programma als Excel leest hier een formule in.
BEGIN_VAN_EEN_FORMULE = ('=', '+', '-', '@')

WAARSCHUWING = """\
Dit voert de code van elke leerling uit: op een kopie, en met jouw rechten. In
README.md staat bij Nakijken waar dat niet tegen beschermt, en wat wel.
"""


def kijk_na(
    inleveringen: list[Inlevering], tot: int, cijfers: Path | None, voor_pytest: list[str]
) -> tuple[int, list[Rij]]:
    """Speelt elke inlevering na en drukt de klas af; geeft de exit status en de rijen."""
    print(WAARSCHUWING, flush=True)
    # Over het venster van een docent is een leerling niets te zeggen.
    os.environ['FLASK_APP'] = MODULE
    os.environ.pop(SERVER, None)
    klas = Nakijken(inleveringen, tot)
    status = pytest.main([str(TEST), *OPTIES, *voor_pytest], plugins=[klas])
    print()
    if not klas.rijen:
        print('Er is geen map nagespeeld.')
        return status, []
    teken = tekens(sys.stdout.encoding or 'ascii')
    breed = max(map(len, [*teken.values(), str(tot)])) + 1

    def cellen(rij: Rij) -> str:
        stappen = ''.join(
            f'{teken[toestand].strip():>{breed}}'
            for toestand in map(rij.toestand, range(1, tot + 1))
        )
        return f'{stappen}  {rij.af:>2}  {len(rij.revisies):>9}'

    af, fout, niet = (teken[toestand].strip() for toestand in ('af', 'fout', 'niet'))
    print(f'{af} af   {fout} begonnen, en nog niet goed   {niet} nog niet begonnen\n')
    kop = ''.join(f'{nummer:>{breed}}' for nummer in range(1, tot + 1))
    druk_af(klas.rijen, f'{kop}  af  migraties', cellen)
    if cijfers:
        schrijf_csv(cijfers, klas.rijen, tot)
    return status, klas.rijen


class Nakijken:
    """De plugin: `rijen` heeft na afloop van elke nagespeelde leerling een rij."""

    # Onder deze naam vindt conftest.py hem.
    __name__ = 'nakijken'

    def __init__(self, inleveringen: list[Inlevering], tot: int) -> None:
        self.inleveringen = inleveringen
        self.tot = tot
        self.rijen: list[Rij] = []
        self.kinderen: set[Kindproces] = set()
        self.lopend: dict[str, Future] = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        namen = [inlevering.naam for inlevering in self.inleveringen]
        metafunc.parametrize(
            'oordeel', self.inleveringen, indirect=True, ids=namen, scope='session'
        )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.callspec.params['stap'].nummer <= self.tot]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begint met naspelen, zoveel tegelijk als er processors zijn."""
        mappen = (item.callspec.params['oordeel'] for item in session.items)
        gekozen = {inlevering.naam: inlevering for inlevering in mappen}
        self.werkmap = tempfile.TemporaryDirectory(prefix='klas-', ignore_cleanup_errors=True)
        self.pool = ThreadPoolExecutor(os.cpu_count())
        if not session.config.option.collectonly:
            for nummer, (naam, inlevering) in enumerate(gekozen.items()):
                map_ = Path(self.werkmap.name).resolve() / str(nummer)
                self.lopend[naam] = self.pool.submit(self._speel_na, inlevering, map_)

    def _speel_na(self, inlevering: Inlevering, map_: Path) -> tuple[Path, list[str], Verslag]:
        """De kopie, wat niet meeging, en wat het naspelen zag."""
        kopie = map_ / 'oefenmap'
        kopie.with_name(THUIS).mkdir(parents=True)
        if inlevering.map is None:
            kopie.mkdir()
            return kopie, [], Verslag()
        niet_mee = neem_over(inlevering.map, kopie)
        with Kindproces(kopie, **_eigen_thuis(kopie)) as kind:
            self.kinderen.add(kind)
            kind.begin()
            verslag = kind.verslag()
        self.kinderen.discard(kind)
        return kopie, niet_mee, verslag

    def oordeel(self, inlevering: Inlevering) -> Oordeel:
        """Het oordeel over een leerling, zodra zijn map nagespeeld is."""
        loopt = self.lopend[inlevering.naam]
        # Met een tijd erbij kan ook Windows hier met Ctrl-C stoppen.
        while not wait([loopt], 1).done:
            pass
        rij = Rij.van(inlevering)
        self.rijen.append(rij)
        try:
            kopie, niet_mee, verslag = loopt.result()
            oordeel = beoordeel(lees_oefenmap(kopie), verslag)
            oordeel.omgeving = _eigen_thuis(kopie)
            rij.opvalt += niet_mee
            eerst = oordeel.afwijkingen[:1]
            if inlevering.map:
                regels = stand_van_zaken(oordeel, BREEDSTE, 'utf-8')
                rij.stand = '\n'.join(leesbaar(regel) for regel, _ in regels)
            if not inlevering.map:
                # Een map die er niet is heeft geen fouten.
                oordeel.afwijkingen = []
            elif oordeel.afwijkingen and not verslag.is_nagespeeld:
                # Een database alleen is geen bewijs: wat niet nagespeeld is telt niet.
                eerste, beweert = oordeel.afwijkingen[0], range(1, max(oordeel.gehaald, 1) + 1)
                oordeel.afwijkingen = [replace(eerste, stap=nummer) for nummer in beweert]
            # Wat na `tot` komt is niet gevraagd.
            oordeel.afwijkingen = [a for a in oordeel.afwijkingen if a.stap <= self.tot]
            if oordeel.afwijkingen[:1] != eerst:
                oordeel.advies = None
            rij.vul(oordeel, '' if verslag.is_nagespeeld else 'is niet na te spelen.')
            del rij.toestanden[self.tot :]
        except Exception as fout:
            rij.toestanden = ['fout'] * self.tot
            rij.opvalt.append(f'is niet na te kijken ({type(fout).__name__})')
            pytest.fail(f'{inlevering.naam} {rij.opvalt[-1]}', pytrace=False)
        return oordeel

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item):
        """Zet bij wat mislukt ook wat de leerling zou lezen: --junitxml bewaart dat."""
        rapport = yield
        if rapport.failed and self.rijen:
            rapport.longrepr = f'{rapport.longrepr}\n\n{self.rijen[-1].stand}'
        return rapport

    def pytest_unconfigure(self) -> None:
        """Stopt wat na Ctrl-C nog loopt, en ruimt op."""
        if hasattr(self, 'pool'):
            self.pool.shutdown(wait=False, cancel_futures=True)
            for kind in list(self.kinderen):
                kind.stop()
            self.pool.shutdown()
            self.werkmap.cleanup()


def _eigen_thuis(kopie: Path) -> dict[str, str]:
    """Een eigen HOME naast de kopie; pakketten die in de echte staan, zijn er nog."""
    thuis = str(kopie.with_name(THUIS))
    return {'HOME': thuis, 'USERPROFILE': thuis, 'PYTHONUSERBASE': site.getuserbase()}


def schrijf_csv(bestand: Path, rijen: list[Rij], tot: int) -> None:
    """Schrijft een regel per leerling: naam, de toestand van elke stap, het aantal en de uitleg."""
    # Met puntkomma's en een BOM opent Excel het in het Nederlands goed.
    with bestand.open('w', encoding='utf-8-sig', errors='replace', newline='') as uitvoer:
        schrijver = csv.writer(uitvoer, delimiter=';')
        stappen = [f'stap {nummer}' for nummer in range(1, tot + 1)]
        rijen = sorted(rijen, key=lambda rij: rij.naam)
        extra = kolommen(rijen, '%Y-%m-%d %H:%M')
        schrijver.writerow(['naam', *extra, *stappen, 'aantal af', 'uitleg'])
        for rij, *erbij in zip(rijen, *extra.values(), strict=True):
            uitleg = '. '.join(filter(None, [*rij.opvalt, f'{rij.wat} {rij.doe}'.strip()]))
            cellen = [
                rij.naam,
                *erbij,
                *map(rij.toestand, range(1, tot + 1)),
                rij.af,
                ' '.join(uitleg.split()),
            ]
            schrijver.writerow(_geen_formule(str(cel)) for cel in cellen)


def _geen_formule(cel: str) -> str:
    return f"'{cel}" if cel.startswith(BEGIN_VAN_EEN_FORMULE) else cel
