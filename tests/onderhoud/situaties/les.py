"""Een leerling die op de weg van de les is; elk punt van elke stap staat in test_een_stem.py."""

import shutil

from leerling import GEBRUIKERS, NAAM, WOONPLAATS
from spelen.terug import WERKMAP, herstel
from stappen import DATABASE, KOPIE, MODULE, STAPPEN, TABEL

from situaties.situatie import flask, model_van, na, samen, zonder_gebruiker

TITEL = STAPPEN[NAAM - 1].naam_van_migratie


@na(WOONPLAATS, zelf=lambda m: herstel(m.map))
def stroom_viel_uit(m):
    oud = m.map / WERKMAP / 'oud'
    oud.mkdir(parents=True)
    m.module.rename(oud / MODULE)
    m.database.rename(oud / DATABASE)


na(
    WOONPLAATS - 1,
    model_nog_niet_gemigreerd=model_van(WOONPLAATS),
    leeg_script_toegepast=samen(
        flask('db', 'revision', '-m', 'leeg'), flask('db', 'upgrade'), model_van(WOONPLAATS)
    ),
)

na(
    GEBRUIKERS - 1,
    zelf=model_van(GEBRUIKERS),
    foreign_key_zonder_tweede_klasse=samen(model_van(GEBRUIKERS), zonder_gebruiker),
    tweede_tabel_zonder_vaste_namen=model_van(GEBRUIKERS, ', metadata=namen', ''),
)


@na(NAAM - 1, verloren=True)
def kopie_heeft_meer_rijen(m):
    shutil.copyfile(m.database, m.map / KOPIE)
    m.sql(f'DELETE FROM {TABEL} WHERE id > 1')
    m.model_van(NAAM)
    m.flask('db', 'migrate', '-m', TITEL)
