"""De kolommen van de les: elke opdracht in de shell waar zij voor is, en de hele les daarin."""

import os
import re
import sys
import sysconfig
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from controle.hints import doen
from controle.naspelen import TIJDSLIMIET
from lesboek import maak_uitgedeelde_map, vertel
from shells import CMD, HIER, POWERSHELL, TRAGER, Shell
from speel_les import lees
from spelen.lestekst import LES, SYSTEMEN, VERDIEPING, Hoofdstuk, typregels
from stappen import DATABASE, DELEN_NA, KOPIE
from tree_sitter import Language, Node, Parser
from tree_sitter_powershell import language
from vergelijker import Vergelijker

STAPPEN, DELEN = lees(LES), lees(VERDIEPING)

# Wat in een venster blijft gelden: een variabele, de virtuele omgeving, en waar het staat.
BLIJFT_GELDEN = re.compile(
    r'export |unset |set |\$env:|Remove-Item Env:|cd |.*\bactivate', re.IGNORECASE
)

# De tekens van een console in Windows: UTF-8, West-Europa, en die van een oude cmd.
CODEPAGINAS = {'65001': 'utf-8', '1252': 'cp1252', '850': 'cp850'}


SHELLS_HIER = [shell for shell in HIER if shell.is_er]


def kolom(shell: Shell, hoofdstukken: list[Hoofdstuk]) -> list[str]:
    """De opdrachten in de kolom van een shell."""
    return [
        cellen[SYSTEMEN.index(shell.kolom)].strip('`')
        for hoofdstuk in hoofdstukken
        for blok in hoofdstuk.blokken
        if blok.soort == 'tabel' and blok.kop == SYSTEMEN
        for _, cellen in blok.cellen()
    ]


def geef_de_tijd(map_: Path) -> None:
    """Laat de controle in deze map langer naspelen, waar een proces trager begint."""
    naspelen = map_ / 'tests' / 'controle' / 'naspelen.py'
    tekst, nu = naspelen.read_text(encoding='utf-8'), f'TIJDSLIMIET = {TIJDSLIMIET}'
    assert nu in tekst
    naspelen.write_text(tekst.replace(nu, f'{nu} * {TRAGER}'), encoding='utf-8')


class InEenShell(Vergelijker):
    """Een speler die elke opdracht typt zoals zij er staat, in een echte shell."""

    def __init__(self, werkmap: Path, shell: Shell):
        super().__init__(werkmap)
        self.shell = shell
        self.geldt: list[str] = []
        # Het eerste venster heeft de Python van deze test.
        python, programmas = Path(sys.executable).parent, sysconfig.get_path('scripts')
        zoekpad = [programmas, str(python), self.omgeving['PATH']]
        self.omgeving['PATH'] = os.pathsep.join(zoekpad)
        geef_de_tijd(werkmap)

    def _speel(self, hoofdstuk: Hoofdstuk) -> None:
        for blok in hoofdstuk.blokken:
            if blok.soort == 'python' and blok.titel:
                self._python(blok)
            elif blok.soort == 'pycon':
                self._pycon(blok)
            elif blok.soort == 'console':
                for nummer, opdracht, getoond in typregels(blok, '$ '):
                    self._typ(nummer, opdracht, getoond)
            elif blok.soort == 'tabel' and blok.kop == SYSTEMEN:
                for nummer, cellen in blok.cellen():
                    opdracht = cellen[SYSTEMEN.index(self.shell.kolom)].strip('`')
                    self._typ(nummer, opdracht, [(nummer, '...')])

    def _typ(self, nummer: int, opdracht: str, getoond: list) -> None:
        opdracht = re.sub(r'<\w+>', lambda naam: self._met_revisies(naam[0], nummer), opdracht)
        resultaat = self._draai([opdracht], nummer)
        if BLIJFT_GELDEN.match(opdracht):
            self.geldt.append(opdracht)
        if opdracht.startswith('cd '):
            self._voer_uit(opdracht.split(), nummer)
        self._oordeel(nummer, [opdracht], getoond, resultaat)

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> CompletedProcess:
        return self.shell.draai([*self.geldt, ' '.join(delen)], self.map, self.omgeving, invoer)

    def controleer_in(self, codepagina: str, codering: str) -> str:
        """Wat `pytest` afdrukt in een console met deze codepagina."""
        opdrachten = [*self.geldt, f'chcp {codepagina} > nul', 'pytest > uitvoer.txt 2>&1']
        omgeving = self.omgeving | {'PYTHONIOENCODING': codering, 'PYTHONUTF8': '0'}
        self.shell.draai(opdrachten, self.map, omgeving)
        uitvoer = self.map / 'uitvoer.txt'
        tekst = uitvoer.read_text(encoding=codering)
        uitvoer.unlink()
        return tekst


