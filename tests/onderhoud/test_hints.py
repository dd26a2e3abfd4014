"""Elke situatie wordt echt gemaakt, en daarna wordt gedaan wat de hint zegt.

De situaties staan in situaties/, in bestanden met dezelfde namen als in controle/hints/.
"""

import os
import re
from collections.abc import Callable
from inspect import isfunction
from typing import get_type_hints

import pytest
from controle import naspelen, vertelling
from controle.hints import doen
from controle.hints.hint import HINTS, Hint, passende_hint
from controle.hints.opmerkingen import OPMERKINGEN as OPMERKINGSFUNCTIES
from controle.hints.opmerkingen import flask_app_in_dit_venster
from controle.oordeel import Afwijking, Oordeel
from docent.inlevering import zoek_inleveringen
from docent.rij import lees
from leerling import WOONPLAATS, Leerling
from situaties import OPMERKINGEN, SITUATIES
from situaties.situatie import Situatie
from stappen import DATABASE, KOPIE, LAATSTE, MODULE, STAPPEN
from zonder_kindproces import speel_apart_na

# Na deze hints komen alleen nog een migratie en een upgrade, of gaat de les verder; dat gaat elders
# tot het eind.
TOT_HIER = ('model_loopt_voor', 'upgrade_moet_nog', 'de_les_gaat_verder')

# Na zoveel hints hoort een map goed te zijn.
MEESTE_HINTS = 5

# Deze hebben een test hieronder, in test_omgeving.py, test_een_stem.py of test_samen.py.
ELDERS_GETEST = {
    'database_is_niet_te_lezen',
    'flask_app_in_dit_venster',
    'map_is_niet_te_schrijven',
    'stap_1_begint_opnieuw',
    'terminal_staat_in_een_andere_map',
}


