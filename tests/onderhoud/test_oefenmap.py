"""Een database lezen die open is in een ander programma, of die geen database is.

Wat halverwege een wijziging is gedood staat in test_alles_of_niets.py, wat leeg of afgebroken is in
situaties/database.py, en wat niet te lezen is in test_pytest.py.
"""

import sqlite3
from contextlib import closing

from beweringen import inhoud, is_goed
from controle import tabellen
from leerling import NAAM_VOORAF, WOONPLAATS
from stappen import CURSISTEN, DATABASE, TABEL


def test_een_database_in_wal_wordt_goed_gelezen(leerling):
    werk = leerling(WOONPLAATS)
    with closing(sqlite3.connect(werk.database)) as open_verbinding:
        open_verbinding.execute('PRAGMA journal_mode = WAL')
        open_verbinding.execute(f"INSERT INTO {TABEL} ({NAAM_VOORAF.naam}) VALUES ('Noor')")
        open_verbinding.commit()
        assert werk.database.with_name(f'{DATABASE}-wal').stat().st_size > 0
        voor = inhoud(werk.map)
        is_goed(werk, WOONPLAATS)
        gelezen = tabellen.lees_database(werk.database)
        assert inhoud(werk.map) == voor
    assert (gelezen.rijen[TABEL], gelezen.bezig) == (len(CURSISTEN) + 1, False)


def test_wat_veel_te_groot_of_een_map_is_krijgt_een_zin(leerling, monkeypatch):
    werk = leerling(WOONPLAATS)
    monkeypatch.setattr(tabellen, 'GROOTSTE_DATABASE', 100_000)
    werk.database.write_bytes(bytes(200_000))
    te_groot = werk.wat_nu()
    assert f'`{DATABASE}` is veel te groot' in te_groot
    werk.database.unlink()
    werk.database.mkdir()
    een_map = werk.wat_nu()
    assert f'`{DATABASE}` is geen database' in een_map
    assert 'flask db upgrade' not in te_groot + een_map
