"""De kolommen van de les, elk in de shell waar zij voor is; de les zelf speelt in de eerste."""

import re

import pytest
from controle.hints import doen
from lesboek import Lesboek, maak_uitgedeelde_map, vertel
from postgresql import sql_in
from shells import CMD, HIER, POWERSHELL, Shell
from speel_les import klaargezet, lees
from spelen.lestekst import LES, SYSTEMEN, VERDIEPING, Hoofdstuk
from stappen import DATABASE, KOPIE, LAATSTE, MODULE
from tekstfouten import meld
from tree_sitter import Language, Node, Parser
from tree_sitter_powershell import language
from vergelijker import InEenShell

STAPPEN, DELEN = lees(LES), lees(VERDIEPING)

# De tekens van een console in Windows: UTF-8, West-Europa, en die van een oude cmd.
CODEPAGINAS = {'65001': 'utf-8', '1252': 'cp1252', '850': 'cp850'}

# De les zelf speelt in de eerste.
ANDERE_SHELLS = [shell for shell in HIER[1:] if shell.is_er]


def kolom(shell: Shell, hoofdstukken: list[Hoofdstuk]) -> list[str]:
    """De opdrachten in de kolom van een shell."""
    return [
        cellen[SYSTEMEN.index(shell.kolom)].strip('`')
        for hoofdstuk in hoofdstukken
        for blok in hoofdstuk.blokken
        if blok.soort == 'tabel' and blok.kop == SYSTEMEN
        for _, cellen in blok.cellen()
    ]


class Klaarzetter(InEenShell):
    """Doet ook wat in stap 0 in een tabel staat: een .venv maken, en de pakketten installeren."""

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        return super()._overslaan(hoofdstuk) - klaargezet(hoofdstuk)


@pytest.mark.parametrize('shell', [HIER[0], *ANDERE_SHELLS], ids=lambda shell: shell.kolom)
def test_klaarzetten_in_een_echte_shell(tmp_path, shell):
    map_ = tmp_path / 'mijn oefening'
    map_.mkdir()
    maak_uitgedeelde_map(map_)
    speler = Klaarzetter(map_, shell)
    speler.speel(STAPPEN[0])
    uitvoer = speler.controleer(STAPPEN[0])
    meld([vertel(fout) for fout in speler.afwijkingen])
    assert (map_ / '.venv').is_dir()
    assert 'Wat nu: stap 1 staat klaar.' in uitvoer
    assert re.search(r'= 1 passed, \d+ skipped', uitvoer)


@pytest.mark.parametrize('shell', ANDERE_SHELLS, ids=lambda shell: shell.kolom)
def test_de_hele_les_in_de_andere_shell(tmp_path, shell):
    zonder_server = [deel for deel in DELEN if not sql_in(deel)]
    boek = Lesboek(tmp_path / 'boek', STAPPEN + zonder_server, [], shell)
    meld([fout for nummer in boek.les for fout in boek.gespeeld(nummer).fouten])


# Een codepagina is iets van Windows.
@pytest.mark.parametrize('stap', range(1, LAATSTE + 1) if CMD in HIER else [])
def test_pytest_lukt_na_elke_stap_in_elke_codepagina(na_stap, stap):
    venster = InEenShell(na_stap(stap), CMD)
    for codepagina, codering in CODEPAGINAS.items():
        anders = {'FLASK_APP': MODULE, 'PYTHONIOENCODING': codering, 'PYTHONUTF8': '0'}
        opdrachten = [f'chcp {codepagina} > nul', 'pytest > uitvoer.txt 2>&1']
        CMD.draai(opdrachten, venster.map, venster.omgeving | anders)
        uitvoer = (venster.map / 'uitvoer.txt').read_text(encoding=codering)
        teken = '✓' if codering == 'utf-8' else 'af'
        assert 'Traceback' not in uitvoer, uitvoer
        assert re.search(rf'^{teken} +stap {stap} ', uitvoer, re.MULTILINE), uitvoer
        assert 'Wat nu: ' in uitvoer


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
