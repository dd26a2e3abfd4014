"""Leest een oefenmap zonder iets ervan uit te voeren: de module en de migraties gaan door `ast`."""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path

from alembic.script.revision import Revision, RevisionError, RevisionMap
from stappen import DATABASE, MODULE

from controle.tabellen import Database, lees_database

# Een klasse waar een van deze in staat, maakt geen tabel in data.sqlite.
GEEN_TABEL = {'__bind_key__', '__abstract__'}


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
        return self.ruwe_regel(nummer).strip()

    def ruwe_regel(self, nummer: int) -> str:
        """De tekst van regel `nummer`, zoals hij er staat."""
        return self.tekst.splitlines()[nummer - 1]

    def knopen(self, soort: type, binnen: ast.AST | None = None) -> list:
        """Elke knoop van een soort, de buitenste eerst; in het hele bestand of `binnen` iets."""
        return [knoop for knoop in ast.walk(binnen or self.boom) if isinstance(knoop, soort)]

    def eind(self, nummer: int) -> int:
        """De laatste regel van de opdracht die op regel `nummer` begint; een blok heeft er meer."""
        opdrachten = [k for k in self.knopen(ast.stmt) if not hasattr(k, 'body')]
        return max((k.end_lineno for k in opdrachten if k.lineno == nummer), default=nummer)

    def opdracht(self, nummer: int) -> ast.stmt:
        """De opdracht die op regel `nummer` begint."""
        return next(k for k in self.knopen(ast.stmt) if k.lineno == nummer)

    @property
    def eind_van_de_imports(self) -> int:
        """De laatste regel van de imports bovenaan, of van de tekst die daar staat; anders 0."""
        eind = 0
        for knoop in self.boom.body:
            tekst = isinstance(getattr(knoop, 'value', None), ast.Constant)
            if not tekst and not isinstance(knoop, ast.Import | ast.ImportFrom):
                break
            eind = knoop.end_lineno
        return eind

    @cached_property
    def gebruikt(self) -> set[str]:
        """De namen die ergens gebruikt worden."""
        return {k.id for k in self.knopen(ast.Name) if isinstance(k.ctx, ast.Load)}

    @property
    def namen(self) -> set[str]:
        """Elke naam die los ergens buiten een klasse staat."""
        buiten = [k for k in self.boom.body if not isinstance(k, ast.ClassDef)]
        return {naam.id for knoop in buiten for naam in self.knopen(ast.Name, knoop)}

    def regels_met(self, tekens: dict[str, tuple]) -> dict[str, ast.stmt | None]:
        """De eerste regel buiten een blok met elk teken; een adres telt alleen boven `db`."""
        regels = [k for k in self.boom.body if not hasattr(k, 'body')]
        gevonden = {
            naam: next((k for k in regels if re.search(teken, ast.unparse(k))), None)
            for naam, (teken, _) in tekens.items()
        }
        adres, db = gevonden['adres'], gevonden['db']
        te_laat = adres and db and adres.lineno > db.lineno
        return gevonden | {'adres': None if te_laat else adres}

    def gemaakt_na(self, nummer: int, naam: str) -> Iterator[tuple[int, int]]:
        """De regels na `nummer` die `naam` maken of importeren, elk met waar hij nodig is."""
        gebruikt = next(k for k in self.boom.body if nummer <= k.end_lineno)
        # Boven een functie kan een decorator staan.
        begin = min(k.lineno for k in (gebruikt, *getattr(gebruikt, 'decorator_list', ())))
        for knoop in self.boom.body:
            maakt = namen_van(knoop) | {n.asname or n.name for n in getattr(knoop, 'names', ())}
            if naam in maakt and knoop.lineno > gebruikt.lineno:
                yield knoop.lineno, begin

    def aanroepen(self, naam: str, binnen: ast.AST | None = None) -> list[ast.Call]:
        """Elke aanroep van `naam(...)` of `iets.naam(...)`, van boven naar beneden."""
        gevonden = [k for k in self.knopen(ast.Call, binnen) if heet(k, naam)]
        return sorted(gevonden, key=lambda aanroep: aanroep.lineno)

    def toekenning(self, naam: str) -> ast.stmt | None:
        """De eerste regel buiten een klasse die `naam` een waarde geeft."""
        return next((knoop for knoop in self.boom.body if naam in namen_van(knoop)), None)

    @property
    def klassen(self) -> list[ast.ClassDef]:
        """De klassen van de module, van boven naar beneden."""
        return [knoop for knoop in self.boom.body if isinstance(knoop, ast.ClassDef)]

    @property
    def modellen(self) -> list[ast.ClassDef]:
        """De klassen die rechtstreeks van `db.Model` komen."""
        return [klasse for klasse in self.klassen if is_model(klasse)]

    def klasse(self, tabel: str) -> ast.ClassDef | None:
        """De laatste klasse met dit `__tablename__`."""
        gevonden = [k for k in self.klassen if tabellen_van(k)[:1] == [tabel]]
        return gevonden[-1] if gevonden else None

    def regel_van_kolom(self, tabel: str, kolom: str) -> int | None:
        """Het nummer van de regel waar een klasse de kolom krijgt."""
        deel = getattr(self.klasse(tabel), 'body', ())
        return next((knoop.lineno for knoop in deel if kolom in namen_van(knoop)), None)


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

    @property
    def bericht(self) -> str:
        """Wat er achter `-m` stond: dat zet Alembic in de naam."""
        return self.bestandsnaam.removesuffix('.py').partition('_')[2]

    def functie(self, naam: str) -> ast.FunctionDef | None:
        """De functie `upgrade` of `downgrade` van dit script."""
        gevonden = [k for k in self.boom.body if isinstance(k, ast.FunctionDef) and k.name == naam]
        return gevonden[-1] if gevonden else None

    def aanroepen_in(self, functie: str, naam: str) -> list[ast.Call]:
        """Elke aanroep van `naam(...)` in `upgrade` of `downgrade`."""
        binnen = self.functie(functie)
        return self.aanroepen(naam, binnen) if binnen else []

    def eind_van(self, functie: str) -> int:
        """De laatste regel code van `upgrade` of `downgrade`."""
        return max(knoop.end_lineno for knoop in self.functie(functie).body)

    def nieuwe_kolommen(self) -> Iterator[tuple[str | None, str | None, ast.Call]]:
        """De kolommen die upgrade() toevoegt: tabel, kolom en de aanroep van sa.Column."""
        in_batch = {
            aanroep: naam_in(batch)
            for blok in self.knopen(ast.With, self.functie('upgrade'))
            for batch in self.aanroepen('batch_alter_table', blok)
            for aanroep in self.aanroepen('add_column', blok)
        }
        for aanroep in self.aanroepen_in('upgrade', 'add_column'):
            # Zonder batch staat de tabel voor de kolom.
            for kolom in aanroep.args[:2]:
                if heet(kolom, 'Column'):
                    yield in_batch.get(aanroep) or naam_in(aanroep), naam_in(kolom), kolom

    def nieuwe_namen(self) -> dict[str, str]:
        """De kolommen die upgrade() hernoemt: de oude naam met de nieuwe."""
        return {
            naam_in(aanroep): optie.value.value
            for aanroep in self.aanroepen_in('upgrade', 'alter_column')
            for optie in aanroep.keywords
            if optie.arg == 'new_column_name' and isinstance(optie.value, ast.Constant)
        }

    def doet_niets_door(self) -> tuple[str, int] | None:
        """Waardoor upgrade() niets doet, en op welke regel; None als dat niet te zien is."""
        functie = self.functie('upgrade')
        for knoop in self.knopen(ast.Return, functie):
            return 'return', knoop.lineno
        for knoop in functie.body:
            if not isinstance(knoop, ast.With) and 'batch_op.' in ast.unparse(knoop):
                return 'batch_op', knoop.lineno
        return None if self.doet_iets('upgrade') else ('pass', functie.body[0].lineno)

    def doet_iets(self, naam: str) -> bool:
        """Of `upgrade` of `downgrade` een regel bevat die iets aanroept."""
        opdrachten = self.knopen(ast.Expr, self.functie(naam) or ast.Pass())
        return any(isinstance(opdracht.value, ast.Call) for opdracht in opdrachten)


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

    @property
    def is_leesbaar(self) -> bool:
        """Of elk script zegt welke revisie het is, en op welke het volgt."""
        return all(script.revisie and script.noemt_vorige for script in self.scripts)

    @cached_property
    def heads(self) -> list[str]:
        """De revisies waarop geen andere volgt."""
        opgevolgd = {vorige for script in self.scripts for vorige in script.vorige}
        return [s.revisie for s in self.scripts if s.revisie and s.revisie not in opgevolgd]

    def breuken(self) -> Iterator[tuple[str, Script, str]]:
        """Waar de reeks niet klopt: 'dubbel' met het andere script, of 'los' met wat ontbreekt."""
        bekend = {}
        # Een kopie heet anders, of langer: 'kopie.py' of 'abc_naam (1).py'.
        for script in sorted(
            self.scripts, key=lambda s: (not s.bestandsnaam.startswith(s.revisie), len(s.naam))
        ):
            if (ander := bekend.setdefault(script.revisie, script)) is not script:
                yield 'dubbel', script, ander.naam
        for script in self.scripts:
            for vorige in [revisie for revisie in script.vorige if revisie not in bekend]:
                yield 'los', script, vorige

    def elders(self, revisie: str) -> Path | None:
        """Het script van een revisie op een plaats, of met een naam, waar Alembic niet zoekt."""
        gezocht = re.compile(rf"""^revision\b.*=\s*['"]{re.escape(revisie)}['"]""", re.MULTILINE)
        for pad in sorted(self.pad.glob('**/*.py*')):
            eigen = pad.relative_to(self.pad).parts[0] not in ('.venv', 'tests')
            if not eigen or self.is_bewaard(pad) or pad.suffix == '.pyc' or not pad.is_file():
                continue
            # Wat op slot zit, heeft niets met de les te maken.
            with suppress(PermissionError):
                if gezocht.search(pad.read_text('utf-8', 'replace')):
                    return pad
        return None

    def script(self, revisie: str | None) -> Script | None:
        """Het script van een revisie."""
        return next((s for s in self.scripts if s.revisie == revisie), None)

    def tot_en_met(self, *revisies: str) -> set[str]:
        """Deze revisies, en elke waarop ze volgen."""
        gehad, rest = set(), set(revisies)
        while rest:
            gehad |= rest
            scripts = [self.script(revisie) for revisie in rest]
            rest = {vorige for script in scripts if script for vorige in script.vorige} - gehad
        return gehad

    def staat_naast_een_ander(self, revisie: str) -> bool:
        """Of er een script is dat niet voor en niet na dit script komt: er waren twee heads."""
        ervoor = self.tot_en_met(revisie)
        return any(
            ander not in ervoor and revisie not in self.tot_en_met(ander) for ander in self.revisies
        )

    def is_andere_oefenmap(self, pad: Path) -> bool:
        """Of een bestand in een oefenmap in deze map staat, met haar eigen migraties."""
        return (self.pad / pad.relative_to(self.pad).parts[0] / 'migrations').is_dir()

    def is_bewaard(self, pad: Path) -> bool:
        """Of de weg terug een bestand bewaarde: in `oud`, `oud2`, ..."""
        return re.fullmatch(r'oud\d*', pad.relative_to(self.pad).parts[0]) is not None

    def elders_gemaakt(self, naam: str) -> Iterator[str]:
        """De scripts van een ander, in een map in deze map, die een kolom of tabel maken."""
        hier = {script.bestandsnaam for script in self.scripts}
        for pad in sorted(self.pad.glob('*/migrations/versions/*.py')):
            eigen = pad.name in hier or self.is_bewaard(pad)
            if not eigen and f'({naam!r},' in pad.read_text('utf-8', 'replace'):
                yield pad.relative_to(self.pad).as_posix()

    @cached_property
    def code(self) -> list[Bestand]:
        """De module, en de eigen bestanden ernaast die zij of een van deze importeert."""
        code = [self.module] if self.module else []
        # De rij groeit onderweg.
        for bestand in code:
            knopen = bestand.knopen(ast.Import | ast.ImportFrom)
            # Uit een map staat de naam van het bestand soms achter `import`.
            namen = [(getattr(k, 'module', None), a.name) for k in knopen for a in k.names]
            for naam in [n for van, wat in namen for n in (van or wat, f'{van}.{wat}')]:
                pad = self.pad / f'{naam.replace(".", "/")}.py'
                eigen = lees_module(pad) if pad.parent.is_dir() else None
                if eigen and pad.relative_to(self.pad).as_posix() not in {b.naam for b in code}:
                    eigen.naam = pad.relative_to(self.pad).as_posix()
                    code.append(eigen)
        return code

    @property
    def dubbel(self) -> dict[str, list[tuple[Bestand, ast.stmt]]]:
        """Wat er meer dan een keer gemaakt wordt: een klasse, een kolom of `SQLAlchemy(...)`."""
        gemaakt = {}
        for bestand, knoop in ((b, knoop) for b in self.code for knoop in b.boom.body):
            if isinstance(knoop, ast.ClassDef):
                gemaakt.setdefault(f'class {knoop.name}', []).append((bestand, knoop))
                for deel in knoop.body:
                    for naam in namen_van(deel) if is_kolom(getattr(deel, 'value', None)) else ():
                        gemaakt.setdefault(f'{knoop.name}.{naam}', []).append((bestand, deel))
            elif bestand.aanroepen('SQLAlchemy', knoop):
                gemaakt.setdefault('SQLAlchemy(...)', []).append((bestand, knoop))
        return {wat: meer for wat, meer in gemaakt.items() if len(meer) > 1}

    def bestand_met(self, tabel: str) -> Bestand:
        """Het bestand met de klasse van een tabel; is die er niet, de module."""
        return next((b for b in self.code if b.klasse(tabel)), self.module)

    def bestand(self, naam: str | None) -> Bestand | None:
        """De module, een eigen bestand of het script met deze naam."""
        return next((b for b in (*self.code, *self.scripts) if b.naam == naam), None)


