"""Elke situatie wordt echt gemaakt, en daarna wordt gedaan wat de hint zegt.

Een situatie is een functie die een gespeelde map verandert. Erboven staat welke hint er hoort
te komen, na welke stap de situatie begint, en welke woorden in de hint horen te staan. Een
woord dat met @ begint staat voor het nummer van de regel in de module.
"""

import ast
import importlib.util
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import speel_les
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from controle import naspelen, vertelling
from controle.beoordeling import beoordeel
from controle.hints import doen
from controle.hints.hint import HINTS, passende_hint
from controle.hints.opmerkingen import OPMERKINGEN as HOPM
from controle.hints.opmerkingen import flask_app_in_dit_venster
from controle.oefenmap import lees_oefenmap
from controle.oordeel import Oordeel
from sqlalchemy import URL, create_engine
from stappen import DATABASE, MODULE
from zonder_kindproces import speel_hier_na

# Na deze hints komen alleen nog een migratie en een upgrade; dat gaat elders tot het eind.
TOT_HIER = ('model_loopt_voor', 'upgrade_moet_nog')

# Na zoveel hints hoort een map goed te zijn.
MEESTE_HINTS = 7

SITUATIES = []

# Wat het naspelen van een map al eens opleverde.
NAGESPEELD = {}


@dataclass
class Situatie:
    hint: str
    stap: int
    woorden: tuple[str, ...]
    maak: Callable
    # Wat een leerling zelf moet bedenken bij een hint zonder letterlijke regel, per hint.
    zelf: dict[str, Callable] = field(default_factory=dict)
    # Of de situatie zelf al waarden kost, voordat er een hint is.
    verloren: bool = False
    # Hiermee speelt een eigen proces na: dat bewaakt de map en houdt op tijd op.
    tijdslimiet: int | None = None
    # Tot elke stap goed is; anders tot een situatie die zelf al tot het eind gaat.
    tot_het_eind: bool = False


def situatie(hint: str, stap: int, *woorden: str, **extra: object) -> Callable:
    def zet_erbij(maak: Callable) -> Callable:
        SITUATIES.append(Situatie(hint, stap, woorden, maak, **extra))
        return maak

    return zet_erbij


class Map:
    """De map van een leerling, en wat die ermee doet."""

    def __init__(self, pad: Path, lesstand: Callable, voer_uit: Callable):
        self.pad = pad
        self.lesstand = lesstand
        self.voer_uit = voer_uit
        self.speel_na = speel_hier_na

    @property
    def versies(self) -> Path:
        return self.pad / 'migrations' / 'versions'

    def lees(self, naam: str = MODULE) -> str:
        return (self.pad / naam).read_text(encoding='utf-8')

    def schrijf(self, tekst: str, naam: str = MODULE) -> None:
        (self.pad / naam).write_text(tekst, encoding='utf-8')

    def regel(self, deel: str) -> int:
        """Het nummer van de laatste regel van de module waar dit in staat."""
        regels = enumerate(self.lees().splitlines(), 1)
        return [nummer for nummer, regel in regels if deel in regel][-1]

    def vervang(self, oud: str, nieuw: str, naam: str = MODULE) -> None:
        tekst = self.lees(naam)
        assert oud in tekst, f'{oud!r} staat niet in {naam}.'
        self.schrijf(tekst.replace(oud, nieuw), naam)

    def script(self, eind: str) -> str:
        (pad,) = self.versies.glob(f'*_{eind}.py')
        return pad.relative_to(self.pad).as_posix()

    def revisie(self, eind: str) -> str:
        return Path(self.script(eind)).name.split('_')[0]

    def model_van(self, stap: int) -> None:
        """De module zoals die er na een latere stap uitziet."""
        shutil.copyfile(self.lesstand(stap).map / MODULE, self.pad / MODULE)

    def script_van(self, stap: int) -> str:
        """Het script van een latere stap, zoals `flask db migrate` en de les het maakten."""
        (nieuw,) = {
            pad.name for pad in (self.lesstand(stap).map / 'migrations/versions').glob('*.py')
        } - {pad.name for pad in (self.lesstand(stap - 1).map / 'migrations/versions').glob('*.py')}
        shutil.copyfile(
            self.lesstand(stap).map / 'migrations/versions' / nieuw, self.versies / nieuw
        )
        return f'migrations/versions/{nieuw}'

    def flask(self, *delen: str, invoer: str = '', mag_mislukken: bool = False) -> str:
        klaar = self.voer_uit(self.pad, 'flask', *delen, invoer=invoer)
        assert mag_mislukken or klaar.returncode == 0, f'flask {delen}:\n{klaar.stdout}'
        assert mag_mislukken or 'Error' not in klaar.stdout, f'flask {delen}:\n{klaar.stdout}'
        return klaar.stdout

    def sql(self, *opdrachten: str) -> None:
        verbinding = sqlite3.connect(self.pad / DATABASE)
        for opdracht in opdrachten:
            verbinding.execute(opdracht)
        verbinding.commit()
        verbinding.close()

    def upgrade(self, naam: str) -> None:
        """Voert een script uit zoals `flask db upgrade`, zonder er een proces voor te starten."""
        engine = create_engine(URL.create('sqlite', database=str(self.pad / DATABASE)))
        inhoud = {}
        exec(self.lees(naam), inhoud)
        with engine.begin() as verbinding:
            with Operations.context(MigrationContext.configure(verbinding)):
                inhoud['upgrade']()
            verbinding.exec_driver_sql(
                'UPDATE alembic_version SET version_num = ?', (inhoud['revision'],)
            )
        engine.dispose()

    def oordeel(self) -> Oordeel:
        # Het naspelen kijkt niet naar de database: dezelfde bestanden geven dezelfde uitkomst.
        inhoud = frozenset(
            (pad.relative_to(self.pad).as_posix(), pad.read_bytes())
            for pad in self.pad.rglob('*')
            if pad.is_file() and pad.suffix not in ('.sqlite', '.pyc')
            if self.pad / 'tests' not in pad.parents
        )
        if inhoud not in NAGESPEELD:
            NAGESPEELD[inhoud] = self.speel_na(self.pad)
        return beoordeel(lees_oefenmap(self.pad), NAGESPEELD[inhoud])

    def cursisten(self) -> dict[int, dict]:
        """Wat er van elke cursist bekend is, hoe de kolommen ook heten."""
        if not (self.pad / DATABASE).is_file():
            return {}
        verbinding = sqlite3.connect(self.pad / DATABASE)
        verbinding.row_factory = sqlite3.Row
        try:
            rijen = [dict(rij) for rij in verbinding.execute('SELECT * FROM cursisten')]
        except sqlite3.DatabaseError:
            rijen = []
        verbinding.close()
        bekend = {}
        for rij in rijen:
            leeftijd, jaar = rij.get('leeftijd'), rij.get('geboortejaar')
            bekend[rij['id']] = {
                'naam': rij.get('naam') or rij.get('volledige_naam'),
                'geboortejaar': 2026 - leeftijd if leeftijd is not None else jaar,
                'woonplaats': rij.get('woonplaats'),
                'cursistnummer': rij.get('cursistnummer'),
            }
        return bekend

    def doe(self, wat_nu: str) -> bool:
        """Doet letterlijk wat er staat; False als er geen letterlijke regels zijn."""
        iets = False
        zin, blok = '', []
        for regel in [*wat_nu.splitlines(), 'einde']:
            if regel.startswith('    ') or (not regel and blok):
                blok.append(regel[4:])
                continue
            if blok:
                self._doe_blok(zin, blok)
                iets = True
                blok = []
            zin = regel
        return iets

    def _doe_blok(self, zin: str, blok: list[str]) -> None:
        bewerking = re.search(r'.*(Maak|Haal|Zet|Verplaats|Vervang) in `([^`]+)` ([^:]*):$', zin)
        if bewerking:
            self._bewerk(*bewerking.groups(), blok)
        elif 'flask shell' in zin:
            uit = self.flask('shell', invoer='\n'.join(blok) + '\n')
            assert 'Traceback' not in uit, uit
        else:
            for opdracht in blok:
                self._opdracht(opdracht)

    def _bewerk(self, wat: str, naam: str, waar: str, blok: list[str]) -> None:
        regels = self.lees(naam).splitlines()
        getallen = [int(getal) for getal in re.findall(r'\d+', waar.replace('bovenaan', '0'))]
        if wat == 'Vervang':
            nieuw = '\n'.join(blok)
            for functie in ast.parse(nieuw).body:
                oud = next(
                    knoop
                    for knoop in ast.parse('\n'.join(regels)).body
                    if getattr(knoop, 'name', '') == functie.name
                )
                regels[oud.lineno - 1 : oud.end_lineno] = blok[
                    functie.lineno - 1 : functie.end_lineno
                ]
        elif wat == 'Zet':
            regels[getallen[0] : getallen[0]] = blok
        elif wat == 'Verplaats':
            van, tot, onder = getallen[0] - 1, getallen[-2], getallen[-1]
            for nummer in sorted({van, onder}, reverse=True):
                if nummer == onder:
                    regels[onder:onder] = blok
                else:
                    del regels[van:tot]
        else:
            van, tot = getallen[0] - 1, getallen[-1]
            assert wat == 'Maak' or regels[van:tot] == blok
            regels[van:tot] = blok if wat == 'Maak' else []
        self.schrijf('\n'.join(regels) + '\n', naam)

    def _opdracht(self, opdracht: str) -> None:
        naam, *delen = shlex.split(opdracht)
        if naam == 'flask':
            self.flask(*delen)
        elif naam == 'python':
            klaar = subprocess.run([sys.executable, *delen], cwd=self.pad, capture_output=True)
            assert klaar.returncode == 0, klaar.stderr
        elif naam == 'rm':
            (self.pad / delen[0]).unlink()
        elif naam == 'cp':
            shutil.copyfile(self.pad / delen[0], self.pad / delen[1])
        elif naam == 'mv':
            (self.pad / delen[0]).replace(self.pad / delen[1])
        else:
            pytest.fail(f'Dit is geen opdracht: {opdracht}')


def speel_apart_na(oefenmap: Path) -> naspelen.Verslag:
    """Wat het naspelen in een eigen proces ziet."""
    with naspelen.Kindproces(oefenmap) as naspel:
        return naspel.verslag()


@pytest.fixture
def oefening(na_stap, lesstand, voer_uit) -> Callable[[int], Map]:
    return lambda stap: Map(na_stap(stap), lesstand, voer_uit)


def welke_hint(oordeel: Oordeel) -> str:
    """De naam van de functie die de hint geeft."""
    return passende_hint(oordeel, oordeel.afwijkingen[0])[0]


# --- De module ------------------------------------------------------------------------------


@situatie('module_heet_anders_of_staat_elders', 2, 'basicmodelapp.py')
def module_met_kleine_letters(m):
    (m.pad / MODULE).rename(m.pad / 'basicmodelapp.py')


@situatie('module_heet_anders_of_staat_elders', 2, 'BasicModelApp (1).py')
def module_twee_keer_gedownload(m):
    (m.pad / MODULE).rename(m.pad / 'BasicModelApp (1).py')


