"""Wat een leerling anders doet dan de les en toch goed is, blijft goed; wat niet klopt valt op.

Elke map begint gespeeld, en daarin is van alles tegelijk anders: wat elkaar niet in de weg zit,
staat samen in een map. De meeste fouten staan in situaties/: daar hoort bij elke fout ook wat de
leerling dan doet. Een downgrade die niets doet staat, bij elke stap, in test_hypothesis.py.
"""

import shutil
from dataclasses import replace
from functools import partial

import pytest
from beweringen import is_goed, keurt_af
from docent.inlevering import zoek_inleveringen
from docent.rij import lees
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
    Leerling,
    in_script,
)
from recepten import batch, regels, zonder_batch
from situaties.situatie import KLASSE, VIEW, lessen_met_foreign_keys_aan, zet_model_apart
from stappen import GEVULD, HERNOEMD, KOPIE, MODULE, NU, REGELS, TABEL

OUD, NIEUW = HERNOEMD.was, HERNOEMD.naam
PLAATS, NUMMER, TIJD = KOLOM[WOONPLAATS], KOLOM[CURSISTNUMMER], KOLOM[TIJDSTIP]
ANDERE_VERSIETABEL = REGELS['migrate'], "Migrate(app, db, version_table='versies')"


def met_sql(opdracht: str) -> str:
    return f'op.execute({opdracht!r})'


# --- Het model is anders geschreven ---------------------------------------------------------


def andere_woorden_regeleinden_en_rijen(w: Leerling) -> None:
    # Deze regel staat er twee keer.
    w.kolom(KOLOM[NIVEAU].regel)
    w.kolom('def __init__(self, naam, leeftijd):', '    self.naam = naam')
    bestanden = [w.module, *w.versions.glob('*.py')]
    for bestand in bestanden:
        w.vervang("'", '"', bestand)
    w.kolom(
        '# Het tijdstip is UTC, niet de Nederlandse tijd.',
        f'{TIJD.naam} = db.Column(',
        f'    db.{TIJD.model_type}, nullable=False,  # verplicht',
        '    server_default=db.func.current_timestamp())',
    )
    w.schrijf_script('rijen', met_sql(f"INSERT INTO {TABEL} (naam) VALUES ('Noor')"), 'pass')
    w.flask('db', 'upgrade')
    w.sql(
        f'DELETE FROM {TABEL}',
        f"INSERT INTO {TABEL} (id, naam, leeftijd) VALUES (7, 'Ünal', NULL), (9, NULL, 40)",
        # Alleen in een tijdstip is dit te veel tekst.
        f"UPDATE {TABEL} SET {PLAATS.naam} = '{NU}' WHERE id = 7",
    )
    w.migreer('tijdstip')
    shutil.copyfile(w.database, w.map / KOPIE)
    # Een naam in een andere codering dan UTF-8, en bestanden zoals Kladblok ze opslaat.
    w.sql(f"INSERT INTO {TABEL} (naam) VALUES (CAST(x'4A6FEB6C' AS TEXT))")
    for bestand in bestanden:
        bestand.write_text(w.lees(bestand), encoding='utf-8-sig', newline='\r\n')


