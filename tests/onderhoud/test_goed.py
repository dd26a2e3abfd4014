"""Wat een leerling anders doet dan de les en toch goed is, blijft goed.

Elke test begint met een gespeelde map en verandert daar iets echt aan: de module, een script
of de database.
"""

import shutil
from dataclasses import replace

import pytest
from beweringen import is_goed
from controle.oefenmap import lees_oefenmap
from docent.inlevering import zoek_inleveringen
from docent.rij import lees
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    ID,
    INDEX,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NAAM_VOORAF,
    NIVEAU,
    ONDER_DE_KOLOMMEN,
    TIJDSTIP,
    WOONPLAATS,
    in_script,
)
from situaties.situatie import VIEW, lessen_met_foreign_keys_aan, zet_model_apart
from stappen import GEVULD, HERNOEMD, KOPIE, MODULE, NU, REGELS, TABEL, Kolom

STRAAT = Kolom(TABEL, 'straat', 'TEXT')

BATCH = f"with op.batch_alter_table('{TABEL}', schema=None) as batch_op:"


def erbij(kolom: Kolom) -> tuple[str, str]:
    """Wat upgrade() en downgrade() doen voor een kolom, zonder batch_op."""
    return (
        f"op.add_column('{kolom.tabel}', {in_script(kolom)})",
        f"op.drop_column('{kolom.tabel}', '{kolom.naam}')",
    )


def bestanden(w):
    """De module en de scripts."""
    return [MODULE, *(script.naam for script in lees_oefenmap(w.map).scripts)]


# --- Het model is anders geschreven ---------------------------------------------------------


def gemapte_kolommen(w):
    w.vervang('import os\n', 'import os\nfrom sqlalchemy.orm import Mapped, mapped_column\n')
    w.vervang(f'    id = db.Column(db.{ID.model_type}, ', '    id: Mapped[int] = mapped_column(')
    w.vervang(KOLOM[EERSTE].regel, 'leeftijd: Mapped[int | None]')
    for naam in ('naam', 'woonplaats'):
        w.vervang(f'    {naam} = db.Column(', f'    {naam}: Mapped[str | None] = mapped_column(')
    regel = KOLOM[NIVEAU].regel.replace(' = db.Column(', ': Mapped[str] = mapped_column(')
    w.kolom(regel.replace('nullable=False, ', ''))
    w.migreer('niveau')


def een_model_in_een_eigen_bestand(w):
    zet_model_apart(w)
    # Een kopie die de module niet gebruikt telt niet mee.
    w.schrijf(w.lees('models.py').replace('woonplaats', 'woonplats'), 'models_oud.py')


def andere_volgorde_en_aanhalingstekens(w):
    naam, woonplaats = NAAM_VOORAF.regel, KOLOM[WOONPLAATS].regel
    w.vervang(f'    {woonplaats}\n', '')
    lang = woonplaats.replace('String(', 'String(length=')
    w.vervang(naam, f'{lang[:-1]}, nullable=True)\n    {naam[:-1]}())')
    for bestand in bestanden(w):
        w.vervang("'", '"', bestand)
    w.vervang('return f"Cursist', '# Met een f-string.\n        return f"Cursist')


def een_regel_die_er_twee_keer_staat(w):
    w.kolom(KOLOM[WOONPLAATS].regel)


def kolommen_en_typen_buiten_een_klasse(w):
    w.onderaan(
        'class Basis:\n'
        '    gemaakt = db.Column(db.Date)\n\n\n'
        "plek = db.Column('plek', db.Text)\n"
        "plekken = db.Table('plekken', db.metadata, plek)\n\n\n"
        'class Zaal(Basis, db.Model):\n'
        "    __tablename__ = 'zalen'\n"
        '    LENGTE = db.String(20)\n'
        '    kort = db.String(5)\n'
        '    nummer = db.Column(kort, primary_key=True)\n\n'
        '    def zoek(self):\n'
        '        kolom = db.Column(db.Text)\n'
        '        return kolom, self.LENGTE'
    )
    w.migreer('zalen')


def een_init_in_het_model(w):
    w.vervang(
        ONDER_DE_KOLOMMEN,
        '    def __init__(self, naam, leeftijd):\n'
        '        self.naam = naam\n'
        '        self.leeftijd = leeftijd\n\n' + ONDER_DE_KOLOMMEN,
    )


