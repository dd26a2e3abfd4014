"""Leest een oefenmap zonder iets ervan uit te voeren.

De module en de migraties gaan door `ast`; van data.sqlite wordt een kopie geopend.
"""

import ast
import re
import shutil
import tempfile
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from alembic.script.revision import Revision, RevisionError, RevisionMap
from sqlalchemy import URL, Connection, create_engine, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

MODULE = 'BasicModelApp.py'
DATABASE = 'data.sqlite'

# De typen van kolommen die in de les voorkomen.
TYPEN = ('Integer', 'String', 'Text', 'DateTime', 'ForeignKey')

# Een oefendatabase is tientallen kB; dit houdt een verdwaalde film buiten de deur.
GROOTSTE_DATABASE = 200_000_000


@dataclass
class Bestand:
    """Een Python-bestand: de tekst, en de boom of de fout die `ast` erin vindt."""

    # Het pad zoals een leerling het leest: vanuit de oefenmap, met schuine strepen.
    naam: str
    tekst: str
    boom: ast.Module
    # De fout met regelnummer en melding, als Python het bestand niet begrijpt.
    fout: SyntaxError | None = None

    def regel(self, nummer: int) -> str:
        """De tekst van regel `nummer`, zonder de spaties eromheen."""
        return self.tekst.splitlines()[nummer - 1].strip()

    def aanroepen(self, naam: str, binnen: ast.AST | None = None) -> list[ast.Call]:
        """Elke aanroep van `naam(...)` of `iets.naam(...)`, van boven naar beneden."""
        gevonden = [k for k in ast.walk(binnen or self.boom) if heet(k, naam)]
        return sorted(gevonden, key=lambda aanroep: aanroep.lineno)

    def toekenning(self, naam: str) -> ast.stmt | None:
        """De eerste regel buiten een klasse die `naam` een waarde geeft."""
        return next((knoop for knoop in self.boom.body if naam in namen_van(knoop)), None)

    @property
    def klassen(self) -> list[ast.ClassDef]:
        """De klassen van de module, van boven naar beneden."""
        return [knoop for knoop in self.boom.body if isinstance(knoop, ast.ClassDef)]

    def klasse(self, tabel: str) -> ast.ClassDef | None:
        """De laatste klasse met dit `__tablename__`."""
        gevonden = [k for k in self.klassen if _tabel(k) == tabel]
        return gevonden[-1] if gevonden else None

    def regel_van_kolom(self, tabel: str, kolom: str) -> int | None:
        """Het nummer van de regel waar een klasse de kolom krijgt."""
        klasse = self.klasse(tabel)
        for knoop in klasse.body if klasse else ():
            if kolom in namen_van(knoop):
                return knoop.lineno
        return None


@dataclass
class Script(Bestand):
    """Een migratie: een bestand met een revisie en de revisie waarop hij volgt."""

    revisie: str | None = None
    # Geen, een of (na een merge) meer revisies.
    vorige: tuple[str, ...] = ()
    # Alembic wil deze regel ook zien als er geen vorige is.
    noemt_vorige: bool = False

    @property
    def bestandsnaam(self) -> str:
        """De naam van het bestand zonder de map."""
        return self.naam.rpartition('/')[2]

    def functie(self, naam: str) -> ast.FunctionDef | None:
        """De functie `upgrade` of `downgrade` van dit script."""
        gevonden = [k for k in self.boom.body if isinstance(k, ast.FunctionDef) and k.name == naam]
        return gevonden[-1] if gevonden else None

    def doet_iets(self, naam: str) -> bool:
        """Of `upgrade` of `downgrade` een regel bevat die iets aanroept."""
        functie = self.functie(naam)
        return functie is not None and any(
            isinstance(knoop, ast.Expr) and isinstance(knoop.value, ast.Call)
            for knoop in ast.walk(functie)
        )


@dataclass
class Database:
    """Wat er in data.sqlite staat.

    `toestand` is 'goed', 'ontbreekt', 'leeg', 'te groot', 'onleesbaar' of 'geen database'.
    """

    toestand: str
    schema: dict = field(default_factory=dict)
    # De revisies in alembic_version; None als die tabel er niet is.
    versies: list[str] | None = None
    # Per tabel het aantal rijen, en per kolom in hoeveel rijen een waarde staat.
    rijen: dict[str, int] = field(default_factory=dict)
    gevuld: dict[str, dict[str, int]] = field(default_factory=dict)
    # Per tabel de kolommen waarin elke rij hetzelfde heeft, met die waarde zoals in SQL.
    gelijk: dict[str, dict[str, str | None]] = field(default_factory=dict)
    # Per tabel de kolommen waarin een waarde meer dan eens voorkomt.
    dubbel: dict[str, set[str]] = field(default_factory=dict)
    # Of een ander programma midden in een wijziging zit.
    bezig: bool = False


