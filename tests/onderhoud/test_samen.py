"""Wie samenwerkt: wat goed is blijft goed, en `Wat nu` klopt na elke daad."""

import shutil

import pytest
from beweringen import is_goed
from controle.vertelling import opmerkingen
from leerling import GEBOORTEJAAR, Leerling
from situaties.situatie import INSTRUMENT, TELEFOON, herschrijf, samen_met_bas
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, MODULE

# Wat `Wat nu` zegt als er niets te doen is.
KLAAR = 'alle stappen zijn af'


@pytest.fixture
def anna(leerling) -> Leerling:
    """Een leerling, met in haar map een map `bas`: de kopie van haar maat."""
    anna = leerling(LAATSTE)
    shutil.copytree(anna.map / 'migrations', anna.map / 'bas' / 'migrations')
    for naam in (MODULE, DATABASE):
        shutil.copyfile(anna.map / naam, anna.map / 'bas' / naam)
    return anna


@pytest.fixture
def bas(anna) -> Leerling:
    return Leerling(anna.map / 'bas')


def test_wie_in_de_map_van_een_ander_staat_hoort_dat(anna, bas, monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    monkeypatch.chdir(bas.map)
    assert '    cd ..' in '\n'.join(opmerkingen(anna.oordeel()))
    monkeypatch.chdir(anna.map / 'migrations')
    assert opmerkingen(anna.oordeel()) == []


def test_wat_nu_klopt_na_elke_daad_van_samenwerken(anna, bas):
    begin = anna.head()

    def neem_script_over():
        shutil.copyfile(bas.map / bas.script('instrument'), anna.map / bas.script('instrument'))

    def gaat_niet_een_terug():
        assert 'Ambiguous walk' in anna.flask('db', 'downgrade', mag_mislukken=True)

    for doe, gezegd in [
        (lambda: anna.kolom(TELEFOON), 'flask db migrate -m "telefoon"'),
        (lambda: anna.flask('db', 'migrate', '-m', 'telefoon'), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
        (lambda: bas.kolom(INSTRUMENT), KLAAR),
        (lambda: bas.migreer('instrument'), KLAAR),
        (lambda: anna.kolom(INSTRUMENT), 'Neem dat script over:'),
        (neem_script_over, 'flask db merge heads -m "samen"'),
        (lambda: anna.flask('db', 'merge', '-m', 'los'), 'Het doet niets.\nVerwijder het:'),
        (lambda: (anna.map / anna.script('los')).unlink(), 'flask db merge heads -m "samen"'),
        (lambda: anna.flask('db', 'merge', 'heads', '-m', 'samen'), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
        (gaat_niet_een_terug, KLAAR),
        (lambda: anna.flask('db', 'downgrade', begin), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
    ]:
        doe()
        assert gezegd in anna.wat_nu(), anna.wat_nu()
    is_goed(anna, LAATSTE)
    # De map van Bas is van Bas.
    is_goed(bas, LAATSTE)


def samengewerkt_met_de_map_van_bas_ernaast(w):
    samen_met_bas(w, TELEFOON, INSTRUMENT)
    (w.map.parent / 'bas').rename(w.map / 'bas')
    w.kolom(INSTRUMENT)
    w.flask('db', 'merge', 'heads', '-m', 'samen')
    w.flask('db', 'upgrade')
    # Van de eigen kolom is er geen regel en geen migratie meer over.
    w.vervang(f'    {TELEFOON}\n', '')
    w.migreer('weg')
    (w.map / 'oud').mkdir()
    for naam in (KOPIE, 'oud.sqlite', 'oud/data.sqlite'):
        shutil.copyfile(stand(GEBOORTEJAAR) / DATABASE, w.map / naam)


def het_eigen_script_na_dat_van_bas(w):
    van_bas = samen_met_bas(w, TELEFOON, INSTRUMENT)
    (w.map / van_bas).rename(w.map / 'bas.py')
    w.flask('db', 'downgrade')
    (w.map / 'bas.py').rename(w.map / van_bas)
    w.kolom(INSTRUMENT)
    herschrijf(w, 'down_revision = .*', "down_revision = 'b1'", 'migrations/versions/a1_nieuw.py')
    w.flask('db', 'upgrade')


@pytest.mark.parametrize(
    'doe', [samengewerkt_met_de_map_van_bas_ernaast, het_eigen_script_na_dat_van_bas]
)
def test_dit_is_geen_fout(leerling, doe):
    werk = leerling(LAATSTE)
    doe(werk)
    is_goed(werk, LAATSTE)