def regeleinden_van_windows_en_een_bom(w):
    for bestand in (w.map / naam for naam in bestanden(w)):
        regels = bestand.read_bytes().replace(b'\r\n', b'\n')
        bestand.write_bytes(b'\xef\xbb\xbf' + regels.replace(b'\n', b'\r\n'))


def commentaar_en_een_ander_tijdstip(w):
    kolom = KOLOM[TIJDSTIP]
    w.kolom(
        '# Het tijdstip is UTC, niet de Nederlandse tijd.',
        f'{kolom.naam} = db.Column(',
        f'    db.{kolom.model_type}, nullable=False,  # verplicht',
        '    server_default=db.func.current_timestamp())',
    )
    w.migreer('tijdstip')
    w.vervang('def upgrade():', '# Dit is nu van mij.\ndef upgrade():', w.script('tijdstip'))
    shutil.copyfile(w.database, w.map / KOPIE)


def een_tijdstip_uit_sql(w):
    # Het model en de migratie schrijven het ook nog verschillend.
    regel = KOLOM[TIJDSTIP].regel
    w.kolom(regel.replace('db.func.now()', 'db.text("(datetime(\'now\'))")'))
    w.migreer('tijdstip', ("datetime('now')", "strftime('%Y-%m-%d %H:%M:%f', 'now')"))


def een_standaardwaarde_uit_sql(w):
    w.kolom(KOLOM[NIVEAU].regel.replace("'beginner'", 'db.text("(\'beginner\')")'))
    w.migreer('niveau')


# --- De migraties zijn anders gemaakt -------------------------------------------------------


def twee_migraties_voor_een_stap_en_een_eigen_ertussen(w):
    kolom = KOLOM[CURSISTNUMMER]
    w.schrijf_script('kolom', *erbij(kolom))
    w.schrijf_script('eigen', *erbij(STRAAT))
    w.schrijf_script(
        'uniek',
        f"{BATCH}\n    batch_op.create_unique_constraint('een_nummer', ['{kolom.naam}'])",
        f"{BATCH}\n    batch_op.drop_constraint('een_nummer', type_='unique')",
    )
    w.kolom(STRAAT.regel, kolom.regel)
    w.flask('db', 'upgrade')


def een_unieke_index(w):
    w.kolom(replace(KOLOM[CURSISTNUMMER], index=True).regel)
    w.migreer('nummer')


def een_unieke_index_uit_een_eigen_script(w):
    kolom = KOLOM[CURSISTNUMMER]
    w.kolom(kolom.regel)
    upgrade, downgrade = erbij(kolom)
    w.schrijf_script(
        'nummer',
        f"{upgrade}\nop.create_index('nr', '{TABEL}', ['{kolom.naam}'], unique=True)",
        f"op.drop_index('nr', table_name='{TABEL}')\n{downgrade}",
    )
    w.flask('db', 'upgrade')


def andere_namen_van_constraints(w):
    w.vervang("'uq_", "'mijn_uq_", w.script(CURSISTNUMMER))
    script = w.script(GEBRUIKERS)
    for begin in ('uq_', 'fk_'):
        w.vervang(f"'{begin}", f"'mijn_{begin}", script)
    # De foreign key mag ook voor de tabel komen waar hij naar wijst.
    tekst = w.lees(script)
    tabel = tekst[
        tekst.index("    op.create_table('gebruikers'") : tekst.index('    with op.batch')
    ]
    w.vervang(tabel, '', script)
    w.vervang('\n\n\ndef downgrade', f'\n{tabel}\n\ndef downgrade', script)


def hernoemen_met_een_kopie(w):
    script = w.script(NAAM)
    w.flask('db', 'downgrade')
    for oud, nieuw in (('naam', 'volledige_naam'), ('volledige_naam', 'naam')):
        w.vervang(
            f"        batch_op.alter_column('{oud}', new_column_name='{nieuw}')",
            f'        batch_op.add_column({in_script(replace(HERNOEMD, naam=nieuw))})\n'
            f"    op.execute('UPDATE {TABEL} SET {nieuw} = {oud}')\n"
            f"    op.drop_column('{TABEL}', '{oud}')",
            script,
        )
    w.flask('db', 'upgrade')


def hernoemen_zonder_batch(w):
    script = w.script(NAAM)
    w.flask('db', 'downgrade')
    for oud in ('naam', 'volledige_naam'):
        nieuw = f"op.alter_column('{TABEL}', '{oud}', existing_type=sa.Text(), "
        w.vervang(f"batch_op.alter_column('{oud}', ", nieuw, script)
    w.flask('db', 'upgrade')


