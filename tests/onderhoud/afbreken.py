"""Breekt een upgrade keer op keer af, met en zonder wat deel C van VERDIEPING.md in de module zet.

    python tests/onderhoud/afbreken.py

Elke keer staat de database weer op de eerste revisie, met veel rijen. De upgrade gaat naar de
laatste, en zijn proces wordt onderweg gedood. Daarna moet er precies een revisie staan, met elke
rij, en een gewone `flask db upgrade` moet het afmaken. Een test doet dit twintig keer.
"""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from controle.naspelen import Kindproces, kopieer_database
from controle.tabellen import lees_schema
from meet import draai, om_en_om, omgeving, speel
from speel_les import Speler, lees
from spelen.dit_proces import draai_flask
from spelen.lestekst import VERDIEPING
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool
from stappen import DATABASE, DELEN, DELEN_NA, GEVULD, HERNOEMD, MODULE, TABEL

KEREN = 200
# Wie er in de tabel staat: naam en leeftijd.
CURSISTEN = [(f'Cursist {nummer}', nummer % 90) for nummer in range(50_000)]

# Telkens zoveel verder in de upgrade, en na het eind weer vooraan: zo liggen de momenten verspreid,
# hoeveel het er ook zijn.
GULDEN_SNEDE = 0.618034


def zet_events_erin(map_: Path) -> None:
    """Zet in de module wat deel C erin laat zetten, op het model na."""
    speler = Speler(map_)
    for blok in lees(VERDIEPING)[DELEN.index('C')].blokken:
        if blok.titel == MODULE and 'class ' not in blok.tekst():
            speler._python(blok)


@dataclass
class Begin:
    """Waar elke upgrade begint: een database van de eerste revisie, en hoe elke revisie hoort."""

    database: Path
    schemas: dict[str, dict]

    @property
    def head(self) -> str:
        return list(self.schemas)[-1]


def maak_begin(map_: Path, database: Path) -> Begin:
    """Maakt het begin met de migraties van een map van na stap 10; haar database gaat weg."""
    with Kindproces(map_) as kind:
        schemas = {stand.revisie: stand.schema for stand in kind.verslag().heen[1:]}
    (map_ / DATABASE).unlink()
    draai(map_, 'flask', 'db', 'upgrade', next(iter(schemas)))
    with closing(sqlite3.connect(map_ / DATABASE)) as verbinding, verbinding:
        vraag = f'INSERT INTO {TABEL} ({HERNOEMD.was}, {GEVULD.som_met}) VALUES (?, ?)'
        verbinding.executemany(vraag, CURSISTEN)
    (map_ / DATABASE).replace(database)
    return Begin(database, schemas)


@dataclass
class Stand:
    """Wat er in een database staat: of hij heel is, zijn revisies, zijn schema en de cursisten."""

    heel: bool
    versies: list[str]
    schema: dict
    cursisten: list[tuple[str, int]]


def kijk(database: Path) -> Stand:
    """Bekijkt een kopie, met wat er van een afgebroken upgrade nog naast ligt."""
    with tempfile.TemporaryDirectory() as tijdelijk:
        kopie = Path(tijdelijk, DATABASE)
        kopieer_database(database, kopie)
        adres = URL.create('sqlite', database=str(kopie))
        with create_engine(adres, poolclass=NullPool).connect() as verbinding:
            vraag = verbinding.exec_driver_sql
            schema = lees_schema(verbinding)
            er_zijn = schema[TABEL]['kolommen']
            naam = HERNOEMD.was if HERNOEMD.was in er_zijn else HERNOEMD.naam
            leeftijd = f'{GEVULD.som} - {GEVULD.naam}'
            if GEVULD.som_met in er_zijn:
                leeftijd = GEVULD.som_met
            rijen = vraag(f'SELECT {naam}, {leeftijd} FROM {TABEL} ORDER BY id')
            return Stand(
                cursisten=[tuple(rij) for rij in rijen],
                heel=vraag('PRAGMA integrity_check').scalars().all() == ['ok'],
                versies=vraag('SELECT version_num FROM alembic_version').scalars().all(),
                schema=schema,
            )


