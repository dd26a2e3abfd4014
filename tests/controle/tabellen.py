"""Leest een database: de tabellen, en wat er in de rijen te zien is.

Van data.sqlite wordt een kopie geopend; het origineel gaat niet open.
"""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Inspector, create_engine, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool
from stappen import DATABASE, NU

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
    # Per tabel en kolom een waarde die er meer dan eens staat, en de id's van die rijen.
    dubbel: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    # Per tabel de kolommen waarin letterlijk CURRENT_TIMESTAMP staat.
    tekst_nu: dict[str, list[str]] = field(default_factory=dict)
    # Elke view en trigger: soort, naam, de tabel waar een trigger op staat, en zijn SQL.
    views: list[tuple[str, str, str, str]] = field(default_factory=list)
    # Of een ander programma midden in een wijziging zit.
    bezig: bool = False


def lees_database(pad: Path) -> Database:
    """Leest een kopie van de database `pad`."""
    if not pad.exists():
        return Database('ontbreekt')
    if not pad.is_file():
        return Database('geen database')
    grootte = pad.stat().st_size
    if grootte == 0:
        return Database('leeg')
    if grootte > GROOTSTE_DATABASE:
        return Database('te groot')
    with tempfile.TemporaryDirectory(prefix='oefenmap-') as tijdelijk:
        kopie = Path(tijdelijk, DATABASE)
        try:
            bezig = kopieer_database(pad, kopie)
        except OSError:
            return Database('onleesbaar')
        try:
            engine = create_engine(URL.create('sqlite', database=str(kopie)), poolclass=NullPool)
            with engine.connect() as verbinding:
                database = _lees_tabellen(verbinding)
        except DatabaseError:
            return Database('geen database')
    database.bezig = bezig
    return database


def _lees_tabellen(verbinding: Connection) -> Database:
    sqlite = verbinding.connection.driver_connection
    sqlite.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, GROOTSTE_WAARDE)
    # Tekst in een andere codering is ook een waarde.
    sqlite.text_factory = lambda b: b.decode(errors='replace')
    database = Database('goed', schema=lees_schema(verbinding))
    vraag = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')"
    database.views = [tuple(rij) for rij in verbinding.exec_driver_sql(vraag)]
    for tabel in set(inspect(verbinding).get_table_names()) - database.schema.keys():
        rijen = verbinding.exec_driver_sql(f'SELECT * FROM {citeer(verbinding, tabel)}')
        database.versietabellen[tabel] = sorted(rijen.scalars())
    for tabel, inhoud in database.schema.items():
        geciteerd = {kolom: citeer(verbinding, kolom) for kolom in inhoud['kolommen']}
        tellingen = [
            f"count({k}), count(DISTINCT {k}), sum({k} = '{NU}')" for k in geciteerd.values()
        ]
        vraag = f'SELECT count(*), {", ".join(tellingen)} FROM {citeer(verbinding, tabel)}'
        aantal, *antwoord = verbinding.exec_driver_sql(vraag).one()
        database.rijen[tabel] = aantal
        per_kolom = dict(zip(geciteerd, zip(*[iter(antwoord)] * 3, strict=True), strict=True))
        database.gevuld[tabel] = {kolom: gevuld for kolom, (gevuld, *_) in per_kolom.items()}
        database.dubbel[tabel] = {
            k: _eerste_dubbele(verbinding, tabel, k)
            for k, (gevuld, soorten, _) in per_kolom.items()
            if soorten < gevuld
        }
        database.tekst_nu[tabel] = [k for k, (*_, tekst_nu) in per_kolom.items() if tekst_nu]
    return database


def _eerste_dubbele(verbinding: Connection, tabel: str, kolom: str) -> tuple[str, str]:
    """Een waarde die meer dan eens in een kolom staat, en de rijen: hun sleutel."""
    tabel, kolom = citeer(verbinding, tabel), citeer(verbinding, kolom)
    vraag = f"""
        SELECT {kolom}, group_concat(rowid, ', ') FROM {tabel}
        WHERE {kolom} IS NOT NULL GROUP BY {kolom} HAVING count(*) > 1 LIMIT 1
    """
    return tuple(map(str, verbinding.exec_driver_sql(vraag).one()))


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
    return {
        tabel: _lees_tabel(kijker, tabel)
        for tabel in kijker.get_table_names()
        # Zo ziet alleen een versietabel van Alembic eruit, hoe hij ook heet.
        if [kolom['name'] for kolom in kijker.get_columns(tabel)] != ['version_num']
    }


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
