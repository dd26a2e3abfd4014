"""Iets om te weten, terwijl elke stap goed is."""

import os
import shutil

from leerling import GEBOORTEJAAR, KOLOM, LEEFTIJD_WEG, NAAM, NIVEAU, WOONPLAATS
from stappen import DATABASE, GEVULD, HERNOEMD, KOPIE, REGELS, SERVER, TABEL, UIT_DE_OMGEVING

from situaties.situatie import in_module, kolommen, na, onderaan, samen, sql, werk_elders

LEEG = sql(f'DELETE FROM {TABEL}')


def zonder_regel(m):
    werk_elders(m, '# Niets.')


def kopie(m):
    shutil.copyfile(m.database, m.map / KOPIE)


na(
    WOONPLAATS,
    werkt_elders=werk_elders,
    adres_in_de_omgeving_en_geen_regel_die_het_leest=zonder_regel,
    regel_die_het_adres_leest_onder_db=samen(zonder_regel, onderaan(UIT_DE_OMGEVING)),
    regel_die_het_adres_leest_boven_dat_van_sqlite=samen(
        zonder_regel, in_module(REGELS['adres'], f'{UIT_DE_OMGEVING}\n{REGELS["adres"]}')
    ),
    met_journal=lambda m: (m.map / f'{DATABASE}-journal').write_bytes(bytes(512)),
    met_getcwd=in_module(REGELS['basedir'], 'basedir = os.getcwd()'),
    met_app_run=onderaan('app.run(debug=True)'),
)
na(
    WOONPLAATS,
    verloren=True,
    zonder_rijen=LEEG,
    zonder_rijen_en_met_een_kopie=samen(kopie, LEEG),
)
na(NIVEAU - 1, kolom_in_commentaar=kolommen(f'# {KOLOM[NIVEAU].regel}'))
na(
    GEBOORTEJAAR,
    rij_erbij_na_het_vullen=sql(f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 22)"),
)
na(
    LEEFTIJD_WEG,
    rij_zonder_jaar_en_zonder_leeftijd=sql(
        f"INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES ('Noor')"
    ),
    methode_met_leeftijd=onderaan(
        '    def is_volwassen(self):\n        return self.leeftijd >= 18'
    ),
)


@na(WOONPLAATS)
def tikfout_in_de_naam_van_het_adres(m):
    werk_elders(m)
    os.environ[SERVER.replace('ABASE', 'ABSE')] = os.environ.pop(SERVER)


@na(WOONPLAATS)
def met_een_database_in_instance(m):
    (m.map / 'instance').mkdir()
    shutil.copyfile(m.database, m.map / 'instance' / DATABASE)


# Alleen een eigen proces leidt een vast pad om naar de kopie.
@na(WOONPLAATS, apart=True)
def met_een_vast_pad_naar_de_map(m):
    m.vervang(REGELS['basedir'], f'basedir = {str(m.map)!r}')


@na(WOONPLAATS, apart=True)
def met_een_vast_pad_naar_de_database(m):
    adres = repr(f'sqlite:///{m.database}')
    m.vervang(REGELS['adres'], f"app.config['SQLALCHEMY_DATABASE_URI'] = {adres}")


@na(GEBOORTEJAAR)
def met_een_ander_jaar(m):
    m.flask('db', 'downgrade')
    m.vervang(f'{GEVULD.som} -', f'{GEVULD.som - 1} -', m.script(GEBOORTEJAAR))
    m.flask('db', 'upgrade')


@na(NAAM, verloren=True)
def een_naam_weer_ingevuld_zonder_kopie(m):
    (m.map / KOPIE).unlink()
    m.sql(f'UPDATE {TABEL} SET {HERNOEMD.naam} = NULL WHERE id > 1')
