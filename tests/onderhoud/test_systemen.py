"""Wat van het systeem afhangt: de shells van de les en de hints, en de tekens van een console."""

import re

import pytest
from controle.hints import daden
from leerling import EERSTE
from shells import CMD, HIER, POWERSHELL
from speel_les import lees
from spelen.lestekst import LES, SYSTEMEN, VERDIEPING, Hoofdstuk
from stappen import DATABASE, DELEN_NA, KOPIE, LAATSTE, MODULE, SERVER
from tree_sitter import Language, Parser
from tree_sitter_powershell import language
from vergelijker import InEenShell

HOOFDSTUKKEN = [*lees(LES), *lees(VERDIEPING)]

# De les zelf speelt in de eerste; de andere staan alleen op een echte Windows.
SHELLS = [shell for shell in HIER if shell is HIER[0] or shell.is_er]

# De tekens van een console in Windows: UTF-8, West-Europa, en die van een oude cmd.
CODEPAGINAS = {'65001': 'utf-8', '1252': 'cp1252', '850': 'cp850'}


class Klaarzetter(InEenShell):
    """Doet ook wat in stap 0 in een tabel staat: een .venv maken, en de pakketten installeren."""

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        return set()


@pytest.mark.parametrize('shell', SHELLS, ids=lambda shell: shell.kolom)
def test_klaarzetten_in_een_echte_shell(uitgedeeld, shell):
    map_ = uitgedeeld.map.rename(uitgedeeld.map.with_name('mijn oefening'))
    speler = Klaarzetter(map_, shell)
    # Pip vertaalt anders ook wat niemand laadt, en zoekt een nieuwere pip.
    speler.omgeving |= {'PIP_NO_COMPILE': '1', 'PIP_DISABLE_PIP_VERSION_CHECK': '1'}
    assert not speler.fouten(HOOFDSTUKKEN[0]), '\n'.join(map(str, speler.afwijkingen))
    assert (map_ / '.venv').is_dir()
    assert 'Wat nu: stap 1 staat klaar.' in speler.controle
    assert re.search(r'= 1 passed, \d+ skipped', speler.controle)


@pytest.mark.parametrize(
    ('shell', 'hoofdstuk'),
    [(shell, hoofdstuk) for shell in SHELLS[1:] for hoofdstuk in HOOFDSTUKKEN[1:]],
    ids=lambda geval: getattr(geval, 'kolom', None) or geval.naam,
)
def test_de_les_in_de_andere_shell(na_stap, uitgedeeld, shell, hoofdstuk):
    begin = hoofdstuk.nummer - 1 if isinstance(hoofdstuk.nummer, int) else DELEN_NA
    speler = InEenShell(na_stap(begin) if begin else uitgedeeld.map, shell)
    assert not speler.fouten(hoofdstuk), '\n'.join(map(str, speler.afwijkingen))


def hints() -> list[str]:
    """Elke soort opdracht die een hint voor de shell heeft."""
    return [
        *(daden.zet_server_uit(), daden.zet_flask_app(), str(daden.Kopieer(DATABASE, KOPIE))),
        str(daden.Verwijder('migrations/een script.py')),
    ]


@pytest.mark.parametrize('shell', SHELLS, ids=lambda shell: shell.kolom)
def test_elke_opdracht_uit_een_hint_doet_in_zijn_shell_wat_er_staat(leerling, shell):
    m = leerling(EERSTE)
    m.vervang('\ndb = ', '\napp.config.from_prefixed_env()\ndb = ')
    m.schrijf('', 'migrations/een script.py')
    # Onder elkaar staat de opdracht van elke shell, of een die overal hetzelfde is.
    per_shell = [re.split(r'In \w+:\n', hint)[1:] or [hint] * len(HIER) for hint in hints()]
    typ = [opdrachten[HIER.index(shell)].strip() for opdrachten in per_shell]
    venster = InEenShell(m.map, shell).omgeving | {SERVER: 'sqlite:///elders.sqlite'}
    klaar = shell.draai([*typ, 'flask db current'], m.map, venster)
    # Met FLASK_APP, en zonder een andere database: dan is dit de head van data.sqlite.
    assert f'{m.head()} (head)' in klaar.stdout, klaar.stdout
    assert (m.map / KOPIE).read_bytes() == m.database.read_bytes()
    assert not (m.map / 'migrations/een script.py').exists()


# Aan het eind van de les staat er het meest; wie tijd heeft kijkt na elke stap.
@pytest.mark.skipif(CMD not in HIER, reason='een codepagina is iets van Windows')
@pytest.mark.parametrize(
    'stap', [*(pytest.param(n, marks=pytest.mark.lang) for n in range(1, LAATSTE)), LAATSTE]
)
def test_pytest_lukt_in_elke_codepagina(na_stap, stap):
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


# --- PowerShell, waar hij niet is ---------------------------------------------------------------


def is_onbegrepen(opdracht: str) -> bool:
    """Of in een opdracht iets staat, of ontbreekt, wat PowerShell niet zou begrijpen."""
    return Parser(Language(language())).parse(opdracht.encode()).root_node.has_error


def test_powershell_begrijpt_elke_opdracht_van_de_les_en_van_een_hint(monkeypatch):
    kolom = [
        cellen[SYSTEMEN.index(POWERSHELL.kolom)].strip('`')
        for hoofdstuk in HOOFDSTUKKEN
        for blok in hoofdstuk.blokken
        if blok.soort == 'tabel' and blok.kop == SYSTEMEN
        for _, cellen in blok.cellen()
    ]
    tekst = '\n'.join(regel for hoofdstuk in HOOFDSTUKKEN for _, regel in hoofdstuk.regels)
    in_een_zin = re.findall('`(Set-ExecutionPolicy .*?)`', tekst)
    monkeypatch.setattr(daden, 'WINDOWS', True)
    uit_hints = [hint.rpartition('In PowerShell:\n')[2].strip() for hint in hints()]
    for opdrachten in (kolom, in_een_zin, uit_hints):
        assert opdrachten
        assert list(filter(is_onbegrepen, opdrachten)) == []
    assert all(map(is_onbegrepen, ["$env:FLASK_APP='BasicModelApp.py", 'Remove-Item (', 'if x']))