@dataclass
class Afgebroken:
    """Hoe een afgebroken upgrade de database achterliet, en of een gewone upgrade verder kon."""

    # Welk deel van de upgrade er op zat.
    deel: float
    heel: bool
    een_revisie: bool
    kwijt: int
    verder: bool


class Proef:
    """Een map van na stap 10, met een database die steeds weer van de eerste revisie komt."""

    def __init__(self, map_: Path, begin: Begin):
        self.map, self.begin = map_, begin
        self.duur = self.breek_af(None)

    @property
    def database(self) -> Path:
        return self.map / DATABASE

    def zet_terug(self) -> None:
        self.database.with_name(f'{DATABASE}-journal').unlink(missing_ok=True)
        shutil.copyfile(self.begin.database, self.database)

    def breek_af(self, na: float | None) -> float | None:
        """Doodt een upgrade zoveel seconden nadat hij aan zijn eerste script begon.

        Geeft de seconden die hij deed over alles, als hij dan al klaar was.
        """
        self.zet_terug()
        opdracht = [sys.executable, '-m', 'flask', 'db', 'upgrade']
        # Wat hij zegt past in een pijp: niemand hoeft alles te lezen.
        with subprocess.Popen(
            opdracht, cwd=self.map, env=omgeving(), stderr=subprocess.PIPE
        ) as proces:
            while b'Running upgrade' not in proces.stderr.readline():
                assert proces.poll() is None, 'De upgrade begon niet.'
            begin = time.perf_counter()
            try:
                proces.wait(na)
            except subprocess.TimeoutExpired:
                proces.kill()
                return None
            return time.perf_counter() - begin

    def keren(self, aantal: int) -> Iterator[Afgebroken]:
        """Breekt een upgrade zo vaak af, elke keer op een ander moment."""
        deel = 0.0
        while aantal:
            deel = (deel + GULDEN_SNEDE) % 1
            klaar = self.breek_af(deel * self.duur)
            stand = kijk(self.database)
            # Was hij al klaar, dan is er niets afgebroken.
            if klaar or stand.versies == [self.begin.head]:
                continue
            aantal -= 1
            yield Afgebroken(
                deel,
                stand.heel,
                [stand.schema] == [self.begin.schemas.get(versie) for versie in stand.versies],
                len(set(CURSISTEN) - set(stand.cursisten)),
                self._maakt_het_af(),
            )

    def _maakt_het_af(self) -> bool:
        """Of een gewone upgrade nu op de laatste revisie komt, met elke rij."""
        status, _ = draai_flask(self.map, ['db', 'upgrade'], omgeving())
        stand, head = kijk(self.database), self.begin.head
        goed = stand.heel and stand.schema == self.begin.schemas[head]
        return status == 0 and goed and stand.cursisten == CURSISTEN


def duur_van_upgrade(proef: Proef) -> float:
    """De seconden van een hele `flask db upgrade`."""
    proef.zet_terug()
    return draai(proef.map, 'flask', 'db', 'upgrade')


def main() -> None:
    with tempfile.TemporaryDirectory() as tijdelijk:
        zonder, met = Path(tijdelijk, 'zonder'), Path(tijdelijk, 'met')
        speel(zonder, DELEN_NA)
        begin = maak_begin(zonder, Path(tijdelijk, 'begin.sqlite'))
        shutil.copytree(zonder, met)
        zet_events_erin(met)
        proeven = {'zonder de events': Proef(zonder, begin), 'met de events': Proef(met, begin)}
        tijden = om_en_om(*(lambda p=p: duur_van_upgrade(p) for p in proeven.values()))
        print(f'Een upgrade met de events / zonder: {tijden[1] / tijden[0]:.2f}')
        for naam, proef in proeven.items():
            uitkomsten = list(proef.keren(KEREN))
            print(
                f'{naam}: {KEREN} keer afgebroken, {sum(not u.verder for u in uitkomsten)} keer '
                f'vast, {sum(not u.een_revisie for u in uitkomsten)} keer niet precies een '
                f'revisie, {sum(not u.heel for u in uitkomsten)} keer kapot, '
                f'{sum(u.kwijt for u in uitkomsten)} rijen kwijt.'
            )


if __name__ == '__main__':
    main()
