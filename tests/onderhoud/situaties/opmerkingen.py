"""Iets om te weten, terwijl elke stap goed is."""

import shutil

from leerling import GEBOORTEJAAR, KOLOM, LEEFTIJD_WEG, NIVEAU, WOONPLAATS
from stappen import DATABASE, GEVULD, REGELS, TABEL

from situaties.situatie import opmerking


@opmerking('geen_rijen', WOONPLAATS, f'`{TABEL}`')
def zonder_rijen(m):
    m.sql(f'DELETE FROM {TABEL}')


@opmerking('ander_programma_is_bezig', WOONPLAATS, 'data.sqlite-journal')
def met_journal(m):
    (m.map / 'data.sqlite-journal').write_bytes(bytes(512))


@opmerking('tweede_database', WOONPLAATS, 'instance/data.sqlite', 'Je app gebruikt `data.sqlite`')
def met_een_database_in_instance(m):
    (m.map / 'instance').mkdir()
    shutil.copyfile(m.database, m.map / 'instance' / DATABASE)


@opmerking('getcwd_in_de_module', WOONPLAATS, '@getcwd')
def met_getcwd(m):
    m.vervang(REGELS['basedir'], 'basedir = os.getcwd()')


@opmerking('app_run_zonder_wacht', WOONPLAATS, '@app.run')
def met_app_run(m):
    m.onderaan('app.run(debug=True)')


@opmerking('kolom_is_commentaar', NIVEAU - 1, '@# niveau', '`niveau`')
def kolom_in_commentaar(m):
    m.kolom(f'# {KOLOM["niveau"].regel}')


@opmerking(
    'ander_jaar_dan_in_de_les',
    GEBOORTEJAAR,
    'samen 2025',
    "_geboortejaar.py`: `op.execute('UPDATE cursisten SET geboortejaar = 2025 - leeftijd')`",
    'opgeschreven in 2026',
)
def met_een_ander_jaar(m):
    m.flask('db', 'downgrade')
    m.vervang(f'{GEVULD.som} -', '2025 -', m.script('geboortejaar'))
    m.flask('db', 'upgrade')


@opmerking('methode_noemt_een_kolom_die_weg_is', LEEFTIJD_WEG, 'self.leeftijd')
def methode_met_leeftijd(m):
    m.onderaan('    def is_volwassen(self):\n        return self.leeftijd >= 18')
