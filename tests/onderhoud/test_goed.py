"""Wat een leerling anders doet dan de les en toch goed is, blijft goed.

Elke map begint gespeeld, en daarin is van alles tegelijk anders: wat elkaar niet in de weg zit,
staat samen in een map.
"""

import shutil
from dataclasses import replace
from functools import partial

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
    Leerling,
    in_script,
)
from recepten import STRAAT, regels, uniek, zonder_batch
from situaties.situatie import VIEW, lessen_met_foreign_keys_aan, zet_model_apart
from stappen import GEVULD, HERNOEMD, KOPIE, MODULE, NU, REGELS, TABEL

BOM = b'\xef\xbb\xbf'
OUD, NIEUW = HERNOEMD.was, HERNOEMD.naam
PLAATS, NUMMER = KOLOM[WOONPLAATS].naam, KOLOM[CURSISTNUMMER].naam
DOCENT = """\
class Docent(db.Model):
    __tablename__ = 'docenten'
    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.Text, unique=True)"""


def met_sql(opdracht: str) -> str:
    return f'op.execute({opdracht!r})'


# --- Het model is anders geschreven ---------------------------------------------------------


def andere_volgorde_regeleinden_en_rijen(w: Leerling) -> None:
    naam, plaats, tijdstip = NAAM_VOORAF.regel, KOLOM[WOONPLAATS].regel, KOLOM[TIJDSTIP]
    w.vervang(f'    {plaats}\n', '')
    lang = plaats.replace('String(', 'String(length=')
    w.vervang(naam, f'{lang[:-1]}, nullable=True)\n    {naam[:-1]}())')
    # Deze regel staat er twee keer.
    w.kolom(KOLOM[NIVEAU].regel)
    begin = '    def __init__(self, naam, leeftijd):\n        self.naam = naam\n\n'
    w.vervang(ONDER_DE_KOLOMMEN, begin + ONDER_DE_KOLOMMEN)
    bestanden = [MODULE, *(script.naam for script in lees_oefenmap(w.map).scripts)]
    for bestand in bestanden:
        w.vervang("'", '"', bestand)
    w.vervang('return f"Cursist', '# Met een f-string.\n        return f"Cursist')
    w.kolom(
        '# Het tijdstip is UTC, niet de Nederlandse tijd.',
        f'{tijdstip.naam} = db.Column(',
        f'    db.{tijdstip.model_type}, nullable=False,  # verplicht',
        '    server_default=db.func.current_timestamp())',
    )
    noor = f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 20)"
    w.schrijf_script('rijen', met_sql(noor), 'pass')
    w.flask('db', 'upgrade')
    w.sql(
        f'DELETE FROM {TABEL}',
        f"INSERT INTO {TABEL} (id, naam, leeftijd) VALUES (7, 'Ünal', NULL), (9, NULL, 40)",
        # Alleen in een tijdstip is dit te veel tekst.
        f"UPDATE {TABEL} SET {PLAATS} = '{NU}' WHERE id = 7",
    )
    w.migreer('tijdstip')
    w.vervang('def upgrade():', '# Dit is nu van mij.\ndef upgrade():', w.script('tijdstip'))
    shutil.copyfile(w.database, w.map / KOPIE)
    # Een naam in een andere codering dan UTF-8.
    w.sql(f"INSERT INTO {TABEL} (naam) VALUES (CAST(x'4A6FEB6C' AS TEXT))")
    for bestand in (w.map / naam for naam in bestanden):
        tekst = bestand.read_bytes().replace(b'\r\n', b'\n')
        bestand.write_bytes(BOM + tekst.replace(b'\n', b'\r\n'))


