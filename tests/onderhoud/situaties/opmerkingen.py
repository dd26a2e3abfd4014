"""Iets om te weten, terwijl elke stap goed is."""

from leerling import *
from stappen import DATABASE, HERNOEMD, KOPIE, REGELS, TABEL, UIT_DE_OMGEVING

from situaties.situatie import *

ADRES, MAP = REGELS['adres'], REGELS['basedir']
LEEG = f'DELETE FROM {TABEL}'

werkt_elders = na(WOONPLAATS).werk_elders()
ZONDER_REGEL = na(WOONPLAATS).werk_elders('# Niets.')
adres_in_de_omgeving_en_geen_regel_die_het_leest = ZONDER_REGEL
regel_die_het_adres_leest_onder_db = ZONDER_REGEL.onderaan(UIT_DE_OMGEVING)
regel_die_het_adres_leest_boven_dat_van_sqlite = ZONDER_REGEL.vervang(
    ADRES, f'{UIT_DE_OMGEVING}\n{ADRES}'
)
met_journal = na(WOONPLAATS).en(lambda m: (m.map / f'{DATABASE}-journal').write_bytes(bytes(512)))
met_getcwd = na(WOONPLAATS).vervang(MAP, 'basedir = os.getcwd()')
met_cwd_in_het_adres = na(WOONPLAATS).vervang(
    ADRES.partition(' = ')[2], "f'sqlite:///{os.getcwd()}/data.sqlite'"
)
met_app_run = na(WOONPLAATS).onderaan('app.run(debug=True)')
met_app_run_over_meer_regels = na(WOONPLAATS).onderaan('app.run(\n    port=5001,\n)')
# Alleen een eigen proces leidt een vast pad om naar de kopie.
APART = na(WOONPLAATS, apart=True)
met_een_vast_pad_naar_de_map = APART.en(lambda m: m.vervang(MAP, f'basedir = {str(m.map)!r}'))
met_een_vast_pad_naar_de_database = APART.en(
    lambda m: m.vervang(ADRES.partition(' = ')[2], repr(f'sqlite:///{m.database}'))
)
zonder_rijen = na(WOONPLAATS, verloren=True).sql(LEEG)
zonder_rijen_en_met_een_kopie = na(WOONPLAATS, verloren=True).kopieer(KOPIE).sql(LEEG)
kolom_in_commentaar = na(NIVEAU - 1).kolom(f'# {KOLOM[NIVEAU].regel}')
rij_erbij_na_het_vullen = na(GEBOORTEJAAR).sql(
    f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 22)"
)
een_naam_weer_ingevuld_zonder_kopie = (
    na(NAAM, verloren=True)
    .weg(KOPIE)
    .sql(f'UPDATE {TABEL} SET {HERNOEMD.naam} = NULL WHERE id = 2')
)
rij_zonder_jaar_en_zonder_leeftijd = na(LEEFTIJD_WEG).sql(
    f"INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES ('Noor')"
)
methode_met_leeftijd = na(LEEFTIJD_WEG).onderaan(
    '    def is_volwassen(self):\n        return self.leeftijd >= 18'
)