@situatie('module_heet_anders_of_staat_elders', 2, 'BasicModelApp.py.txt')
def module_van_kladblok(m):
    (m.pad / MODULE).rename(m.pad / 'BasicModelApp.py.txt')


@situatie('module_heet_anders_of_staat_elders', 2, 'oefening/BasicModelApp.py')
def module_in_een_map_in_de_map(m):
    (m.pad / 'oefening').mkdir()
    (m.pad / MODULE).rename(m.pad / 'oefening' / MODULE)


@situatie('module_is_weg', 1, 'Er is geen bestand')
def module_verwijderd(m):
    (m.pad / MODULE).unlink()


@situatie('module_is_weg', 1, 'Er staat niets')
def module_leeg(m):
    m.schrijf('')


@situatie(
    'git_heeft_twee_versies',
    2,
    '@<<<',
    '<<<<<<< HEAD',
    zelf={
        'git_heeft_twee_versies': lambda m: m.schrijf(
            re.sub(r'<<<<<<<.*\n|=======\n(.*\n)*>>>>>>>.*\n', '', m.lees())
        )
    },
)
def module_met_strepen_van_git(m):
    regel = '    leeftijd = db.Column(db.Integer)\n'
    m.vervang(regel, f'<<<<<<< HEAD\n{regel}=======\n    jaar = 1\n>>>>>>> ander\n')


def syntaxfout(oud, nieuw, *woorden):
    """Een fout die Python niet begrijpt; de leerling zet terug wat er stond."""
    situatie(
        'python_begrijpt_het_niet',
        2,
        *woorden,
        zelf={'python_begrijpt_het_niet': lambda m: m.vervang(nieuw, oud)},
    )(lambda m: m.vervang(oud, nieuw))


syntaxfout(
    'leeftijd = db.Column(db.Integer)', 'leeftijd = db.Column(db.Integer', '@leeftijd =', 'haakje'
)
syntaxfout("'cursisten'", "'cursisten", '@tablename', 'aanhalingsteken')
syntaxfout('    leeftijd = ', '      leeftijd = ', '@leeftijd =', 'springt te ver in')
syntaxfout('    leeftijd = ', '  leeftijd = ', '@leeftijd =', 'springt anders in')
syntaxfout('    leeftijd = ', '\tleeftijd = ', '@leeftijd =')
syntaxfout('class Cursist(db.Model):', 'class Cursist(db.Model)', '@class C', 'dubbele punt')
syntaxfout('db.Text)', 'db.Text))', '@naam =', 'niet open')
syntaxfout('db.Column(db.String(50))', 'db.Column(db.String 50)', '@woonplaats')


def voor_stap_2(hint, oud, nieuw, *woorden, **extra):
    """De kolom van stap 2 met een fout erin; de migratie is er al, dat scheelt tijd."""
    situatie(hint, 2, *woorden, **extra)(lambda m: m.vervang(oud, nieuw))


KOLOM_2 = '    woonplaats = db.Column(db.String(50))\n'


@situatie('regel_maakt_geen_kolom', 1, '@woonplaats', 'No changes in schema')
def komma_voor_de_migratie(m):
    m.model_van(2)
    m.vervang('(50))', '(50)),')
    assert 'No changes in schema' in m.flask('db', 'migrate', '-m', 'woonplaats')


voor_stap_2('regel_maakt_geen_kolom', 'Column(db.String', 'column(db.String', '@woonplaats')
voor_stap_2('regel_maakt_geen_kolom', 'plaats =', 'plaats:', '@woonplaats', '`:`')
voor_stap_2('regel_maakt_geen_kolom', 'db.Column(db.String(50))', 'db.String(50)', '@woonplaats')
voor_stap_2('regel_maakt_geen_kolom', 'db.Column(db.String(50))', 'db.Column', '@woonplaats')
voor_stap_2('kolom_staat_er_twee_keer', KOLOM_2, KOLOM_2 * 2, '@woonplaats', '`woonplaats`')
voor_stap_2(
    'python_begrijpt_het_niet',
    KOLOM_2,
    KOLOM_2.strip() + '\n',
    '    woonplaats',
    zelf={'python_begrijpt_het_niet': lambda m: m.vervang('woonplaats', '    woonplaats')},
)
voor_stap_2(
    'tikfout_in_een_naam', 'db.Column(db.String', 'db.Coumn(db.String', '@woonplaats', 'Column'
)
voor_stap_2('tikfout_in_een_naam', '.String(50)', '.Sting(50)', '@woonplaats', '`String`')
voor_stap_2('tikfout_in_een_naam', '(db.String(50))', '(bd.String(50))', '@woonplaats', '`db`')


@situatie('kolom_buiten_de_klasse', 1, 'staat buiten de klasse', '`woonplaats`')
def kolom_onder_de_klasse(m):
    m.schrijf(m.lees() + '\nwoonplaats = db.Column(db.String(50))\n')


@situatie('kolom_buiten_de_klasse', 1, 'staat in een methode', '`woonplaats`')
def kolom_onder_de_repr(m):
    m.schrijf(m.lees() + '        woonplaats = db.Column(db.String(50))\n')


@situatie('create_all_in_de_module', 2, 'create_all', '@create_all')
def create_all_in_een_with_blok(m):
    m.schrijf(m.lees() + '\nwith app.app_context():\n    db.create_all()\n')


@situatie('create_all_in_de_module', 2, 'create_all')
def create_all_met_een_kolom_vooruit(m):
    m.model_van(3)
    m.schrijf(m.lees() + '\nwith app.app_context():\n    db.create_all()\n    print(1)\n')


@situatie('migrate_ontbreekt_of_is_niet_compleet', 2, 'ontbreekt', 'Migrate(app, db)')
def zonder_migrate(m):
    m.vervang('Migrate(app, db)\n', '')


@situatie('migrate_ontbreekt_of_is_niet_compleet', 2, 'Migrate(app)')
def migrate_zonder_db(m):
    m.vervang('Migrate(app, db)', 'migrate = Migrate(app)')


@situatie('migrate_ontbreekt_of_is_niet_compleet', 2, 'Migrate(db, app)')
def migrate_andersom(m):
    m.vervang('Migrate(app, db)', 'Migrate(db, app)')


@situatie('migrate_ontbreekt_of_is_niet_compleet', 2, 'staat boven `db')
def migrate_boven_db(m):
    m.vervang('Migrate(app, db)\n', '')
    m.vervang('db = SQLAlchemy(app)', 'Migrate(app, db)\ndb = SQLAlchemy(app)')


@situatie('migrate_ontbreekt_of_is_niet_compleet', 2, 'niet uitgevoerd')
def migrate_in_een_functie(m):
    m.vervang('Migrate(app, db)', 'def koppel():\n    print(app)\n    Migrate(app, db)')


def regel_naar_onderen(regel, *woorden):
    @situatie('naam_wordt_te_laat_gemaakt', 2, *woorden)
    def regel_onderaan(m):
        m.vervang(regel, '')
        m.schrijf(m.lees() + regel)


regel_naar_onderen('import os\n', '`os`', 'Verplaats')
regel_naar_onderen('from flask import Flask\n', '`Flask`', 'Verplaats')
regel_naar_onderen('app = Flask(__name__)\n', '`app`', '@app = Flask')


@situatie('naam_wordt_te_laat_gemaakt', 2, '`db`', 'heet dat `bd`', '@bd =')
def db_met_een_tikfout(m):
    m.vervang('db = SQLAlchemy(app)', 'bd = SQLAlchemy(app)')


@situatie('naam_wordt_te_laat_gemaakt', 2, '`app`', 'naar bovenaan')
def regel_boven_de_imports(m):
    regel = "app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False\n"
    m.vervang(regel, '')
    m.schrijf(regel + m.lees())


@situatie('module_maakt_geen_app', 2, 'Flask(__name__)', 'speel_les.py')
def module_met_alleen_commentaar(m):
    m.schrijf('# Hier stond mijn code\n')


@situatie('klasse_zonder_primary_key', 2, '`Cursist`', 'primary_key=True')
def id_zonder_primary_key(m):
    m.vervang(', primary_key=True', '')


@situatie('regel_van_de_klasse_ontbreekt', 10, '@__tablename__', 'class Gebruiker(db.Model):')
def tweede_klasse_zonder_begin(m):
    m.vervang('class Gebruiker(db.Model):\n', '')


@situatie('import_ontbreekt', 2, '`Migrate`', 'from flask_migrate import Migrate')
def zonder_import_van_migrate(m):
    m.vervang('from flask_migrate import Migrate\n', '')


@situatie('import_ontbreekt', 2, '`os`')
def zonder_import_van_os(m):
    m.vervang('import os\n', '')


@situatie('pakket_ontbreekt', 2, '`hulpje`', '`hulpjes`')
def hulpmodule_met_een_tikfout(m):
    m.schrijf('aantal = 3\n', 'hulpjes.py')
    m.schrijf('import hulpje\n' + m.lees())


@situatie(
    'pakket_ontbreekt',
    2,
    'python -m pip install pakket_dat_er_niet_is',
    zelf={'pakket_ontbreekt': lambda m: m.vervang('import pakket_dat_er_niet_is\n', '')},
)
def pakket_dat_er_niet_is(m):
    m.schrijf('import pakket_dat_er_niet_is\n' + m.lees())


@situatie(
    'bestand_geeft_een_fout',
    2,
    'ImportError',
    'Migrations',
    zelf={'bestand_geeft_een_fout': lambda m: m.vervang('import Migrations', 'import Migrate')},
)
def import_van_een_naam_die_er_niet_is(m):
    m.vervang('import Migrate', 'import Migrations')


@situatie('twee_keer_sqlalchemy', 2, 'twee keer', '@db = ')
def twee_keer_sqlalchemy_met_app(m):
    m.vervang('db = SQLAlchemy(app)\n', 'db = SQLAlchemy(app)\ndb = SQLAlchemy(app)\n')


@situatie('twee_keer_sqlalchemy', 2, 'twee keer')
def tweede_sqlalchemy_onder_migrate(m):
    m.vervang('Migrate(app, db)\n', 'Migrate(app, db)\ndb = SQLAlchemy()\n')


@situatie('klasse_staat_er_twee_keer', 2, '`Cursist` staat twee keer')
def klasse_twee_keer(m):
    oud = m.lees()
    klasse = oud[oud.index('class Cursist') :]
    m.schrijf(oud + '\n\n' + klasse.replace(KOLOM_2, ''))


@situatie('database_staat_elders', 2, 'instance/data.sqlite', 'basedir')
def database_zonder_basedir(m):
    m.vervang("'sqlite:///' + os.path.join(basedir, 'data.sqlite')", "'sqlite:///data.sqlite'")


@situatie('database_staat_elders', 2, 'basedir')
def database_elders(m):
    elders = (m.pad.parent / 'data.sqlite').as_posix()
    m.vervang("os.path.join(basedir, 'data.sqlite')", repr(elders))


@situatie('regel_opent_een_database_elders', 2, '@connect', 'elders.sqlite', tijdslimiet=30)
def module_opent_een_database_elders(m):
    elders = (m.pad.parent / 'elders.sqlite').as_posix()
    m.schrijf(m.lees() + f'\n\nimport sqlite3\nsqlite3.connect({elders!r})\n')


