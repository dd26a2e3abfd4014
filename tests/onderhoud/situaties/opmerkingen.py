"""Iets om te weten, terwijl elke stap goed is."""

import os
import shutil

from leerling import GEBOORTEJAAR, KOLOM, LEEFTIJD_WEG, NAAM, NIVEAU, WOONPLAATS
from stappen import DATABASE, GEVULD, KOPIE, REGELS, SERVER, TABEL, UIT_DE_OMGEVING
from zonder_kindproces import speel_apart_na

from situaties.situatie import opmerking, werk_elders

opmerking('terminal_wijst_naar_een_andere_database', WOONPLAATS, SERVER, 'komt nooit op')(
    werk_elders
)


@opmerking('adres_in_de_omgeving_telt_niet', WOONPLAATS, SERVER, UIT_DE_OMGEVING, 'Zet in')
def adres_in_de_omgeving_en_geen_regel_die_het_leest(m):
    werk_elders(m, '# Niets.')


@opmerking('adres_in_de_omgeving_telt_niet', WOONPLAATS, SERVER, 'Verplaats')
def regel_die_het_adres_leest_onder_db(m):
    werk_elders(m, '# Niets.')
    m.onderaan(UIT_DE_OMGEVING)


@opmerking('adres_in_de_omgeving_telt_niet', WOONPLAATS, SERVER, 'Verplaats')
def regel_die_het_adres_leest_boven_dat_van_sqlite(m):
    werk_elders(m, '# Niets.')
    m.vervang(REGELS['adres'], f'{UIT_DE_OMGEVING}\n{REGELS["adres"]}')


@opmerking('adres_in_de_omgeving_heet_anders', WOONPLAATS, SERVER, 'werkt `flask` gewoon met')
def tikfout_in_de_naam_van_het_adres(m):
    werk_elders(m)
    os.environ[SERVER.replace('ABASE', 'ABSE')] = os.environ.pop(SERVER)


@opmerking('geen_rijen', WOONPLAATS, f'`{TABEL}`', 'db.session.add')
def zonder_rijen(m):
    m.sql(f'DELETE FROM {TABEL}')


@opmerking('geen_rijen', WOONPLAATS, f'`{TABEL}`', f'`{KOPIE}`', 'Zet die terug')
def zonder_rijen_en_met_een_kopie(m):
    shutil.copyfile(m.database, m.map / KOPIE)
    m.sql(f'DELETE FROM {TABEL}')


@opmerking('rijen_zonder_geboortejaar', GEBOORTEJAAR, f'`{TABEL}`', 'flask shell', GEVULD.vulling)
def rij_erbij_na_het_vullen(m):
    m.sql(f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 22)")


@opmerking('rijen_zonder_geboortejaar', LEEFTIJD_WEG, f'`{TABEL}`', 'Dat mag')
def rij_zonder_jaar_en_zonder_leeftijd(m):
    m.sql(f"INSERT INTO {TABEL} (volledige_naam) VALUES ('Noor')")


@opmerking('ander_programma_is_bezig', WOONPLAATS, 'data.sqlite-journal', '`exit()`')
def met_journal(m):
    (m.map / 'data.sqlite-journal').write_bytes(bytes(512))


@opmerking('tweede_database', WOONPLAATS, 'instance/data.sqlite', 'Je app gebruikt `data.sqlite`')
def met_een_database_in_instance(m):
    (m.map / 'instance').mkdir()
    shutil.copyfile(m.database, m.map / 'instance' / DATABASE)


@opmerking('getcwd_in_de_module', WOONPLAATS, '@getcwd')
def met_getcwd(m):
    m.vervang(REGELS['basedir'], 'basedir = os.getcwd()')


def met_een_vast_pad(regel, maak_vast):
    """Een regel van de module noemt de map van de leerling."""

    @opmerking('vast_pad_naar_deze_map', WOONPLAATS, 'andere computer', '@' + regel.split('=')[0])
    def met_een_vast_pad(m):
        # Alleen een eigen proces leidt om naar de kopie.
        m.speel_na = speel_apart_na
        m.vervang(regel, maak_vast(m.map))


met_een_vast_pad(REGELS['basedir'], lambda map_: f'basedir = {str(map_)!r}')
met_een_vast_pad(
    REGELS['adres'],
    lambda map_: f"app.config['SQLALCHEMY_DATABASE_URI'] = {f'sqlite:///{map_ / DATABASE}'!r}",
)


@opmerking('app_run_zonder_wacht', WOONPLAATS, '@app.run')
def met_app_run(m):
    m.onderaan('app.run(debug=True)')


@opmerking('kolom_is_commentaar', NIVEAU - 1, '@# niveau', '`niveau`')
def kolom_in_commentaar(m):
    m.kolom(f'# {KOLOM[NIVEAU].regel}')


@opmerking(
    'ander_jaar_dan_in_de_les',
    GEBOORTEJAAR,
    'samen 2025',
    "_geboortejaar.py`: `op.execute('UPDATE cursisten SET geboortejaar = 2025 - leeftijd')`",
    'opgeschreven in 2026',
)
def met_een_ander_jaar(m):
    m.flask('db', 'downgrade')
    m.vervang(f'{GEVULD.som} -', '2025 -', m.script(GEBOORTEJAAR))
    m.flask('db', 'upgrade')


@opmerking('methode_noemt_een_kolom_die_weg_is', LEEFTIJD_WEG, 'self.leeftijd')
def methode_met_leeftijd(m):
    m.onderaan('    def is_volwassen(self):\n        return self.leeftijd >= 18')


@opmerking('rijen_zonder_naam', NAAM, '`volledige_naam`', 'niet in elke rij')
def een_naam_weer_ingevuld_zonder_kopie(m):
    (m.map / KOPIE).unlink()
    m.sql(f'UPDATE {TABEL} SET volledige_naam = NULL WHERE id > 1')