def gemapte_kolommen_in_een_eigen_bestand(w: Leerling) -> None:
    zet_model_apart(w)
    mapped = 'from sqlalchemy.orm import Mapped, mapped_column\n'
    leeftijd, niveau = KOLOM[EERSTE], KOLOM[NIVEAU]
    # Een standaardwaarde uit SQL, en een index die uniek is.
    uit_sql = f'db.{niveau.model_type}, server_default=db.text("({niveau.standaard})")'
    meer = f'{niveau.naam}: Mapped[str] = mapped_column({uit_sql})'
    meer += f'\n    {replace(KOLOM[CURSISTNUMMER], index=True).regel}'
    for oud, nieuw in (
        ('from uitbreidingen', f'{mapped}from uitbreidingen'),
        (f'id = db.Column(db.{ID.model_type}, ', 'id: Mapped[int] = mapped_column('),
        (leeftijd.regel, f'{leeftijd.naam}: Mapped[int | None]'),
        (f'{OUD} = db.Column(', f'{OUD}: Mapped[str | None] = mapped_column('),
        (f'{PLAATS} = db.Column(', f'{PLAATS}: Mapped[str | None] = mapped_column('),
        (ONDER_DE_KOLOMMEN, f'    {meer}\n\n{ONDER_DE_KOLOMMEN}'),
    ):
        w.vervang(oud, nieuw, 'models.py')
    # Een kopie die de module niet gebruikt telt niet mee.
    w.schrijf(w.lees('models.py').replace(PLAATS, 'woonplats'), 'models_oud.py')
    w.vervang(REGELS['migrate'], "Migrate(app, db, version_table='versies')")
    w.sql('ALTER TABLE alembic_version RENAME TO versies')
    w.migreer('twee_stappen')


# --- Er is meer dan de les vraagt -----------------------------------------------------------

EIGEN_TABELLEN = f"""\
class Docent(db.Model):
    __tablename__ = 'docenten'
    __table_args__ = (db.CheckConstraint('uren BETWEEN 1 AND 5', name='ck_uren'),)
    code = db.Column(db.String(4), primary_key=True)
    naam = db.Column(db.Text, nullable=False, unique=True)
    uren = db.Column(db.Integer, nullable=False)
    soort = db.Column(db.Enum('solo', 'groep', name='soort'), nullable=False)
    baas_id = db.Column(db.ForeignKey("docenten.code"))
    baas = db.relationship('Docent', remote_side=[code])
    rooster = db.Column(db.JSON)
    def __repr__(self):
        return self.naam.upper() + self.baas.naam

les = db.Table('les', db.metadata,
    db.Column('docent', db.ForeignKey('docenten.code'), primary_key=True),
    db.Column('cursist', db.ForeignKey('{TABEL}.id'), primary_key=True))

class Basis:
    gemaakt = db.Column(db.Date)

plek = db.Column('plek', db.Text)
plekken = db.Table('plekken', db.metadata, plek)

class Zaal(Basis, db.Model):
    __tablename__ = 'zalen'
    LENGTE = db.String(20)
    kort = db.String(5)
    nummer = db.Column(kort, primary_key=True)
    def zoek(self):
        kolom = db.Column(db.Text)
        return kolom, self.LENGTE"""


def eigen_kolommen_tabellen_en_een_merge(w: Leerling) -> None:
    lessen_met_foreign_keys_aan(w)
    w.kolom(
        KOLOM[TIJDSTIP].regel,
        "instrument = db.Column(db.String(30), nullable=False, server_default='gitaar')",
        'rang = db.Column(db.Numeric(5, 2), unique=True)',
        "docent_id = db.Column(db.ForeignKey('docenten.code', name='fk_docent'), index=True)",
    )
    w.onderaan(EIGEN_TABELLEN)
    maak = "batch_op.create_unique_constraint(None, ['rang'])"
    weg = "batch_op.drop_constraint(None, type_='unique')"
    w.migreer('eigen', *((oud, oud.replace('None', "'uq'")) for oud in (maak, weg)))
    # Twee heads, die weer samenkomen: een trigger, en een unieke index uit een eigen script.
    begin = w.head()
    trigger = f'CREATE TRIGGER t AFTER DELETE ON {TABEL} BEGIN SELECT 1; END'
    w.schrijf_script('trigger', met_sql(trigger), met_sql('DROP TRIGGER t'), begin)
    upgrade, downgrade = regels(zonder_batch(KOLOM[CURSISTNUMMER]))
    w.schrijf_script(
        'nummer',
        f"{upgrade}\nop.create_index('nr', '{TABEL}', ['{NUMMER}'], unique=True)",
        f"op.drop_index('nr', table_name='{TABEL}')\n{downgrade}",
        begin,
    )
    w.kolom(KOLOM[CURSISTNUMMER].regel)
    w.flask('db', 'merge', 'heads', '-m', 'samen')
    w.flask('db', 'upgrade')
    w.sql(VIEW, 'INSERT INTO lessen (cursist_id) VALUES (1)')


