"""Een migratie die waarden kost, of een downgrade die niet teruggeeft wat er was."""

import shutil

from controle.hints.doen import HERNOEMEN
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    INDEX,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NAAM_VOORAF,
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
)
from leerling import in_script as kolom_in_script
from stappen import GEVULD, HERNOEMD, KOPIE, TABEL

from situaties.situatie import (
    PLAATS,
    VUL,
    eigen_script,
    flask,
    geef_namen,
    herschrijf,
    in_module,
    in_script,
    klaar_met,
    kolommen,
    migreer,
    model_van,
    na,
    samen,
    sql,
)

UPGRADE = flask('db', 'upgrade')


def script_van(stap, zelf=False, **fouten):
    """Het script van een stap met iets anders erin; met `zelf` zet de leerling het terug."""
    daden = {naam: klaar_met(stap, *fout) for naam, fout in fouten.items()}
    na(stap - 1, zelf=(lambda m: m.script_van(stap)) if zelf else None, **daden)


# --- De downgrade -----------------------------------------------------------------------------

# De upgrade rekent met een ander jaar dan de downgrade.
ANDER_JAAR = f'{GEVULD.som} - ', f'{GEVULD.som - 1} - '

na(LEEFTIJD_WEG, upgrade_met_een_ander_jaar=in_script(GEBOORTEJAAR, *ANDER_JAAR))
script_van(WOONPLAATS, downgrade_van_een_andere_kolom=("drop_column('", "drop_column('mijn_"))
script_van(
    CURSISTNUMMER, downgrade_van_een_andere_constraint=("drop_constraint('uq_", "drop_constraint('")
)
script_van(
    LEEFTIJD_WEG,
    downgrade_maakt_een_andere_kolom=("add_column(sa.Column('", "add_column(sa.Column('mijn_"),
    downgrade_rekent_met_een_kolom_die_er_niet_is=(f'- {GEVULD.naam}', '- geboortjaar'),
    downgrade_vult_de_kolom_niet=('UPDATE', '-- UPDATE'),
    downgrade_met_een_ander_jaar=ANDER_JAAR,
)
script_van(GEBRUIKERS, downgrade_laat_de_tabel_staan=("    op.drop_table('gebruikers')\n", ''))
script_van(INDEX, downgrade_van_een_andere_index=("drop_index('ix_", "drop_index('"))


def eigen_kolom_weg(soort, patroon):
    """Een eigen kolom komt en gaat; in de downgrade staat niet alles wat de kolom was."""
    regel = f'fruit = db.Column({soort})'
    return samen(
        kolommen(regel),
        migreer('erbij'),
        in_module(f'    {regel}\n', ''),
        flask('db', 'migrate', '-m', 'weg'),
        lambda m: herschrijf(m, patroon, '', m.script('weg')),
    )


PEER = "db.Text, nullable=False, server_default='peer'"
FOREIGN_KEY = f"db.ForeignKey('{TABEL}.id', name='fk')"

na(
    WOONPLAATS,
    downgrade_doet_niets=in_script(WOONPLAATS, f"batch_op.drop_column('{PLAATS}')", 'pass'),
    downgrade_zonder_standaardwaarde=eigen_kolom_weg(PEER, ', server_default=.*nullable=False'),
    downgrade_zonder_foreign_key=eigen_kolom_weg(FOREIGN_KEY, '.*create_foreign_key.*'),
)
na(
    WOONPLAATS,
    zelf=lambda m: m.vervang('    1 / 0\n', '    pass\n', m.script('leeg')),
    # Een lege upgrade is niet om te keren: dan is er geen letterlijke hint.
    downgrade_die_zelf_stopt=eigen_script('leeg', 'pass', '1 / 0'),
)

# --- Wat Python of SQLite niet kan ------------------------------------------------------------

OP = f"'{TABEL}', ['{HERNOEMD.naam}']"
DRIE_REGELS = f'    op.execute(sa.text("""\n        {GEVULD.vulling}\n    """))\n'
MET = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:\n"
TRIGGER = (
    f'CREATE TRIGGER netjes AFTER INSERT ON {TABEL} BEGIN '
    f'UPDATE {TABEL} SET {PLAATS} = trim({PLAATS}); END'
)
WEG = "        batch_op.drop_column('{}')\n".format

