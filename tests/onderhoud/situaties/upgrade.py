"""Een script dat bij het naspelen op een fout stuit."""

from controle.hints.doen import HERNOEMEN
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
)
from stappen import GEVULD, HERNOEMD, LAATSTE, TABEL

from situaties.situatie import (
    REGEL,
    SCHOENMAAT,
    VIEW,
    VUL,
    eigen_script,
    flask,
    gemigreerd,
    halve_upgrade,
    in_models,
    in_module,
    in_script,
    klaar_met,
    kolom_met,
    kolommen,
    kopieer_script,
    met_bas,
    mislukt,
    model_van,
    na,
    samen,
    sql,
    zet_klaar,
)

# --- Een functie die er niet is ---------------------------------------------------------------

UPGRADE, DOWNGRADE = 'def upgrade():\n', 'def downgrade():\n'

na(EERSTE, downgrade_ontbreekt_in_het_enige_script=in_script(EERSTE, DOWNGRADE, ''))
na(WOONPLAATS, upgrade_met_een_hoofdletter=in_script(WOONPLAATS, 'def u', 'def U'))
na(
    NIVEAU,
    downgrade_ontbreekt=in_script(NIVEAU, DOWNGRADE, ''),
    downgrade_met_een_tikfout=in_script(NIVEAU, DOWNGRADE, 'def downgrad():\n'),
)

# --- Constraints ------------------------------------------------------------------------------

PAS, CODE = (f'{naam} = db.Column(db.Text, unique=True)' for naam in ('pas', 'code'))
UQ = f"'uq_{TABEL}_{KOLOM[CURSISTNUMMER].naam}'"
ALLEEN_TERUG = f'drop_constraint({UQ}', 'drop_constraint(None'
AL_VERDER = model_van(CURSISTNUMMER + 1)
TABELNAAM = "    __tablename__ = 'gebruikers'\n"

na(WOONPLAATS, twee_eigen_constraints_zonder_naam=gemigreerd(PAS, CODE))
na(
    CURSISTNUMMER - 1,
    constraint_zonder_naam=samen(klaar_met(CURSISTNUMMER, UQ, 'None'), AL_VERDER),
    constraint_zonder_naam_op_twee_regels=samen(
        klaar_met(CURSISTNUMMER, f'({UQ}', '(\n            None'), AL_VERDER
    ),
    constraint_zonder_naam_in_downgrade=klaar_met(CURSISTNUMMER, *ALLEEN_TERUG),
)
na(CURSISTNUMMER, constraint_zonder_naam_na_de_upgrade=in_script(CURSISTNUMMER, *ALLEEN_TERUG))
na(GEBRUIKERS - 1, foreign_key_met_een_tikfout=kolom_met(KOLOM[GEBRUIKERS], 'rs.id', 'r.id'))
na(GEBRUIKERS, foreign_key_naar_een_klasse_zonder_tabel=in_module(TABELNAAM, ''))

# --- Kolommen die verplicht zijn --------------------------------------------------------------

STANDAARD = f'server_default={KOLOM[NIVEAU].standaard}'
VERPLICHT = klaar_met(NIVEAU, f'{STANDAARD}, ', '')
STRAAT = 'straat = db.Column(db.Text, nullable=False)'

na(
    NIVEAU - 1,
    verplicht_zonder_standaardwaarde=VERPLICHT,
    verplicht_met_default_en_al_verder=samen(
        VERPLICHT, model_van(NIVEAU + 1, STANDAARD, STANDAARD.removeprefix('server_'))
    ),
)
na(
    WOONPLAATS,
    eigen_verplichte_kolom_die_in_de_tabel_anders_heet=gemigreerd(
        STRAAT.replace('db.T', "'eigen', db.T")
    ),
    eigen_verplichte_kolom_in_models=samen(
        in_models(REGEL, f'{REGEL}\n    {STRAAT}'), flask('db', 'migrate', '-m', 'straat')
    ),
    twee_eigen_verplichte_en_unieke_kolommen=gemigreerd(
        *(regel.replace('unique', 'nullable=False, unique') for regel in (PAS, CODE))
    ),
)
na(LAATSTE, upgrade_stopte_na_de_eerste_kolom=halve_upgrade)

# --- Een kolom die er al is -------------------------------------------------------------------

na(WOONPLAATS, kolom_in_twee_scripts=lambda m: kopieer_script(m, WOONPLAATS))
na(GEBRUIKERS, tabel_in_twee_scripts=lambda m: kopieer_script(m, GEBRUIKERS))


@na(NIVEAU - 1)
def kolom_in_twee_scripts_en_nog_een_erna(m):
    kopieer_script(m, WOONPLAATS)
    m.vervang(m.revisie(WOONPLAATS), 'abc123', zet_klaar(m, NIVEAU))


MERGE = samen(
    flask('db', 'merge', 'heads', '-m', 'samen'), mislukt('duplicate column name', 'db', 'upgrade')
)