# --- De migraties zijn anders gemaakt -------------------------------------------------------


def vervang_naam(w: Leerling, heel: str) -> None:
    """Zet in plaats van naam de kolom volledige_naam, met een waarde uit SQL."""
    w.kolom('roepnaam = db.Column(db.Text)', 'achternaam = db.Column(db.Text)')
    w.migreer('delen')
    w.sql(f"UPDATE {TABEL} SET roepnaam = 'Jo', achternaam = 'Visser'")
    w.vervang(f'    {NAAM_VOORAF.regel}', f'    {HERNOEMD.regel}')
    w.vervang(f'self.{OUD}', f'self.{NIEUW}')
    functies = [
        f"op.add_column('{TABEL}', {in_script(replace(HERNOEMD, naam=nieuw))})\n"
        f'op.execute("UPDATE {TABEL} SET {nieuw} = {waarde}")\n'
        f"op.drop_column('{TABEL}', '{oud}')"
        for oud, nieuw, waarde in ((OUD, NIEUW, heel), (NIEUW, OUD, NIEUW))
    ]
    w.schrijf_script('heel', *functies)
    w.flask('db', 'upgrade')


def eigen_scripts_zonder_batch(w: Leerling) -> None:
    # Het model en de migratie schrijven het tijdstip verschillend, allebei in SQL.
    tijdstip = KOLOM[TIJDSTIP].regel.replace('db.func.now()', 'db.text("(datetime(\'now\'))")')
    w.kolom(*(k.regel for k in (KOLOM[WOONPLAATS], KOLOM[CURSISTNUMMER], STRAAT, KOLOM[NIVEAU])))
    w.kolom(tijdstip, GEVULD.regel)
    revisie = w.schrijf_script('woonplaats', *regels(zonder_batch(KOLOM[WOONPLAATS])))
    script = w.script('woonplaats')
    w.vervang(f'revision = {revisie!r}', "revision: str = 'Mijn_2.é'", script)
    w.vervang('down_revision = ', 'down_revision: str | tuple[str, ...] | None = ', script)
    # Twee migraties voor een stap, en een eigen ertussen.
    w.schrijf_script('kolom', *regels(zonder_batch(KOLOM[CURSISTNUMMER])))
    w.schrijf_script('eigen', *regels(zonder_batch(STRAAT)))
    w.schrijf_script('uniek', *regels(uniek(NUMMER)))
    w.flask('db', 'upgrade')
    w.migreer('rest', ("datetime('now')", "strftime('%Y-%m-%d %H:%M:%f', 'now')"))
    # De kolom vullen kan ook later.
    w.schrijf_script('vul', met_sql(GEVULD.vulling), 'pass')
    w.flask('db', 'upgrade')
    vervang_naam(w, f"{OUD} || ' ' || achternaam")


def hernoemen_met_een_kopie_en_eigen_unieke_kolommen(w: Leerling) -> None:
    w.flask('db', 'downgrade', w.revisie(NAAM) + '-1')
    for oud, nieuw in ((OUD, NIEUW), (NIEUW, OUD)):
        w.vervang(
            f"        batch_op.alter_column('{oud}', new_column_name='{nieuw}')",
            f'        batch_op.add_column({in_script(replace(HERNOEMD, naam=nieuw))})\n'
            f"    op.execute('UPDATE {TABEL} SET {nieuw} = {oud}')\n"
            f"    op.drop_column('{TABEL}', '{oud}')",
            w.script(NAAM),
        )
    w.flask('db', 'upgrade')
    w.onderaan(DOCENT)
    w.migreer('docenten')
    w.model_van(GEBRUIKERS)
    w.onderaan(DOCENT)
    # Het script geeft de unieke kolom die er al is een naam, en haalt die in downgrade() weg.
    w.migreer('gebruikers')
    w.onderaan(DOCENT.replace('Docent', 'Lokaal').replace('docenten', 'lokalen'))
    # Een kolom die al uniek is zoekt Alembic na de naming convention op zijn naam.
    w.migreer('lokalen', ("name=op.f('uq_lokalen_code')", 'name=None'))


