"""Hoe de controle in elkaar zit: wie wie importeert, hoe groot een kamer is, en wat waar staat."""

import ast
import re
from pathlib import Path

import pytest
from speel_les import PROJECT
from stappen import DB_MET_NAMEN, IN_HET_MODEL, MODULE, REGELS, Kolom

TESTS = PROJECT / 'tests'

# De gegevens gaan van links naar rechts; op een regel importeert niemand een ander.
VOLGORDE = [
    ['stappen', 'spelen.pakketten', 'spelen.invoegen'],
    ['spelen.lestekst', 'spelen.terug', 'controle.naspelen'],
    ['speel_les', 'controle.tabellen'],
    ['controle.oefenmap', 'controle.kindproces'],
    ['controle.oordeel'],
    ['controle.beoordeling', 'controle.onderweg', 'controle.hints.hint'],
    ['controle.hints.doen'],
    [
        *('controle.hints.les', 'controle.hints.module', 'controle.hints.laden'),
        'controle.hints.migraties',
        *('controle.hints.upgrade', 'controle.hints.waarden', 'controle.hints.kolommen'),
        *('controle.hints.model', 'controle.hints.database', 'controle.hints.opmerkingen'),
    ],
    ['controle.hints'],
    ['controle.vertelling'],
    ['docent.inlevering', 'conftest', 'test_stappen'],
    ['docent.rij'],
    ['docent.overzicht'],
    ['docent.nakijken'],
    ['klas'],
]
PLAATS = {naam: plaats for plaats, namen in enumerate(VOLGORDE) for naam in namen}

# Wat de controle niet nodig heeft: het speelt de les, of is voor de docent.
NIET_VOOR_DE_CONTROLE = ('spelen.lestekst', 'spelen.invoegen', 'speel_les', 'klas')

MEESTE_REGELS = 500
LANGSTE_FUNCTIE = 40


def modules() -> dict[str, Path]:
    """Elk bestand in tests/, zonder onderhoud/, met de naam waaronder het geïmporteerd wordt."""
    paden = [*TESTS.glob('*.py')]
    for map_ in ('spelen', 'controle', 'docent'):
        paden += (TESTS / map_).rglob('*.py')
    namen = ['.'.join(pad.relative_to(TESTS).with_suffix('').parts) for pad in paden]
    gevonden = dict(zip((n.removesuffix('.__init__') for n in namen), paden, strict=True))
    # Deze vertellen alleen wat waar staat.
    for map_ in ('controle', 'docent', 'spelen'):
        del gevonden[map_]
    return gevonden


def importeert(tekst: str) -> set[str]:
    """De eigen modules die een bestand importeert, ook binnen een functie."""
    namen = set()
    for knoop in ast.walk(ast.parse(tekst)):
        if isinstance(knoop, ast.Import):
            namen |= {deel.name for deel in knoop.names}
        elif isinstance(knoop, ast.ImportFrom):
            # `from controle.hints import doen` haalt een module binnen, geen naam uit een.
            namen |= {
                vol if (vol := f'{knoop.module}.{deel.name}') in PLAATS else knoop.module
                for deel in knoop.names
            }
    return namen & PLAATS.keys()


def gaat_terug(naam: str, tekst: str) -> set[str]:
    """De modules die een bestand importeert terwijl ze er niet voor komen."""
    return {eigen for eigen in importeert(tekst) if PLAATS[eigen] >= PLAATS[naam]}


def test_elk_bestand_heeft_een_plaats():
    assert modules().keys() == PLAATS.keys()


@pytest.mark.parametrize('naam', PLAATS)
def test_geen_bestand_importeert_terug(naam):
    assert gaat_terug(naam, modules()[naam].read_text(encoding='utf-8')) == set()


@pytest.mark.parametrize(
    ('naam', 'tekst', 'terug'),
    [
        ('controle.oordeel', 'from controle.hints import doen', {'controle.hints.doen'}),
        (
            'controle.beoordeling',
            'def f():\n    import controle.vertelling',
            {'controle.vertelling'},
        ),
        (
            'controle.hints.model',
            'from controle.hints.database import x',
            {'controle.hints.database'},
        ),
        ('stappen', 'from controle.oefenmap import heet', {'controle.oefenmap'}),
        ('controle.vertelling', 'from controle.hints.hint import Hint', set()),
    ],
)
def test_een_import_die_teruggaat_valt_op(naam, tekst, terug):
    assert gaat_terug(naam, tekst) == terug


def test_geen_kamer_en_geen_functie_is_te_groot():
    te_groot = []
    for pad in TESTS.rglob('*.py'):
        tekst = pad.read_text(encoding='utf-8')
        if len(tekst.splitlines()) > MEESTE_REGELS:
            te_groot.append(pad.name)
        for knoop in ast.walk(ast.parse(tekst)):
            if isinstance(knoop, ast.FunctionDef):
                lengte = knoop.end_lineno - knoop.lineno + 1
                if lengte > LANGSTE_FUNCTIE:
                    te_groot.append(f'{pad.name}: {knoop.name} ({lengte})')
    assert te_groot == []


def test_alleen_doen_weet_hoe_een_opdracht_van_de_shell_heet():
    opdracht = re.compile(r'^(    )?(rm|cp|mv|del|copy|move|export|set)( |$)', re.MULTILINE)
    weet_het = {
        naam
        for naam, pad in modules().items()
        for knoop in ast.walk(ast.parse(pad.read_text(encoding='utf-8')))
        if naam.startswith('controle.') and isinstance(knoop, ast.Constant)
        if opdracht.search(str(knoop.value))
    }
    assert weet_het == {'controle.hints.doen'}


def test_conftest_weet_welke_bestanden_er_horen_te_zijn():
    boom = ast.parse((PROJECT / 'conftest.py').read_text(encoding='utf-8'))
    nodig = next(
        k.value.value for k in boom.body if isinstance(k, ast.Assign) and k.targets[0].id == 'NODIG'
    )
    er_zijn = {
        pad.relative_to(TESTS).as_posix()
        for naam, pad in modules().items()
        if naam not in NIET_VOOR_DE_CONTROLE and not naam.startswith('docent.')
    }
    assert set(nodig.split()) == er_zijn | {'controle/__init__.py', 'spelen/__init__.py'}


def test_een_regel_waar_een_hint_om_vraagt_staat_in_de_module():
    module = (PROJECT / MODULE).read_text(encoding='utf-8').splitlines()
    assert set(REGELS.values()) <= set(module)
    assert DB_MET_NAMEN in (PROJECT / 'LEERLING.md').read_text(encoding='utf-8').splitlines()


def test_een_type_dat_stappen_niet_kent_is_meteen_een_fout():
    for soort, in_het_model in IN_HET_MODEL.items():
        assert f'db.{in_het_model}' in Kolom('cursisten', 'proef', soort).regel
    with pytest.raises(ValueError, match='Kolom foto: zet het type BLOB in IN_HET_MODEL'):
        Kolom('cursisten', 'foto', 'BLOB')