@situatie('database_staat_elders', 2, ':memory:')
def database_in_het_geheugen(m):
    m.vervang("os.path.join(basedir, 'data.sqlite')", "':memory:'")


@situatie('database_staat_elders', 2, 'Data.db')
def database_met_een_andere_naam(m):
    m.vervang("'data.sqlite'", "'Data.db'")


@situatie('adres_van_de_database_klopt_niet', 2, 'SQLALCHEMY_DATABASE_URI')
def adres_met_een_tikfout(m):
    m.vervang('SQLALCHEMY_DATABASE_URI', 'SQLALCHEMY_DATABASE_URL')


@situatie('adres_van_de_database_klopt_niet', 2, 'SQLALCHEMY_DATABASE_URI')
def adres_onder_db(m):
    uri = re.search(r'app.config.*DATABASE_URI.*\n', m.lees())[0]
    m.vervang(uri, '')
    m.vervang('db = SQLAlchemy(app)\n', f'db = SQLAlchemy(app)\n{uri}')


@situatie('adres_van_de_database_klopt_niet', 2, 'SQLALCHEMY_DATABASE_URI')
def adres_met_een_schuine_streep_te_weinig(m):
    m.vervang("'sqlite:///' +", "'sqlite//' +")


@situatie(
    'naspelen_duurt_te_lang',
    1,
    'lus',
    tijdslimiet=5,
    zelf={'naspelen_duurt_te_lang': lambda m: m.vervang('while True:\n    pass\n', '')},
)
def module_met_een_lus(m):
    m.schrijf(m.lees() + 'while True:\n    pass\n')


# --- De map migrations ----------------------------------------------------------------------


def zonder_onderdeel(naam):
    @situatie('onderdeel_van_migrations_ontbreekt', 2, f'`{naam}`', 'flask db init -d nieuw')
    def onderdeel_weg(m):
        (m.pad / 'migrations' / naam).unlink()


zonder_onderdeel('env.py')
zonder_onderdeel('script.py.mako')
zonder_onderdeel('alembic.ini')


@situatie('nog_geen_revisie', 0, 'eerste migratie')
def alleen_init(m):
    m.flask('db', 'init')


@situatie('nog_geen_revisie', 0, 'create_all', 'oud.sqlite')
def init_en_create_all(m):
    m.flask('db', 'init')
    m.flask(
        'shell',
        invoer="db.create_all()\ndb.session.add(Cursist(naam='Noor', leeftijd=20))\n"
        'db.session.commit()\n',
    )


@situatie('migraties_zijn_weg', 0, 'flask db init')
def create_all_voor_init(m):
    m.flask(
        'shell',
        invoer="db.create_all()\ndb.session.add(Cursist(naam='Noor', leeftijd=20))\n"
        'db.session.commit()\n',
    )


@situatie('migraties_zijn_weg', 0, '`env.py`')
def init_halverwege(m):
    m.flask('db', 'init')
    (m.pad / 'migrations/env.py').unlink()


@situatie('migraties_zijn_weg', 1, 'prullenbak', '--tot 1')
def migrations_verwijderd(m):
    shutil.rmtree(m.pad / 'migrations')


@situatie('migraties_zijn_weg', 1, 'prullenbak')
def scripts_verwijderd(m):
    shutil.rmtree(m.versies)


# --- De reeks van revisies ------------------------------------------------------------------


@situatie('script_zonder_revisie', 2, 'hulp.py', 'geen migratie')
def los_bestand_tussen_de_scripts(m):
    m.schrijf('x = 1\n', 'migrations/versions/hulp.py')


@situatie('script_zonder_revisie', 2, 'ontbreekt de regel')
def script_zonder_de_regel_revision(m):
    m.schrijf(
        re.sub(r"revision = '.*\n", '', m.lees(m.script('woonplaats')), count=1),
        m.script('woonplaats'),
    )


@situatie('twee_scripts_met_dezelfde_revisie', 2, 'woonplaats kopie.py')
def script_gekopieerd(m):
    naam = m.script('woonplaats')
    shutil.copyfile(m.pad / naam, m.pad / naam.replace('.py', ' kopie.py'))


@situatie('merge_zonder_heads', 2, 'down_revision = None', '_samen.py')
def merge_zonder_het_woord_heads(m):
    m.flask('db', 'merge', '-m', 'samen')


@situatie('script_heet_anders_of_staat_elders', 2, '.py.txt')
def script_met_txt(m):
    naam = m.script('woonplaats')
    (m.pad / naam).rename(m.pad / f'{naam}.txt')


@situatie('script_heet_anders_of_staat_elders', 3, 'migrations/')
def script_verplaatst(m):
    naam = Path(m.script('woonplaats')).name
    (m.versies / naam).rename(m.pad / 'migrations' / naam)


@situatie('vorige_revisie_bestaat_niet', 3, 'prullenbak', 'down_revision')
def script_uit_het_midden_verwijderd(m):
    (m.pad / m.script('woonplaats')).unlink()


@situatie('vorige_revisie_bestaat_niet', 2, 'abc123')
def down_revision_met_een_tikfout(m):
    m.vervang(
        f"down_revision = '{m.revisie('eerste_migratie')}'",
        "down_revision = 'abc123'",
        m.script('woonplaats'),
    )


@situatie('revisies_lopen_in_een_kring', 2, 'kring', 'eerste_migratie')
def scripts_in_een_kring(m):
    m.vervang(
        'down_revision = None',
        f'down_revision = {m.revisie("woonplaats")!r}',
        m.script('eerste_migratie'),
    )


@situatie('twee_heads', 2, 'flask db merge heads')
def script_van_een_ander(m):
    m.schrijf(
        m.lees(m.script('woonplaats'))
        .replace(m.revisie('woonplaats'), 'abc123')
        .replace(
            "add_column(sa.Column('woonplaats', sa.String(length=50), nullable=True))",
            "add_column(sa.Column('email', sa.Text()))",
        )
        .replace("drop_column('woonplaats')", "drop_column('email')"),
        'migrations/versions/abc123_email.py',
    )
    m.vervang(KOLOM_2, KOLOM_2 + '    email = db.Column(db.Text)\n')


@situatie('script_is_weg_na_de_upgrade', 2, 'prullenbak')
def laatste_script_verwijderd(m):
    (m.pad / m.script('woonplaats')).unlink()


@situatie('script_is_weg_na_de_upgrade', 4, 'prullenbak')
def script_van_stap_4_verwijderd(m):
    (m.pad / m.script('cursistnummer')).unlink()


@situatie('script_is_weg_na_de_upgrade', 3, 'oud.sqlite', 'ATTACH')
def script_en_kolom_verwijderd(m):
    (m.pad / m.script('niveau')).unlink()
    shutil.copyfile(m.lesstand(2).map / MODULE, m.pad / MODULE)


@situatie('script_is_weg_na_de_upgrade', 2, 'stamp --purge')
def onbekende_revisie_met_goede_tabellen(m):
    m.sql("UPDATE alembic_version SET version_num = 'abc123'")


# --- Een upgrade die niet lukt --------------------------------------------------------------


def script_van(stap, hint, oud, nieuw, *woorden, toegepast=False, **extra):
    """Stap `stap` met een ander script, nog niet uitgevoerd of (`toegepast`) wel."""

    def maak(m):
        m.model_van(stap)
        naam = m.script_van(stap)
        if toegepast:
            m.upgrade(naam)
        m.vervang(oud, nieuw, naam)

    situatie(hint, stap - 1, *woorden, **extra)(maak)


UQ = "'uq_cursisten_cursistnummer'"
VUL = "    op.execute('UPDATE cursisten SET geboortejaar = 2026 - leeftijd')\n"

script_van(4, 'constraint_zonder_naam', UQ, 'None', 'None', UQ)
script_van(4, 'constraint_zonder_naam', f'drop_constraint({UQ}', 'drop_constraint(None', UQ)
script_van(
    4,
    'constraint_zonder_naam',
    f'drop_constraint({UQ}',
    'drop_constraint(None',
    UQ,
    toegepast=True,
)
script_van(
    4,
    'namen_verschillen_in_upgrade_en_downgrade',
    f'drop_constraint({UQ}',
    "drop_constraint('uq_nummer'",
    'uq_nummer',
    UQ,
)
script_van(
    10,
    'namen_verschillen_in_upgrade_en_downgrade',
    "drop_index('ix_cursisten_volledige_naam'",
    "drop_index('ix_naam'",
    'ix_naam',
)
script_van(2, 'tikfout_in_een_naam', 'sa.String(', 'sa.Sting(', '`String`', 'woonplaats.py')
script_van(2, 'tikfout_in_een_naam', '.drop_column', '.dropcolumn', '`drop_column`')
script_van(2, 'db_in_een_script', 'sa.String(length=50)', 'db.String(length=50)', '`sa`')
script_van(
    2,
    'python_begrijpt_het_niet',
    'nullable=True))',
    'nullable=True)',
    'woonplaats.py',
    'haakje',
    zelf={
        'python_begrijpt_het_niet': lambda m: m.vervang(
            'nullable=True)', 'nullable=True))', m.script('woonplaats')
        )
    },
)
script_van(
    3, 'verplicht_zonder_standaardwaarde', "server_default='beginner', ", '', 'SQLite weigert'
)
script_van(6, 'update_in_het_with_blok', '\n' + VUL, '    ' + VUL, 'with', 'UPDATE')
script_van(6, 'kolom_is_leeg', VUL, '', 'geboortejaar.py', 'UPDATE')
script_van(6, 'kolom_is_leeg', VUL, '', 'geboortejaar.py', 'UPDATE', toegepast=True)
script_van(
    6,
    'upgrade_lukt_niet',
    'UPDATE cursisten',
    'UPDATE OR NIETS cursisten',
    'OperationalError',
    'geboortejaar.py',
    zelf={'upgrade_lukt_niet': lambda m: m.vervang('OR NIETS ', '', m.script('geboortejaar'))},
)
script_van(6, 'tikfout_in_sql', '2026 - leeftijd', '2026 - leeftyd', '`leeftyd`', 'geboortejaar.py')
script_van(8, 'downgrade_zet_een_lege_kolom_terug', 'UPDATE', '-- UPDATE', 'niet wat erin')
script_van(
    2,
    'downgrade_geeft_het_schema_niet_terug',
    "        batch_op.drop_column('woonplaats')",
    '        pass',
    'omgekeerde',
    toegepast=True,
)
script_van(
    2,
    'downgrade_geeft_het_schema_niet_terug',
    "drop_column('woonplaats')",
    "drop_column('plaats')",
    'lukt niet',
)
script_van(
    9,
    'downgrade_geeft_het_schema_niet_terug',
    "    op.drop_table('gebruikers')\n",
    '',
    'gebruikers',
)
script_van(
    8,
    'downgrade_geeft_het_schema_niet_terug',
    "add_column(sa.Column('leeftijd', sa.INTEGER(), nullable=True))",
    "add_column(sa.Column('jaren', sa.INTEGER(), nullable=True))",
    'leeftijd',
)


