"""Leest een database: de tabellen, en wat er in de rijen te zien is.

Van data.sqlite wordt een kopie geopend; het origineel gaat niet open.
"""

import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Inspector, create_engine, inspect
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool
from stappen import DATABASE, HERNOEMD, NU

from controle.naspelen import kopieer_database

# Een kolom die rekent kan een waarde groter maken dan het geheugen.
GROOTSTE_WAARDE = 50_000_000

# Een oefendatabase is tientallen kB; dit houdt een verdwaalde film buiten de deur.
GROOTSTE_DATABASE = 200_000_000


@dataclass
class Database:
    """Wat er in data.sqlite staat.

    `toestand` is 'goed', 'ontbreekt', 'leeg', 'te groot', 'onleesbaar' of 'geen database'.
    """

    toestand: str
    schema: dict = field(default_factory=dict)
    # De revisies in de versietabel die de app gebruikt; None als die tabel er niet is.
    versies: list[str] | None = None
    # De revisies in elke tabel die een versietabel kan zijn.
    versietabellen: dict[str, list[str]] = field(default_factory=dict)
    # Per tabel het aantal rijen, en per kolom in hoeveel rijen een waarde staat.
    rijen: dict[str, int] = field(default_factory=dict)
    gevuld: dict[str, dict[str, int]] = field(default_factory=dict)
    # Per tabel de kolommen waarin letterlijk CURRENT_TIMESTAMP staat.
    tekst_nu: dict[str, list[str]] = field(default_factory=dict)
    # Of een ander programma midden in een wijziging zit.
    bezig: bool = False

    def heeft_eigen_waarden(self, tabel: str, kolom: str) -> bool:
        """Of in een kolom iets staat wat de database er niet zelf in zette."""
        inhoud = kolommen_van(self.schema, tabel).get(kolom)
        return bool(inhoud and inhoud['standaard'] is None and self.gevuld[tabel][kolom])


def lees_database(pad: Path) -> Database:
    """Leest een kopie van de database `pad`."""
    if not pad.is_file():
        return Database('geen database' if pad.exists() else 'ontbreekt')
    grootte = pad.stat().st_size
    if grootte == 0:
        return Database('leeg')
    if grootte > GROOTSTE_DATABASE:
        return Database('te groot')
    with tempfile.TemporaryDirectory(prefix='oefenmap-') as tijdelijk:
        kopie = Path(tijdelijk, DATABASE)
        try:
            bezig = kopieer_database(pad, kopie)
            engine = create_engine(URL.create('sqlite', database=str(kopie)), poolclass=NullPool)
            with engine.connect() as verbinding:
                return _lees_tabellen(verbinding, bezig)
        except OSError:
            return Database('onleesbaar')
        except DatabaseError:
            return Database('geen database')


def _lees_tabellen(verbinding: Connection, bezig: bool) -> Database:
    sqlite = verbinding.connection.driver_connection
    sqlite.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, GROOTSTE_WAARDE)
    # Tekst in een andere codering is ook een waarde.
    sqlite.text_factory = lambda b: b.decode(errors='replace')
    database = Database('goed', lees_schema(verbinding), bezig=bezig)
    for tabel in set(inspect(verbinding).get_table_names()) - database.schema.keys():
        rijen = verbinding.exec_driver_sql(f'SELECT * FROM {citeer(verbinding, tabel)}')
        database.versietabellen[tabel] = sorted(rijen.scalars())
    for tabel, inhoud in database.schema.items():
        kolommen = inhoud['kolommen']
        geciteerd = [citeer(verbinding, kolom) for kolom in kolommen]
        tellingen = ''.join(f", count({k}), sum({k} = '{NU}')" for k in geciteerd)
        vraag = f'SELECT count(*){tellingen} FROM {citeer(verbinding, tabel)}'
        try:
            aantal, *antwoord = verbinding.exec_driver_sql(vraag).one()
        except OperationalError:
            database.schema[tabel], kolommen, aantal, antwoord = NIET_TE_OPENEN, (), 0, ()
        database.rijen[tabel] = aantal
        database.gevuld[tabel] = dict(zip(kolommen, antwoord[::2], strict=True))
        database.tekst_nu[tabel] = [k for k, nu in zip(kolommen, antwoord[1::2], strict=True) if nu]
    return database


# Welke rijen een kolom niet uniek of niet verplicht laten worden.
IN_DE_WEG = {
    'UNIQUE': '{kolom} IS NOT NULL GROUP BY {kolom} HAVING count(*) > 1',
    'NOT NULL': '{kolom} IS NULL GROUP BY {kolom}',
}