@dataclass
class Oefenmap:
    """De map van een leerling, zoals hij op schijf staat."""

    pad: Path
    # None als het bestand er niet is.
    module: Bestand | None
    scripts: list[Script]
    database: Database

    @cached_property
    def revisies(self) -> list[str]:
        """De revisies van de eerste tot de laatste; leeg als de reeks niet klopt."""
        # RevisionMap voert geen script uit, anders dan ScriptDirectory.
        kaart = RevisionMap(
            lambda: [Revision(s.revisie, s.vorige) for s in self.scripts if s.revisie]
        )
        try:
            with warnings.catch_warnings():
                # Een revisie die twee keer voorkomt is voor Alembic maar een waarschuwing.
                warnings.simplefilter('error')
                return [r.revision for r in kaart.iterate_revisions('heads', 'base')][::-1]
        except (RevisionError, KeyError, UserWarning):
            return []

    @cached_property
    def heads(self) -> list[str]:
        """De revisies waarop geen andere volgt."""
        opgevolgd = {vorige for script in self.scripts for vorige in script.vorige}
        return [s.revisie for s in self.scripts if s.revisie and s.revisie not in opgevolgd]

    def script(self, revisie: str | None) -> Script | None:
        """Het script van een revisie."""
        return next((s for s in self.scripts if s.revisie == revisie), None)


def heet(knoop: ast.AST, naam: str) -> bool:
    """Of een knoop een aanroep is van `naam(...)` of `iets.naam(...)`."""
    functie = getattr(knoop, 'func', None)
    return naam in (getattr(functie, 'id', None), getattr(functie, 'attr', None))


def namen_van(knoop: ast.AST) -> set[str]:
    """De namen die een toekenning een waarde geeft."""
    doelen = getattr(knoop, 'targets', None) or [getattr(knoop, 'target', None)]
    return {doel.id for doel in doelen if isinstance(doel, ast.Name)}


def _tabel(klasse: ast.ClassDef) -> str | None:
    for knoop in klasse.body:
        if '__tablename__' in namen_van(knoop) and isinstance(knoop.value, ast.Constant):
            return knoop.value.value
    return None


def is_model(klasse: ast.ClassDef) -> bool:
    """Of een klasse rechtstreeks van `db.Model` komt."""
    return any(
        getattr(basis, 'attr', getattr(basis, 'id', '')) == 'Model' for basis in klasse.bases
    )


def onzichtbare_kolommen(module: Bestand) -> list[tuple[str, str, int]]:
    """Kolommen die Python goedvindt en SQLAlchemy niet ziet: wat, naam en regel.

    `wat` is 'komma', 'kleine letter', 'dubbele punt', 'geen Column', 'dubbel', 'buiten de
    klasse' of 'in een methode'.
    """
    gevonden = [
        ('buiten de klasse', naam, knoop.lineno)
        for knoop in module.boom.body
        if isinstance(knoop, ast.Assign) and _is_kolom(knoop.value)
        for naam in namen_van(knoop)
    ]
    for klasse in filter(is_model, module.klassen):
        gezien = set()
        for knoop in klasse.body:
            waarde = getattr(knoop, 'value', None)
            for naam in namen_van(knoop):
                wat = None
                if isinstance(waarde, ast.Tuple) and any(map(_is_kolom, waarde.elts)):
                    wat = 'komma'
                elif _is_kolom(waarde) and heet(waarde, 'column'):
                    wat = 'kleine letter'
                elif isinstance(knoop, ast.AnnAssign) and _is_kolom(knoop.annotation):
                    wat = 'dubbele punt'
                elif isinstance(knoop, ast.Assign) and _is_type_of_column(waarde):
                    wat = 'geen Column'
                elif _is_kolom(waarde) and naam in gezien:
                    wat = 'dubbel'
                if wat:
                    gevonden.append((wat, naam, knoop.lineno))
                gezien.add(naam)
            if isinstance(knoop, ast.FunctionDef):
                gevonden += [
                    ('in een methode', naam, binnen.lineno)
                    for binnen in ast.walk(knoop)
                    if isinstance(binnen, ast.Assign) and _is_kolom(binnen.value)
                    for naam in namen_van(binnen)
                ]
    return gevonden