@situatie('verplicht_zonder_standaardwaarde', 2, '@niveau =', "server_default='beginner'")
def default_in_plaats_van_server_default(m):
    m.model_van(3)
    m.vervang('server_default', 'default')
    naam = m.script_van(3)
    m.vervang("server_default='beginner', ", '', naam)


@situatie(
    'verplicht_zonder_standaardwaarde',
    2,
    'niveau.py',
    "server_default='beginner'",
    verloren=True,
)
def verplichte_kolom_op_een_lege_tabel(m):
    m.sql('DELETE FROM cursisten')
    m.model_van(3)
    m.vervang("server_default='beginner', ", '', m.script_van(3))
    m.flask('db', 'upgrade')
    m.sql("INSERT INTO cursisten (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')")


@situatie('verplicht_zonder_standaardwaarde', 2, '`straat`', 'server_default')
def eigen_verplichte_kolom(m):
    m.vervang(KOLOM_2, KOLOM_2 + '    straat = db.Column(db.Text, nullable=False)\n')
    m.flask('db', 'migrate', '-m', 'straat')


@situatie('waarden_zijn_niet_uniek', 3, 'dezelfde waarde', 'cursistnummer')
def unieke_kolom_met_een_standaardwaarde(m):
    m.model_van(4)
    m.vervang('unique=True', "unique=True, server_default='c1'")
    m.vervang('length=8), ', "length=8), server_default='c1', ", m.script_van(4))


@situatie('kolom_wordt_twee_keer_gemaakt', 2, 'Verwijder dit script')
def kolom_in_twee_scripts(m):
    m.schrijf(
        m.lees(m.script('woonplaats'))
        .replace(m.revisie('eerste_migratie'), 'ander')
        .replace(m.revisie('woonplaats'), 'abc123')
        .replace("'ander'", f'{m.revisie("woonplaats")!r}'),
        'migrations/versions/abc123_nog_een.py',
    )


def _maak_tweede_leeg(m):
    m.vervang(
        "        batch_op.add_column(sa.Column('woonplaats', sa.String(length=50), nullable=True))",
        '        pass',
        'migrations/versions/abc123_nog_een.py',
    )
    m.vervang(
        "        batch_op.drop_column('woonplaats')",
        '        pass',
        'migrations/versions/abc123_nog_een.py',
    )


@situatie(
    'kolom_wordt_twee_keer_gemaakt',
    2,
    'Laat het script staan',
    zelf={'kolom_wordt_twee_keer_gemaakt': _maak_tweede_leeg},
)
def kolom_in_twee_scripts_en_nog_een_erna(m):
    kolom_in_twee_scripts(m)
    m.model_van(3)
    m.vervang(m.revisie('woonplaats'), 'abc123', m.script_van(3))


@situatie('kolom_wordt_twee_keer_gemaakt', 8, '`gebruiker_id`')
def tabel_in_twee_scripts(m):
    m.model_van(9)
    naam = m.script_van(9)
    m.upgrade(naam)
    m.schrijf(
        m.lees(naam)
        .replace(m.revisie('leeftijd_weg'), 'ander')
        .replace(m.revisie('gebruikers'), 'abc123')
        .replace("'ander'", f'{m.revisie("gebruikers")!r}'),
        'migrations/versions/abc123_nog_een.py',
    )


def _sql_in_plaats_van_model(m):
    naam = m.script('geboortejaar')
    m.vervang('from BasicModelApp import Cursist, db\n', '', naam)
    m.schrijf(re.sub(r'    for c in(.*\n){3}', VUL, m.lees(naam)), naam)


@situatie(
    'model_in_een_script',
    6,
    'importeert je model',
    'op.execute',
    zelf={'model_in_een_script': _sql_in_plaats_van_model},
)
def model_in_het_script(m):
    naam = m.script('geboortejaar')
    m.vervang(
        'import sqlalchemy as sa\n',
        'import sqlalchemy as sa\nfrom BasicModelApp import Cursist, db\n',
        naam,
    )
    m.vervang(
        VUL,
        '    for c in db.session.scalars(db.select(Cursist)):\n'
        '        c.geboortejaar = 2026 - c.leeftijd\n    db.session.commit()\n',
        naam,
    )
    m.model_van(7)
    m.script_van(7)


@situatie(
    'upgrade_lukt_niet',
    7,
    'leeftijd_weg.py',
    zelf={
        'upgrade_lukt_niet': lambda m: m.vervang(
            "        batch_op.drop_column('leeftijd')\n" + VUL,
            "        batch_op.drop_column('leeftijd')\n",
            m.script('leeftijd_weg'),
        )
    },
)
def update_nadat_de_kolom_weg_is(m):
    m.model_van(8)
    m.vervang(
        "        batch_op.drop_column('leeftijd')\n",
        "        batch_op.drop_column('leeftijd')\n" + VUL,
        m.script_van(8),
    )


@situatie('foreign_key_wijst_naar_niets', 8, 'gebruikers.id', '@ForeignKey')
def foreign_key_naar_de_klasse(m):
    m.model_van(9)
    m.vervang("'gebruikers.id'", "'Gebruiker.id'")


@situatie('foreign_key_wijst_naar_niets', 8, 'gebruikers.id')
def foreign_key_naar_enkelvoud(m):
    m.model_van(9)
    m.vervang("'gebruikers.id'", "'gebruiker.id'")


@situatie('foreign_key_wijst_naar_niets', 8, 'class Gebruiker')
def foreign_key_zonder_tweede_klasse(m):
    m.model_van(9)
    m.schrijf(m.lees().partition('\n\nclass Gebruiker')[0] + '\n')


@situatie(
    'naspelen_lukt_niet',
    2,
    'downgrade',
    'ZeroDivisionError',
    zelf={'naspelen_lukt_niet': lambda m: m.vervang('    1 / 0\n', '    pass\n', m.script('leeg'))},
)
def downgrade_die_zelf_stopt(m):
    naam = m.script('woonplaats')
    # Een lege upgrade is niet om te keren: dan is er geen letterlijke hint.
    kop, _, rest = m.lees(naam).partition('def upgrade')
    m.schrijf(
        kop + 'def upgrade():\n    pass\n\n\ndef downgrade():\n    1 / 0\n',
        'migrations/versions/leeg.py',
    )
    m.vervang(m.revisie('woonplaats'), 'abc123', 'migrations/versions/leeg.py')
    m.vervang(m.revisie('eerste_migratie'), m.revisie('woonplaats'), 'migrations/versions/leeg.py')
    (m.versies / 'leeg.py').rename(m.versies / 'abc123_leeg.py')


# --- Waarden die verloren gaan --------------------------------------------------------------


def _rename_als_drop_en_add(m):
    m.model_van(7)
    naam = m.script_van(7)
    m.vervang(
        "alter_column('naam', new_column_name='volledige_naam')",
        "add_column(sa.Column('volledige_naam', sa.Text(), nullable=True))\n"
        "        batch_op.drop_column('naam')",
        naam,
    )
    m.vervang(
        "alter_column('volledige_naam', new_column_name='naam')",
        "add_column(sa.Column('naam', sa.TEXT(), nullable=True))\n"
        "        batch_op.drop_column('volledige_naam')",
        naam,
    )


@situatie('hernoemen_als_weg_en_erbij', 6, 'volledige_naam.py', 'new_column_name')
def hernoemen_zoals_autogenerate(m):
    _rename_als_drop_en_add(m)


@situatie('hernoemen_als_weg_en_erbij', 6, 'volledige_naam.py', 'new_column_name')
def hernoemen_toegepast_met_kopie(m):
    shutil.copyfile(m.pad / DATABASE, m.pad / 'bewaar.sqlite')
    _rename_als_drop_en_add(m)
    m.flask('db', 'upgrade')


@situatie('namen_zijn_weg', 7, 'bewaar.sqlite')
def namen_weg_met_kopie(m):
    shutil.copyfile(m.lesstand(6).map / DATABASE, m.pad / 'bewaar.sqlite')
    m.sql('UPDATE cursisten SET volledige_naam = NULL')


@situatie('namen_zijn_weg', 7, 'geen kopie', 'flask shell', verloren=True)
def namen_weg_zonder_kopie(m):
    (m.pad / 'bewaar.sqlite').unlink(missing_ok=True)
    m.sql('UPDATE cursisten SET volledige_naam = NULL')


@situatie('hernoemen_als_weg_en_erbij', 6, 'new_column_name')
def downgrade_zonder_de_namen(m):
    m.model_van(7)
    naam = m.script_van(7)
    m.vervang(
        "alter_column('volledige_naam', new_column_name='naam')",
        "add_column(sa.Column('naam', sa.TEXT(), nullable=True))\n"
        "        batch_op.drop_column('volledige_naam')",
        naam,
    )


def _weg(regel, eind):
    return lambda m: m.vervang(regel, '', m.script(eind))


WIS = "    op.execute('DELETE FROM cursisten')\n"
LEEG = "    op.execute('UPDATE cursisten SET woonplaats = NULL')\n"
script_van(
    6,
    'waarden_verloren',
    VUL,
    WIS + VUL,
    'rijen',
    zelf={'waarden_verloren': _weg(WIS, 'geboortejaar')},
)
script_van(
    6,
    'waarden_verloren',
    VUL,
    LEEG + VUL,
    'woonplaats',
    zelf={'waarden_verloren': _weg(LEEG, 'geboortejaar')},
)


@situatie(
    'waarden_verloren',
    5,
    '`downgrade()`',
    zelf={
        'waarden_verloren': _weg(
            '    op.execute("UPDATE cursisten SET leeftijd = 0")\n', 'geboortejaar'
        ),
        'downgrade_zet_een_lege_kolom_terug': _weg(
            '    op.execute("UPDATE cursisten SET leeftijd = 0")\n', 'geboortejaar'
        ),
    },
)
def downgrade_die_leeftijden_wist(m):
    m.model_van(6)
    naam = m.script_van(6)
    m.vervang(
        "        batch_op.drop_column('geboortejaar')\n",
        "        batch_op.drop_column('geboortejaar')\n"
        '    op.execute("UPDATE cursisten SET leeftijd = 0")\n',
        naam,
    )


# --- De kolommen ----------------------------------------------------------------------------


def kolom_fout(stap, hint, oud, nieuw, *woorden, tot='model', waarde=None, **extra):
    """Een kolom met een fout: alleen in het model, gemigreerd, toegepast, of met een waarde."""

    def maak(m):
        m.model_van(stap)
        m.vervang(oud, nieuw)
        if tot != 'model':
            m.flask('db', 'migrate', '-m', 'nieuw')
            naam = m.script('nieuw')
            m.schrijf(re.sub(r'constraint\(None', "constraint('uq_x'", m.lees(naam)), naam)
            if stap == 6:
                m.schrijf(m.lees(naam).replace('\n    # ### end', VUL + '\n    # ### end', 1), naam)
        if tot == 'toegepast':
            m.upgrade(naam)
        if waarde:
            m.sql(waarde)

    situatie(hint, stap - 1, *woorden, tot_het_eind=bool(waarde), **extra)(maak)


