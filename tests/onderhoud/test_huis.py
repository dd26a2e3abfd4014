"""Hoe de controle in elkaar zit: wie wie importeert, hoe groot een kamer is, en wat waar staat."""

import ast
import re
from pathlib import Path

import pytest
from controle.afwijking import EIGENSCHAPPEN, SOORTEN, Afwijking
from controle.hints.hint import HINTS
from processen import draai
from speel_les import PROJECT
from stappen import DB_MET_NAMEN, IN_HET_MODEL, MODULE, REGELS, STAPPEN, Kolom

TESTS = PROJECT / 'tests'
CONTROLE = [*(TESTS / 'controle').rglob('*.py')]

# Wat de controle niet nodig heeft: het speelt de les, of is voor de docent.
NIET_VOOR_DE_CONTROLE = {
    *('spelen/lestekst.py', 'spelen/invoegen.py', 'spelen/dit_proces.py', 'speel_les.py', 'klas.py')
}

MEESTE_REGELS = 500
LANGSTE_FUNCTIE = 40


def boom(pad: Path) -> ast.Module:
    return ast.parse(pad.read_text(encoding='utf-8'))


def test_geen_kamer_importeert_er_een_die_hoger_staat():
    # Een eigen proces: lint-imports zet elk ander log uit.
    opdracht = 'from importlinter.cli import lint_imports; exit(lint_imports(no_cache=True))'
    klaar = draai('-c', opdracht, waar=PROJECT, PYTHONPATH=str(TESTS))
    assert klaar.returncode == 0, klaar.stdout


def test_geen_kamer_en_geen_functie_is_te_groot():
    te_groot = []
    for pad in TESTS.rglob('*.py'):
        if len(pad.read_text(encoding='utf-8').splitlines()) > MEESTE_REGELS:
            te_groot.append(pad.name)
        for knoop in ast.walk(boom(pad)):
            if isinstance(knoop, ast.FunctionDef):
                lengte = knoop.end_lineno - knoop.lineno + 1
                if lengte > LANGSTE_FUNCTIE:
                    te_groot.append(f'{pad.name}: {knoop.name} ({lengte})')
    assert te_groot == []


def test_alleen_doen_weet_hoe_een_opdracht_van_de_shell_heet():
    opdracht = re.compile(r'^(    )?(rm|cp|mv|del|copy|move|export|set)( |$)', re.MULTILINE)
    weet_het = {
        pad.name
        for pad in CONTROLE
        for knoop in ast.walk(boom(pad))
        if isinstance(knoop, ast.Constant) and opdracht.search(str(knoop.value))
    }
    assert weet_het == {'daden.py'}


def test_conftest_weet_welke_bestanden_er_horen_te_zijn():
    nodig = next(
        k.value.value
        for k in boom(PROJECT / 'conftest.py').body
        if isinstance(k, ast.Assign) and k.targets[0].id == 'NODIG'
    )
    er_zijn = [*TESTS.glob('*.py'), *(TESTS / 'spelen').glob('*.py'), *CONTROLE]
    namen = {pad.relative_to(TESTS).as_posix() for pad in er_zijn}
    assert set(nodig.split()) == namen - NIET_VOOR_DE_CONTROLE


def test_een_regel_waar_een_hint_om_vraagt_staat_in_de_module():
    module = (PROJECT / MODULE).read_text(encoding='utf-8').splitlines()
    assert set(REGELS.values()) <= set(module)
    assert DB_MET_NAMEN in (PROJECT / 'LEERLING.md').read_text(encoding='utf-8').splitlines()


def test_een_type_dat_stappen_niet_kent_is_meteen_een_fout():
    for soort, in_het_model in IN_HET_MODEL.items():
        assert f'db.{in_het_model}' in Kolom('cursisten', 'proef', soort).regel
    with pytest.raises(ValueError, match='Kolom foto: zet het type BLOB in IN_HET_MODEL'):
        Kolom('cursisten', 'foto', 'BLOB')


def test_elke_soort_en_elk_wat_bestaat_en_wordt_gebruikt():
    with pytest.raises(ValueError, match='ontbrekt'):
        Afwijking(1, 'module', 'ontbrekt')
    paren = {(soort, wat) for soort, rij in SOORTEN.items() for wat in rij}
    van_hints = {(s, w) for hint in HINTS for s, wat in hint.voor for w in wat}
    assert van_hints | {paar for stap in STAPPEN for paar in stap.mis} <= paren
    ergens = {
        str(knoop.value)
        for pad in CONTROLE
        for knoop in ast.walk(boom(pad))
        if isinstance(knoop, ast.Constant) and pad.name != 'oordeel.py'
    }
    # De namen van Alembic zijn een richting en een ding.
    ergens |= {f'{richting}_{ding}' for richting in ('add', 'remove') for ding in ergens}
    assert {wat for _, wat in paren} <= ergens | {*EIGENSCHAPPEN}
