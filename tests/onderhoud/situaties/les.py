"""Een leerling die op de weg van de les is; elk punt van elke stap staat in test_een_stem.py."""

from leerling import *
from spelen.terug import WERKMAP, herstel
from stappen import DATABASE, KOPIE, MODULE, STAPPEN, TABEL

from situaties.situatie import *

model_nog_niet_gemigreerd = na(WOONPLAATS - 1).model_van(WOONPLAATS)
TWEEDE_TABEL = na(GEBRUIKERS - 1, zelf=doe.model_van(GEBRUIKERS))
foreign_key_zonder_tweede_klasse = TWEEDE_TABEL.model_van(GEBRUIKERS).zonder_gebruiker()
tweede_tabel_zonder_vaste_namen = TWEEDE_TABEL.model_van(GEBRUIKERS).vervang(', metadata=namen', '')
kopie_heeft_meer_rijen = (
    na(NAAM - 1, verloren=True)
    .kopieer(KOPIE)
    .sql(f'DELETE FROM {TABEL} WHERE id > 1')
    .model_van(NAAM)
    .migrate(STAPPEN[NAAM - 1].naam_van_migratie)
)

stroom_viel_uit = (
    na(WOONPLAATS, zelf=lambda m: herstel(m.map))
    .verplaats(MODULE, f'{WERKMAP}/oud/{MODULE}')
    .verplaats(DATABASE, f'{WERKMAP}/oud/{DATABASE}')
)
