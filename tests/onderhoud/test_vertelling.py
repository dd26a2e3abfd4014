"""Hoe de controle het vertelt: de tekens, de kleuren, de breedte en wat de leerling nu doet."""

import pytest
from beweringen import is_groen, noemt, stappen_met, toestanden
from controle.vertelling import TEKENS, WOORDEN, stand_van_zaken, tekens
from leerling import EERSTE, WOONPLAATS
from stappen import LAATSTE, STAPPEN, TABEL


def te_lang(regels: list[str], breedte: int) -> list[str]:
    """De zinnen die niet passen; wat geen spatie heeft, zoals een bestandsnaam, is een geheel."""
    return [r for r in regels if len(r) >= breedte and ' ' in r and r.lstrip() == r]


def test_een_uitgedeelde_map_is_groen_en_noemt_twee_wegen(uitgedeeld):
    resultaat = uitgedeeld.controle(COLUMNS='40')
    is_groen(resultaat, EERSTE)
    assert f'{EERSTE} passed, {LAATSTE - EERSTE} skipped' in resultaat.stdout
    assert '\x1b[' not in resultaat.stdout
    noemt(
        resultaat.stdout,
        f'stap {EERSTE} staat klaar',
        f'Doe dan stap {EERSTE} in `LEERLING.md`',
        f'stap {EERSTE + 1}, {STAPPEN[EERSTE].titel}, in `LEERLING.md`',
    )
    assert te_lang(resultaat.stdout[resultaat.stdout.index('Wat nu') :].splitlines()[:-1], 40) == []


def test_zonder_migratie_is_er_nog_niets_begonnen(leerling):
    w = leerling(0)
    assert toestanden(w.oordeel()) == ['niet'] * LAATSTE
    noemt(w.wat_nu(), 'flask db init')


def test_een_terminal_zonder_vinkjes_krijgt_woorden_en_een_met_kleur_kleuren(leerling):
    for codering in ('ascii', 'cp1252', 'cp850'):
        assert tekens(codering) == WOORDEN
    assert tekens('utf-8') == TEKENS
    w = leerling(EERSTE)
    w.kolom('één = db.Column(db.Text)')
    w.sql(f"ALTER TABLE {TABEL} ADD COLUMN 'één' TEXT")
    resultaat = w.controle('--color=yes', PYTHONIOENCODING='ascii')
    assert resultaat.returncode == pytest.ExitCode.TESTS_FAILED
    gekleurd = resultaat.stdout
    uitvoer = gekleurd.replace('\x1b[32m', '').replace('\x1b[31m', '')
    assert gekleurd.count('\x1b[32maf ') == gekleurd.count('\x1b[31mfout ') == 1
    assert stappen_met(uitvoer, 'af') == [EERSTE]
    assert stappen_met(uitvoer, 'fout') == [EERSTE + 1]
    assert stappen_met(uitvoer, '-') == list(range(EERSTE + 2, LAATSTE + 1))
    assert f'Wat nu: stap {EERSTE + 1}, ' in uitvoer


@pytest.mark.parametrize('breedte', [40, 80])
def test_elke_zin_past_en_elk_commando_blijft_heel(leerling, breedte):
    w = leerling(EERSTE)
    w.model_van(WOONPLAATS)
    w.script_van(WOONPLAATS)
    w.sql(f'DELETE FROM {TABEL}')
    verslag = stand_van_zaken(w.oordeel(), breedte, 'utf-8')
    regels = '\n'.join(regel for regel, _ in verslag).splitlines()[LAATSTE:]
    assert '    flask db upgrade' in regels
    assert len([regel for regel in regels if ' ' in regel.strip()]) > 4
    assert te_lang(regels, breedte) == []