def een_update_boven_het_with_blok_en_een_op_twee_regels(w):
    script = w.script(GEBOORTEJAAR)
    w.flask('db', 'downgrade')
    eerst = f'    op.execute("UPDATE {TABEL} SET niveau = \'gevorderd\' WHERE leeftijd > 30")\n'
    begin, blok, rest = w.lees(script).partition('    with ')
    rest = rest.replace(' SET ', " '\n        'set ")
    w.schrijf(begin + eerst + blok + rest, script)
    w.flask('db', 'upgrade')


def een_index_met_een_eigen_naam(w):
    w.model_van(INDEX)
    w.vervang(KOLOM[INDEX].regel, HERNOEMD.regel)
    w.vervang(
        ONDER_DE_KOLOMMEN,
        "    __table_args__ = (db.Index('ix_naam', 'volledige_naam'),)\n\n" + ONDER_DE_KOLOMMEN,
    )
    w.schrijf_script(
        'index',
        f"op.create_index('ix_naam', '{TABEL}', ['volledige_naam'])",
        f"op.drop_index('ix_naam', '{TABEL}')",
    )
    w.flask('db', 'upgrade')


def vervang_naam(w, heel):
    """Zet in plaats van naam de kolom volledige_naam, met een waarde uit SQL."""
    w.kolom('roepnaam = db.Column(db.Text)', 'achternaam = db.Column(db.Text)')
    w.migreer('delen')
    w.sql(f"UPDATE {TABEL} SET roepnaam = 'Jo', achternaam = 'Visser'")
    w.vervang(f'    {NAAM_VOORAF.regel}', f'    {HERNOEMD.regel}')
    w.vervang('self.naam', 'self.volledige_naam')
    functies = [
        f"op.add_column('{TABEL}', {in_script(replace(HERNOEMD, naam=nieuw))})\n"
        f'op.execute("UPDATE {TABEL} SET {nieuw} = {waarde}")\n'
        f"op.drop_column('{TABEL}', '{oud}')"
        for oud, nieuw, waarde in (
            ('naam', 'volledige_naam', heel),
            ('volledige_naam', 'naam', 'volledige_naam'),
        )
    ]
    w.schrijf_script('heel', *functies)
    w.flask('db', 'upgrade')


def een_naam_met_iets_erbij(w):
    vervang_naam(w, "naam || ' ' || achternaam")


def een_naam_uit_twee_eigen_kolommen(w):
    vervang_naam(w, "roepnaam || ' ' || achternaam")


def een_ander_jaar(w):
    w.flask('db', 'downgrade', w.revisie(GEBOORTEJAAR) + '-1')
    for naam in ('geboortejaar', 'leeftijd_weg'):
        w.vervang(f'{GEVULD.som} -', f'{GEVULD.som - 1} -', w.script(naam))
    w.flask('db', 'upgrade')


def zonder_batch_en_met_annotaties(w):
    kolom = KOLOM[WOONPLAATS]
    w.kolom(kolom.regel)
    revisie = w.schrijf_script('woonplaats', *erbij(kolom))
    script = w.script(WOONPLAATS)
    w.vervang(f'revision = {revisie!r}', "revision: str = 'Mijn_2.é'", script)
    w.vervang('down_revision = ', 'down_revision: str | tuple[str, ...] | None = ', script)
    w.flask('db', 'upgrade')


def vullen_in_een_later_script(w):
    w.kolom(GEVULD.regel)
    w.migreer('jaar')
    w.schrijf_script('vul', f'op.execute({GEVULD.vulling!r})', 'pass')
    w.flask('db', 'upgrade')


def rijen_uit_een_migratie(w):
    noor = f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 20)"
    w.schrijf_script('rijen', f'op.execute({noor!r})', 'pass')
    w.flask('db', 'upgrade')


def samengevoegde_heads(w):
    begin = w.head()
    for letter in 'ab':
        w.onderaan(
            f'class Extra{letter}(db.Model):\n'
            f'    id = db.Column(db.Integer, primary_key=True)\n'
            f"    __tablename__ = 'extra_{letter}'"
        )
        w.schrijf_script(
            letter,
            f"op.create_table('extra_{letter}', sa.Column('id', sa.Integer(), primary_key=True))",
            f"op.drop_table('extra_{letter}')",
            vorige=begin,
        )
    w.flask('db', 'merge', 'heads', '-m', 'samen')
    w.flask('db', 'upgrade')