def heet(knoop: ast.AST, naam: str) -> bool:
    """Of een knoop een aanroep is van `naam(...)` of `iets.naam(...)`."""
    functie = getattr(knoop, 'func', None)
    return naam in (getattr(functie, 'id', None), getattr(functie, 'attr', None))


def namen_van(knoop: ast.AST) -> set[str]:
    """De namen die een toekenning een waarde geeft."""
    doelen = getattr(knoop, 'targets', None) or [getattr(knoop, 'target', None)]
    return {doel.id for doel in doelen if isinstance(doel, ast.Name)}


def naam_in(aanroep: ast.Call) -> object:
    """De naam in `create_index('naam', ...)`, ook als die in `op.f('naam')` staat."""
    eerste = aanroep.args[0] if aanroep.args else None
    if heet(eerste, 'f') and eerste.args:
        eerste = eerste.args[0]
    return getattr(eerste, 'value', None)


def tabellen_van(klasse: ast.ClassDef) -> list[str]:
    """Elk `__tablename__` dat een klasse krijgt; hoort er een te zijn."""
    return [
        knoop.value.value
        for knoop in klasse.body
        if '__tablename__' in namen_van(knoop) and isinstance(knoop.value, ast.Constant)
    ]


def kolommen_in(klasse: ast.stmt) -> set[str]:
    """De kolommen die een klasse krijgt."""
    inhoud = getattr(klasse, 'body', ())
    return {naam for k in inhoud for naam in namen_van(k) if is_kolom(k.value)}


