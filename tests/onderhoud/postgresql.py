"""Een eigen PostgreSQL-server voor wie deel D speelt: alleen op deze computer, en tijdelijk."""

import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path

import pytest
from spelen.lestekst import Hoofdstuk

# De beheerder; hij en zijn wachtwoord bestaan alleen in deze server.
BEHEERDER = {'host': 'localhost', 'user': 'beheerder', 'password': 'les'}

INSTELLINGEN = """
port = {poort}
listen_addresses = 'localhost'
unix_socket_directories = ''
# Wat erin staat, mag verloren gaan.
fsync = off
# Zo is te zien of er iemand verbinding maakte.
log_connections = on
"""

# .ci/run zoekt naar het begin van deze zin.
NIET_GEDRAAID = 'NIET GEDRAAID MET POSTGRESQL: `initdb` is hier niet te vinden.'


class Server:
    def __init__(self, programmas: Path):
        self.programmas = programmas
        self.map = Path(tempfile.mkdtemp(prefix='postgresql-'))
        self.log = self.map / 'log'
        with socket.socket() as vrij:
            vrij.bind(('localhost', 0))
            self.poort = vrij.getsockname()[1]
        # De server weigert root: dan draait hij als de gebruiker die bij het pakket hoort.
        self.wie = {}
        if hasattr(os, 'geteuid') and os.geteuid() == 0:
            self.wie = {'user': 'postgres', 'group': 'postgres', 'extra_groups': []}
            shutil.chown(self.map, 'postgres')

    def start(self) -> None:
        wachtwoord, data = self.map / 'wachtwoord', self.map / 'data'
        wachtwoord.write_text(BEHEERDER['password'], encoding='utf-8')
        self._draai(
            *('initdb', '-D', data, '-E', 'UTF8', '--no-locale', '--no-sync'),
            *('-A', 'scram-sha-256', '-U', BEHEERDER['user'], f'--pwfile={wachtwoord}'),
        )
        with (data / 'postgresql.conf').open('a', encoding='utf-8') as instellingen:
            instellingen.write(INSTELLINGEN.format(poort=self.poort))
        self._draai('pg_ctl', '-D', data, '-l', self.log, '-w', 'start')

    def stop(self) -> None:
        self._draai('pg_ctl', '-D', self.map / 'data', '-m', 'immediate', '-w', 'stop')
        shutil.rmtree(self.map)

    def _draai(self, naam: str, *opties: str | Path) -> None:
        # Zonder DEVNULL wacht Python op de server, die de uitvoer openhoudt.
        subprocess.run(
            [self.programmas / naam, *opties],
            cwd=self.map,
            stdout=subprocess.DEVNULL,
            check=True,
            **self.wie,
        )

    def beheer(self, database: str = 'postgres') -> object:
        """Een verbinding van de beheerder."""
        # Pas hier: wie geen server heeft, hoeft ook de driver niet te laden.
        from psycopg import connect

        return connect(**BEHEERDER, dbname=database, port=self.poort, autocommit=True)


@cache
def server() -> Server:
    """De server van dit proces; wie hem het eerst nodig heeft, start hem."""
    op_het_pad = shutil.which('initdb')
    # Debian zet de programma's niet op het pad. In Wine zijn ze ook te zien, en doen ze niets.
    gevonden = sorted(Path('/usr/lib/postgresql').glob('*/bin')) if os.name == 'posix' else []
    gevonden += [Path(op_het_pad).resolve().parent] if op_het_pad else []
    if not gevonden:
        warnings.warn(NIET_GEDRAAID, stacklevel=2)
        pytest.skip(NIET_GEDRAAID)
    eigen = Server(gevonden[-1])
    eigen.start()
    return eigen


def stop() -> None:
    """Stopt de server, als hij gestart is."""
    if server.cache_info().currsize:
        server().stop()
        server.cache_clear()


def sql_in(hoofdstuk: Hoofdstuk) -> list[str]:
    """Wat de beheerder van de server typt; zonder dat gebruikt een hoofdstuk geen server."""
    return [regel for blok in hoofdstuk.blokken if blok.soort == 'sql' for _, regel in blok.regels]


def verse_server(hoofdstuk: Hoofdstuk) -> dict[str, str]:
    """Een server met alleen wat de beheerder maakt; geeft de omgeving die ernaar wijst."""
    with server().beheer() as beheer:
        databases = "SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template.)$'"
        for (naam,) in beheer.execute(databases).fetchall():
            beheer.execute(f'DROP DATABASE {naam} WITH (FORCE)')
        rollen = "SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname NOT LIKE 'pg\\_%'"
        for (naam,) in beheer.execute(rollen).fetchall():
            beheer.execute(f'DROP ROLE {naam}')
        for opdracht in sql_in(hoofdstuk):
            beheer.execute(opdracht)
    # Het adres in de les noemt geen poort: dan kiest de driver deze.
    return {'PGPORT': str(server().poort)}
