"""Een model dat iets anders wil dan de laatste migratie."""

from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    INDEX,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NIVEAU,
    WOONPLAATS,
)
from stappen import LAATSTE, SERVER, TABEL

from situaties.situatie import (
    INSTRUMENT,
    REGEL,
    TELEFOON,
    WACHTWOORD,
    in_de_module,
    in_een_eigen_bestand,
    kolom_fout,
    samen_met_bas,
    script_van,
    situatie,
    vorige,
    werk_elders,
    zet_klaar,
    zonder_gebruiker,
    zonder_kolom,
)

NOTITIE = """\
class Notitie(db.Model):
    __tablename__ = 'notities'
    id = db.Column(db.Integer, primary_key=True)
"""

# --- Samen aan een database -------------------------------------------------------------------

RANG = 'rang = db.Column(db.Numeric(5, 2), unique=True)'
PRIJS = "prijs = db.Column(db.NUMERIC(6, 2), index=True, server_default=db.text('1.50'))"
ZAAL = (
    'class Zaal(db.Model):\n'
    "    __tablename__ = 'zalen'\n"
    '    nummer = db.Column(db.BigInteger, primary_key=True)\n'
    f'    {TELEFOON}\n'
    f"    cursist_id = db.Column(db.ForeignKey('{TABEL}.id'))"
)


def regel_van_bas(van_bas, *woorden, stap=LAATSTE, verder=lambda m: None):
    @situatie('regel_van_een_ander_ontbreekt', stap, *woorden, tot_het_eind=True)
    def zonder_de_regel_van_bas(m):
        samen_met_bas(m, TELEFOON, van_bas)
        verder(m)


def voeg_samen(m):
    m.flask('db', 'merge', 'heads', '-m', 'samen')


def voeg_samen_en_voer_uit(m):
    voeg_samen(m)
    m.flask('db', 'upgrade')


regel_van_bas(INSTRUMENT, '`migrations/versions/b1_nieuw.py`', 'Gooi dan ook', INSTRUMENT)
regel_van_bas(INSTRUMENT, INSTRUMENT, verder=voeg_samen)
regel_van_bas(INSTRUMENT, 'Maak dan een migratie', INSTRUMENT, verder=voeg_samen_en_voer_uit)
regel_van_bas(INSTRUMENT, INSTRUMENT, stap=WOONPLAATS)
regel_van_bas(RANG, RANG.replace('Numeric', 'NUMERIC'))
regel_van_bas(PRIJS, PRIJS)
regel_van_bas(ZAAL, 'class Zalen(db.Model):', 'db.BIGINT', TELEFOON, f"ForeignKey('{TABEL}.id')")