def _naam_mis(hint, **extra):
    kolom_fout(2, hint, 'woonplaats =', 'woonplats =', '`woonplats`', '`woonplaats`', **extra)


_naam_mis('tikfout_in_een_naam_van_het_model')
_naam_mis('naam_is_bijna_goed', tot='gemigreerd')
_naam_mis('naam_is_bijna_goed', tot='toegepast')
_naam_mis(
    'naam_is_bijna_goed',
    tot='toegepast',
    waarde="UPDATE cursisten SET woonplats = 'Assen' WHERE id = 2",
)


def _lengte_mis(hint, **extra):
    kolom_fout(2, hint, 'String(50)', 'String(5)', **extra)


_lengte_mis('model_is_anders_dan_de_les')
_lengte_mis('eigenschap_in_het_model', tot='gemigreerd')
_lengte_mis('eigenschap_in_het_model', tot='toegepast')
_lengte_mis(
    'eigenschap_in_het_model',
    tot='toegepast',
    waarde="UPDATE cursisten SET woonplaats = 'Assen' WHERE id = 2",
)
kolom_fout(2, 'model_is_anders_dan_de_les', 'String(50)', 'String', '@woonplaats')
kolom_fout(3, 'model_is_anders_dan_de_les', 'nullable=False, ', '', '@niveau')
kolom_fout(
    3,
    'eigenschap_in_het_model',
    'nullable=False, ',
    '',
    'mag leeg zijn',
    tot='toegepast',
    waarde='UPDATE cursisten SET niveau = NULL WHERE id = 3',
)
kolom_fout(
    3,
    'eigenschap_in_het_model',
    "server_default='beginner'",
    "server_default='begin'",
    "'beginner'",
    tot='toegepast',
    waarde="UPDATE cursisten SET niveau = 'gevorderd' WHERE id = 3",
)
kolom_fout(
    3, 'eigenschap_in_het_model', 'nullable=False, server_default', 'default', tot='toegepast'
)
kolom_fout(4, 'model_is_anders_dan_de_les', ', unique=True', '', 'anders')
kolom_fout(4, 'eigenschap_in_het_model', 'unique=True', 'index=True', 'uniek', tot='toegepast')
kolom_fout(
    4,
    'eigenschap_in_het_model',
    ', unique=True',
    '',
    tot='toegepast',
    waarde="UPDATE cursisten SET cursistnummer = 'c' || id",
)
kolom_fout(5, 'model_is_anders_dan_de_les', 'db.func.now()', "'CURRENT_TIMESTAMP'")
kolom_fout(5, 'eigenschap_in_het_model', 'db.func.now()', "'CURRENT_TIMESTAMP'", tot='toegepast')
kolom_fout(
    5,
    'eigenschap_in_het_model',
    'db.func.now()',
    "'CURRENT_TIMESTAMP'",
    tot='toegepast',
    waarde="INSERT INTO cursisten (naam, leeftijd, woonplaats) VALUES ('Noor', 20, 'Assen')",
)
kolom_fout(
    6,
    'eigenschap_in_het_model',
    'geboortejaar = db.Column(db.Integer)',
    'geboortejaar = db.Column(db.Text)',
    tot='toegepast',
)
kolom_fout(
    9,
    'eigenschap_in_het_model',
    ", db.ForeignKey('gebruikers.id')",
    '',
    'foreign key',
    tot='toegepast',
)
kolom_fout(9, 'model_is_anders_dan_de_les', 'String(255)', 'String(128)', '@wachtwoord_hash')
kolom_fout(
    9,
    'eigenschap_in_het_model',
    'String(255)',
    'String(128)',
    tot='toegepast',
    waarde="INSERT INTO gebruikers (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')",
)


@situatie('eigenschap_in_de_migratie', 1, 'Je model is goed')
def script_met_een_ander_type(m):
    m.model_van(2)
    m.vervang('length=50', 'length=5', m.script_van(2))


@situatie('eigenschap_in_de_migratie', 3, 'Je model is goed')
def script_waar_de_constraint_uit_is(m):
    m.model_van(4)
    naam = m.script_van(4)
    m.schrijf(re.sub(r'.*_constraint\(.*\n', '', m.lees(naam)), naam)
    m.upgrade(naam)
    m.sql("UPDATE cursisten SET cursistnummer = 'c1' WHERE id = 1")


@situatie('tikfout_in_een_naam_van_het_model', 8, '`gebruiker`', '__tablename__')
def tweede_tabel_in_enkelvoud(m):
    m.model_van(9)
    m.vervang("__tablename__ = 'gebruikers'", "__tablename__ = 'gebruiker'")
    m.vervang("'gebruikers.id'", "'gebruiker.id'")


def tweede_tabel_enkelvoud_toegepast(m):
    m.model_van(9)
    m.vervang("'gebruikers", "'gebruiker")
    naam = m.script_van(9)
    m.vervang("'gebruikers'", "'gebruiker'", naam)
    m.upgrade(naam)


situatie('naam_is_bijna_goed', 8, '`gebruiker`', '`gebruikers`')(tweede_tabel_enkelvoud_toegepast)


@situatie('naam_is_bijna_goed', 8, '`gebruiker`', '`gebruikers`')
def tweede_tabel_enkelvoud_met_rijen(m):
    tweede_tabel_enkelvoud_toegepast(m)
    m.sql("INSERT INTO gebruiker (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')")


@situatie('kolom_ontbreekt', 8, '`gebruikers`', 'class Gebruiker')
def alleen_gebruiker_id(m):
    m.vervang(
        '    geboortejaar = db.Column(db.Integer)\n',
        '    geboortejaar = db.Column(db.Integer)\n    gebruiker_id = db.Column(db.Integer)\n',
    )
    m.flask('db', 'migrate', '-m', 'gebruiker_id')
    m.flask('db', 'upgrade')


@situatie('kolom_ontbreekt', 8, '`gebruiker_id`', 'ForeignKey')
def alleen_gebruikers(m):
    m.model_van(9)
    m.vervang("    gebruiker_id = db.Column(db.Integer, db.ForeignKey('gebruikers.id'))\n", '')
    m.flask('db', 'migrate', '-m', 'gebruikers')
    m.flask('db', 'upgrade')


@situatie('model_loopt_voor', 3, 'buiten de migraties om')
def script_zonder_de_kolom(m):
    m.model_van(3)
    naam = m.script('woonplaats')
    m.vervang(m.revisie('woonplaats'), m.revisie('eerste_migratie'), m.script('niveau'))
    (m.pad / naam).unlink()


@situatie('oude_kolom_is_er_nog', 6, 'hoort in deze stap weg', '`naam`')
def naam_en_volledige_naam(m):
    m.vervang(
        '    naam = db.Column(db.Text)\n',
        '    naam = db.Column(db.Text)\n    volledige_naam = db.Column(db.Text)\n',
    )
    naam = m.script_van(7)
    m.vervang(
        "alter_column('naam', new_column_name='volledige_naam')",
        "add_column(sa.Column('volledige_naam', sa.Text()))",
        naam,
    )
    m.vervang(
        "alter_column('volledige_naam', new_column_name='naam')",
        "drop_column('volledige_naam')",
        naam,
    )
    m.vervang(
        '\n\ndef downgrade',
        "    op.execute('UPDATE cursisten SET volledige_naam = naam')\n\n\ndef downgrade",
        naam,
    )
    m.upgrade(naam)


@situatie('kolom_ontbreekt', 8, 'geen migratie maakt', 'flask db migrate')
def script_van_stap_9_zonder_gebruiker_id(m):
    m.model_van(9)
    naam = m.script_van(9)
    m.schrijf(re.sub(r'    with op(.*\n){3}', '', m.lees(naam)), naam)
    m.upgrade(naam)


# --- Het model en de laatste migratie -------------------------------------------------------


@situatie('klasse_is_geen_model_meer', 2, 'class Cursist(db.Model):')
def klasse_zonder_model(m):
    m.vervang('class Cursist(db.Model):', 'class Cursist:')


@situatie('tabel_heet_anders', 2, '`cursist`', "__tablename__ = 'cursisten'")
def andere_tabelnaam(m):
    m.vervang("'cursisten'", "'cursist'")


@situatie('tabel_heet_anders', 2, '`cursist`', "__tablename__ = 'cursisten'")
def tablename_met_een_tikfout(m):
    m.vervang('__tablename__', '__tabelname__')


@situatie('tabel_heet_anders', 2, "__tablename__ = 'cursisten'")
def tablename_met_te_weinig_strepen(m):
    m.vervang('__tablename__', '_tablename_')


@situatie('naam_is_bijna_goed', 2, '`cursist`', '`cursisten`')
def andere_tabelnaam_gemigreerd(m):
    m.vervang("'cursisten'", "'cursist'")
    m.flask('db', 'migrate', '-m', 'cursist')


@situatie('klasse_is_weg', 9, '`gebruikers`', 'class Gebruiker')
def tweede_klasse_weg(m):
    m.vervang(", db.ForeignKey('gebruikers.id')", '')
    m.schrijf(m.lees().partition('\n\nclass Gebruiker')[0] + '\n')


@situatie('model_mist_een_kolom', 2, '`woonplaats`')
def kolom_uit_het_model_gehaald(m):
    m.vervang(KOLOM_2, '')


@situatie('model_mist_een_kolom', 2, '`woonplaats`')
def kolom_weer_commentaar(m):
    m.vervang(KOLOM_2, '    # ' + KOLOM_2.strip() + '\n')


@situatie('script_is_leeg', 1, 'alleen `pass`', 'flask db migrate')
def leeg_script(m):
    m.flask('db', 'revision', '-m', 'woonplaats')
    m.model_van(2)


@situatie('model_loopt_voor', 1, 'flask db migrate')
def leeg_script_toegepast(m):
    m.flask('db', 'revision', '-m', 'leeg')
    m.flask('db', 'upgrade')
    m.model_van(2)


@situatie('script_is_leeg', 9, 'create_index')
def leeg_script_van_stap_10(m):
    m.model_van(10)
    m.flask('db', 'revision', '-m', 'index')


@situatie('model_loopt_voor', 1, 'flask db migrate -m "woonplaats"', tot_het_eind=True)
def model_nog_niet_gemigreerd(m):
    m.model_van(2)


@situatie('model_loopt_voor', 2, 'flask db migrate')
def eigen_kolom_nog_niet_gemigreerd(m):
    m.vervang(KOLOM_2, KOLOM_2 + '    straat = db.Column(db.Text)\n')


@situatie('model_loopt_voor', 2, 'flask db migrate -m "notities"')
def eigen_tabel_nog_niet_gemigreerd(m):
    m.schrijf(
        m.lees() + '\n\nclass Notitie(db.Model):\n    __tablename__ = "notities"\n'
        '    id = db.Column(db.Integer, primary_key=True)\n'
    )


@situatie('model_loopt_voor', 2, 'flask db upgrade', verloren=True)
def model_voor_en_database_achter(m):
    m.flask('db', 'downgrade')
    m.vervang(KOLOM_2, KOLOM_2 + '    straat = db.Column(db.Text)\n')


