"""Een eigen PostgreSQL-server voor wie deel D speelt: alleen op deze computer, en tijdelijk."""

import os
import re
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

# .ci/run zoekt naar het begin van deze zin.
NIET_GEDRAAID = 'NIET GEDRAAID MET POSTGRESQL: `initdb` is hier niet te vinden.'


class Server:
    def __init__(self, programmas: Path):
        self.programmas = programmas
        self.map = Path(tempfile.mkdtemp(prefix='postgresql-'))
        # De server weigert root: dan draait hij als de gebruiker die bij het pakket hoort.
        self.wie = {}
        if hasattr(os, 'geteuid') and os.geteuid() == 0:
            self.wie = {'user': 'postgres', 'group': 'postgres', 'extra_groups': []}
            shutil.chown(self.map, 'postgres')
        with socket.socket() as vrij:
            vrij.bind(('localhost', 0))
            self.poort = vrij.getsockname()[1]
        wachtwoord = self.map / 'wachtwoord'
        wachtwoord.write_text(BEHEERDER['password'], encoding='utf-8')
        self._draai(
            *('initdb', '-E', 'UTF8', '--no-locale', '--no-sync', '-A', 'scram-sha-256'),
            *('-U', BEHEERDER['user'], f'--pwfile={wachtwoord}'),
        )
        # Wat erin staat mag verloren gaan (-F); en hij luistert alleen op deze computer.
        opties = f'-F -h localhost -p {self.poort} -c unix_socket_directories='
        self._draai('pg_ctl', '-l', self.map / 'log', '-o', opties, '-w', 'start')

    def stop(self) -> None:
        self._draai('pg_ctl', '-m', 'immediate', '-w', 'stop')
        shutil.rmtree(self.map)

    def _draai(self, naam: str, *opties: str | Path) -> None:
        # Zonder DEVNULL wacht Python op de server, die de uitvoer openhoudt.
        subprocess.run(
            [self.programmas / naam, '-D', self.map / 'data', *opties],
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
    return Server(gevonden[-1])


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
    maak = sql_in(hoofdstuk)
    with server().beheer() as beheer:
        # Eerst weg wat er van een vorige keer is: de database, en dan pas zijn eigenaar.
        for soort, naam in re.findall(r'CREATE (\w+) (\w+)', '\n'.join(maak))[::-1]:
            met = ' WITH (FORCE)' if soort == 'DATABASE' else ''
            beheer.execute(f'DROP {soort} IF EXISTS {naam}{met}')
        for opdracht in maak:
            beheer.execute(opdracht)
    # Het adres in de les noemt geen poort: dan kiest de driver deze.
    return {'PGPORT': str(server().poort)}
