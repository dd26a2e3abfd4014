"""Wat de docent uitdeelt: de database, de migraties, de pakketten en de les passen bij elkaar."""

import re
import shlex
import sqlite3
import subprocess
import zipfile
from contextlib import closing

from beweringen import inhoud
from controle.tabellen import lees_database
from speel_les import PROJECT
from stappen import CURSISTEN, LAATSTE, kolommen_na

RIJEN = [(id_, *rij.values()) for id_, rij in enumerate(CURSISTEN, 1)]


def test_de_uitgedeelde_database_is_wat_een_upgrade_en_de_rijen_van_de_les_geven(uitgedeeld):
    werk = uitgedeeld
    with closing(sqlite3.connect(werk.database)) as verbinding:
        assert verbinding.execute('SELECT * FROM cursisten').fetchall() == RIJEN
    gelezen = lees_database(werk.database)
    assert gelezen.toestand == 'goed'
    werk.flask('db', 'check')
    werk.database.unlink()
    werk.flask('db', 'upgrade')
    with closing(sqlite3.connect(werk.database)) as verbinding, verbinding:
        verbinding.executemany('INSERT INTO cursisten VALUES (?, ?, ?)', RIJEN)
    assert lees_database(werk.database) == gelezen


def test_de_uitgedeelde_migrations_is_wat_flask_db_init_en_migrate_maken(uitgedeeld, leerling):
    vers = leerling(0)
    vers.flask('db', 'init')
    gemaakt = inhoud(vers.map / 'migrations')
    uit = inhoud(uitgedeeld.map / 'migrations')
    assert {naam: uit.get(naam) for naam in gemaakt} == gemaakt
    vers.flask('db', 'migrate', '-m', 'eerste migratie')

    def zonder_id_en_tijd(werk):
        (pad,) = werk.versions.glob('*.py')
        tekst = pad.read_text(encoding='utf-8').replace(pad.name.partition('_')[0], 'ID')
        return re.sub(r'Create Date: .*', '', tekst)

    assert zonder_id_en_tijd(vers) == zonder_id_en_tijd(uitgedeeld)


def test_elk_pakket_heeft_een_vaste_versie():
    tekst = (PROJECT / 'requirements.txt').read_text(encoding='utf-8')
    regels = [r for r in tekst.splitlines() if r and not r.startswith('#')]
    pakketten = {naam.lower(): versie for naam, _, versie in (r.partition('==') for r in regels)}
    assert set(pakketten) == {
        'flask', 'flask-sqlalchemy', 'flask-migrate', 'pytest', 'sqlalchemy', 'alembic'
    }  # fmt: skip
    assert all(re.fullmatch(r'\d+(\.\d+)+', versie) for versie in pakketten.values())


def test_elke_kolom_staat_in_de_les_zoals_een_hint_hem_noemt():
    les = (PROJECT / 'LEERLING.md').read_text(encoding='utf-8')
    regels = {regel.strip() for regel in les.splitlines()}
    ontbreekt = {
        kolom.regel
        for nummer in range(1, LAATSTE + 1)
        for kolom in kolommen_na(nummer).values()
        if kolom.regel not in regels
    }
    assert ontbreekt == set()


def test_de_zip_van_de_readme_heeft_alles_en_niets_voor_de_docent(uitgedeeld, tmp_path):
    readme = (PROJECT / 'README.md').read_text(encoding='utf-8')
    (opdracht,) = re.findall(r'\$ (git archive .*)', readme)
    delen = [tmp_path / 'les.zip' if deel == 'les.zip' else deel for deel in shlex.split(opdracht)]
    subprocess.run(delen, cwd=PROJECT, check=True)
    with zipfile.ZipFile(tmp_path / 'les.zip') as zip_:
        namen = {naam for naam in zip_.namelist() if not naam.endswith('/')}
    # Dat stap 0 daarmee lukt, met een .venv en de pakketten, ziet test_systemen.py.
    nodig = {naam for naam, tekst in inhoud(uitgedeeld.map).items() if tekst is not None}
    assert nodig <= namen
    voor_docent = ('README', '.ci', '.github', 'tests/onderhoud', 'tests/klas', 'tests/docent')
    assert not [naam for naam in namen if naam.startswith(voor_docent)]