def bij_het_laden(module: Bestand, naam: str) -> list[int]:
    """De regels die `naam(...)` aanroepen zodra de module wordt geladen."""
    wachten = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)
    return [
        aanroep.lineno
        for knoop in module.boom.body
        if not isinstance(knoop, wachten)
        for aanroep in module.aanroepen(naam, knoop)
    ]


def _is_kolom(knoop: ast.AST | None) -> bool:
    return any(heet(knoop, naam) for naam in ('Column', 'column', 'mapped_column'))


def _is_type_of_column(knoop: ast.AST | None) -> bool:
    """Of er alleen een type staat (`db.Text`), of `db.Column` zonder haakjes."""
    kale_naam = getattr(knoop, 'attr', None) if isinstance(knoop, ast.Attribute) else None
    return kale_naam in TYPEN + ('Column',) or any(heet(knoop, naam) for naam in TYPEN)


def kolommen_in_commentaar(module: Bestand) -> list[tuple[int, str]]:
    """Regels met een kolom achter een `#`: het nummer, en de naam van de kolom."""
    gevonden = []
    for nummer, regel in enumerate(module.tekst.splitlines(), 1):
        kolom = re.match(r'\s*#\s*(\w+)\s*=.*\bColumn\(', regel)
        if kolom:
            gevonden.append((nummer, kolom[1]))
    return gevonden


def lees_oefenmap(pad: Path) -> Oefenmap:
    """Leest de module, de migraties en de database in de map `pad`."""
    return Oefenmap(
        pad=pad,
        module=lees_module(pad / MODULE),
        scripts=[
            _lees_script(bestand, f'migrations/versions/{bestand.name}')
            for bestand in sorted((pad / 'migrations' / 'versions').glob('*.py'))
            # Een naam met een punt vooraan is van macOS, niet van Alembic.
            if bestand.is_file() and not bestand.name.startswith('.')
        ],
        database=lees_database(pad / DATABASE),
    )


def lees_module(pad: Path) -> Bestand | None:
    """Leest de module; None als hij er niet staat."""
    # Op Windows en macOS zegt is_file() ook ja tegen basicmodelapp.py.
    if not any(bestand.name == pad.name and bestand.is_file() for bestand in pad.parent.iterdir()):
        return None
    return Bestand(pad.name, *_lees_python(pad))


def _lees_script(pad: Path, naam: str) -> Script:
    script = Script(naam, *_lees_python(pad))
    for knoop in script.boom.body:
        namen = namen_van(knoop)
        script.noemt_vorige |= 'down_revision' in namen
        if namen & {'revision', 'down_revision'} and isinstance(knoop, ast.Assign | ast.AnnAssign):
            try:
                waarde = ast.literal_eval(knoop.value)
            except (ValueError, TypeError):
                continue
            if 'revision' in namen:
                script.revisie = str(waarde) if waarde else None
            elif waarde:
                # Na een merge zijn het er meer.
                waarden = waarde if isinstance(waarde, tuple | list) else (waarde,)
                script.vorige = tuple(map(str, waarden))
    return script


def _lees_python(pad: Path) -> tuple[str, ast.Module, SyntaxError | None]:
    inhoud = pad.read_bytes()
    tekst = inhoud.decode('utf-8-sig', errors='replace')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return tekst, ast.parse(inhoud, pad.name), None
    except SyntaxError as fout:
        return tekst, ast.Module([], []), fout
    except ValueError:
        # Python 3.11 zegt dit van een nulbyte, zoals in een bestand in UTF-16.
        return tekst, ast.Module([], []), SyntaxError('source code cannot contain null bytes')


def lees_database(pad: Path) -> Database:
    """Leest een kopie van de database `pad`; het origineel gaat niet open."""
    if not pad.exists():
        return Database('ontbreekt')
    if not pad.is_file():
        return Database('geen database')
    grootte = pad.stat().st_size
    if grootte == 0:
        return Database('leeg')
    if grootte > GROOTSTE_DATABASE:
        return Database('te groot')
    with tempfile.TemporaryDirectory(prefix='oefenmap-') as tijdelijk:
        kopie = Path(tijdelijk, DATABASE)
        bezig = False
        try:
            shutil.copyfile(pad, kopie)
            # Met zijn -journal of -wal erbij leest SQLite wat er echt in staat.
            for achtervoegsel in ('-journal', '-wal'):
                bijbestand = pad.with_name(pad.name + achtervoegsel)
                if bijbestand.is_file():
                    shutil.copyfile(bijbestand, kopie.with_name(kopie.name + achtervoegsel))
                    bezig |= achtervoegsel == '-journal' and bijbestand.stat().st_size > 0
        except OSError:
            return Database('onleesbaar')
        try:
            engine = create_engine(URL.create('sqlite', database=str(kopie)), poolclass=NullPool)
            with engine.connect() as verbinding:
                database = _lees_tabellen(verbinding)
        except DatabaseError:
            return Database('geen database')
    database.bezig = bezig
    return database