@situatie('model_loopt_voor', 1, 'buiten de migraties om', 'oud.sqlite')
def kolom_met_de_hand_en_in_het_model(m):
    m.model_van(2)
    m.sql(
        'ALTER TABLE cursisten ADD COLUMN woonplaats VARCHAR(50)',
        "UPDATE cursisten SET woonplaats = 'Assen' WHERE id = 2",
    )


@situatie('model_loopt_voor', 8, 'buiten de migraties om')
def create_all_in_de_shell_voor_stap_9(m):
    m.vervang(
        'class Cursist(',
        'class Notitie(db.Model):\n    __tablename__ = "notities"\n'
        '    id = db.Column(db.Integer, primary_key=True)\n\n\nclass Cursist(',
    )
    m.flask('shell', invoer='db.create_all()\n')


@situatie('model_loopt_voor', 9, 'volledige_naam', 'flask db migrate')
def index_met_een_andere_naam(m):
    m.model_van(10)
    naam = m.script_van(10)
    m.vervang('ix_cursisten_volledige_naam', 'ix_naam', naam)
    m.upgrade(naam)


@situatie('repr_noemt_een_kolom_die_weg_is', 7, '@self.naam', 'volledige_naam')
def repr_met_de_oude_naam(m):
    m.vervang('{self.volledige_naam}', '{self.naam}')


@situatie('repr_noemt_een_kolom_die_weg_is', 8, '@self.leeftijd', 'geboortejaar')
def repr_met_leeftijd(m):
    m.vervang('{self.geboortejaar}', '{self.leeftijd}')


# --- De database ----------------------------------------------------------------------------


@situatie('database_staat_in_instance', 2, 'instance')
def database_in_instance(m):
    (m.pad / 'instance').mkdir()
    (m.pad / DATABASE).rename(m.pad / 'instance' / DATABASE)


@situatie('database_is_er_niet', 2, 'flask db upgrade', verloren=True)
def database_verwijderd(m):
    (m.pad / DATABASE).unlink()


@situatie('database_is_er_niet', 2, 'is leeg', verloren=True)
def database_van_nul_bytes(m):
    (m.pad / DATABASE).write_bytes(b'')


@situatie('database_is_er_niet_maar_wel_een_kopie', 6, 'bewaar.sqlite')
def database_verwijderd_met_kopie(m):
    (m.pad / DATABASE).rename(m.pad / 'bewaar.sqlite')


@situatie('database_is_er_niet_maar_wel_een_kopie', 2, 'bewaar.sqlite')
def downgrade_naar_het_begin_met_kopie(m):
    shutil.copyfile(m.pad / DATABASE, m.pad / 'bewaar.sqlite')
    m.flask('db', 'downgrade', 'base')


@situatie('upgrade_moet_nog', 2, 'eerste_migratie.py', 'flask db upgrade', verloren=True)
def downgrade_naar_het_begin(m):
    m.flask('db', 'downgrade', 'base')


@situatie('database_is_geen_database', 2, 'oud.sqlite', verloren=True)
def database_is_tekst(m):
    (m.pad / DATABASE).write_text('Dit is geen database.' * 20, encoding='utf-8')