# --- De database is anders --------------------------------------------------------------------


def een_andere_versietabel(w):
    w.vervang(REGELS['migrate'], "Migrate(app, db, version_table='versies')")
    w.sql('ALTER TABLE alembic_version RENAME TO versies')
    w.kolom(KOLOM[NIVEAU].regel)
    w.migreer('niveau')


def namen_in_een_andere_codering(w):
    w.sql("UPDATE cursisten SET naam = CAST(x'4A6FEB6C' AS TEXT)")


def een_view_en_een_trigger(w):
    w.sql(VIEW)
    w.schrijf_script(
        'trigger',
        f"op.execute('CREATE TRIGGER t AFTER DELETE ON {TABEL} BEGIN SELECT 1; END')",
        "op.execute('DROP TRIGGER t')",
    )
    w.flask('db', 'upgrade')


def foreign_keys_aan_met_een_eigen_tabel(w):
    lessen_met_foreign_keys_aan(w)
    w.kolom(KOLOM[TIJDSTIP].regel)
    w.migreer('tijd')
    w.sql('INSERT INTO lessen (cursist_id) VALUES (1)')


# --- Er is meer dan de les vraagt -----------------------------------------------------------


def eigen_kolommen_en_tabellen(w):
    w.kolom(
        "instrument = db.Column(db.String(30), nullable=False, server_default='gitaar')",
        'rang = db.Column(db.Numeric(5, 2), unique=True)',
        "docent_id = db.Column(db.ForeignKey('docenten.code', name='fk_docent'), index=True)",
    )
    w.onderaan(
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        "    __table_args__ = (db.CheckConstraint('uren BETWEEN 1 AND 5', name='ck_uren'),)\n"
        '    code = db.Column(db.String(4), primary_key=True)\n'
        '    naam = db.Column(db.Text, nullable=False, unique=True)\n'
        '    uren = db.Column(db.Integer, nullable=False)\n'
        "    soort = db.Column(db.Enum('solo', 'groep', name='soort'), nullable=False)\n"
        '    baas_id = db.Column(db.ForeignKey("docenten.code"))\n'
        "    baas = db.relationship('Docent', remote_side=[code])\n"
        '    rooster = db.Column(db.JSON)\n\n'
        '    def __repr__(self):\n'
        '        return self.naam.upper() + self.baas.naam\n\n\n'
        "les = db.Table('les', db.metadata,\n"
        "    db.Column('docent', db.ForeignKey('docenten.code'), primary_key=True),\n"
        "    db.Column('cursist', db.ForeignKey('cursisten.id'), primary_key=True))"
    )
    uniek = "batch_op.create_unique_constraint(None, ['rang'])"
    weg = "batch_op.drop_constraint(None, type_='unique')"
    w.migreer('eigen', (uniek, uniek.replace('None', "'uq'")), (weg, weg.replace('None', "'uq'")))


def een_eigen_unieke_kolom_van_voor_de_naming_convention(w):
    docent = (
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n'
        '    code = db.Column(db.Text, unique=True)'
    )
    w.onderaan(docent)
    w.migreer('docenten')
    w.model_van(GEBRUIKERS)
    w.onderaan(docent)
    # Het script geeft de unieke kolom die er al is een naam, en haalt die in downgrade() weg.
    w.migreer('gebruikers')


def een_unieke_kolom_zonder_naam(w):
    """Een kolom die al uniek is zoekt Alembic na de naming convention op zijn naam."""
    w.onderaan(
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n'
        '    code = db.Column(db.Text, unique=True)'
    )
    w.migreer(
        'docenten',
        (
            "sa.UniqueConstraint('code', name=op.f('uq_docenten_code'))",
            "sa.UniqueConstraint('code', name=None)",
        ),
    )


def een_naam_voor_twee_unieke_kolommen(w):
    w.model_van(GEBRUIKERS)
    w.vervang("'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'")
    w.migreer('gebruikers')


def andere_rijen(w):
    w.sql(
        'DELETE FROM cursisten',
        "INSERT INTO cursisten (id, naam, leeftijd) VALUES (7, 'Ünal', NULL), (9, NULL, 40)",
        # Alleen in een tijdstip is dit te veel tekst.
        f"UPDATE cursisten SET woonplaats = '{NU}' WHERE id = 7",
    )