def lukt_in_elke_codepagina(speler: InEenShell, stap: int) -> None:
    for codepagina, codering in CODEPAGINAS.items():
        uitvoer = speler.controleer_in(codepagina, codering)
        teken = '✓' if codering == 'utf-8' else 'af'
        assert 'Traceback' not in uitvoer, uitvoer
        assert re.search(rf'^{teken} +stap {stap} ', uitvoer, re.MULTILINE), uitvoer
        assert 'Wat nu: ' in uitvoer


@pytest.mark.parametrize('shell', SHELLS_HIER, ids=lambda shell: shell.kolom)
def test_de_hele_les_in_een_echte_shell(tmp_path, shell):
    map_ = tmp_path / 'mijn oefening'
    map_.mkdir()
    maak_uitgedeelde_map(map_)
    speler = InEenShell(map_, shell)
    for hoofdstuk in STAPPEN:
        speler.speel(hoofdstuk)
        assert not speler.afwijkingen, '\n'.join(map(vertel, speler.afwijkingen))
        if shell is CMD:
            lukt_in_elke_codepagina(speler, max(hoofdstuk.nummer, 1))


@pytest.mark.parametrize('deel', DELEN, ids=lambda deel: deel.naam)
@pytest.mark.parametrize('shell', SHELLS_HIER, ids=lambda shell: shell.kolom)
def test_elk_deel_van_de_verdieping_in_een_echte_shell(na_stap, shell, deel):
    speler = InEenShell(na_stap(DELEN_NA), shell)
    speler.geldt = [cel for cel in kolom(shell, STAPPEN) if 'FLASK_APP' in cel]
    speler.speel(deel)
    assert not speler.afwijkingen, '\n'.join(map(vertel, speler.afwijkingen))


# --- PowerShell ---------------------------------------------------------------------------------


def fouten(opdracht: str) -> list[str]:
    """De stukken van een opdracht die PowerShell niet zou begrijpen."""
    gevonden, knopen = [], [Parser(Language(language())).parse(opdracht.encode()).root_node]
    while knopen:
        knoop: Node = knopen.pop()
        if knoop.type == 'ERROR' or knoop.is_missing:
            gevonden.append(knoop.text.decode())
        knopen += knoop.children
    return gevonden


def powershell_opdrachten() -> list[str]:
    """Elke opdracht voor PowerShell in de les: die van zijn kolom, en die in een zin."""
    regels = (regel for hoofdstuk in STAPPEN for _, regel in hoofdstuk.regels)
    in_een_zin = re.findall('`(Set-ExecutionPolicy .*?)`', '\n'.join(regels))
    return kolom(POWERSHELL, STAPPEN + DELEN) + in_een_zin


@pytest.mark.parametrize('opdracht', sorted(set(powershell_opdrachten())))
def test_powershell_begrijpt_elke_opdracht_van_zijn_kolom(opdracht):
    assert fouten(opdracht) == []


def test_powershell_begrijpt_de_opdrachten_van_een_hint(monkeypatch):
    monkeypatch.setattr(doen, 'WINDOWS', True)
    for tekst in (doen.zet_flask_app(), doen.zet_server_uit(), doen.kopieer(KOPIE, DATABASE)):
        cmd, _, powershell = tekst.partition('In PowerShell:\n')
        assert cmd.startswith('In cmd:\n')
        assert fouten(powershell.strip()) == []
    # Deze is in cmd en PowerShell hetzelfde.
    assert fouten(doen.verwijder('migrations/versions/een script.py').strip()) == []


@pytest.mark.parametrize('opdracht', ["$env:FLASK_APP='BasicModelApp.py", 'Remove-Item (', 'if x'])
def test_een_opdracht_die_powershell_niet_begrijpt_valt_op(opdracht):
    assert fouten(opdracht)
