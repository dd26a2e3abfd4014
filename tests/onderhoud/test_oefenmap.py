"""Een map en een database lezen: wat er staat, ook als het half af, kapot of op slot is."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from beweringen import inhoud, is_goed
from controle import tabellen
from controle.tabellen import lees_database
from leerling import NAAM_VOORAF, WOONPLAATS
from stappen import CURSISTEN, DATABASE, TABEL

RIJ_ERBIJ = f'INSERT INTO {TABEL} ({NAAM_VOORAF.naam}) VALUES (?)'


def test_een_database_in_wal_wordt_goed_gelezen(leerling):
    werk = leerling(WOONPLAATS)
    with closing(sqlite3.connect(werk.database)) as open_verbinding:
        open_verbinding.execute('PRAGMA journal_mode = WAL')
        open_verbinding.execute(RIJ_ERBIJ, ('Noor',))
        open_verbinding.commit()
        assert werk.database.with_name(f'{DATABASE}-wal').stat().st_size > 0
        voor = inhoud(werk.map)
        is_goed(werk, WOONPLAATS)
        gelezen = lees_database(werk.database)
        assert inhoud(werk.map) == voor
    assert (gelezen.rijen[TABEL], gelezen.bezig) == (len(CURSISTEN) + 1, False)


def test_een_database_met_een_half_afgemaakte_wijziging_wordt_goed_gelezen(leerling):
    werk, ander = leerling(WOONPLAATS), leerling(WOONPLAATS, 'ander')
    with closing(sqlite3.connect(ander.database)) as bezig:
        # Met zo weinig geheugen schrijft SQLite al voor de commit in de database.
        bezig.execute('PRAGMA cache_size = 1')
        bezig.execute(f'DELETE FROM {TABEL}')
        bezig.executemany(RIJ_ERBIJ, [('Noor' * 500,)] * 200)
        for naam in (DATABASE, f'{DATABASE}-journal'):
            shutil.copyfile(ander.map / naam, werk.map / naam)
    assert werk.database.stat().st_size > 100_000
    voor = inhoud(werk.map)
    assert f'{DATABASE}-journal' in is_goed(werk, WOONPLAATS)
    gelezen = lees_database(werk.database)
    assert inhoud(werk.map) == voor
    assert (gelezen.rijen[TABEL], gelezen.bezig) == (len(CURSISTEN), True)


def wordt_een_map(pad: Path) -> None:
    pad.unlink()
    pad.mkdir()
    (pad / 'iets.txt').touch()


# Wat er met een databasebestand gebeurde, hoe de controle dat noemt, en wat zij daarover zegt.
KAPOT = {
    'weg': (Path.unlink, 'ontbreekt', 'is er niet'),
    'leeg': (lambda pad: pad.write_bytes(b''), 'leeg', 'is leeg'),
    'half': (lambda pad: os.truncate(pad, 5000), 'geen database', 'is geen database'),
    'tekst': (lambda pad: pad.write_text('id,naam\n' * 500), 'geen database', 'is geen database'),
    'map': (wordt_een_map, 'geen database', 'is geen database'),
    'te groot': (lambda pad: pad.write_bytes(bytes(200_000)), 'te groot', 'is veel te groot'),
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
    assert f'`{DATABASE}` {woorden}' in gezegd
    assert ('flask db upgrade' in gezegd) == (toestand in ('ontbreekt', 'leeg'))
    assert inhoud(werk.map) == voor
