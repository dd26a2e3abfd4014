"""Een map en een database lezen: wat er staat, ook als het half af, kapot of op slot is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from beweringen import inhoud, is_goed, noemt
from controle import tabellen
from controle.tabellen import lees_database
from leerling import WOONPLAATS
from stappen import CURSISTEN, DATABASE, TABEL


def test_een_database_in_wal_wordt_goed_gelezen(leerling):
    werk = leerling(WOONPLAATS)
    with closing(sqlite3.connect(werk.database)) as open_verbinding:
        open_verbinding.execute('PRAGMA journal_mode = WAL')
        open_verbinding.execute("INSERT INTO cursisten (naam) VALUES ('Noor')")
        open_verbinding.commit()
        assert werk.database.with_name(f'{DATABASE}-wal').stat().st_size > 0
        voor = inhoud(werk.map)
        is_goed(werk, WOONPLAATS)
        gelezen = lees_database(werk.database)
        assert inhoud(werk.map) == voor
    assert gelezen.rijen[TABEL] == len(CURSISTEN) + 1
    assert not gelezen.bezig


def test_een_database_met_een_half_afgemaakte_wijziging_wordt_goed_gelezen(leerling):
    werk, ander = leerling(WOONPLAATS), leerling(WOONPLAATS, 'ander')
    with closing(sqlite3.connect(ander.database)) as bezig:
        # Met zo weinig geheugen schrijft SQLite al voor de commit in de database.
        bezig.execute('PRAGMA cache_size = 1')
        bezig.execute('DELETE FROM cursisten')
        bezig.executemany(
            'INSERT INTO cursisten (naam) VALUES (?)', [('Noor' * 500,) for _ in range(200)]
        )
        for naam in (DATABASE, f'{DATABASE}-journal'):
            shutil.copyfile(ander.map / naam, werk.map / naam)
    assert werk.database.stat().st_size > 100_000
    voor = inhoud(werk.map)
    assert f'{DATABASE}-journal' in is_goed(werk, WOONPLAATS)
    gelezen = lees_database(werk.database)
    assert inhoud(werk.map) == voor
    assert gelezen.rijen[TABEL] == len(CURSISTEN)
    assert gelezen.bezig


# Een databasebestand dat niet te lezen is: wat ermee gebeurde, hoe de controle dat noemt, en wat
# `Wat nu` daarover zegt.
KAPOT = {
    'weg': (Path.unlink, 'ontbreekt', ['is er niet', 'flask db upgrade']),
    'leeg': (lambda pad: pad.write_bytes(b''), 'leeg', ['is leeg', 'flask db upgrade']),
    'half': (
        lambda pad: pad.write_bytes(pad.read_bytes()[:5000]),
        'geen database',
        ['is geen database'],
    ),
    'tekst': (
        lambda pad: pad.write_bytes(b'id,naam\n1,Joyce\n' * 500),
        'geen database',
        ['is geen database'],
    ),
    'map': (
        lambda pad: (pad.unlink(), pad.mkdir(), (pad / 'iets.txt').touch()),
        'geen database',
        ['is geen database'],
    ),
    'te groot': (lambda pad: pad.write_bytes(bytes(200_000)), 'te groot', ['is veel te groot']),
}


@pytest.mark.parametrize(('bederf', 'toestand', 'woorden'), KAPOT.values(), ids=KAPOT)
def test_een_kapotte_database_krijgt_een_duidelijke_zin(
    leerling, monkeypatch, bederf, toestand, woorden
):
    werk = leerling(WOONPLAATS)
    bederf(werk.database)
    monkeypatch.setattr(tabellen, 'GROOTSTE_DATABASE', 100_000)
    voor = inhoud(werk.map)
    assert lees_database(werk.database).toestand == toestand
    gezegd = werk.wat_nu()
    assert f'`{DATABASE}` {woorden[0]}' in gezegd
    noemt(gezegd, *woorden)
    assert inhoud(werk.map) == voor