@pytest.fixture(autouse=True)
def terminalvenster(monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    yield
    # Een situatie zet haar zelf, soms met een tikfout, en een hint haalt haar weg.
    for naam in [naam for naam in os.environ if naam.startswith('FLASK_SQLALCHEMY_')]:
        del os.environ[naam]


def kan_in_de_shell(functie: Callable, langs: tuple = ()) -> bool:
    """Of een hint een opdracht van de shell kan geven, zelf of met een functie die hij gebruikt."""
    namen = functie.__code__.co_names
    gebruikt = [functie.__globals__.get(naam) or getattr(doen, naam, None) for naam in namen]
    eigen = [f for f in gebruikt if isfunction(f) and f.__module__.startswith('controle.hints')]
    return any(
        f in VAN_DE_SHELL or kan_in_de_shell(f, (*langs, f)) for f in eigen if f not in langs
    )


# Alleen van deze hints hangen de woorden van het systeem af: .ci/windows draait ze.
VAN_DE_SHELL = (doen.kopieer, doen.verwijder, doen.zet_flask_app)
IN_DE_SHELL = {hint.__name__ for hint in HINTS if kan_in_de_shell(hint)}


def naam_van(geval: Situatie) -> str:
    # Hiermee kiest .ci wat er op Windows draait, en met een stap erbij.
    waar = '-in_de_shell' if geval.hint in IN_DE_SHELL else ''
    waar += '-na_de_laatste_stap' if geval.stap == LAATSTE else ''
    return f'{geval.hint}-{geval.maak.__name__}{waar}'


# --- Een map waar iets mis mee is -------------------------------------------------------------


def naam_en_tekst(oordeel: Oordeel) -> tuple[str, str]:
    """De naam van de hint, en wat de leerling leest."""
    # Ook bij de gevolgen van de oorzaak heeft de controle iets te zeggen.
    for stap in STAPPEN:
        if oordeel.toestand(stap.nummer) == 'fout':
            assert vertelling.uitleg(oordeel, stap.nummer)
    return passende_hint(oordeel, oordeel.afwijkingen[0])[0], vertelling.wat_nu(oordeel)


def volg_de_hints(geval: Situatie, m: Leerling) -> str:
    """Doet wat elke hint zegt, tot er geen meer is; geeft alle hints."""
    gezien = []
    while (oordeel := m.oordeel()).afwijkingen:
        naam, tekst = naam_en_tekst(oordeel)
        if gezien and naam in TOT_HIER and not geval.tot_het_eind:
            break
        verloop = '\n\n'.join([*(eerder for _, eerder in gezien), tekst])
        if not gezien:
            assert naam == geval.hint, verloop
            fout = [s.nummer for s in STAPPEN if oordeel.toestand(s.nummer) == 'fout']
            if geval.bij:
                assert oordeel.afwijkingen[0].stap == geval.bij, verloop
            else:
                assert fout in ([geval.stap], [geval.stap + 1]), verloop
            assert geval.mist(tekst, m) == [], verloop
        assert (naam, tekst) not in gezien, f'Deze hint hielp niet:\n{verloop}'
        assert len(gezien) < MEESTE_HINTS, f'Het houdt niet op:\n{verloop}'
        gezien.append((naam, tekst))
        getypt = len(m.getypt)
        try:
            if geval.zelf and naam == geval.hint:
                geval.zelf(m)
            else:
                assert m.doe(tekst), 'Er staat geen letterlijke regel.'
        except Exception as fout:
            raise AssertionError(f'Dit lukte niet:\n{verloop}\n\n{fout}') from fout
        assert len(m.getypt) == getypt or naam in IN_DE_SHELL, verloop
    assert gezien, 'Er was niets aan de hand.'
    return verloop


@pytest.mark.parametrize('geval', SITUATIES, ids=naam_van)
def test_wie_doet_wat_de_hint_zegt_komt_verder(geval, leerling, monkeypatch):
    m = leerling(geval.stap)
    if geval.tijdslimiet:
        monkeypatch.setattr(naspelen, 'TIJDSLIMIET', geval.tijdslimiet)
        m.speel_na = speel_apart_na
    had = m.cursisten()
    geval.maak(m)
    # Een docent kan elke map lezen.
    assert not any('niet te lezen' in zin for zin in lees(*zoek_inleveringen([m.map])).opvalt)
    if geval.verloren or not had:
        had = m.cursisten()
    verloop = volg_de_hints(geval, m)
    # Wie de weg terug nam, heeft de oude waarden nog.
    heeft = [m.cursisten(map_) for map_ in (m.map, *m.oude_mappen)]
    for nummer, cursist in had.items():
        for kolom, waarde in cursist.items():
            er_nog = [cursisten.get(nummer, {}).get(kolom) for cursisten in heeft]
            assert waarde is None or waarde in er_nog, f'{kolom} van {nummer} is weg:\n{verloop}'


# Wat een leerling van deze regels niet kan missen zegt Python al: er klopt dan iets niet meer.
HALVE_OPDRACHTEN = re.compile(r'\s*(def |return |namen = |naming_convention|\'(ix|uq|fk)\'|[})])')


def test_elke_regel_die_uit_de_module_verdwijnt_komt_door_de_hints_terug(leerling):
    m = leerling(LAATSTE)
    regels = m.lees().splitlines(keepends=True)
    for plaats, regel in enumerate(regels):
        mag_weg = regel.startswith("app.config['SQLALCHEMY_TRACK") or '#' in regel
        if not regel.strip() or mag_weg or HALVE_OPDRACHTEN.match(regel):
            continue
        m.schrijf(''.join(regels[:plaats] + regels[plaats + 1 :]))
        for _ in range(3):
            if not m.oordeel().afwijkingen:
                break
            wat_nu = m.wat_nu()
            assert '    flask' not in wat_nu, f'Deze regel is weg: {regel}\n{wat_nu}'
            m.doe(wat_nu)
        assert not m.oordeel().afwijkingen, f'Deze regel is weg: {regel}\n{m.wat_nu()}'


@pytest.mark.parametrize(
    ('begin', 'eind'),
    [
        ('eigen = db.Column(db.Text', ', nullable=False)'),
        ('eigen = db.Column(\n        db.Integer', ', nullable=False)'),
        ('eigen = db.Column(db.JSON', ', nullable=False)'),
        ('eigen = db.Column(db.LargeBinary', ', nullable=False)'),
        ("eigen = db.Column(db.Enum('a', 'b', name='ab')", ', nullable=False)'),
        ('eigen: db.Mapped[int] = db.mapped_column(', 'nullable=False)'),
        ('eigen: db.Mapped[bool]', ''),
    ],
)
def test_een_eigen_verplichte_kolom_houdt_zijn_vorm_en_is_te_lezen(leerling, begin, eind):
    m = leerling(WOONPLAATS)
    m.kolom(f'{begin}{eind}  # van mij')
    m.flask('db', 'migrate', '-m', 'eigen')
    for _ in range(3):
        m.doe(m.wat_nu())
    assert not m.oordeel().afwijkingen
    assert re.sub(r'\s', '', begin) in re.sub(r'\s', '', m.lees())
    assert '# van mij' in m.lees()
    m.flask('shell', invoer='[c.eigen for c in db.session.scalars(db.select(Cursist))]\n')


# --- Opmerkingen ------------------------------------------------------------------------------


@pytest.mark.parametrize('geval', OPMERKINGEN, ids=lambda geval: geval.maak.__name__)
def test_een_opmerking_maakt_geen_stap_fout(geval, leerling):
    m = leerling(geval.stap)
    assert not vertelling.opmerkingen(m.oordeel())
    geval.maak(m)
    oordeel = m.oordeel()
    assert not oordeel.afwijkingen, m.wat_nu()
    (tekst,) = vertelling.opmerkingen(oordeel)
    assert geval.mist(tekst, m) == []
    (functie,) = [functie for functie in OPMERKINGSFUNCTIES if functie(oordeel)]
    assert functie.__name__ == geval.hint
    if m.doe(tekst):
        assert functie(m.oordeel()) is None


@pytest.mark.parametrize(
    ('gezet', 'woord'),
    [
        (None, 'niet gezet'),
        (f'{MODULE} ', 'een spatie'),
        (f'"{MODULE}"', 'aanhalingsteken'),
        ('app.py', '`app.py`'),
    ],
)
def test_flask_app_die_niet_goed_staat_is_een_opmerking(gezet, woord, monkeypatch):
    monkeypatch.delenv('FLASK_APP')
    if gezet:
        monkeypatch.setenv('FLASK_APP', gezet)
    tekst = flask_app_in_dit_venster(None)
    assert woord in tekst
    # Doen wat er staat: de waarde na de laatste = is de waarde die de shell zet.
    for regel in tekst.splitlines():
        if regel.startswith('    '):
            monkeypatch.setenv('FLASK_APP', regel.partition('=')[2].strip(' "'))
            assert flask_app_in_dit_venster(None) is None


def test_een_spatie_voor_het_is_teken_van_flask_app_is_een_opmerking(monkeypatch):
    # Zo heet de variabele na `set FLASK_APP = BasicModelApp.py` in cmd.
    monkeypatch.setenv('FLASK_APP ', f' {MODULE}')
    assert flask_app_in_dit_venster(None) is None
    monkeypatch.delenv('FLASK_APP')
    assert 'een spatie voor de `=`' in flask_app_in_dit_venster(None)


@pytest.mark.parametrize('goed', ['BasicModelApp', 'BasicModelApp.py', 'BasicModelApp.py:app'])
def test_flask_app_die_goed_staat_geeft_geen_opmerking(goed, monkeypatch):
    monkeypatch.setenv('FLASK_APP', goed)
    assert flask_app_in_dit_venster(None) is None


# --- De lijst met hints ------------------------------------------------------------------------


def test_elke_hint_en_opmerking_heeft_een_situatie():
    gemaakt = {geval.hint for geval in SITUATIES + OPMERKINGEN} | ELDERS_GETEST
    assert {functie.__name__ for functie in (*HINTS, *OPMERKINGSFUNCTIES)} == gemaakt


def test_elke_hint_krijgt_een_oordeel_en_een_afwijking_en_geeft_een_hint():
    types = {'oordeel': Oordeel, 'afwijking': Afwijking, 'return': Hint | None}
    assert {functie.__name__ for functie in HINTS if get_type_hints(functie) != types} == set()


def test_elke_situatie_staat_in_het_bestand_van_haar_hint():
    hoort_in = {f.__name__: f.__module__.split('.')[-1] for f in (*HINTS, *OPMERKINGSFUNCTIES)}
    for geval in SITUATIES + OPMERKINGEN:
        assert geval.bestand == hoort_in[geval.hint], f'{geval.hint} staat in {geval.bestand}.py.'


def test_op_windows_staan_er_opdrachten_van_windows(monkeypatch):
    monkeypatch.setattr(doen, 'WINDOWS', True)
    assert doen.verwijder('migrations/versions/a b.py') == '    del "migrations\\versions\\a b.py"'
    assert doen.kopieer(KOPIE, DATABASE) == (
        f'In cmd:\n    copy /y {KOPIE} {DATABASE}\nIn PowerShell:\n    Copy-Item {KOPIE} {DATABASE}'
    )
    assert f'copy /y oud\\{DATABASE} {DATABASE}' in doen.kopieer(f'oud/{DATABASE}', DATABASE)
    assert f"$env:FLASK_APP='{MODULE}'" in doen.zet_flask_app()