def _lees_tabellen(verbinding: Connection) -> Database:
    database = Database('goed', schema=lees_schema(verbinding))
    if inspect(verbinding).has_table('alembic_version'):
        rijen = verbinding.exec_driver_sql('SELECT version_num FROM alembic_version')
        database.versies = sorted(rijen.scalars())
    for tabel, inhoud in database.schema.items():
        geciteerd = {kolom: citeer(verbinding, kolom) for kolom in inhoud['kolommen']}
        tellingen = [
            f'count({k}), count(DISTINCT {k}), quote(min({k}))' for k in geciteerd.values()
        ]
        vraag = f'SELECT count(*), {", ".join(tellingen)} FROM {citeer(verbinding, tabel)}'
        aantal, *antwoord = verbinding.exec_driver_sql(vraag).one()
        database.rijen[tabel] = aantal
        per_kolom = dict(zip(geciteerd, zip(*[iter(antwoord)] * 3, strict=True), strict=True))
        database.gevuld[tabel] = {kolom: gevuld for kolom, (gevuld, _, _) in per_kolom.items()}
        database.dubbel[tabel] = {
            k for k, (gevuld, soorten, _) in per_kolom.items() if soorten < gevuld
        }
        database.gelijk[tabel] = {
            kolom: waarde if gevuld else None
            for kolom, (gevuld, soorten, waarde) in per_kolom.items()
            if gevuld == 0 or (gevuld == aantal and soorten == 1)
        }
    return database


def citeer(verbinding: Connection, naam: str) -> str:
    """De naam van een tabel of kolom, zoals hij in SQL mag staan."""
    return verbinding.dialect.identifier_preparer.quote_identifier(naam)


def lees_schema(verbinding: Connection) -> dict:
    """Het schema van een database, zoals de inspector van SQLAlchemy het ziet.

    Per tabel: `kolommen` (naam -> type, null, standaard), `sleutel`, `uniek` (elke rij
    kolommen die samen uniek zijn, door een constraint of een index), `verwijst_naar` en
    `indexen`. Namen van constraints en de volgorde van de kolommen tellen niet mee.
    """
    kijker = inspect(verbinding)
    schema = {}
    for tabel in kijker.get_table_names():
        if tabel == 'alembic_version':
            continue
        indexen = [i for i in kijker.get_indexes(tabel) if None not in i['column_names']]
        uniek = [c['column_names'] for c in kijker.get_unique_constraints(tabel)]
        uniek += [index['column_names'] for index in indexen if index['unique']]
        schema[tabel] = {
            'kolommen': {
                kolom['name']: {
                    'type': str(kolom['type']),
                    'null': kolom['nullable'],
                    'standaard': _standaard(kolom['default']),
                }
                for kolom in kijker.get_columns(tabel)
            },
            'sleutel': kijker.get_pk_constraint(tabel)['constrained_columns'],
            # Een constraint en een index op dezelfde kolommen zijn samen een keer uniek.
            'uniek': [list(kolommen) for kolommen in sorted(set(map(tuple, uniek)))],
            'verwijst_naar': sorted(
                [
                    sleutel['constrained_columns'],
                    sleutel['referred_table'],
                    sleutel['referred_columns'] or ['id'],
                ]
                for sleutel in kijker.get_foreign_keys(tabel)
            ),
            'indexen': sorted(i['column_names'] for i in indexen if not i['unique']),
        }
    return schema


def _standaard(tekst: str | None) -> str | None:
    """Een standaardwaarde zonder de verschillen in schrijfwijze: ("x") wordt 'x'."""
    if tekst is None:
        return None
    tekst = tekst.strip()
    while tekst.startswith('(') and tekst.endswith(')'):
        tekst = tekst[1:-1].strip()
    if tekst.startswith('"') and tekst.endswith('"'):
        return f"'{tekst[1:-1]}'"
    return tekst if tekst.startswith("'") else tekst.upper()
