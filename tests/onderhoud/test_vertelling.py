"""Hoe de controle het vertelt: de tekens, de kleuren, de breedte en wat de leerling nu doet."""

import pytest
from beweringen import is_groen, stappen_met, wat_nu
from leerling import EERSTE, WOONPLAATS
from stappen import LAATSTE, STAPPEN


def test_een_uitgedeelde_map_is_groen_en_noemt_twee_wegen(uitgedeeld):
    resultaat = uitgedeeld.controle()
    is_groen(resultaat, EERSTE)
    gezegd = wat_nu(resultaat.stdout)
    assert f'stap {EERSTE} staat klaar' in gezegd
    assert f'Doe dan stap {EERSTE} in `LEERLING.md`' in gezegd
    assert f'stap {EERSTE + 1}, {STAPPEN[EERSTE].titel}, in `LEERLING.md`' in gezegd


def test_zonder_migratie_is_er_nog_niets_begonnen(leerling):
    resultaat = leerling(0).controle()
    assert resultaat.returncode == 0, resultaat.stdout
    assert stappen_met(resultaat.stdout, '·') == list(range(1, LAATSTE + 1))
    assert f'{LAATSTE} skipped' in resultaat.stdout
    assert 'flask db init' in wat_nu(resultaat.stdout)


@pytest.mark.parametrize('codering', ['ascii', 'cp1252', 'cp850'])
def test_een_terminal_zonder_vinkjes_krijgt_woorden(leerling, codering):
    werk = leerling(EERSTE)
    werk.kolom('één = db.Column(db.Text)')
    werk.sql("ALTER TABLE cursisten ADD COLUMN 'één' TEXT")
    resultaat = werk.controle(PYTHONIOENCODING=codering)
    assert resultaat.returncode == 1
    assert stappen_met(resultaat.stdout, 'af') == [EERSTE]
    assert stappen_met(resultaat.stdout, 'fout') == [EERSTE + 1]
    assert stappen_met(resultaat.stdout, '-') == list(range(EERSTE + 2, LAATSTE + 1))
    assert f'Wat nu: stap {EERSTE + 1}, ' in resultaat.stdout


def test_zonder_kleur_staan_er_geen_kleurcodes_in(leerling):
    werk = leerling(EERSTE)
    assert '\x1b[' not in werk.controle().stdout
    assert '\x1b[32m✓' in werk.controle('--color=yes').stdout


@pytest.mark.parametrize('kolommen', [40, 80])
def test_elke_zin_past_in_de_breedte_van_de_terminal(leerling, kolommen):
    werk = leerling(WOONPLAATS)
    werk.sql('DELETE FROM cursisten', "UPDATE alembic_version SET version_num = 'weg'")
    uitvoer = werk.controle(COLUMNS=str(kolommen)).stdout.partition('stand van zaken')[2]
    zinnen = [r for r in uitvoer.splitlines()[1:-2] if not r.startswith((' ', '✓', '✗', '·'))]
    assert len(zinnen) > 4
    for zin in zinnen:
        # Wat geen spatie heeft, zoals een lange bestandsnaam, kan niet worden afgebroken.
        assert len(zin) <= kolommen or ' ' not in zin