# Dat van de leerling heeft data.sqlite gehad, of het nu voor dat van Bas komt of erna.
for leerling, bas in (('a1', 'b1'), ('b1', 'a1')):
    naam = f'{bas}_van_bas_maakt_de_kolom_ook'
    zelfde_kolom = met_bas(SCHOENMAAT, (leerling, bas))
    script_erna = flask('db', 'revision', '-m', 'erna', '--head', bas)
    na(LAATSTE, **{naam: zelfde_kolom, f'{naam}_en_een_merge': samen(zelfde_kolom, MERGE)})
    na(LAATSTE, **{f'{naam}_en_een_script_erna': samen(zelfde_kolom, script_erna)})

# --- Hernoemen --------------------------------------------------------------------------------

ACHTER, HERNOEM = f"new_column_name='{HERNOEMD.naam}'", f"alter_column('{HERNOEMD.naam}'"
MIS = HERNOEMD.naam.replace('_', '')
TIKFOUT = klaar_met(NAAM, ACHTER, f"new_column_name='{MIS}'")
TIKFOUT_OOK_TERUG = samen(TIKFOUT, in_script(NAAM, HERNOEM, f"alter_column('{MIS}'"))


def voer_uit(m):
    m.flask('db', 'upgrade')


def met_erachter(naam, nieuw):
    return in_script(NAAM, f"'{naam}')\n", f"'{naam}')\n        batch_op.{nieuw}\n")


na(
    NAAM - 1,
    hernoemd_en_ook_erbij=samen(
        model_van(NAAM),
        flask('db', 'migrate', '-m', 'naam'),
        in_script('naam', f"drop_column('{HERNOEMD.was}')", HERNOEMEN['upgrade']),
    ),
    hernoemd_zonder_optie=klaar_met(NAAM, ACHTER, f"'{HERNOEMD.naam}'"),
    hernoemd_met_een_andere_optie=klaar_met(
        NAAM, 'new_column_name', 'existing_type=None, new_name'
    ),
    hernoemd_met_een_tikfout=TIKFOUT,
    hernoemd_met_een_tikfout_en_uitgevoerd=samen(TIKFOUT, voer_uit),
    hernoemd_met_een_tikfout_ook_terug_en_uitgevoerd=samen(TIKFOUT_OOK_TERUG, voer_uit),
    hernoemd_met_een_tikfout_en_een_eigen_kolom=samen(
        TIKFOUT_OOK_TERUG,
        kolommen('bijnaam = db.Column(db.Text)'),
        met_erachter(MIS, "add_column(sa.Column('bijnaam', sa.Text()))"),
        met_erachter(HERNOEMD.was, "drop_column('bijnaam')"),
        voer_uit,
        sql(f"UPDATE {TABEL} SET bijnaam = 'Jo' WHERE id = 1"),
    ),
)

# --- De UPDATE --------------------------------------------------------------------------------

TERUG = f"    op.execute('UPDATE {TABEL} SET {GEVULD.som_met} = {GEVULD.som} - {GEVULD.naam}')\n"
MET_HET_MODEL = f"""\
    for c in db.session.scalars(db.select(Cursist)):
        c.{GEVULD.naam} = {GEVULD.som} - c.{GEVULD.som_met}
    db.session.commit()
"""
SA = 'import sqlalchemy as sa\n'
IMPORT = 'from BasicModelApp import Cursist, db\n'

na(
    GEBOORTEJAAR - 1,
    update_in_het_with_blok=klaar_met(GEBOORTEJAAR, f'\n{VUL}', f'    {VUL}'),
    update_in_het_with_blok_na_een_witregel=klaar_met(GEBOORTEJAAR, VUL, f'    {VUL}'),
    update_boven_het_with_blok=samen(
        klaar_met(GEBOORTEJAAR, VUL), in_script(GEBOORTEJAAR, UPGRADE, UPGRADE + VUL)
    ),
)
na(
    LEEFTIJD_WEG - 1,
    update_boven_het_with_blok_van_downgrade=samen(
        klaar_met(LEEFTIJD_WEG, TERUG), in_script(LEEFTIJD_WEG, DOWNGRADE, DOWNGRADE + TERUG)
    ),
)
na(
    NAAM - 1,
    zelf=samen(in_script(GEBOORTEJAAR, IMPORT, ''), in_script(GEBOORTEJAAR, MET_HET_MODEL, VUL)),
    model_in_een_script=samen(
        in_script(GEBOORTEJAAR, SA, SA + IMPORT),
        in_script(GEBOORTEJAAR, VUL, MET_HET_MODEL),
        klaar_met(NAAM),
    ),
)

# --- Een view ---------------------------------------------------------------------------------


VIEW_ERBIJ, VIEW_WEG = f"op.execute('{VIEW}')", "op.execute('DROP VIEW overzicht')"
UITGEVOERD = flask('db', 'upgrade')

na(WOONPLAATS, view_die_downgrade_laat_staan=samen(eigen_script('view', VIEW_ERBIJ), UITGEVOERD))
na(
    TIJDSTIP - 1,
    view_uit_een_eigen_script=samen(
        eigen_script('view', VIEW_ERBIJ, VIEW_WEG),
        UITGEVOERD,
        model_van(TIJDSTIP),
        flask('db', 'migrate', '-m', 'tijd'),
    ),
)