@situatie('regel_van_een_ander_ontbreekt', LAATSTE, TELEFOON, tot_het_eind=True)
def module_van_bas_overgenomen(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    m.vervang(TELEFOON, INSTRUMENT)


@situatie(
    'regel_van_een_ander_ontbreekt',
    WOONPLAATS,
    'Gooi dan ook dat script weg',
    zelf=lambda m: (m.map / m.script('straat')).unlink(),
)
def eigen_kolom_weg_voor_de_upgrade(m):
    m.kolom('straat = db.Column(db.Text)')
    m.flask('db', 'migrate', '-m', 'straat')
    m.vervang('    straat = db.Column(db.Text)\n', '')


@situatie(
    'model_loopt_voor',
    WOONPLAATS,
    '`straat` is uit je model',
    'verdwijnt dan',
    verloren=True,
    tot_het_eind=True,
)
@situatie(
    'model_loopt_voor', LAATSTE, '`straat` is uit je model', 'flask db migrate', tot_het_eind=True
)
def eigen_kolom_weg(m):
    m.kolom('straat = db.Column(db.Text)')
    m.migreer('straat')
    m.sql(f"UPDATE {TABEL} SET straat = 'Lindelaan'")
    m.vervang('    straat = db.Column(db.Text)\n', '')


@situatie('model_loopt_voor', LAATSTE, '`straat`', 'Schreef een ander', 'flask db migrate')
def kolom_van_een_ander_voor_zijn_script(m):
    m.kolom('straat = db.Column(db.Text)')


@situatie('model_loopt_voor', WOONPLAATS, '`straat`', 'flask db migrate', tot_het_eind=True)
def eigen_kolom_opnieuw_na_de_weg_terug(m):
    m.kolom('straat = db.Column(db.Text)')
    m.migreer('straat')
    m.doe(f'    python tests/speel_les.py --terug {WOONPLAATS}')
    m.kolom('straat = db.Column(db.Text)')


@situatie('model_loopt_voor', WOONPLAATS, '`straat`', tot_het_eind=True)
def kolom_na_een_merge(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    m.kolom(INSTRUMENT)
    voeg_samen(m)
    m.kolom('straat = db.Column(db.Text)')


# --- De module van een andere stap ------------------------------------------------------------


@situatie(
    'module_is_van_een_latere_stap',
    WOONPLAATS,
    'al van stap',
    f'bij stap {WOONPLAATS}',
    '--terug',
)
def module_van_het_eind(m):
    m.model_van(GEBRUIKERS)


@situatie(
    'module_is_van_een_eerdere_stap',
    CURSISTNUMMER,
    'mist `niveau` en `',
    '--terug',
    bij=CURSISTNUMMER,
)
def module_van_twee_stappen_terug(m):
    m.model_van(NIVEAU - 1)
    # Van een vorige keer: daar zet speel_les.py niets in.
    (m.map.parent / 'opnieuw').mkdir()
    (m.map.parent / 'opnieuw' / 'iets.txt').write_text('iets', encoding='utf-8')


@situatie(
    'module_is_van_een_eerdere_stap',
    LEEFTIJD_WEG,
    'heeft weer `leeftijd`',
    zelf=lambda m: m.model_van(LEEFTIJD_WEG),
    bij=NAAM,
)
def module_van_voor_het_hernoemen(m):
    m.model_van(GEBOORTEJAAR)


# --- Een klasse of tabel ----------------------------------------------------------------------

KOP = 'class Cursist(db.Model):'
HEET = f"__tablename__ = '{TABEL}'"

in_de_module('klasse_is_geen_model_meer', KOP, 'class Cursist:', KOP, bij=EERSTE)
in_de_module('tabel_heet_anders', f"'{TABEL}'", "'cursist'", '`cursist`', HEET, bij=EERSTE)
in_de_module('tabel_heet_anders', '__tablename__', '__tabelname__', '`cursist`', HEET, bij=EERSTE)
in_de_module('tabel_heet_anders', '__tablename__', '_tablename_', HEET, bij=EERSTE)


@situatie('klasse_is_weg', GEBRUIKERS, '`gebruikers`', 'class Gebruiker')
def tweede_klasse_weg(m):
    m.vervang(", db.ForeignKey('gebruikers.id')", '')
    zonder_gebruiker(m)


@situatie('klasse_is_weg', GEBRUIKERS, '`gebruikers`', 'alle rijen kwijt', bij=GEBRUIKERS)
def klasse_weg_en_een_eigen_kolom_erbij(m):
    tweede_klasse_weg(m)
    m.kolom('bijnaam = db.Column(db.Text)')


# --- Een kolom --------------------------------------------------------------------------------

kolom_fout(
    'tikfout_in_een_naam_van_het_model',
    KOLOM[WOONPLAATS],
    'woonplaats =',
    'woonplats =',
    '`woonplats`',
    '`woonplaats`',
)


kolom_fout(
    'tikfout_in_een_naam_van_het_model',
    KOLOM[WOONPLAATS],
    'woonplaats = db.Column(',
    'woonplats = db.Column(  # de woonplats\n        ',
    '@woonplats',
)


@situatie('tikfout_in_een_naam_van_het_model', GEBRUIKERS - 1, '`gebruiker`', '__tablename__')
def tweede_tabel_in_enkelvoud(m):
    m.model_van(GEBRUIKERS)
    m.vervang("'gebruikers", "'gebruiker")


def anders(kolom, oud, nieuw, *woorden):
    kolom_fout('model_is_anders_dan_de_les', kolom, oud, nieuw, *woorden)


anders(KOLOM[WOONPLAATS], KOLOM[WOONPLAATS].model_type, 'String(5)')
anders(KOLOM[WOONPLAATS], KOLOM[WOONPLAATS].model_type, 'String', '@woonplaats')
anders(KOLOM[NIVEAU], 'nullable=False, ', '', '@niveau')
anders(KOLOM[CURSISTNUMMER], ', unique=True', '', 'anders')
anders(KOLOM[WOONPLAATS], REGEL, f'{REGEL}  # mijn'.replace('(50)', '(5)'), '  # mijn')
anders(
    KOLOM[WOONPLAATS],
    REGEL,
    REGEL.replace('(db.', '(  # mijn\n        db.').replace('(50)', '(5)'),
    'tot en met',
    '  # mijn',
)
anders(WACHTWOORD, WACHTWOORD.model_type, 'String(128)', '@wachtwoord_hash')

in_een_eigen_bestand('klasse_is_geen_model_meer', KOP, 'class Cursist:', KOP, bij=EERSTE)
in_een_eigen_bestand('tabel_heet_anders', f"'{TABEL}'", "'cursist'", HEET, bij=EERSTE)
in_een_eigen_bestand('tabel_heet_anders', '__tablename__', '_tablename_', HEET, bij=EERSTE)
in_een_eigen_bestand('model_is_anders_dan_de_les', '(50)', '(5)', REGEL)
in_een_eigen_bestand(
    'tikfout_in_een_naam_van_het_model', 'woonplaats', 'woonplats', REGEL, bij=WOONPLAATS
)
in_een_eigen_bestand('model_mist_een_kolom', f'    {REGEL}\n', '', REGEL)

in_de_module('model_mist_een_kolom', f'    {REGEL}\n', '', '`woonplaats`')
in_de_module('model_mist_een_kolom', REGEL, f'# {REGEL}', '`woonplaats`')


@situatie('model_mist_een_kolom', GEBRUIKERS - 1, '`cursistnummer`', 'nog nodig', bij=CURSISTNUMMER)
def kolom_kwijt_bij_het_begin_van_een_stap(m):
    m.model_van(GEBRUIKERS)
    zonder_kolom(m, CURSISTNUMMER)


@situatie('model_mist_een_kolom', LEEFTIJD_WEG - 1, '`geboortejaar`', 'nog nodig', bij=GEBOORTEJAAR)
def verkeerde_kolom_weggehaald(m):
    m.model_van(LEEFTIJD_WEG)
    zonder_kolom(m, GEBOORTEJAAR)


in_de_module(
    'repr_noemt_een_kolom_die_weg_is',
    '{self.volledige_naam}',
    '{self.naam}',
    '@self.naam',
    'volledige_naam',
    na=NAAM,
)
in_de_module(
    'repr_noemt_een_kolom_die_weg_is',
    '{self.geboortejaar}',
    '{self.leeftijd}',
    '@self.leeftijd',
    'geboortejaar',
    na=LEEFTIJD_WEG,
)


in_de_module(
    'repr_noemt_een_kolom_die_weg_is',
    '{self.gebruikersnaam}',
    '{self.gebruiker}',
    '@self.gebruiker',
    '{self.gebruikersnaam}',
    na=GEBRUIKERS,
)


@situatie('repr_noemt_een_kolom_die_weg_is', WOONPLAATS, '`nam`', '--terug')
def repr_uit_een_ander_bestand(m):
    m.schrijf('class Toon:\n    pass\n\n\ndef toon(zelf):\n    return zelf.nam\n', 'toon.py')
    m.vervang('import os\n', 'import os\nfrom toon import toon\n')
    m.onderaan('    __repr__ = toon')


def relatie(inhoud, *woorden):
    @situatie('relatie_klopt_niet', GEBRUIKERS, '@relationship', *woorden)
    def relatie_in_cursist(m):
        m.kolom(f'gebruiker = db.relationship({inhoud}')


relatie("'Gebruikr')  # wie inlogt", "locate a name ('Gebruikr')", "'Gebruikr')  # wie inlogt")
relatie("'Gebruiker', back_populates='cursisten')", "no property 'cursisten'", 'Haal in')
relatie("'Gebruiker',\n        lazy='dynamic')", 'tot en met', 'dynamic')


in_een_eigen_bestand(
    'relatie_klopt_niet',
    REGEL,
    f"{REGEL}\n    docent = db.relationship('Docent')",
    "locate a name ('Docent')",
    'Haal in `models.py`',
)


@situatie('relatie_klopt_niet', GEBRUIKERS, 'Docent', '--terug')
def relatie_die_nergens_in_een_klasse_staat(m):
    m.schrijf("def koppel(db):\n    return db.relationship('Docent')\n", 'relaties.py')
    m.vervang('import os\n', 'import os\n\nfrom relaties import koppel\n')
    m.kolom('docent = koppel(db)')


# --- Wat nog in een migratie moet -------------------------------------------------------------


@situatie('script_is_leeg', WOONPLAATS - 1, 'alleen `pass`', 'flask db migrate')
def leeg_script(m):
    m.flask('db', 'revision', '-m', 'woonplaats')
    m.model_van(WOONPLAATS)


@situatie('script_is_leeg', INDEX - 1, 'create_index')
def leeg_script_om_zelf_te_schrijven(m):
    m.model_van(INDEX)
    m.flask('db', 'revision', '-m', 'index')


@situatie('model_loopt_voor', NIVEAU, 'anders dan bij de revisie', bij=WOONPLAATS)
def script_zonder_de_kolom(m):
    weg, ervoor = m.revisie(WOONPLAATS), vorige(m, 'woonplaats')
    (m.map / m.script(WOONPLAATS)).unlink()
    for pad in m.versions.glob('*.py'):
        naam = pad.relative_to(m.map).as_posix()
        m.schrijf(m.lees(naam).replace(weg, ervoor), naam)


@situatie('model_loopt_voor', NAAM - 1, '`straat`', 'flask db migrate', tot_het_eind=True)
@situatie('model_loopt_voor', WOONPLAATS, '`straat`', 'flask db migrate')
def eigen_kolom_nog_niet_gemigreerd(m):
    m.kolom('straat = db.Column(db.Text)')


@situatie('model_loopt_voor', LAATSTE, SERVER, 'flask db migrate', tot_het_eind=True)
def migratie_gaat_naar_een_andere_database(m):
    m.kolom('telefoon = db.Column(db.String(15))')
    werk_elders(m)


@situatie('model_loopt_voor', WOONPLAATS, 'flask db migrate -m "notities"')
def eigen_tabel_nog_niet_gemigreerd(m):
    m.onderaan(NOTITIE)


@situatie('model_loopt_voor', WOONPLAATS, 'flask db upgrade', verloren=True)
def model_voor_en_database_achter(m):
    m.flask('db', 'downgrade')
    m.kolom('straat = db.Column(db.Text)')


@situatie('model_loopt_voor', WOONPLAATS - 1, 'anders dan bij de revisie', '--terug')
def kolom_met_de_hand_en_in_het_model(m):
    m.model_van(WOONPLAATS)
    m.sql(
        f'ALTER TABLE {TABEL} ADD COLUMN woonplaats {KOLOM[WOONPLAATS].type}',
        f"UPDATE {TABEL} SET woonplaats = 'Assen' WHERE id = 2",
    )


@situatie('model_loopt_voor', GEBRUIKERS - 1, 'anders dan bij de revisie')
def create_all_in_de_shell(m):
    m.vervang(KOP, f'{NOTITIE}\n\n{KOP}')
    m.flask('shell', invoer='db.create_all()\n')


@situatie('model_loopt_voor', INDEX - 1, 'volledige_naam', 'flask db migrate')
def index_met_een_andere_naam_en_een_script_erna(m):
    script = zet_klaar(m, INDEX)
    m.vervang('ix_cursisten_volledige_naam', 'ix_naam', script)
    m.schrijf_script('leeg', 'pass', 'pass')
    m.flask('db', 'upgrade')


# --- Een index die anders is dan in het model -------------------------------------------------

IX = 'ix_cursisten_volledige_naam'


def index_anders(oud, nieuw):
    script_van('model_loopt_voor', INDEX, oud, nieuw, 'nog niet in een migratie', bij=INDEX)


index_anders(f"'{TABEL}', ['volledige_naam']", f"'{TABEL}', ['woonplaats']")
index_anders(IX, 'ix_naam')
index_anders(f"create_index('{IX}'", "create_index('ix_naam'")


@situatie('model_loopt_voor', INDEX - 1, 'flask db migrate')
def index_met_een_andere_naam_uitgevoerd(m):
    script = zet_klaar(m, INDEX)
    m.vervang(IX, 'ix_naam', script)
    m.upgrade(script)


@situatie('model_loopt_voor', WOONPLAATS, 'nog niet', bij=WOONPLAATS + 1)
def eigen_kolom_hernoemd_met_een_optie_die_niet_bestaat(m):
    m.kolom('plaats = db.Column(db.Text)')
    m.migreer('plaats')
    m.vervang('plaats = db.Column(db.T', 'stad = db.Column(db.T')
    op = f"op.alter_column('{TABEL}', "
    m.schrijf_script('stad', f"{op}'plaats', new_name='stad')", f"{op}'stad', new_name='plaats')")
