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
# Wie de kopie vergeet, of haar te laat maakt.
ZONDER_KOPIE = na(NAAM - 1, verloren=True).model_van(NAAM)
ZONDER_KOPIE = ZONDER_KOPIE.migrate(STAPPEN[NAAM - 1].naam_van_migratie).upgrade()
kopie_vergeten = ZONDER_KOPIE
kopie_vergeten_en_teruggedraaid = ZONDER_KOPIE.flask('db', 'downgrade')
kopie_te_laat_en_er_is_al_een_map_oud = (
    ZONDER_KOPIE.flask('db', 'downgrade').kopieer(KOPIE).en(lambda m: (m.map / 'oud').mkdir())
)
# Een kopie zonder rijen is goed, als de database er ook geen heeft.
kopie_zonder_rijen = (
    na(NAAM - 1, verloren=True)
    .sql(f'DELETE FROM {TABEL}')
    .model_van(NAAM)
    .migrate(STAPPEN[NAAM - 1].naam_van_migratie)
    .kopieer(KOPIE)
)
# Het model is verbeterd, maar niet opgeslagen: het nieuwe script heeft dezelfde fout.
model_van_de_tweede_tabel_niet_opgeslagen = TWEEDE_TABEL.model_van(GEBRUIKERS).vervang(
    KOLOM[GEBRUIKERS].verwijst_naar, STAPPEN[GEBRUIKERS - 1].eerst.verwijst_naar
)

stroom_viel_uit = (
    na(WOONPLAATS, zelf=lambda m: herstel(m.map))
    .verplaats(MODULE, f'{WERKMAP}/oud/{MODULE}')
    .verplaats(DATABASE, f'{WERKMAP}/oud/{DATABASE}')
)