def rijen_in_de_weg(pad: Path, wat: str, tabel: str, kolom: str) -> tuple[str, str] | None:
    """De waarde en de rijen in database `pad` waar 'UNIQUE' of 'NOT NULL' op stuit: nummer en naam.

    None als die er niet zijn, of als een eerder script de kolom nog maakt.
    """
    # Een kolom die er niet is, is tussen dubbele aanhalingstekens een tekst.
    waar = IN_DE_WEG[wat].format(kolom=f'[{kolom}]')
    vraag = f"SELECT [{kolom}], group_concat({{}}, ', ') FROM [{tabel}] WHERE {waar} LIMIT 1"
    with tempfile.TemporaryDirectory(prefix='oefenmap-') as tijdelijk:
        kopieer_database(pad, kopie := Path(tijdelijk, DATABASE))
        with closing(sqlite3.connect(kopie)) as verbinding, suppress(sqlite3.Error):
            kolommen = [rij[1] for rij in verbinding.execute(f'PRAGMA table_info([{tabel}])')]
            namen = [naam for naam in (HERNOEMD.naam, HERNOEMD.was) if naam in kolommen]
            wie = ''.join(f" || coalesce(' (' || {naam} || ')', '')" for naam in namen)
            return verbinding.execute(vraag.format(f'rowid{wie}')).fetchone()
    return None


def citeer(verbinding: Connection, naam: str) -> str:
    """De naam van een tabel of kolom, zoals hij in SQL mag staan."""
    return verbinding.dialect.identifier_preparer.quote_identifier(naam)


def lees_schema(verbinding: Connection) -> dict:
    """Het schema van een database, zoals de inspector van SQLAlchemy het ziet.

    Per tabel: `kolommen` (naam -> type, null, standaard), `sleutel`, `uniek` (elke rij
    kolommen die samen uniek zijn, door een constraint of een index), `verwijst_naar` en
    `indexen`. Namen van constraints en de volgorde van de kolommen tellen niet mee.
    """
    kijker = inspect(verbinding)
    schema = {}
    for tabel in kijker.get_table_names():
        try:
            schema[tabel] = _lees_tabel(kijker, tabel)
        except OperationalError:
            schema[tabel] = NIET_TE_OPENEN
    # Zo ziet alleen een versietabel van Alembic eruit, hoe hij ook heet.
    return {
        t: inhoud for t, inhoud in schema.items() if list(inhoud['kolommen']) != ['version_num']
    }


# Een tabel die SQLite kent maar niet kan openen, zoals een virtuele waar een deel van weg is.
NIET_TE_OPENEN = {'kolommen': {}, 'sleutel': [], 'uniek': [], 'verwijst_naar': [], 'indexen': []}


def _lees_tabel(kijker: Inspector, tabel: str) -> dict:
    indexen = [i for i in kijker.get_indexes(tabel) if None not in i['column_names']]
    uniek = [c['column_names'] for c in kijker.get_unique_constraints(tabel)]
    uniek += [index['column_names'] for index in indexen if index['unique']]
    return {
        'kolommen': {
            kolom['name']: {
                'type': str(kolom['type']),
                'null': kolom['nullable'],
                'standaard': standaard_in_een_rij(kolom['default']),
            }
            for kolom in kijker.get_columns(tabel)
        },
        'sleutel': kijker.get_pk_constraint(tabel)['constrained_columns'],
        # Een constraint en een index op dezelfde kolommen zijn samen een keer uniek.
        'uniek': [list(kolommen) for kolommen in sorted(set(map(tuple, uniek)))],
        'verwijst_naar': sorted(
            [
                sleutel['constrained_columns'],
                sleutel['referred_table'],
                sleutel['referred_columns'] or ['id'],
            ]
            for sleutel in kijker.get_foreign_keys(tabel)
        ),
        'indexen': sorted(i['column_names'] for i in indexen if not i['unique']),
    }


@cache
def standaard_in_een_rij(tekst: str | None) -> str | None:
    """Wat een standaardwaarde in een rij zet: ("x") wordt 'x', en elk nu wordt NU."""
    if tekst is None:
        return None
    tekst = tekst.strip()
    while tekst.startswith('(') and tekst.endswith(')'):
        tekst = tekst[1:-1].strip()
    if tekst.startswith('"') and tekst.endswith('"'):
        return f"'{tekst[1:-1]}'"
    if tekst.startswith("'"):
        return tekst
    with closing(sqlite3.connect(':memory:')) as leeg:
        try:
            is_nu = leeg.execute(IS_NU.format(tekst)).fetchone()[0]
        except (sqlite3.Error, sqlite3.Warning):
            # Deze SQLite kent de functie niet, of er staat iets anders dan een waarde.
            is_nu = False
    return NU if is_nu else tekst.upper()


# Of een uitdrukking het tijdstip van nu geeft, als tekst die Python als tijdstip leest.
IS_NU = """
    SELECT typeof(waarde) = 'text' AND waarde LIKE '____-__-__ __:__:__%'
        AND datetime(waarde) IN (CURRENT_TIMESTAMP, datetime('now', 'localtime'))
    FROM (SELECT {} AS waarde)
"""


def kolommen_van(schema: dict, tabel: str) -> dict:
    """De kolommen van een tabel; leeg als de tabel er niet is."""
    return schema.get(tabel, {}).get('kolommen', {})


def alle_kolommen(schema: dict) -> list[tuple[str, str]]:
    """Elke kolom van elke tabel, als (tabel, kolom)."""
    return [(tabel, kolom) for tabel, inhoud in schema.items() for kolom in inhoud['kolommen']]