def eind_van_de_kolommen(klasse: ast.ClassDef) -> int:
    """De laatste regel van de kolommen in een klasse."""
    kolommen = [k.end_lineno for k in klasse.body if isinstance(k, ast.Assign | ast.AnnAssign)]
    return max(kolommen, default=klasse.lineno)


def is_model(klasse: ast.ClassDef) -> bool:
    """Of een klasse rechtstreeks van `db.Model` komt."""
    return any(
        getattr(basis, 'attr', getattr(basis, 'id', '')) == 'Model' for basis in klasse.bases
    )


def klassen_zonder_tabel(module: Bestand) -> Iterator[tuple[str, str, int]]:
    """Klassen die een tabel noemen en hem niet maken: klasse, tabel en de regel die dat doet."""
    for klasse in module.klassen:
        houdt_tegen = [k.lineno for k in klasse.body if namen_van(k) & GEEN_TABEL]
        for tabel in tabellen_van(klasse):
            if houdt_tegen or not is_model(klasse):
                yield klasse.name, tabel, next(iter(houdt_tegen), klasse.lineno)


def is_kolom(knoop: ast.AST | None) -> bool:
    """Of een knoop een kolom maakt."""
    return any(heet(knoop, naam) for naam in ('Column', 'column', 'mapped_column'))