@situatie('database_is_geen_database', 2, 'oud.sqlite', verloren=True)
def database_afgebroken(m):
    inhoud = (m.pad / DATABASE).read_bytes()
    (m.pad / DATABASE).write_bytes(inhoud[: len(inhoud) // 2])


@situatie('revisie_in_de_database_klopt_niet', 2, 'flask db stamp')
def tabellen_zonder_alembic_version(m):
    m.sql('DROP TABLE alembic_version')


@situatie('revisie_in_de_database_klopt_niet', 3, 'flask db stamp')
def lege_alembic_version(m):
    m.sql('DELETE FROM alembic_version')


@situatie('revisie_in_de_database_klopt_niet', 2, 'woonplaats.py', 'flask db stamp')
def stamp_head_zonder_upgrade(m):
    m.model_van(3)
    m.script_van(3)
    m.flask('db', 'stamp', 'head')


@situatie('revisie_in_de_database_klopt_niet', 2, 'niveau.py', 'Doe geen `flask db downgrade`')
def upgrade_brak_af(m):
    m.model_van(3)
    m.script_van(3)
    m.sql("ALTER TABLE cursisten ADD COLUMN niveau VARCHAR(20) DEFAULT 'beginner' NOT NULL")


@situatie('tijdelijke_tabel_is_blijven_staan', 2, '_alembic_tmp_cursisten', 'DROP TABLE')
def tijdelijke_tabel(m):
    m.sql('CREATE TABLE _alembic_tmp_cursisten (id INTEGER)')


@situatie('tijdelijke_tabel_is_blijven_staan', 3, '_alembic_tmp_cursisten', 'RENAME TO')
def tijdelijke_tabel_met_alle_rijen(m):
    m.sql('ALTER TABLE cursisten RENAME TO _alembic_tmp_cursisten')


@situatie('lege_tabel_te_veel', 8, '`gebruikers`', 'DROP TABLE')
def upgrade_van_stap_9_brak_af(m):
    m.model_van(9)
    m.script_van(9)
    m.sql('CREATE TABLE gebruikers (id INTEGER PRIMARY KEY)')


@situatie('database_past_niet_bij_de_migraties', 2, '`straat`', 'oud.sqlite')
def kolom_met_de_hand_erbij(m):
    m.sql(
        'ALTER TABLE cursisten ADD COLUMN straat TEXT', "UPDATE cursisten SET straat = 'Lindelaan'"
    )


@situatie('revisie_in_de_database_klopt_niet', 3, 'woonplaats.py')
def kolom_met_de_hand_eruit(m):
    m.sql('ALTER TABLE cursisten DROP COLUMN niveau')


@situatie('database_past_niet_bij_de_migraties', 3, '`woonplaats`')
def script_veranderd_na_de_upgrade(m):
    m.sql(
        'ALTER TABLE cursisten ADD COLUMN w VARCHAR(9)',
        'UPDATE cursisten SET w = woonplaats',
        'ALTER TABLE cursisten DROP COLUMN woonplaats',
        'ALTER TABLE cursisten RENAME COLUMN w TO woonplaats',
    )


@situatie('database_past_niet_bij_de_migraties', 2, 'zonder revisie')
def tabellen_van_een_ander_model(m):
    m.sql('DROP TABLE alembic_version', 'ALTER TABLE cursisten ADD COLUMN straat TEXT')


@situatie('upgrade_moet_nog', 1, 'woonplaats.py', 'flask db upgrade')
def migratie_nog_niet_uitgevoerd(m):
    m.model_van(2)
    m.script_van(2)


@situatie('upgrade_moet_nog', 1, 'flask db upgrade')
def twee_keer_migrate(m):
    m.model_van(2)
    m.flask('db', 'migrate', '-m', 'woonplaats')
    assert 'not up to date' in m.flask('db', 'migrate', '-m', 'nog een', mag_mislukken=True)


@situatie('upgrade_moet_nog', 3, 'flask db upgrade')
def oude_kopie_teruggezet(m):
    shutil.copyfile(m.lesstand(2).map / DATABASE, m.pad / DATABASE)


@situatie('lege_waarden_houden_de_upgrade_tegen', 2, 'niveau', 'IS NULL')
def lege_waarden_in_een_kolom_die_verplicht_wordt(m):
    m.vervang(
        KOLOM_2, KOLOM_2 + '    niveau = db.Column(db.String(20), server_default="beginner")\n'
    )
    m.flask('db', 'migrate', '-m', 'niveau')
    m.flask('db', 'upgrade')
    m.sql('UPDATE cursisten SET niveau = NULL WHERE id = 2')
    m.model_van(3)
    m.flask('db', 'migrate', '-m', 'verplicht')


@situatie(
    'dubbele_waarden_houden_de_upgrade_tegen',
    3,
    'cursistnummer',
    'dezelfde waarde',
    zelf={
        'dubbele_waarden_houden_de_upgrade_tegen': lambda m: m.sql(
            "UPDATE cursisten SET cursistnummer = 'c' || id WHERE id > 1"
        )
    },
)
def dubbele_waarden_in_een_kolom_die_uniek_wordt(m):
    m.model_van(4)
    m.vervang(', unique=True', '')
    m.flask('db', 'migrate', '-m', 'cursistnummer')
    m.flask('db', 'upgrade')
    m.sql("UPDATE cursisten SET cursistnummer = 'c1' WHERE id < 3")
    m.model_van(4)
    m.flask('db', 'migrate', '-m', 'uniek')
    m.vervang('None, [', "'uq_nummer', [", m.script('uniek'))
    m.vervang('constraint(None', "constraint('uq_nummer'", m.script('uniek'))


@situatie('kolom_is_leeg_in_de_database', 6, 'UPDATE', 'flask shell')
def geboortejaar_leeg(m):
    m.sql('UPDATE cursisten SET geboortejaar = NULL')


@situatie('kolom_is_leeg_in_de_database', 6, 'UPDATE', 'flask shell')
def geboortejaar_leeg_voor_stap_8(m):
    m.model_van(7)
    m.upgrade(m.script_van(7))
    m.model_van(8)
    m.script_van(8)
    m.sql('UPDATE cursisten SET geboortejaar = NULL')


# --- Een script waar iets uit verdwenen is ----------------------------------------------------


def regel_uit_een_script(hint, stap, script, regel, *woorden, **extra):
    @situatie(hint, stap, *woorden, **extra)
    def regel_is_weg(m):
        tekst = m.lees(m.script(script))
        assert regel in tekst
        # Alleen de eerste keer: in downgrade() staat soms dezelfde regel.
        m.schrijf(tekst.replace(regel, '', 1), m.script(script))


BATCH = "    with op.batch_alter_table('cursisten', schema=None) as batch_op:\n"

regel_uit_een_script(
    'import_ontbreekt', 3, 'niveau', 'from alembic import op\n', '_niveau.py`', '`op`'
)
regel_uit_een_script(
    'import_ontbreekt', 3, 'niveau', 'import sqlalchemy as sa\n', '_niveau.py`', '`sa`'
)
regel_uit_een_script(
    'functie_ontbreekt_in_een_script', 3, 'niveau', 'def downgrade():\n', '_niveau.py`'
)
regel_uit_een_script(
    'functie_ontbreekt_in_een_script', 1, 'migratie', 'def downgrade():\n', '_eerste_migratie.py`'
)
regel_uit_een_script('regel_van_het_with_blok_ontbreekt', 3, 'niveau', BATCH, '`with`')
regel_uit_een_script(
    'primary_key_ontbreekt_in_een_script',
    3,
    'migratie',
    "    sa.PrimaryKeyConstraint('id')\n",
    '`id`',
)
regel_uit_een_script(
    'kolom_is_leeg',
    9,
    'geboortejaar',
    "    op.execute('UPDATE cursisten SET geboortejaar = 2026 - leeftijd')\n",
)
regel_uit_een_script(
    'eigenschap_in_de_migratie',
    7,
    'cursistnummer',
    "        batch_op.create_unique_constraint('uq_cursisten_cursistnummer', ['cursistnummer'])\n",
    '`cursistnummer`',
    tot_het_eind=True,
)
regel_uit_een_script(
    'upgrade_lukt_niet',
    7,
    'migratie',
    "    sa.Column('naam', sa.Text(), nullable=True),\n",
    'een eerder',
    zelf={
        'upgrade_lukt_niet': lambda m: m.vervang(
            "    sa.Column('leeftijd'",
            "    sa.Column('naam', sa.Text(), nullable=True),\n    sa.Column('leeftijd'",
            m.script('migratie'),
        )
    },
)


@situatie('script_zonder_revisie', 1, '_eerste_migratie.py`', 'revision = ')
def enige_script_zonder_revisie(m):
    script = m.script('eerste_migratie')
    m.schrijf(re.sub('\nrevision = .*', '', m.lees(script)), script)


@situatie('script_zonder_vorige_revisie', 3, '_niveau.py`', 'down_revision = ')
def script_zonder_down_revision(m):
    m.schrijf(re.sub('down_revision = .*\n', '', m.lees(m.script('niveau'))), m.script('niveau'))


@situatie('script_zonder_vorige_revisie', 1, 'down_revision = None')
def eerste_script_zonder_down_revision(m):
    m.vervang('down_revision = None\n', '', m.script('eerste_migratie'))


@situatie('functie_ontbreekt_in_een_script', 3, '_niveau.py`', '`downgrade()`', 'def downgrade')
def functie_met_een_tikfout(m):
    m.vervang('def downgrade', 'def downgrad', m.script('niveau'))


@situatie('functie_ontbreekt_in_een_script', 2, '_woonplaats.py`', '`upgrade()`')
def functie_met_een_hoofdletter(m):
    m.vervang('def upgrade', 'def Upgrade', m.script('woonplaats'))


@situatie(
    'python_begrijpt_het_niet',
    1,
    '_eerste_migratie.py`',
    zelf={
        'python_begrijpt_het_niet': lambda m: m.vervang(
            'upgrade()\n', 'upgrade():\n', m.script('eerste_migratie')
        )
    },
)
def syntaxfout_in_het_enige_script(m):
    m.vervang('def upgrade():', 'def upgrade()', m.script('eerste_migratie'))


@situatie('hernoemen_en_ook_nog_erbij', 6, '`volledige_naam`', 'new_column_name')
def naam_hernoemd_en_erbij(m):
    m.model_van(7)
    m.flask('db', 'migrate', '-m', 'naam')
    hernoem = "batch_op.alter_column('naam', new_column_name='volledige_naam')"
    m.vervang("batch_op.drop_column('naam')", hernoem, m.script('naam'))


@situatie('index_op_een_kolom_die_er_niet_is', 9, '`naam`', "['volledige_naam']")
def index_op_de_oude_naam(m):
    m.model_van(10)
    m.vervang("'cursisten', ['volledige_naam']", "'cursisten', ['naam']", m.script_van(10))


@situatie('tikfout_in_sql', 5, '`cursist`', '`cursisten`')
def tikfout_in_de_tabel_van_een_update(m):
    m.model_van(6)
    m.vervang('UPDATE cursisten', 'UPDATE cursist', m.script_van(6))


@situatie('tikfout_in_sql', 7, '`geboortjaar`', '`geboortejaar`')
def tikfout_in_de_update_van_een_downgrade(m):
    m.model_van(8)
    m.vervang('2026 - geboortejaar', '2026 - geboortjaar', m.script_van(8))


@situatie('regel_van_een_kolom_geeft_een_fout', 4, '@ingeschreven_op', 'db.func.now()')
def func_now_zonder_haakjes(m):
    m.model_van(5)
    m.vervang('db.func.now()', 'db.func.now')


@situatie('update_in_het_with_blok', 5, 'van regel')
def update_onderaan_het_with_blok(m):
    m.model_van(6)
    script = m.script_van(6)
    tekst = re.sub(r'\n\n( +op.execute)', r'\n    \1', m.lees(script), count=1)
    m.schrijf(tekst, script)


@situatie('twee_scripts_met_dezelfde_revisie', 2, 'versions/kopie.py kopie.py.oud')
def kopie_met_een_eigen_naam(m):
    shutil.copyfile(m.pad / m.script('woonplaats'), m.versies / 'kopie.py')


@situatie('db_kent_de_app_niet', 2, '@db = SQL', 'db = SQLAlchemy(app)')
def sqlalchemy_zonder_app(m):
    m.vervang('SQLAlchemy(app)', 'SQLAlchemy()')


@situatie('db_kent_de_app_niet', 9, 'db = SQLAlchemy(app, metadata=namen)')
def sqlalchemy_met_namen_zonder_app(m):
    m.vervang('SQLAlchemy(app, ', 'SQLAlchemy(')


voor_stap_2('db_ontbreekt_voor_een_naam', '= db.Column(db.String', '= Column(String', '`Column`')
voor_stap_2('db_ontbreekt_voor_een_naam', '(db.String', '(String', '@woonplaats', '`db.`')


@situatie('pakket_ontbreekt', 2, '`flask_sqlalchmy`', 'Bedoel je `flask_sqlalchemy`')
def pakket_met_een_tikfout(m):
    m.vervang('from flask_sqlalchemy', 'from flask_sqlalchmy')


@situatie('module_is_van_een_eerdere_stap', 4, '`niveau`', '`cursistnummer`', 'module.oud')
def module_van_twee_stappen_terug(m):
    m.model_van(2)
    # Van een vorige keer: daar zet speel_les.py niets in.
    (m.pad.parent / 'opnieuw').mkdir()
    (m.pad.parent / 'opnieuw' / 'iets.txt').write_text('iets', encoding='utf-8')


@situatie(
    'module_is_van_een_eerdere_stap',
    8,
    'heeft weer `leeftijd`',
    zelf={'module_is_van_een_eerdere_stap': lambda m: m.model_van(8)},
)
def module_van_voor_het_hernoemen(m):
    m.model_van(6)


@situatie('model_mist_een_kolom', 8, '`cursistnummer`', 'De les heeft hem nog nodig')
def kolom_kwijt_bij_het_begin_van_stap_9(m):
    m.model_van(9)
    m.vervang('    cursistnummer = db.Column(db.String(8), unique=True)\n', '')


@situatie('model_mist_een_kolom', 7, '`geboortejaar`', 'De les heeft hem nog nodig')
def verkeerde_kolom_weggehaald_in_stap_8(m):
    m.model_van(8)
    m.vervang('    geboortejaar = db.Column(db.Integer)\n', '')


@situatie('klasse_is_weg', 9, '`gebruikers`', 'alle rijen kwijt')
def klasse_weg_en_een_eigen_kolom_erbij(m):
    tekst = m.lees()
    klasse = tekst[tekst.index('class Gebruiker') :]
    m.schrijf(tekst.replace(klasse, '').replace(", db.ForeignKey('gebruikers.id')", ''))
    m.vervang("'cursisten'\n", "'cursisten'\n    bijnaam = db.Column(db.Text)\n")


@situatie('module_is_van_een_latere_stap', 2, 'latere stap', 'bij stap 2', 'module.oud')
def module_van_het_eind(m):
    m.model_van(9)


@situatie('hernoemen_als_weg_en_erbij', 2, 'andere stappen', tot_het_eind=True)
def alles_in_een_migratie(m):
    m.model_van(8)
    m.flask('db', 'migrate', '-m', 'alles')
    # De kolommen van stap 3 tot en met 5 heeft de leerling in het script al goed gezet.
    m.vervang("constraint(None, ['cursist", "constraint('uq', ['cursist", m.script('alles'))
    m.vervang('constraint(None, type_', "constraint('uq', type_", m.script('alles'))


@situatie('script_is_weg_na_de_upgrade', 5, 'volledige_naam', '2026 - geboortejaar')
def database_van_een_latere_stap(m):
    shutil.copyfile(m.lesstand(8).map / DATABASE, m.pad / DATABASE)


@situatie('foreign_key_wijst_naar_niets', 9, '@ForeignKey', 'Geen klasse')
def tweede_klasse_zonder_tabelnaam(m):
    m.vervang("    __tablename__ = 'gebruikers'\n", '')


# --- De uitvoering van de situaties -----------------------------------------------------------


@pytest.mark.parametrize(
    'geval', SITUATIES, ids=lambda geval: f'{geval.hint}-{geval.maak.__name__}'
)
def test_wie_doet_wat_de_hint_zegt_komt_verder(geval, oefening, monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    m = oefening(geval.stap)
    if geval.tijdslimiet:
        monkeypatch.setattr(naspelen, 'TIJDSLIMIET', geval.tijdslimiet)
        m.speel_na = speel_apart_na
    had = m.cursisten()
    geval.maak(m)
    if geval.verloren or not had:
        had = m.cursisten()
    gezien = []
    while True:
        oordeel = m.oordeel()
        if not oordeel.afwijkingen:
            break
        naam, wat_nu = welke_hint(oordeel), vertelling.wat_nu(oordeel)
        # Ook bij de gevolgen van de oorzaak heeft de controle iets te zeggen.
        fout = [
            s.nummer for s in __import__('stappen').STAPPEN if oordeel.toestand(s.nummer) == 'fout'
        ]
        assert all(vertelling.uitleg(oordeel, f) for f in fout)
        if gezien and naam in TOT_HIER and not geval.tot_het_eind:
            break
        verloop = '\n\n'.join([*(tekst for _, tekst in gezien), wat_nu])
        if not gezien:
            assert naam == geval.hint, verloop
            for woord in geval.woorden:
                if woord.startswith('@'):
                    woord = f'egel {m.regel(woord[1:])}'
                assert woord in wat_nu, f'Hier mist {woord!r}:\n{verloop}'
        assert (naam, wat_nu) not in gezien, f'Deze hint hielp niet:\n{verloop}'
        assert len(gezien) < MEESTE_HINTS, f'Het houdt niet op:\n{verloop}'
        gezien.append((naam, wat_nu))
        try:
            if naam in geval.zelf:
                geval.zelf[naam](m)
            else:
                assert m.doe(wat_nu), f'Er staat geen letterlijke regel:\n{verloop}'
        except Exception as fout:
            raise AssertionError(f'Dit lukte niet:\n{verloop}\n\n{fout}') from fout
    assert gezien, 'Er was niets aan de hand.'
    heeft = m.cursisten()
    for nummer, cursist in had.items():
        for kolom, waarde in cursist.items():
            kwijt = waarde is not None and heeft.get(nummer, {}).get(kolom) != waarde
            assert not kwijt, f'{kolom} van {nummer} is weg:\n{verloop}'


# Wat een leerling van deze regels niet kan missen zegt Python al: er klopt dan iets niet meer.
HALVE_OPDRACHTEN = re.compile(r'\s*(def |return |namen = |naming_convention|\'(ix|uq|fk)\'|[})])')


def test_elke_regel_die_uit_de_module_verdwijnt_komt_door_de_hints_terug(oefening, monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    m = oefening(10)
    heel = m.lees()
    for nummer, regel in enumerate(heel.splitlines(), 1):
        mag_weg = regel.startswith("app.config['SQLALCHEMY_TRACK") or '#' in regel
        if not regel.strip() or mag_weg or HALVE_OPDRACHTEN.match(regel):
            continue
        regels = heel.splitlines(keepends=True)
        del regels[nummer - 1]
        m.schrijf(''.join(regels))
        for _ in range(3):
            oordeel = m.oordeel()
            if not oordeel.afwijkingen:
                break
            assert '    flask' not in vertelling.wat_nu(oordeel), (
                f'Regel {nummer} is weg.\n{vertelling.wat_nu(oordeel)}'
            )
            m.doe(vertelling.wat_nu(oordeel))
        assert not oordeel.afwijkingen, (
            f'Regel {nummer} is weg:\n{regel}\n{vertelling.wat_nu(oordeel)}'
        )


# --- Opmerkingen: iets om te weten, terwijl elke stap goed is -----------------------------------

OPMERKINGEN = []


def opmerking(naam: str, stap: int, *woorden: str) -> Callable:
    def zet_erbij(maak: Callable) -> Callable:
        OPMERKINGEN.append(Situatie(naam, stap, woorden, maak))
        return maak

    return zet_erbij


@opmerking('geen_rijen', 2, '`cursisten`')
def zonder_rijen(m):
    m.sql('DELETE FROM cursisten')


@opmerking('ander_programma_is_bezig', 2, 'data.sqlite-journal')
def met_journal(m):
    (m.pad / 'data.sqlite-journal').write_bytes(bytes(512))


@opmerking('tweede_database', 2, 'instance/data.sqlite', 'Je app gebruikt `data.sqlite`')
def met_een_database_in_instance(m):
    (m.pad / 'instance').mkdir()
    shutil.copyfile(m.pad / DATABASE, m.pad / 'instance' / DATABASE)


@opmerking('getcwd_in_de_module', 2, '@getcwd')
def met_getcwd(m):
    m.vervang('os.path.abspath(os.path.dirname(__file__))', 'os.getcwd()')


@opmerking('app_run_zonder_wacht', 2, '@app.run')
def met_app_run(m):
    m.schrijf(m.lees() + '\n\napp.run(debug=True)\n')


@opmerking('kolom_is_commentaar', 2, '@# niveau', '`niveau`')
def kolom_in_commentaar(m):
    m.vervang(KOLOM_2, KOLOM_2 + '    # niveau = db.Column(db.String(20))\n')


@opmerking('methode_noemt_een_kolom_die_weg_is', 8, 'self.leeftijd')
def methode_met_leeftijd(m):
    m.schrijf(m.lees() + '\n    def is_volwassen(self):\n        return self.leeftijd >= 18\n')


@pytest.mark.parametrize('geval', OPMERKINGEN, ids=lambda geval: geval.maak.__name__)
def test_een_opmerking_maakt_geen_stap_fout(geval, oefening, monkeypatch):
    monkeypatch.setenv('FLASK_APP', MODULE)
    m = oefening(geval.stap)
    assert not vertelling.opmerkingen(m.oordeel())
    geval.maak(m)
    oordeel = m.oordeel()
    assert not oordeel.afwijkingen, vertelling.wat_nu(oordeel)
    (tekst,) = vertelling.opmerkingen(oordeel)
    for woord in geval.woorden:
        woord = f'egel {m.regel(woord[1:])}' if woord.startswith('@') else woord
        assert woord in tekst
    (functie,) = [functie for functie in list(HOPM) if functie(oordeel)]
    assert functie.__name__ == geval.hint
    if m.doe(tekst):
        assert functie.__name__ not in [f.__name__ for f in list(HOPM) if f(m.oordeel())]


@pytest.mark.parametrize(
    ('gezet', 'woord'),
    [
        (None, 'niet gezet'),
        ('BasicModelApp.py ', 'een spatie'),
        ('"BasicModelApp.py"', 'aanhalingsteken'),
        ('app.py', '`app.py`'),
    ],
)
def test_flask_app_die_niet_goed_staat_is_een_opmerking(gezet, woord, monkeypatch, capsys):
    monkeypatch.delenv('FLASK_APP', raising=False)
    if gezet:
        monkeypatch.setenv('FLASK_APP', gezet)
    tekst = flask_app_in_dit_venster(None)
    assert woord in tekst
    # Doen wat er staat: de waarde na de laatste = is de waarde die de shell zet.
    for regel in tekst.splitlines():
        if regel.startswith('    '):
            monkeypatch.setenv('FLASK_APP', regel.partition('=')[2].strip(' "'))
            assert flask_app_in_dit_venster(None) is None


@pytest.mark.parametrize('goed', ['BasicModelApp', 'BasicModelApp.py', 'BasicModelApp.py:app'])
def test_flask_app_die_goed_staat_geeft_geen_opmerking(goed, monkeypatch):
    monkeypatch.setenv('FLASK_APP', goed)
    assert flask_app_in_dit_venster(None) is None


# --- De omgeving --------------------------------------------------------------------------------


def controleer(m: Map, *, werkmap: Path | None = None, **omgeving: str | None) -> str:
    """De echte `pytest` in een map, met wat er in de omgeving anders is."""
    schoon = speel_les.omgeving() | {'FLASK_APP': MODULE} | omgeving
    uit = speel_les.draai(['pytest'], werkmap or m.pad, {k: v for k, v in schoon.items() if v})
    return uit.stdout


def test_in_een_smalle_terminal_blijft_elk_commando_heel(oefening):
    m = oefening(1)
    migratie_nog_niet_uitgevoerd(m)
    uit = controleer(m, COLUMNS='40')
    assert '\n    flask db upgrade\n' in uit
    verhaal = uit[uit.index('Wat nu') :].partition('\n\n')[0].splitlines()
    te_lang = [regel for regel in verhaal if len(regel) >= 40 and ' ' in regel]
    assert te_lang == []


@pytest.mark.parametrize('codering', ['ascii', 'cp1252', 'cp850'])
def test_zonder_vinkje_staat_er_een_woord(oefening, codering):
    m = oefening(2)
    uit = controleer(m, PYTHONUTF8='0', PYTHONIOENCODING=codering)
    assert 'af   stap 2' in uit
    assert 'Wat nu: stap 2 is af.' in uit


def test_zonder_kleur_staan_er_geen_kleurcodes(oefening):
    m = oefening(2)
    assert '\x1b[' not in controleer(m, NO_COLOR='1', FORCE_COLOR=None)
    assert '\x1b[32m' in controleer(m, NO_COLOR=None, FORCE_COLOR='1')


def test_in_de_map_tests_en_een_map_hoger_werkt_de_controle(oefening):
    m = oefening(2)
    for werkmap in (m.pad / 'tests', m.pad.parent):
        assert 'Wat nu: stap 2 is af.' in controleer(m, werkmap=werkmap)


def zonder_flask(m: Map, tmp_path: Path) -> dict[str, str]:
    """Een omgeving waarin pytest er is en Flask niet: zoals de Python van de computer zelf."""
    kaal = tmp_path / 'kaal'
    kaal.mkdir()
    for pakket in ('_pytest', 'pytest', 'py', 'pluggy', 'iniconfig', 'packaging', 'pygments'):
        plaats = Path(importlib.util.find_spec(pakket).origin)
        if plaats.name == '__init__.py':
            shutil.copytree(plaats.parent, kaal / pakket)
        else:
            shutil.copyfile(plaats, kaal / plaats.name)
    return {'PYTHONPATH': str(kaal)}


@pytest.mark.parametrize('met_venv', [True, False])
def test_een_python_zonder_flask_zegt_wat_je_doet(oefening, tmp_path, met_venv):
    m = oefening(2)
    if met_venv:
        (m.pad / '.venv').mkdir()
    # -S laat de pakketten van deze Python weg: alleen wat in PYTHONPATH staat is er dan.
    klaar = subprocess.run(
        [sys.executable, '-S', '-m', 'pytest'],
        cwd=m.pad,
        env=speel_les.omgeving() | zonder_flask(m, tmp_path),
        capture_output=True,
        encoding='utf-8',
    )
    uit = klaar.stdout + klaar.stderr
    assert klaar.returncode
    assert 'een Python zonder flask' in uit
    assert ('activate' in uit) == met_venv
    assert ('pip install -r requirements.txt' in uit) == (not met_venv)
    assert 'Traceback' not in uit


# root mag alles; zonder deze twee voorrechten gelden de rechten van een bestand ook voor root.
ZONDER_VOORRECHTEN = """
import ctypes, os, sys
prctl = getattr(ctypes.CDLL(None), 'prctl', None)
for CAP_DAC in (1, 2):
    prctl and prctl(24, CAP_DAC, 0, 0, 0)
os.execv(sys.executable, [sys.executable, '-m', 'pytest'])
"""


def als_gast(map_: Path) -> str:
    """Draait de controle als iemand voor wie de rechten van de bestanden gelden."""
    klaar = subprocess.run(
        [sys.executable, '-c', ZONDER_VOORRECHTEN],
        cwd=map_,
        env=speel_les.omgeving() | {'FLASK_APP': MODULE},
        capture_output=True,
        encoding='utf-8',
    )
    return klaar.stdout + klaar.stderr


@pytest.fixture
def map_van_een_ander(oefening):
    """Een map die je kunt lezen en niet kunt schrijven."""
    pad = oefening(2).pad
    for deel in (pad, *pad.rglob('*')):
        deel.chmod(0o555 if deel.is_dir() else 0o444)
    yield pad
    for deel in (pad, *pad.rglob('*')):
        deel.chmod(0o755)


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent deze rechten niet')
def test_een_map_waarin_je_niet_mag_schrijven_wordt_toch_gecontroleerd(map_van_een_ander):
    uit = als_gast(map_van_een_ander)
    assert 'Je mag niet schrijven' in uit
    assert 'Wat nu: stap 2 is af.' in uit


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent deze rechten niet')
def test_een_database_die_je_niet_mag_lezen(map_van_een_ander):
    (map_van_een_ander / DATABASE).chmod(0o000)
    uit = als_gast(map_van_een_ander)
    assert '`data.sqlite` is niet te lezen' in uit
    assert 'Traceback' not in uit


# --- De lijst met hints ------------------------------------------------------------------------

# Deze hebben een eigen test hierboven.
ELDERS_GETEST = {
    'database_is_niet_te_lezen',
    'flask_app_in_dit_venster',
    'map_is_niet_te_schrijven',
}


def test_elke_hint_en_opmerking_heeft_een_situatie():
    gemaakt = {geval.hint for geval in SITUATIES + OPMERKINGEN} | ELDERS_GETEST
    functies = HINTS + list(HOPM)
    assert {functie.__name__ for functie in functies} == gemaakt


def test_op_windows_staan_er_opdrachten_van_windows(monkeypatch):
    monkeypatch.setattr(doen, 'WINDOWS', True)
    assert doen.verwijder('migrations/versions/a b.py') == '    del "migrations\\versions\\a b.py"'
    assert doen.kopieer('bewaar.sqlite', DATABASE) == '    copy bewaar.sqlite data.sqlite'
    assert doen.hernoem(DATABASE, 'oud.sqlite') == '    move data.sqlite oud.sqlite'
    assert '$env:FLASK_APP = "BasicModelApp.py"' in doen.zet_flask_app()