def gemapte_kolommen_in_een_eigen_bestand(w: Leerling) -> None:
    leeftijd, niveau = KOLOM[EERSTE], KOLOM[NIVEAU]
    # Een standaardwaarde uit SQL, en een index die uniek is.
    uit_sql = f'db.{niveau.model_type}, server_default=db.text("({niveau.standaard})")'
    meer = f'{niveau.naam}: Mapped[str] = mapped_column({uit_sql})'
    w.kolom(meer, replace(NUMMER, index=True).regel)
    for oud, nieuw in (
        ('id = db.Column(db.Integer, ', 'id: Mapped[int] = mapped_column('),
        (leeftijd.regel, f'{leeftijd.naam}: Mapped[int | None]'),
        (f'{PLAATS.naam} = db.Column(', f'{PLAATS.naam}: Mapped[str | None] = mapped_column('),
    ):
        w.vervang(oud, nieuw)
    zet_model_apart(w)
    mapped = 'from sqlalchemy.orm import Mapped, mapped_column\n'
    w.schrijf(mapped + w.lees('models.py'), 'models.py')
    # Een kopie die de module niet gebruikt telt niet mee.
    w.schrijf(w.lees('models.py').replace(PLAATS.naam, 'woonplats'), 'models_oud.py')
    w.vervang(*ANDERE_VERSIETABEL)
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
        # Het model en de migratie schrijven het tijdstip verschillend, allebei in SQL.
        TIJD.regel.replace('db.func.now()', 'db.text("(datetime(\'now\'))")'),
        "instrument = db.Column(db.String(30), nullable=False, server_default='gitaar')",
        'rang = db.Column(db.Numeric(5, 2), unique=True)',
        "volwassen = db.Column(db.Boolean, db.Computed('leeftijd >= 18'))",
        "docent_id = db.Column(db.ForeignKey('docenten.code', name='fk_docent'), index=True)",
    )
    w.onderaan(EIGEN_TABELLEN)
    w.migreer(
        'eigen',
        ("datetime('now')", "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
        ("create_unique_constraint(None, ['rang'", "create_unique_constraint('uq', ['rang'"),
        ("drop_constraint(None, type_='unique'", "drop_constraint('uq', type_='unique'"),
    )
    # Twee heads, die weer samenkomen: een trigger, en een unieke index uit een eigen script.
    begin = w.head()
    trigger = f'CREATE TRIGGER t AFTER DELETE ON {TABEL} BEGIN SELECT 1; END'
    revisie = w.schrijf_script('trigger', met_sql(trigger), met_sql('DROP TRIGGER t'), begin)
    script = w.script('trigger')
    w.vervang(f'revision = {revisie!r}', "revision: str = 'Mijn_2.é'", script)
    w.vervang('down_revision = ', 'down_revision: str | tuple[str, ...] | None = ', script)
    nummer, op = zonder_batch(NUMMER), f"'nr', '{TABEL}'"
    uniek = f"op.create_index({op}, ['{NUMMER.naam}'], unique=True)", f'op.drop_index({op})'
    w.schrijf_script('nummer', *regels(nummer, uniek), begin)
    w.kolom(NUMMER.regel)
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


def eigen_unieke_kolommen(w: Leerling) -> None:
    klasse = KLASSE + '    code = db.Column(db.Text, unique=True)'
    docent, lokaal = klasse.format('Docent', 'docenten'), klasse.format('Lokaal', 'lokalen')
    w.onderaan(docent)
    w.migreer('docenten')
    w.model_van(GEBRUIKERS)
    w.onderaan(docent)
    # Het script geeft de unieke kolom die er al is een naam, en haalt die in downgrade() weg.
    w.migreer('gebruikers')
    w.onderaan(lokaal)
    # Een kolom die al uniek is zoekt Alembic na de naming convention op zijn naam.
    w.migreer('lokalen', ("name=op.f('uq_lokalen_code')", 'name=None'))


def scripts_veranderd_en_opnieuw_uitgevoerd(w: Leerling) -> None:
    w.flask('db', 'downgrade', w.revisie(GEBOORTEJAAR) + '-1')
    for stap in (GEBOORTEJAAR, LEEFTIJD_WEG):
        w.vervang(f'{GEVULD.som} -', f'{GEVULD.som - 1} -', w.script(stap))
    # Een UPDATE boven het with-blok, van een kolom waarvan de waarden mogen veranderen.
    eerst = f"UPDATE {TABEL} SET {KOLOM[NIVEAU].naam} = 'gevorderd' WHERE leeftijd > 30"
    w.vervang('    with ', f'    {met_sql(eerst)}\n    with ', w.script(GEBOORTEJAAR))
    w.flask('db', 'upgrade')
    # Een naam voor twee unieke kolommen.
    w.model_van(GEBRUIKERS)
    w.vervang("'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'")
    w.migreer('gebruikers')


def andere_namen_van_constraints_en_een_index(w: Leerling) -> None:
    script = w.script(GEBRUIKERS)
    for begin, waar in (('uq_', w.script(CURSISTNUMMER)), ('uq_', script), ('fk_', script)):
        w.vervang(f"'{begin}", f"'mijn_{begin}", waar)
    # De foreign key mag ook voor de tabel komen waar hij naar wijst.
    tekst = w.lees(script)
    tabel = tekst[tekst.index("    op.create_table('") : tekst.index('    with op.batch')]
    w.vervang(tabel, '', script)
    w.vervang('\n\n\ndef downgrade', f'\n{tabel}\n\ndef downgrade', script)
    w.kolom(f"__table_args__ = (db.Index('ix_naam', '{NIEUW}'),)")
    maak = f"op.create_index('ix_naam', '{TABEL}', ['{NIEUW}'])"
    w.schrijf_script('index', maak, f"op.drop_index('ix_naam', '{TABEL}')")
    # Dit slaat Alembic over.
    w.schrijf('', 'migrations/versions/__init__.py')
    w.flask('db', 'upgrade')


def namen_in_hoofdletters(w: Leerling) -> None:
    w.schrijf_script('hoofdletters', met_sql(f'UPDATE {TABEL} SET {OUD} = upper({OUD})'), 'pass')
    w.flask('db', 'upgrade')


def leeftijd_weg_voor_het_hernoemen(w: Leerling, ook_erbij: bool) -> None:
    """De kolom van stap 8 gaat al weg, soms in het script dat die van stap 6 erbij zet."""
    oud = KOLOM[EERSTE]
    erbij, erbij_weg = zonder_batch(KOLOM[GEBOORTEJAAR]) if ook_erbij else ('', '')
    oud_erbij, oud_weg = zonder_batch(oud)
    vul = met_sql(GEVULD.vulling) if ook_erbij else ''
    vul_terug = met_sql(f'UPDATE {TABEL} SET {oud.naam} = {GEVULD.som} - {GEVULD.naam}')
    w.model_van(GEBOORTEJAAR)
    w.vervang(f'    {oud.regel}\n', '')
    w.vervang(f'self.{oud.naam}', f'self.{GEVULD.naam}')
    heen, terug = (erbij, vul, oud_weg), (oud_erbij, vul_terug, erbij_weg)
    w.schrijf_script('jaar', *('\n'.join(filter(None, delen)) for delen in (heen, terug)))
    w.flask('db', 'upgrade')


# Wat er verandert, de stap waarna, en de laatste stap die daarna af is.
GOED = [
    (andere_woorden_regeleinden_en_rijen, TIJDSTIP - 1, TIJDSTIP),
    (gemapte_kolommen_in_een_eigen_bestand, WOONPLAATS, CURSISTNUMMER),
    (eigen_kolommen_tabellen_en_een_merge, CURSISTNUMMER - 1, TIJDSTIP),
    # De hele naam komt uit de oude naam, of uit meer dan een andere kolom.
    (partial(vervang_naam, heel=f"{OUD} || ' ' || achternaam"), NAAM - 1, NAAM),
    (partial(vervang_naam, heel="roepnaam || ' ' || achternaam"), NAAM - 1, NAAM),
    (namen_in_hoofdletters, WOONPLAATS, WOONPLAATS),
    (partial(leeftijd_weg_voor_het_hernoemen, ook_erbij=True), GEBOORTEJAAR - 1, GEBOORTEJAAR),
    (partial(leeftijd_weg_voor_het_hernoemen, ook_erbij=False), GEBOORTEJAAR, GEBOORTEJAAR),
    (eigen_unieke_kolommen, GEBRUIKERS - 1, GEBRUIKERS),
    (scripts_veranderd_en_opnieuw_uitgevoerd, GEBRUIKERS - 1, GEBRUIKERS),
    (andere_namen_van_constraints_en_een_index, GEBRUIKERS, INDEX),
]


@pytest.mark.parametrize(('doe', 'na', 'tot'), GOED)
def test_dit_is_geen_fout(leerling, doe, na, tot, tmp_path):
    werk = leerling(na)
    doe(werk)
    is_goed(werk, tot)
    # Ook wie alleen leest, ziet niets vreemds.
    rij = lees(*zoek_inleveringen([werk.map], tmp_path))
    assert (rij.stap, rij.opvalt) == (tot, [])


# --- Wat niet klopt, ook als er geen eigen hint voor is ---------------------------------------


def kolom_weg_zonder_de_nieuwe(w: Leerling) -> None:
    w.vervang(f'    {NAAM_VOORAF.regel}\n', '')
    w.schrijf_script('weg', *zonder_batch(NAAM_VOORAF)[::-1])
    w.flask('db', 'upgrade')


def kolom_is_niet_meer_uniek(w: Leerling) -> None:
    # De downgrade erna vindt de constraint niet meer; wat hem weghaalt gaat voor.
    _, weg = batch('', f"drop_constraint('uq_{TABEL}_{NUMMER.naam}', type_='unique')")
    w.schrijf_script('los', 'pass', weg)
    w.flask('db', 'upgrade')


UNIEK = f'CREATE UNIQUE INDEX u ON {TABEL} ({PLAATS.naam})'

# Wat er verandert, de stap waarna, de stap die dan fout is, en woorden uit de hint.
FOUT = [
    (kolom_weg_zonder_de_nieuwe, NAAM - 1, NAAM, f'`{NIEUW}` `{TABEL}` --terug'),
    # Een naam zonder wat er in de oude kolom stond.
    (partial(vervang_naam, heel="'Noor'"), NAAM - 1, NAAM, 'namen new_column_name'),
    (kolom_is_niet_meer_uniek, *[CURSISTNUMMER] * 2, f'downgrade `{NUMMER.naam}`'),
    # De versietabel die de app gebruikt heeft de database niet.
    (lambda w: w.vervang(*ANDERE_VERSIETABEL), WOONPLAATS, WOONPLAATS, 'flask db stamp'),
    (lambda w: w.module.write_text(w.lees(), 'utf-16'), *[WOONPLAATS] * 2, f'`{MODULE}` UTF-8'),
    # Met de hand; andere staan in situaties/database.py.
    (lambda w: w.sql(UNIEK), *[WOONPLAATS] * 2, f'data.sqlite `{TABEL}` `{PLAATS.naam}`'),
]


@pytest.mark.parametrize(('doe', 'na', 'stap', 'woorden'), FOUT)
def test_dit_is_fout(leerling, doe, na, stap, woorden):
    werk = leerling(na)
    doe(werk)
    keurt_af(werk, stap, *woorden.split())