def scripts_veranderd_en_opnieuw_uitgevoerd(w: Leerling) -> None:
    w.flask('db', 'downgrade', w.revisie(GEBOORTEJAAR) + '-1')
    # Hernoemen zonder batch, en een ander jaar.
    for oud in (OUD, NIEUW):
        nieuw = f"op.alter_column('{TABEL}', '{oud}', existing_type=sa.Text(), "
        w.vervang(f"batch_op.alter_column('{oud}', ", nieuw, w.script(NAAM))
    for stap in (GEBOORTEJAAR, LEEFTIJD_WEG):
        w.vervang(f'{GEVULD.som} -', f'{GEVULD.som - 1} -', w.script(stap))
    # Een UPDATE boven het with-blok, en een op twee regels.
    eerst = f"UPDATE {TABEL} SET {KOLOM[NIVEAU].naam} = 'gevorderd' WHERE leeftijd > 30"
    begin, blok, rest = w.lees(w.script(GEBOORTEJAAR)).partition('    with ')
    rest = rest.replace(' SET ', " '\n        'set ")
    w.schrijf(f'{begin}    {met_sql(eerst)}\n{blok}{rest}', w.script(GEBOORTEJAAR))
    w.flask('db', 'upgrade')
    # Een naam voor twee unieke kolommen.
    w.model_van(GEBRUIKERS)
    w.vervang("'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'")
    w.migreer('gebruikers')


def andere_namen_van_constraints_en_een_index(w: Leerling) -> None:
    w.vervang("'uq_", "'mijn_uq_", w.script(CURSISTNUMMER))
    script = w.script(GEBRUIKERS)
    for begin in ('uq_', 'fk_'):
        w.vervang(f"'{begin}", f"'mijn_{begin}", script)
    # De foreign key mag ook voor de tabel komen waar hij naar wijst.
    tekst = w.lees(script)
    tabel = tekst[tekst.index("    op.create_table('") : tekst.index('    with op.batch')]
    w.vervang(tabel, '', script)
    w.vervang('\n\n\ndef downgrade', f'\n{tabel}\n\ndef downgrade', script)
    w.model_van(INDEX)
    w.vervang(KOLOM[INDEX].regel, HERNOEMD.regel)
    index = f"    __table_args__ = (db.Index('ix_naam', '{NIEUW}'),)\n\n"
    w.vervang(ONDER_DE_KOLOMMEN, index + ONDER_DE_KOLOMMEN)
    maak = f"op.create_index('ix_naam', '{TABEL}', ['{NIEUW}'])"
    w.schrijf_script('index', maak, f"op.drop_index('ix_naam', '{TABEL}')")
    w.flask('db', 'upgrade')


# Wat er verandert, de stap waarna, en de laatste stap die daarna af is.
GOED = [
    (andere_volgorde_regeleinden_en_rijen, TIJDSTIP - 1, TIJDSTIP),
    (gemapte_kolommen_in_een_eigen_bestand, WOONPLAATS, CURSISTNUMMER),
    (eigen_kolommen_tabellen_en_een_merge, CURSISTNUMMER - 1, TIJDSTIP),
    (eigen_scripts_zonder_batch, EERSTE, NAAM),
    (partial(vervang_naam, heel="roepnaam || ' ' || achternaam"), NAAM - 1, NAAM),
    (hernoemen_met_een_kopie_en_eigen_unieke_kolommen, GEBRUIKERS - 1, GEBRUIKERS),
    (scripts_veranderd_en_opnieuw_uitgevoerd, GEBRUIKERS - 1, GEBRUIKERS),
    (andere_namen_van_constraints_en_een_index, GEBRUIKERS, INDEX),
]


@pytest.mark.parametrize(('doe', 'na', 'tot'), GOED)
def test_dit_is_geen_fout(leerling, doe, na, tot):
    werk = leerling(na)
    doe(werk)
    is_goed(werk, tot)
    # Ook wie alleen leest, ziet niets vreemds.
    rij = lees(*zoek_inleveringen([werk.map]))
    assert (rij.stap, rij.opvalt) == (tot, [])