script_van(
    INDEX,
    zelf=True,
    index_op_de_oude_naam=(OP, f"'{TABEL}', ['{HERNOEMD.was}']"),
    index_op_een_naam_met_een_tikfout=(OP, f"'{TABEL}', ['volledigenaam']"),
    index_op_een_andere_tabel=(OP, f"'gebruikers', ['{HERNOEMD.naam}']"),
    index_zonder_lijst=(OP, f"'{TABEL}', '{HERNOEMD.naam}'"),
)
script_van(
    GEBOORTEJAAR,
    zelf=True,
    update_zonder_set=('SET ', ''),
    update_met_een_tikfout_in_set=('SET ', 'ST '),
    update_zonder_set_op_drie_regels=(VUL, DRIE_REGELS.replace('SET ', '')),
    update_met_een_tikfout_in_een_kolom=(f'- {GEVULD.som_met}', '- leeftyd'),
    update_van_een_andere_tabel=(f'UPDATE {TABEL}', 'UPDATE cursist'),
    update_met_woorden_die_sqlite_niet_kent=('UPDATE ', 'UPDATE OR NIETS '),
    # Deze lukken, maar doen te veel.
    rijen_weg=(VUL, f"    op.execute('DELETE FROM {TABEL}')\n{VUL}"),
    waarden_weg=(VUL, f"    op.execute('UPDATE {TABEL} SET {PLAATS} = NULL')\n{VUL}"),
    downgrade_wist_waarden=(
        WEG(GEVULD.naam),
        f"{WEG(GEVULD.naam)}    op.execute('UPDATE {TABEL} SET {GEVULD.som_met} = 0')\n",
    ),
)
script_van(
    LEEFTIJD_WEG,
    zelf=True,
    update_na_het_weghalen=(WEG(GEVULD.som_met), WEG(GEVULD.som_met) + VUL),
)
script_van(NIVEAU, zelf=True, regel_met_batch_weg=(MET, ''))
na(
    NAAM,
    zelf=lambda m: m.script_van(EERSTE),
    oude_naam_uit_het_eerste_script=in_script(EERSTE, f'    {kolom_in_script(NAAM_VOORAF)},\n', ''),
)
na(
    WOONPLAATS,
    nieuwe_naam_zonder_sleutelwoord=samen(
        kolommen('stad = db.Column(db.Text)'),
        eigen_script('stad', f"op.alter_column('{TABEL}', '{PLAATS}', 'stad')"),
    ),
)
na(
    TIJDSTIP - 1,
    trigger_op_een_tabel_die_opnieuw_is_gemaakt=samen(
        eigen_script('trigger', f"op.execute('{TRIGGER}')", "op.execute('DROP TRIGGER netjes')"),
        UPGRADE,
        model_van(TIJDSTIP),
        migreer('tijd'),
    ),
)
na(
    WOONPLAATS,
    zelf=model_van(WOONPLAATS),
    import_van_een_naam_die_er_niet_is=in_module('import os', 'from sys import os'),
)
na(
    CURSISTNUMMER - 1,
    unieke_kolom_met_een_standaardwaarde=samen(
        klaar_met(CURSISTNUMMER, 'nullable=True', "server_default='c1', nullable=True"),
        in_module('unique=True)', "unique=True, server_default='c1')"),
    ),
)
na(
    NIVEAU - 1,
    verloren=True,
    verplichte_kolom_op_een_lege_tabel=samen(
        sql(f'DELETE FROM {TABEL}'),
        klaar_met(NIVEAU, f'server_default={KOLOM[NIVEAU].standaard}, ', ''),
        UPGRADE,
        sql(f"INSERT INTO {TABEL} (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')"),
    ),
)

# --- Hernoemen --------------------------------------------------------------------------------


def weg_en_erbij(weg, erbij):
    return f"add_column({kolom_in_script(erbij)})\n        batch_op.drop_column('{weg.naam}')"


ZONDER_NAMEN = klaar_met(NAAM, HERNOEMEN['downgrade'], weg_en_erbij(HERNOEMD, NAAM_VOORAF))
ALLES_LEEG = in_script(NAAM, HERNOEMEN['upgrade'], weg_en_erbij(NAAM_VOORAF, HERNOEMD))
AL_VERDER = model_van(LEEFTIJD_WEG)

na(
    NAAM - 1,
    downgrade_zonder_de_namen=ZONDER_NAMEN,
    hernoemen_zoals_autogenerate=samen(ZONDER_NAMEN, ALLES_LEEG, AL_VERDER),
    hernoemen_toegepast=samen(
        lambda m: shutil.copyfile(m.database, m.map / KOPIE),
        ZONDER_NAMEN,
        ALLES_LEEG,
        UPGRADE,
        AL_VERDER,
    ),
)
na(
    WOONPLAATS,
    # De andere kolommen heeft de leerling in het script al goed gezet.
    alles_in_een_migratie=samen(
        AL_VERDER,
        flask('db', 'migrate', '-m', 'alles'),
        lambda m: geef_namen(m, m.script('alles')),
    ),
)