# Wat er verandert, de stap waarna, en de laatste stap die daarna af is.
GOED = [
    (gemapte_kolommen, NIVEAU - 1, NIVEAU),
    (een_model_in_een_eigen_bestand, WOONPLAATS, WOONPLAATS),
    (andere_volgorde_en_aanhalingstekens, WOONPLAATS, WOONPLAATS),
    (een_regel_die_er_twee_keer_staat, WOONPLAATS, WOONPLAATS),
    (kolommen_en_typen_buiten_een_klasse, WOONPLAATS, WOONPLAATS),
    (een_init_in_het_model, EERSTE, EERSTE),
    (regeleinden_van_windows_en_een_bom, NIVEAU, NIVEAU),
    (commentaar_en_een_ander_tijdstip, TIJDSTIP - 1, TIJDSTIP),
    (een_tijdstip_uit_sql, TIJDSTIP - 1, TIJDSTIP),
    (een_standaardwaarde_uit_sql, NIVEAU - 1, NIVEAU),
    (twee_migraties_voor_een_stap_en_een_eigen_ertussen, CURSISTNUMMER - 1, CURSISTNUMMER),
    (een_unieke_index, CURSISTNUMMER - 1, CURSISTNUMMER),
    (een_unieke_index_uit_een_eigen_script, CURSISTNUMMER - 1, CURSISTNUMMER),
    (andere_namen_van_constraints, GEBRUIKERS, GEBRUIKERS),
    (hernoemen_met_een_kopie, NAAM, NAAM),
    (hernoemen_zonder_batch, NAAM, NAAM),
    (een_update_boven_het_with_blok_en_een_op_twee_regels, GEBOORTEJAAR, GEBOORTEJAAR),
    (een_index_met_een_eigen_naam, INDEX - 1, INDEX),
    (een_naam_met_iets_erbij, NAAM - 1, NAAM),
    (een_naam_uit_twee_eigen_kolommen, NAAM - 1, NAAM),
    (een_ander_jaar, LEEFTIJD_WEG, LEEFTIJD_WEG),
    (zonder_batch_en_met_annotaties, WOONPLAATS - 1, WOONPLAATS),
    (vullen_in_een_later_script, GEBOORTEJAAR - 1, GEBOORTEJAAR),
    (rijen_uit_een_migratie, WOONPLAATS, WOONPLAATS),
    (samengevoegde_heads, EERSTE, EERSTE),
    (een_andere_versietabel, WOONPLAATS, NIVEAU),
    (namen_in_een_andere_codering, WOONPLAATS, WOONPLAATS),
    (een_view_en_een_trigger, WOONPLAATS, WOONPLAATS),
    (foreign_keys_aan_met_een_eigen_tabel, TIJDSTIP - 1, TIJDSTIP),
    (eigen_kolommen_en_tabellen, WOONPLAATS, WOONPLAATS),
    (een_eigen_unieke_kolom_van_voor_de_naming_convention, GEBRUIKERS - 1, GEBRUIKERS),
    (een_unieke_kolom_zonder_naam, GEBRUIKERS, GEBRUIKERS),
    (een_naam_voor_twee_unieke_kolommen, GEBRUIKERS - 1, GEBRUIKERS),
    (andere_rijen, WOONPLAATS, WOONPLAATS),
]


@pytest.mark.parametrize(('doe', 'na', 'tot'), GOED, ids=[doe.__name__ for doe, *_ in GOED])
def test_dit_is_geen_fout(leerling, doe, na, tot):
    werk = leerling(na)
    doe(werk)
    is_goed(werk, tot)
    # Ook wie alleen leest, ziet niets vreemds.
    rij = lees(*zoek_inleveringen([werk.map]))
    assert (rij.stap, rij.opvalt) == (tot, [])


def test_alles_tegelijk_mag_ook(leerling):
    werk = leerling(GEBOORTEJAAR)
    een_init_in_het_model(werk)
    andere_volgorde_en_aanhalingstekens(werk)
    regeleinden_van_windows_en_een_bom(werk)
    werk.sql("INSERT INTO cursisten (naam, leeftijd) VALUES ('Noor', 22)")
    is_goed(werk, GEBOORTEJAAR)


def test_een_lege_tabel_is_een_opmerking(leerling):
    werk = leerling(WOONPLAATS)
    werk.sql('DELETE FROM cursisten')
    assert 'staan geen rijen' in is_goed(werk, WOONPLAATS)
