"""Een leerling die op de weg van de les is; elk punt van elke stap staat in test_een_stem.py."""

import shutil

from leerling import EERSTE, GEBRUIKERS, NAAM, WOONPLAATS
from spelen.terug import WERKMAP, herstel
from stappen import DATABASE, KOPIE, MODULE, TABEL

from situaties.situatie import situatie, zonder_gebruiker


@situatie(
    'weg_terug_is_afgebroken',
    WOONPLAATS,
    'halverwege',
    '--terug',
    zelf=lambda m: herstel(m.map),
    bij=EERSTE,
)
def stroom_viel_uit(m):
    oud = m.map / WERKMAP / 'oud'
    oud.mkdir(parents=True)
    m.module.rename(oud / MODULE)
    m.database.rename(oud / DATABASE)


@situatie('de_les_gaat_verder', WOONPLAATS - 1, 'flask db migrate -m "woonplaats"')
def model_nog_niet_gemigreerd(m):
    m.model_van(WOONPLAATS)


@situatie('de_les_gaat_verder', WOONPLAATS - 1, 'flask db migrate -m "woonplaats"')
def leeg_script_toegepast(m):
    m.flask('db', 'revision', '-m', 'leeg')
    m.flask('db', 'upgrade')
    m.model_van(WOONPLAATS)


@situatie(
    'de_les_gaat_verder',
    GEBRUIKERS - 1,
    '`gebruikers` ontbreekt nog',
    'Wat je doet',
    zelf=lambda m: m.model_van(GEBRUIKERS),
)
def foreign_key_zonder_tweede_klasse(m):
    m.model_van(GEBRUIKERS)
    zonder_gebruiker(m)


@situatie(
    'de_les_gaat_verder',
    GEBRUIKERS - 1,
    'vaste namen',
    'Wat je doet',
    zelf=lambda m: m.model_van(GEBRUIKERS),
)
def tweede_tabel_zonder_vaste_namen(m):
    m.model_van(GEBRUIKERS)
    m.vervang(', metadata=namen', '')


@situatie('de_les_gaat_verder', NAAM - 1, 'meer rijen (3)', 'bewaar_oud.sqlite', verloren=True)
def kopie_heeft_meer_rijen(m):
    shutil.copyfile(m.database, m.map / KOPIE)
    m.sql(f'DELETE FROM {TABEL} WHERE id > 1')
    m.model_van(NAAM)
    m.flask('db', 'migrate', '-m', 'volledige_naam')