def commentaar_in(tekst: str) -> list[str]:
    """Wat er in een opdracht achter een `#` staat; van een regel commentaar niets."""
    gevonden = []
    # Een halve opdracht heeft geen eind; wat ervoor staat is dan al gevonden.
    with suppress(tokenize.TokenError, SyntaxError):
        for deel in tokenize.generate_tokens(StringIO(tekst.strip()).readline):
            if deel.type == tokenize.COMMENT and deel.start != (1, 0):
                gevonden.append(deel.string)
    return gevonden


def is_opdracht(tekst: str) -> bool:
    """Of hier een hele opdracht staat, en niet een regel ervan."""
    try:
        return bool(ast.parse(tekst).body)
    except SyntaxError:
        return False


def lees_oefenmap(pad: Path) -> Oefenmap:
    """Leest de module, de migraties en de database in de map `pad`."""
    return Oefenmap(
        pad=pad,
        module=lees_module(pad / MODULE),
        scripts=[
            _lees_script(bestand, f'migrations/versions/{bestand.name}')
            for bestand in sorted((pad / 'migrations' / 'versions').glob('*.py'))
            # Deze slaat Alembic ook over; een andere naam met een punt vooraan niet.
            if bestand.is_file() and not bestand.name.startswith(('.#', '__init__'))
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
    gegeven = {naam: knoop for knoop in script.boom.body for naam in namen_van(knoop)}
    script.noemt_vorige = 'down_revision' in gegeven
    waarde = {}
    for naam in gegeven.keys() & {'revision', 'down_revision'}:
        with suppress(ValueError, TypeError):
            waarde[naam] = ast.literal_eval(getattr(gegeven[naam], 'value', None))
    script.revisie = str(waarde.get('revision') or '') or None
    # Na een merge zijn het er meer.
    vorige = waarde.get('down_revision') or ()
    script.vorige = tuple(map(str, vorige if isinstance(vorige, tuple | list) else [vorige]))
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
