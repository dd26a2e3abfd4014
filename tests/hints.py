"""Elke situatie en haar hint, in de volgorde waarin ze geprobeerd worden.

Een zin veranderen kan zonder de rest te begrijpen: wat tussen accolades staat wordt
ingevuld, en een regel die met vier spaties begint komt letterlijk op het scherm.

Een hint krijgt het oordeel `o` en de afwijking `a`. Hij geeft twee teksten: wat er aan de
hand is, en het ene ding om te doen. Geeft hij None, dan is de volgende aan de beurt.
"""

import ast
import os
import re
import sys
from collections.abc import Callable
from difflib import get_close_matches

from naspelen import UITDRUKKING
from oefenmap import (
    DATABASE,
    MODULE,
    heet,
    is_model,
    kolommen_in_commentaar,
    lees_database,
    namen_van,
)
from stappen import STAPPEN, VRIJ, kolommen_na, lijkt_op, weg_na

HINTS: list[tuple[str, tuple[str, ...], Callable]] = []
OPMERKINGEN: list[Callable] = []

# Zo heten de fouten van Python over een naam die niet bestaat.
NAAM_ONBEKEND = ('NameError', 'AttributeError')

# Op Windows heten rm, cp en mv anders; deze namen kennen cmd en PowerShell allebei.
WINDOWS = sys.platform == 'win32'


def hint(soort: str, *wat: str) -> Callable:
    """Zet een functie in de rij voor afwijkingen van deze soort (en een van deze `wat`)."""

    def zet_in_de_rij(functie: Callable) -> Callable:
        HINTS.append((soort, wat, functie))
        return functie

    return zet_in_de_rij


def opmerking(functie: Callable) -> Callable:
    """Zet een functie in de rij die iets opmerkt zonder dat er iets fout is."""
    OPMERKINGEN.append(functie)
    return functie


def kies_hint(o, a) -> tuple[str, str]:
    """De eerste hint die bij de afwijking past: wat er is, en wat je doet."""
    for soort, wat, functie in HINTS:
        if a.soort == soort and (not wat or a.wat in wat):
            teksten = functie(o, a)
            if teksten:
                return teksten
    raise LookupError(f'Er is geen hint voor {a}.')


def kies_opmerkingen(o) -> list[str]:
    """Wat er verder te zeggen is; geen van deze maakt een stap fout."""
    return [tekst for functie in OPMERKINGEN if (tekst := functie(o))]


def volgende_stap(o) -> str:
    """Wat je doet als er niets fout is."""
    if o.niveau == 0:
        return f'begin met stap 1, {STAPPEN[0].titel}, in `LEERLING.md`:\n    flask db init'
    if o.niveau == len(STAPPEN):
        return 'alle stappen zijn af. Lever je map in, met `migrations` en `data.sqlite`.'
    volgende = STAPPEN[o.niveau]
    door = f'stap {volgende.nummer}, {volgende.titel}, in `LEERLING.md`'
    if o.niveau == 1:
        return (
            'stap 1 staat klaar. Heb je hem nog niet zelf gemaakt? Doe dan stap 1 in '
            f'`LEERLING.md`. Anders ga je door met {door}.'
        )
    return (
        f'stap {o.niveau} is af. Ga door met {door}. Ben je daar al mee bezig? Sla dan '
        f'`{MODULE}` op.'
    )


# --- De module ------------------------------------------------------------------------------


@hint('module', 'ontbreekt')
def module_heet_anders_of_staat_elders(o, a):
    for pad in sorted([*o.oefenmap.pad.iterdir(), *o.oefenmap.pad.glob('*/*.py*')]):
        naam = pad.relative_to(o.oefenmap.pad).as_posix()
        if re.match(r'basic_?model_?app.*\.py', pad.name.lower()) and pad.is_file():
            return (
                f'Er is geen bestand `{MODULE}` in deze map. Wel een bestand `{naam}`.',
                'Geef het de juiste naam en plaats:\n' + _hernoem(naam, MODULE),
            )


@hint('module', 'ontbreekt', 'leeg')
def module_is_weg(o, a):
    wat = 'Er is geen bestand' if a.wat == 'ontbreekt' else 'Er staat niets in het bestand'
    return (
        f'{wat} `{MODULE}`.',
        'Staat het nog open in je editor? Sla het daar op. Anders maakt dit het opnieuw:\n'
        + _maak_module_opnieuw(o),
    )


@hint('module', 'fout')
@hint('script', 'fout')
def git_heeft_twee_versies(o, a):
    bestand = _bestand(o, a)
    for nummer, regel in enumerate(bestand.tekst.splitlines(), 1):
        if regel.startswith('<<<<<<<'):
            return (
                f'In `{bestand.naam}` staat op regel {nummer} een streep van git: `{regel}`. Git '
                'zette daar twee versies onder elkaar.',
                'Kies de versie die je wilt houden. Haal de andere weg, en ook de regels met '
                '`<<<<<<<`, `=======` en `>>>>>>>`.',
            )


@hint('module', 'fout')
@hint('onzichtbaar', 'dubbel')
def regel_van_de_klasse_ontbreekt(o, a):
    module = o.oefenmap.module
    if a.soort == 'module':
        nummers = [module.fout.lineno] if isinstance(module.fout, IndentationError) else []
    else:
        # Twee keer __tablename__ in een klasse: daar hoort een tweede klasse te beginnen.
        nummers = [
            knoop.lineno
            for klasse in module.klassen
            for knoop in [k for k in klasse.body if '__tablename__' in namen_van(k)][1:]
        ]
    for nummer in nummers:
        tabel = re.fullmatch(r"""__tablename__ = ['"](\w+)['"]""", module.regel(nummer))
        if tabel:
            return (
                f'In `{MODULE}` ontbreekt boven regel {nummer} de regel waarmee de klasse begint.',
                _zet_onder(module, nummer - 1, f'class {_klasse_van(tabel[1])}(db.Model):'),
            )


@hint('module', 'fout')
@hint('script', 'fout')
def python_begrijpt_het_niet(o, a):
    bestand = _bestand(o, a)
    fout, regels = bestand.fout, bestand.tekst.splitlines()
    nummer = min(fout.lineno or 1, len(regels))
    # Commentaar en lege regels staan er soms tussen.
    code = [n for n, r in enumerate(regels[: nummer - 1], 1) if r.split('#')[0].strip()]
    erboven = code[-1] if code else nummer
    return (
        f'Python begrijpt `{bestand.naam}` niet: {_in_het_nederlands(fout.msg)}.',
        f'Verbeter regel {nummer}. Kijk ook naar de regel erboven:\n'
        + '\n'.join(f'    {regel}' for regel in regels[erboven - 1 : nummer]),
    )


# Wat Python zegt, in het Nederlands; een melding die hier niet staat blijft zoals hij is.
MELDINGEN_VAN_PYTHON = {
    'was never closed': 'een haakje gaat open en niet dicht',
    'does not match opening': 'een haakje sluit met het verkeerde teken',
    'unmatched': 'een haakje gaat dicht en was niet open',
    'unterminated': 'een tekst heeft geen aanhalingsteken aan het eind',
    "expected ':'": 'aan het eind van de regel hoort een dubbele punt',
    'expected an indented block': 'onder de regel met de dubbele punt hoort iets dat inspringt',
    'unexpected indent': 'deze regel springt te ver in',
    'unindent does not match': 'deze regel springt anders in dan de regels erboven',
    'inconsistent use of tabs': 'tabs en spaties staan door elkaar',
    'forgot a comma': 'er ontbreekt een komma',
    'null bytes': 'het bestand is niet opgeslagen als UTF-8',
    'unicode error': 'het bestand is niet opgeslagen als UTF-8',
    'cannot contain assignment': 'een haakje erboven is niet dicht, of er staat een `=` te veel',
    'invalid decimal literal': 'een getal of naam klopt niet, of erboven mist een aanhalingsteken',
    'invalid syntax': 'hier staat iets wat geen Python is',
}


def _in_het_nederlands(melding):
    for engels, nederlands in MELDINGEN_VAN_PYTHON.items():
        if engels in melding:
            return f'{nederlands} (`{melding}`)'
    return f'`{melding}`'


@hint('onzichtbaar', 'komma')
def komma_aan_het_eind(o, a):
    regel = _rauw(o, a.gevonden)
    return (
        f'Regel {a.gevonden} van `{MODULE}` eindigt op een komma. {_onzichtbaar(a)}',
        _maak(o.oefenmap.module, a.gevonden, regel.strip().rstrip(', ')),
    )


@hint('onzichtbaar', 'kleine letter')
def column_met_een_kleine_letter(o, a):
    kolom = kolommen_na(o.bezig_met).get(('cursisten', a.kolom))
    regel = _rauw(o, a.gevonden).strip().replace('.column(', '.Column(')
    return (
        f'Op regel {a.gevonden} van `{MODULE}` staat `column` met een kleine letter. '
        f'{_onzichtbaar(a)}',
        _maak(o.oefenmap.module, a.gevonden, kolom.regel if kolom else regel),
    )


@hint('onzichtbaar', 'dubbele punt')
def dubbele_punt_in_plaats_van_is(o, a):
    regel = _rauw(o, a.gevonden).strip()
    return (
        f'Op regel {a.gevonden} van `{MODULE}` staat `:` waar `=` hoort. {_onzichtbaar(a)}',
        _maak(o.oefenmap.module, a.gevonden, re.sub(r'\s*:', ' =', regel, count=1)),
    )


@hint('onzichtbaar', 'geen Column')
def kolom_zonder_column(o, a):
    kolom = kolommen_na(o.bezig_met).get(('cursisten', a.kolom))
    regel = _rauw(o, a.gevonden).strip()
    naam, _, waarde = regel.partition('=')
    nieuw = kolom.regel if kolom else f'{naam.strip()} = db.Column({waarde.strip()})'
    return (
        f'Op regel {a.gevonden} van `{MODULE}` staat geen `db.Column(...)`. {_onzichtbaar(a)}',
        _maak(o.oefenmap.module, a.gevonden, nieuw),
    )


@hint('onzichtbaar', 'dubbel')
def kolom_staat_er_twee_keer(o, a):
    return (
        f'Regel {a.gevonden} van `{MODULE}` maakt de kolom `{a.kolom}`, maar die staat er al. '
        'Alleen de laatste telt.',
        _haal_weg(o.oefenmap.module, a.gevonden)
        + '\nKlopt juist de andere niet? Haal dan die weg.',
    )


@hint('onzichtbaar', 'buiten de klasse', 'in een methode')
def kolom_buiten_de_klasse(o, a):
    module = o.oefenmap.module
    # De klasse boven de regel; anders de eerste.
    erboven = [klasse for klasse in module.klassen if is_model(klasse)]
    erboven = [k for k in erboven if k.lineno < a.gevonden][-1:] or erboven[:1]
    return (
        f'Regel {a.gevonden} van `{MODULE}` staat {a.wat}. {_onzichtbaar(a)}',
        _verplaats(module, a.gevonden, _onder_de_kolommen(erboven[0]), '    '),
    )


def _onzichtbaar(a):
    return (
        f'Zo ziet SQLAlchemy de kolom `{a.kolom}` niet. Dan zegt `flask db migrate`: '
        '`No changes in schema detected`.'
    )


@hint('module', 'create_all')
def create_all_in_de_module(o, a):
    module = o.oefenmap.module
    weg = next(k for k in module.boom.body if k.lineno <= a.gevonden <= k.end_lineno)
    if len(getattr(weg, 'body', ())) > 1:
        weg = next(k for k in weg.body if k.lineno <= a.gevonden <= k.end_lineno)
    return (
        f'Regel {a.gevonden} van `{MODULE}` roept `db.create_all()` aan. Die maakt tabellen '
        'buiten de migraties om. Dan vindt `flask db migrate` niets meer.',
        'De migraties maken de tabellen al. ' + _haal_weg(module, weg.lineno, weg.end_lineno),
    )


@hint('naspelen', 'module')
def klasse_staat_er_twee_keer(o, a):
    module = o.oefenmap.module
    namen = [klasse.name for klasse in module.klassen]
    dubbel = [k for k in module.klassen if namen.count(k.name) > 1]
    if not dubbel:
        return None
    # Wie de minste regels heeft gaat weg: daarin ontbreekt het meest.
    weg = min(dubbel, key=lambda klasse: klasse.end_lineno - klasse.lineno)
    return (
        f'De klasse `{weg.name}` staat twee keer in `{MODULE}`: op regel {dubbel[0].lineno} en '
        f'op regel {dubbel[1].lineno}.',
        _haal_weg(module, weg.lineno, weg.end_lineno),
    )


@hint('naspelen', 'module', 'Migrate')
def migrate_ontbreekt_of_is_niet_compleet(o, a):
    module, fout = o.oefenmap.module, o.naspel.fout
    db = module.toekenning('db')
    aanroep = next(iter(module.aanroepen('Migrate')), None)
    if fout.fase == 'module' and (not aanroep or fout.regel != aanroep.lineno):
        return None
    if not db or a.gevonden == 'Migrate' or fout.soort not in ('KeyError', *NAAM_ONBEKEND):
        return None
    if not aanroep:
        return (
            f'In `{MODULE}` ontbreekt de regel die Flask-Migrate aan je app koppelt. Daardoor kent '
            'Flask het commando `flask db` niet.',
            _zet_onder(module, db.end_lineno, 'Migrate(app, db)'),
        )
    nummer = aanroep.lineno
    opdracht = next((k for k in module.boom.body if k.lineno == nummer), None)
    if opdracht is None or nummer < db.lineno:
        hoe = 'staat boven `db = ...`' if opdracht else 'wordt bij het laden niet uitgevoerd'
        return (
            f'Regel {nummer} van `{MODULE}`, met `Migrate`, {hoe}. Hij hoort direct onder regel '
            f'{db.end_lineno}.',
            _verplaats(module, nummer, db.end_lineno, ''),
        )
    if ast.unparse(aanroep) == 'Migrate(app, db)':
        return None
    begin = f'{ast.unparse(opdracht.targets[0])} = ' if namen_van(opdracht) else ''
    return (
        f'`Migrate` heeft je app en je database nodig, in die volgorde. Nu staat er '
        f'`{ast.unparse(aanroep)}`.',
        _maak(module, nummer, f'{begin}Migrate(app, db)'),
    )


@hint('naspelen', 'module')
def module_maakt_geen_app(o, a):
    if not o.oefenmap.module.aanroepen('Flask') and o.naspel.fout.bestand is None:
        return (
            f'`{MODULE}` maakt geen app: er staat nergens `Flask(__name__)`.',
            'Had je meer code? Zet die terug met ongedaan maken in je editor. Anders maakt dit de '
            'module opnieuw:\n' + _maak_module_opnieuw(o),
        )


@hint('naspelen', 'module')
def naam_wordt_te_laat_gemaakt(o, a):
    module, fout = o.oefenmap.module, o.naspel.fout
    if fout.soort != 'NameError' or fout.bestand != MODULE:
        return None
    gebruikt = next(k for k in module.boom.body if k.lineno <= fout.regel <= k.end_lineno)
    for knoop in module.boom.body:
        maakt = namen_van(knoop) | {n.asname or n.name for n in getattr(knoop, 'names', ())}
        if a.gevonden in maakt and knoop.lineno > gebruikt.lineno:
            return (
                f'Regel {fout.regel} van `{MODULE}` gebruikt `{a.gevonden}`. Dat komt pas op regel '
                f'{knoop.lineno}.',
                _verplaats(module, knoop.lineno, gebruikt.lineno - 1, ''),
            )
    soort = {'app': 'Flask', 'db': 'SQLAlchemy'}.get(a.gevonden)
    for knoop in module.boom.body:
        if soort and namen_van(knoop) and heet(knoop.value, soort):
            return (
                f'Regel {fout.regel} van `{MODULE}` gebruikt `{a.gevonden}`. Op regel '
                f'{knoop.lineno} heet dat `{ast.unparse(knoop.targets[0])}`.',
                _maak(module, knoop.lineno, f'{a.gevonden} = {ast.unparse(knoop.value)}'),
            )
    namen = module.toekenning('namen')
    regel = {
        'basedir': 'basedir = os.path.abspath(os.path.dirname(__file__))',
        'app': 'app = Flask(__name__)',
        'db': 'db = SQLAlchemy(app, metadata=namen)' if namen else 'db = SQLAlchemy(app)',
    }.get(a.gevonden)
    if regel:
        return (
            f'Regel {fout.regel} van `{MODULE}` gebruikt `{a.gevonden}`. De regel die dat maakt '
            'ontbreekt.',
            _zet_onder(module, gebruikt.lineno - 1, regel),
        )


@hint('naspelen', 'module')
def klasse_zonder_primary_key(o, a):
    module, fout = o.oefenmap.module, o.naspel.fout
    for klasse in module.klassen if fout.bestand == MODULE else ():
        sleutel = any(
            k.arg == 'primary_key' for k in ast.walk(klasse) if isinstance(k, ast.keyword)
        )
        if is_model(klasse) and klasse.lineno == fout.regel and not sleutel:
            id_ = next((k.lineno for k in klasse.body if 'id' in namen_van(k)), None)
            regel = 'id = db.Column(db.Integer, primary_key=True)'
            return (
                f'De klasse `{klasse.name}` heeft geen primary key. Een model kan niet zonder.',
                _maak(module, id_, regel)
                if id_
                else _zet_onder(module, klasse.body[0].end_lineno, f'    {regel}'),
            )


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def pakket_ontbreekt(o, a):
    if o.naspel.fout.soort != 'ModuleNotFoundError':
        return None
    eigen = [pad.stem for pad in o.oefenmap.pad.glob('*.py')]
    bedoeld = get_close_matches(a.gevonden, [*eigen, *PAKKETTEN], 1)
    if bedoeld and _bestand_van_de_fout(o):
        return (
            f'Python vindt `{a.gevonden}` niet ({_plaats(o)}). Bedoel je `{bedoeld[0]}`?',
            _vervang_naam(o, a.gevonden, bedoeld[0]),
        )
    return (
        f'{_plaats(o, hoofdletter=True)} importeert `{a.gevonden}`. Python vindt dat niet.',
        f'Is het een bestand van jezelf? Zet dan `{a.gevonden}.py` in deze map. Is het een pakket? '
        f'Installeer het, met je .venv actief:\n    python -m pip install {a.gevonden}',
    )


PAKKETTEN = ('flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic', 'datetime')


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def import_ontbreekt(o, a):
    bestand = _bestand_van_de_fout(o)
    if bestand and o.naspel.fout.soort == 'NameError' and a.gevonden in IMPORTS:
        return (
            f'{_plaats(o, hoofdletter=True)} gebruikt `{a.gevonden}`, maar importeert het niet.',
            _zet_onder(bestand, _onder_de_imports(bestand), IMPORTS[a.gevonden]),
        )


IMPORTS = {
    'os': 'import os',
    'Flask': 'from flask import Flask',
    'Migrate': 'from flask_migrate import Migrate',
    'SQLAlchemy': 'from flask_sqlalchemy import SQLAlchemy',
    'MetaData': 'from sqlalchemy import MetaData',
    'op': 'from alembic import op',
    'sa': 'import sqlalchemy as sa',
}


@hint('naspelen', 'module')
@hint('model')
def twee_keer_sqlalchemy(o, a):
    module = o.oefenmap.module
    regels = [k.lineno for k in module.boom.body for _ in module.aanroepen('SQLAlchemy', k)]
    if len(regels) > 1:
        return (
            f'`{MODULE}` maakt twee keer een `SQLAlchemy(...)`: op regel {regels[0]} en op regel '
            f'{regels[1]}. De ene weet niet welke modellen de andere heeft.',
            _haal_weg(module, regels[1]),
        )


@hint('naspelen', 'heen', 'terug', 'scripts')
def db_in_een_script(o, a):
    script = _script_van_de_fout(o)
    if script and o.naspel.fout.soort == 'NameError' and a.gevonden == 'db':
        nummer = o.naspel.fout.regel
        return (
            f'Regel {nummer} van `{script.naam}` gebruikt `db`. In een script heet dat `sa`.',
            _maak(script, nummer, script.regel(nummer).replace('db.', 'sa.')),
        )


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def db_ontbreekt_voor_een_naam(o, a):
    bestand, fout = _bestand_van_de_fout(o), o.naspel.fout
    if bestand and fout.soort == 'NameError' and a.gevonden in NAMEN_VAN_DB:
        ervoor = 'db' if bestand is o.oefenmap.module else 'sa'
        los = re.compile(rf'(?<![.\w])({"|".join(NAMEN_VAN_DB)})\b')
        return (
            f'Regel {fout.regel} van `{bestand.naam}` gebruikt `{a.gevonden}`. Daar hoort '
            f'`{ervoor}.` voor.',
            _maak(bestand, fout.regel, los.sub(rf'{ervoor}.\1', bestand.regel(fout.regel))),
        )


NAMEN_VAN_DB = ('Column', 'Integer', 'String', 'Text', 'DateTime', 'ForeignKey', 'Model', 'func')


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def tikfout_in_een_naam(o, a):
    bestand = _bestand_van_de_fout(o)
    if bestand and o.naspel.fout.soort in NAAM_ONBEKEND:
        gemaakt = {naam for knoop in bestand.boom.body for naam in namen_van(knoop)}
        if a.gevonden in NAMEN_UIT_DE_LES | gemaakt:
            # De naam is goed gespeld: hij staat op de verkeerde plek.
            return None
        eigen = {k.id for k in ast.walk(bestand.boom) if isinstance(k, ast.Name)}
        klein = {naam.lower(): naam for naam in eigen - {a.gevonden} | NAMEN_UIT_DE_LES}
        # Twee letters verwisseld telt ook in een korte naam: bd voor db.
        bedoeld = [naam for naam in sorted(klein) if sorted(naam) == sorted(a.gevonden.lower())]
        bedoeld = bedoeld or get_close_matches(a.gevonden.lower(), klein, 1, 0.7)
        if bedoeld:
            return (
                f'Python kent de naam `{a.gevonden}` niet ({_plaats(o)}). Bedoel je '
                f'`{klein[bedoeld[0]]}`?',
                _vervang_naam(o, a.gevonden, klein[bedoeld[0]]),
            )


NAMEN_UIT_DE_LES = set(
    re.findall(
        r'\w+',
        """
        Flask SQLAlchemy Migrate MetaData Model Column Integer String Text DateTime ForeignKey
        app db config path join dirname abspath func now op sa batch_op batch_alter_table execute
        add_column drop_column alter_column create_table drop_table create_index drop_index
        create_unique_constraint create_foreign_key drop_constraint
        """,
    )
)


@hint('naspelen', 'elders')
def regel_opent_een_database_elders(o, a):
    fout = o.naspel.fout
    bestand = _bestand_van_de_fout(o)
    if fout.bestand:
        return (
            f'{_plaats(o, hoofdletter=True)} opent een database buiten deze map: '
            f'`{a.gevonden}`. De controle speelt daarom niets na.',
            'Gebruik alleen `data.sqlite`, met `db`. '
            + (_haal_weg(bestand, fout.regel) if bestand else f'Haal {_plaats(o)} weg.'),
        )


@hint('naspelen', 'elders', 'plaats')
def database_staat_elders(o, a):
    gevolg = ' De controle speelt daarom niets na.' if a.wat == 'elders' else ''
    return (
        f'Je app gebruikt de database `{a.gevonden}`. In de les is dat `data.sqlite`, naast '
        f'`{MODULE}`.{gevolg}',
        _juiste_uri(o),
    )


@hint('naspelen', 'module', 'Migrate')
def db_kent_de_app_niet(o, a):
    module = o.oefenmap.module
    db = module.toekenning('db')
    aanroepen = module.aanroepen('SQLAlchemy', db) if db else []
    if aanroepen and not module.aanroepen('init_app'):
        tekst = ast.unparse(aanroepen[0])
        if 'app' not in {k.id for k in ast.walk(aanroepen[0]) if isinstance(k, ast.Name)}:
            rest = tekst.removeprefix('SQLAlchemy(').removeprefix('None')
            return (
                f'Regel {db.lineno} van `{MODULE}` geeft je app niet aan `SQLAlchemy`.',
                _maak(
                    module,
                    db.lineno,
                    f'db = SQLAlchemy(app{"" if rest[0] in ",)" else ", "}{rest}',
                ),
            )


@hint('naspelen', 'module', 'Migrate')
def adres_van_de_database_klopt_niet(o, a):
    db = o.oefenmap.module.toekenning('db')
    erboven = o.oefenmap.module.tekst.splitlines()[: db.lineno] if db else ()
    if JUISTE_URI in [regel.strip() for regel in erboven]:
        # Het adres is goed: er is iets anders.
        return None
    if a.wat == 'Migrate' or (db and o.naspel.fout.regel == db.lineno):
        return (
            f'`db = ...` vindt zijn database niet (`{o.naspel.fout.soort}`). Het adres ontbreekt, '
            'klopt niet, of staat te laat in de module.',
            _juiste_uri(o),
        )


def _juiste_uri(o):
    """Zet het adres van de database op de goede plaats: boven `db = ...`."""
    module = o.oefenmap.module
    db, app = module.toekenning('db'), module.toekenning('app')
    for knoop in module.boom.body:
        boven_db = db is None or knoop.lineno < db.lineno
        if 'SQLALCHEMY_DATABASE_UR' in ast.unparse(knoop) and boven_db:
            return _maak(module, knoop.lineno, JUISTE_URI)
    return _zet_onder(module, app.end_lineno if app else 0, JUISTE_URI)


JUISTE_URI = (
    "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///' + os.path.join(basedir, 'data.sqlite')"
)


@hint('naspelen', 'tijd')
def naspelen_duurt_te_lang(o, a):
    script = o.script(a.revisie)
    naam = script.naam if script else MODULE
    return (
        f'`{naam}` was na {a.gevonden} nog niet klaar. Er zit iets in dat blijft draaien of wacht.',
        f'Zoek in `{naam}` naar een lus die niet stopt, en haal die weg.',
    )


@hint('naspelen', 'module')
def regel_van_een_kolom_geeft_een_fout(o, a):
    module, fout = o.oefenmap.module, o.naspel.fout
    for (tabel, naam), kolom in kolommen_na(o.bezig_met).items() if fout.bestand == MODULE else ():
        nummer = module.regel_van_kolom(tabel, naam)
        if nummer and nummer <= fout.regel <= _eind(module, nummer):
            if module.regel(nummer) == kolom.regel:
                return None
            return (
                f'Regel {nummer} van `{MODULE}`, met kolom `{naam}`, klopt nog niet. Python zegt '
                f'`{fout.soort}`.',
                _maak(module, nummer, kolom.regel),
            )


@hint('naspelen', 'module', 'Migrate', 'scripts')
def bestand_geeft_een_fout(o, a):
    fout = o.naspel.fout
    regel = ''
    if fout.bestand and fout.regel:
        regels = (o.oefenmap.pad / fout.bestand).read_text('utf-8', 'replace').splitlines()
        regel = f':\n    {regels[fout.regel - 1]}'
    return (
        f'Python stopt bij {_plaats(o)} met `{fout.soort}: {fout.melding}`.',
        f'Verbeter deze regel{regel}'
        if regel
        else 'Lees de onderste regel die dit commando geeft:\n    flask db current',
    )


# --- De map migrations ----------------------------------------------------------------------


@hint('migraties', 'onvolledig')
def onderdeel_van_migrations_ontbreekt(o, a):
    if o.oefenmap.scripts:
        return (
            f'In de map `migrations` ontbreekt `{a.gevonden}`. `flask db init` had dat gemaakt.',
            'Maak ergens anders een nieuwe map `migrations`, en haal het bestand daaruit:\n'
            '    flask db init -d nieuw\n'
            + _kopieer(f'nieuw/{a.gevonden}', f'migrations/{a.gevonden}'),
        )


@hint('migraties', 'geen revisie')
def nog_geen_revisie(o, a):
    database = o.oefenmap.database
    if not database.versies and not database.schema:
        return (
            'De map `migrations` is er, maar er is nog geen migratie in `migrations/versions`.',
            'Maak de eerste:\n    flask db migrate -m "eerste migratie"',
        )
    if not database.versies:
        return (
            'In `data.sqlite` staan al tabellen, maar er is nog geen migratie. Ze komen dus van '
            '`db.create_all()`. Daardoor vindt `flask db migrate` niets meer om te maken.',
            'Zet de database even opzij, en maak de migratie:\n'
            + _hernoem('data.sqlite', 'oud.sqlite')
            + '\n    flask db migrate -m "eerste migratie"\n'
            + _hernoem('oud.sqlite', 'data.sqlite'),
        )


@hint('migraties')
def migraties_zijn_weg(o, a):
    if not o.oefenmap.database.versies:
        if a.wat == 'ontbreken':
            return 'Er is geen map `migrations`.', 'Maak hem:\n    flask db init'
        return (
            f'In de map `migrations` ontbreekt `{a.gevonden}`.',
            'Maak de map opnieuw. De oude blijft bewaard als `oud`:\n'
            + _hernoem('migrations', 'oud')
            + '\n    flask db init',
        )
    kapot = _hernoem('migrations', 'oud') + '\n' if (o.oefenmap.pad / 'migrations').exists() else ''
    return (
        'Je migraties zijn weg. `data.sqlite` is er wel mee gemaakt: daarin staat revisie '
        f'`{o.oefenmap.database.versies[0]}`.',
        'Zet de map `migrations` terug uit de prullenbak. Is hij daar niet? Dan maakt dit hem '
        'opnieuw:\n'
        + _maak_les_opnieuw(o)
        + kapot
        + _hernoem(f'{_vrije_map(o)}/migrations', 'migrations'),
    )


# --- De reeks van revisies ------------------------------------------------------------------


@hint('script', 'zonder revisie')
def script_zonder_revisie(o, a):
    script = _bestand(o, a)
    staat_boven = re.search(r'^Revision ID: (\w+)', script.tekst, re.MULTILINE)
    if staat_boven:
        return (
            f'In `{a.gevonden}` ontbreekt de regel `revision = ...`.',
            _zet_onder(script, _onder_de_imports(script), f"revision = '{staat_boven[1]}'"),
        )
    nodig = {vorige for ander in o.oefenmap.scripts for vorige in ander.vorige}
    nodig |= set(o.oefenmap.database.versies or [])
    # De naam van een script begint met zijn revisie.
    if script.bestandsnaam.startswith(tuple(nodig)):
        return (
            f'In `{a.gevonden}` staat geen migratie meer. Een ander script of `data.sqlite` heeft '
            'hem nodig.',
            'Zet terug wat erin stond. Dat kan met ongedaan maken in je editor.',
        )
    return (
        f'`{a.gevonden}` is geen migratie: er staat geen `revision = ...` in. Alembic loopt daarop '
        'vast.',
        'Zet het in de map van je module:\n' + _hernoem(script.naam, script.bestandsnaam),
    )


@hint('script', 'zonder vorige')
def script_zonder_vorige_revisie(o, a):
    script = _bestand(o, a)
    staat_boven = re.search(r'^Revises: (\w+)', script.tekst, re.MULTILINE)
    vorige = staat_boven[1] if staat_boven else None
    return (
        f'In `{a.gevonden}` ontbreekt de regel `down_revision = ...`. Alembic weet niet waar dit '
        'script op volgt.',
        _zet_onder(script, _regel_van(script, 'revision'), f'down_revision = {vorige!r}'),
    )


@hint('reeks')
def twee_scripts_met_dezelfde_revisie(o, a):
    eerste = {}
    for script in o.oefenmap.scripts:
        ander = eerste.setdefault(script.revisie, script)
        if ander is not script:
            # Een kopie heet anders, of langer: 'kopie.py' of 'abc_naam (1).py'.
            kopie = max(
                (script, ander),
                key=lambda s: (not s.bestandsnaam.startswith(s.revisie), len(s.naam)),
            )
            return (
                f'Twee scripts hebben dezelfde revisie `{script.revisie}`: '
                f'`{ander.bestandsnaam}` en `{script.bestandsnaam}`.',
                'Haal de kopie uit de map:\n' + _hernoem(kopie.naam, kopie.bestandsnaam + '.oud'),
            )


@hint('reeks')
def merge_zonder_heads(o, a):
    begin = [script for script in o.oefenmap.scripts if not script.vorige]
    for script in begin if len(begin) > 1 else ():
        if not script.doet_iets('upgrade') and not o.toegepast(script.revisie):
            return (
                f'`{script.naam}` volgt op geen enkele revisie (`down_revision = None`), en doet '
                'niets. Zo gaat het met `flask db merge` zonder `heads`.',
                'Verwijder dit script:\n' + _verwijder(script.naam),
            )


@hint('reeks')
@hint('database', 'onbekende versie')
def script_heet_anders_of_staat_elders(o, a):
    bekend = {script.revisie for script in o.oefenmap.scripts}
    nodig = {vorige for script in o.oefenmap.scripts for vorige in script.vorige}
    nodig |= set(o.oefenmap.database.versies or [])
    for revisie in sorted(nodig - bekend):
        for pad in sorted(o.oefenmap.pad.glob('**/*.py*')):
            naam = pad.relative_to(o.oefenmap.pad).as_posix()
            if pad.suffix == '.pyc' or naam.startswith(('.venv', 'tests/')) or not pad.is_file():
                continue
            gezocht = rf"""^revision\b.*=\s*['"]{re.escape(revisie)}['"]"""
            if re.search(gezocht, pad.read_text('utf-8', 'replace'), re.MULTILINE):
                return (
                    f'Het script van revisie `{revisie}` staat in `{naam}`. Daar zoekt Alembic '
                    'niet.',
                    'Geef het de juiste naam en plaats:\n'
                    + _hernoem(naam, f'migrations/versions/{pad.name.partition(".py")[0]}.py'),
                )


@hint('reeks')
def vorige_revisie_bestaat_niet(o, a):
    bekend = {script.revisie for script in o.oefenmap.scripts}
    for script in o.oefenmap.scripts:
        for vorige in script.vorige:
            if vorige not in bekend:
                lijn = _eind_van_de_lijn(o, zonder=script)
                return (
                    f'`{script.naam}` volgt op revisie `{vorige}`, maar dat script is er niet. '
                    'Daardoor werkt geen enkele `flask db`.',
                    'Zet het script terug uit de prullenbak. Is het daar niet? '
                    + _maak(
                        script, _regel_van(script, 'down_revision'), f'down_revision = {lijn!r}'
                    ),
                )


@hint('reeks', 'gebroken')
def revisies_lopen_in_een_kring(o, a):
    # Bij een kring volgt de vroegste revisie op een latere; de tijd staat in Create Date.
    op_tijd = sorted(o.oefenmap.scripts, key=_gemaakt_op)
    for vorige, script in zip([None, *op_tijd], op_tijd, strict=False):
        hoort = vorige.revisie if vorige else None
        if script.vorige != ((hoort,) if hoort else ()):
            return (
                'De migraties lopen in een kring. Wie `down_revision` volgt, komt nooit bij een '
                'begin.',
                _maak(script, _regel_van(script, 'down_revision'), f'down_revision = {hoort!r}'),
            )


@hint('reeks', 'heads')
def twee_heads(o, a):
    een, twee, *_ = (o.script(head) for head in o.oefenmap.heads)
    return (
        f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
        'Flask-Migrate weet niet welke de laatste is.',
        'Voeg ze samen:\n    flask db merge heads -m "samen"',
    )


@hint('database', 'onbekende versie')
def script_is_weg_na_de_upgrade(o, a):
    wat = f'`data.sqlite` staat op revisie `{a.gevonden}`, maar dat script is er niet.'
    for stand in o.naspel.heen[:0:-1]:
        if stand.schema == o.oefenmap.database.schema:
            return (
                f'{wat} De tabellen zijn wel precies die van `{_naam(o, stand.revisie)}`.',
                f'Zet die revisie in de database:\n    flask db stamp --purge {stand.revisie}',
            )
    if _database_is_als_model(o):
        return (
            f'{wat} Waarschijnlijk is het verwijderd na de upgrade.',
            'Zet het terug uit de prullenbak. Is het daar niet? Dan maakt dit het opnieuw:\n'
            + _maak_naast_de_database(o, 'teruggezet'),
        )
    return (
        f'{wat} Het is verwijderd, of deze database komt uit een andere map.',
        _nieuwe_database(o),
    )


# --- Een upgrade die niet lukt --------------------------------------------------------------


@hint('naspelen', 'heen', 'scripts')
def model_in_een_script(o, a):
    verdacht = o.script(a.revisie)
    for script in [verdacht] if verdacht else o.oefenmap.scripts:
        for knoop in script.boom.body:
            namen = {n.name for n in getattr(knoop, 'names', ())} | {getattr(knoop, 'module', '')}
            if 'BasicModelApp' in namen:
                return (
                    f'Regel {knoop.lineno} van `{script.naam}` importeert je model. Het model '
                    'verandert steeds. Dan klopt dit script later niet meer.',
                    f'Haal regel {knoop.lineno} weg, en gebruik SQL in plaats van het model. '
                    "Bijvoorbeeld:\n    op.execute('UPDATE cursisten SET ...')",
                )


@hint('naspelen', 'heen', 'terug', 'scripts')
@hint('kolom')
@hint('model')
def functie_ontbreekt_in_een_script(o, a):
    # Zonder `def downgrade():` maakt upgrade() meteen weer weg wat hij maakt.
    for script in o.oefenmap.scripts if o.naspel.fout else ():
        namen = {knoop.name for knoop in script.boom.body if isinstance(knoop, ast.FunctionDef)}
        for naam in ('upgrade', 'downgrade'):
            if naam in namen:
                continue
            wat = f'In `{script.naam}` is er geen functie `{naam}()`.'
            lijkt = get_close_matches(naam, namen - {'upgrade', 'downgrade'}, 1, 0.7)
            if lijkt:
                nummer = script.functie(lijkt[0]).lineno
                return wat, _maak(script, nummer, f'def {naam}():')
            # Waar upgrade() ophoudt, zet Alembic deze regel neer.
            einde = [
                nummer
                for nummer, regel in enumerate(script.tekst.splitlines(), 1)
                if '### end Alembic commands' in regel
            ]
            if naam == 'downgrade' and len(einde) == 2:
                return wat, _zet_onder(script, einde[0], '', '', 'def downgrade():')
            return (
                wat,
                f'Zet in `{script.naam}` weer `def {naam}():` boven de regels die erbij horen.',
            )


@hint('naspelen', 'heen', 'terug')
def regel_van_het_with_blok_ontbreekt(o, a):
    script, fout = _script_van_de_fout(o), o.naspel.fout
    if script and fout.soort == 'NameError' and a.gevonden == 'batch_op':
        regel = script.tekst.splitlines()[fout.regel - 1]
        tabel = next((_naam_in(k) for k in script.aanroepen('batch_alter_table')), 'cursisten')
        met = f"with op.batch_alter_table('{tabel}', schema=None) as batch_op:"
        wat = f'Boven regel {fout.regel} van `{script.naam}` ontbreekt de regel met `with`.'
        if regel.startswith(' ' * 8):
            return wat, _zet_onder(script, fout.regel - 1, f'    {met}')
        return wat, _maak(script, fout.regel, f'{met} {regel.strip()}')


@hint('naspelen', 'heen', 'terug')
def constraint_zonder_naam(o, a):
    script = o.script(a.revisie)
    zonder = []
    for functie in ('upgrade', 'downgrade') if script else ():
        for soort in ('create_unique_constraint', 'create_foreign_key', 'drop_constraint'):
            for aanroep in _aanroepen(script, functie, soort):
                if aanroep.args and getattr(aanroep.args[0], 'value', '') is None:
                    zonder.append(aanroep)
    if zonder:
        naam = _naam_van_constraint(script)
        nieuw = [script.regel(k.lineno).replace('None', repr(naam), 1) for k in zonder]
        return (
            f'In `{script.naam}`, regel {zonder[0].lineno}, heeft de constraint geen naam: er '
            'staat `None`. SQLite kan hem zo niet maken of weghalen.',
            'Geef hem overal dezelfde naam. '
            + '\n'.join(_maak(script, k.lineno, r) for k, r in zip(zonder, nieuw, strict=True)),
        )


@hint('naspelen', 'terug')
def namen_verschillen_in_upgrade_en_downgrade(o, a):
    script = o.script(a.revisie)
    for maken, weghalen in (
        (('create_unique_constraint', 'create_foreign_key'), 'drop_constraint'),
        (('create_index',), 'drop_index'),
    ):
        gemaakt = [_naam_in(k) for soort in maken for k in _aanroepen(script, 'upgrade', soort)]
        for aanroep in _aanroepen(script, 'downgrade', weghalen):
            weg = _naam_in(aanroep)
            if gemaakt and weg and weg not in gemaakt:
                return (
                    f'`{script.naam}` maakt in `upgrade()` de naam `{gemaakt[0]}`. In '
                    f'`downgrade()` haalt regel {aanroep.lineno} de naam `{weg}` weg. Die bestaat '
                    'niet.',
                    _maak(
                        script,
                        aanroep.lineno,
                        script.regel(aanroep.lineno).replace(weg, gemaakt[0]),
                    ),
                )


@hint('naspelen', 'heen')
def kolom_wordt_twee_keer_gemaakt(o, a):
    script = o.script(a.revisie)
    dubbel = [
        (f'de kolom `{kolom}`', aanroep)
        for tabel, kolom, aanroep in _nieuwe_kolommen(script)
        if kolom in o.head.get(tabel, {}).get('kolommen', {})
    ] + [
        (f'de tabel `{_naam_in(aanroep)}`', aanroep)
        for aanroep in _aanroepen(script, 'upgrade', 'create_table')
        if _naam_in(aanroep) in o.head
    ]
    if dubbel:
        ding, aanroep = dubbel[0]
        wat = f'`{script.naam}` maakt op regel {aanroep.lineno} {ding}. Een eerdere migratie deed '
        if script.revisie in o.oefenmap.heads and not o.toegepast(script.revisie):
            return f'{wat}dat al.', 'Verwijder dit script:\n' + _verwijder(script.naam)
        return (
            f'{wat}dat al.',
            f'Laat het script staan, want er volgt al iets op. Zet in `{script.naam}` `pass` in '
            '`upgrade()` en in `downgrade()`, in plaats van de regels over ' + ding + '.',
        )


@hint('naspelen', 'heen')
def verplicht_zonder_standaardwaarde(o, a):
    script = o.script(a.revisie)
    for tabel, kolom, aanroep in _nieuwe_kolommen(script):
        opties = {k.arg: k.value for k in aanroep.keywords}
        verplicht = getattr(opties.get('nullable'), 'value', True) is False
        if not verplicht or 'server_default' in opties:
            continue
        wat = (
            f'Kolom `{kolom}` mag niet leeg zijn. De rijen die er al zijn hebben nog geen waarde, '
            'dus SQLite weigert. `default` helpt hier niet: die kent alleen Python.'
        )
        les = kolommen_na(len(STAPPEN)).get((tabel, kolom))
        nummer = o.oefenmap.module.regel_van_kolom(tabel, kolom)
        if nummer and 'server_default' not in _rauw(o, nummer):
            nieuw = les.regel if les else f"{_rauw(o, nummer).strip()[:-1]}, server_default='')"
            return wat, _maak(o.oefenmap.module, nummer, nieuw)
        if not o.toegepast(script.revisie):
            return wat, _opnieuw(o, script, kolom)
        if les:
            standaard = _standaard_in_een_script(les.type, les.standaard)
            regel = script.regel(aanroep.lineno)
            einde = regel.rfind(', nullable=False')
            return wat, _maak(
                script,
                aanroep.lineno,
                f'{regel[:einde]}, server_default={standaard}{regel[einde:]}',
            )


@hint('naspelen', 'heen')
def update_in_het_with_blok(o, a):
    script = o.script(a.revisie)
    functie = script.functie('upgrade') if script else None
    for blok in ast.walk(functie) if functie else ():
        for knoop in ast.walk(blok) if isinstance(blok, ast.With) else ():
            if heet(knoop, 'execute'):
                return (
                    f'In `{script.naam}` staat regel {knoop.lineno} in het `with`-blok. Alembic '
                    'verandert de tabel pas als dat blok klaar is. De kolom is er dus nog niet.',
                    _verplaats(script, knoop.lineno, blok.end_lineno, '    ')
                    if knoop.end_lineno < blok.end_lineno
                    # Onderaan het blok hoeft de regel alleen minder ver in te springen.
                    else f'Maak in `{script.naam}` van '
                    f'{_regels(knoop.lineno, knoop.end_lineno)}:\n        {ast.unparse(knoop)}',
                )


@hint('naspelen', 'heen')
def waarden_zijn_niet_uniek(o, a):
    script = o.script(a.revisie)
    for tabel, kolom, aanroep in _nieuwe_kolommen(script):
        les = kolommen_na(len(STAPPEN)).get((tabel, kolom))
        if not (les and les.uniek and any(k.arg == 'server_default' for k in aanroep.keywords)):
            continue
        wat = (
            f'`{script.naam}` geeft in kolom `{kolom}` elke rij dezelfde waarde. De kolom is '
            'uniek, dus SQLite weigert. Leeg mag wel vaker voorkomen.'
        )
        nummer = o.oefenmap.module.regel_van_kolom(tabel, kolom)
        if nummer and 'server_default' in _rauw(o, nummer):
            return wat, _maak(o.oefenmap.module, nummer, les.regel)
        return wat, _opnieuw(o, script, kolom)


@hint('naspelen', 'heen')
def hernoemen_en_ook_nog_erbij(o, a):
    script = o.script(a.revisie)
    nieuw = {kolom for _, kolom, _ in _nieuwe_kolommen(script)}
    for aanroep in _aanroepen(script, 'upgrade', 'alter_column'):
        for optie in aanroep.keywords:
            naam = getattr(optie.value, 'value', None)
            if optie.arg == 'new_column_name' and naam in nieuw and naam == 'volledige_naam':
                return (
                    f'`{script.naam}` hernoemt een kolom tot `{naam}`, en maakt die ook nog eens. '
                    'Hernoemen is genoeg.',
                    _vervang_met_batch(script, 'cursisten', HERNOEMEN),
                )


@hint('naspelen', 'heen')
def index_op_een_kolom_die_er_niet_is(o, a):
    script = o.script(a.revisie)
    for aanroep in _aanroepen(script, 'upgrade', 'create_index'):
        regel = script.regel(aanroep.lineno)
        namen = {k.value for k in ast.walk(aanroep) if isinstance(k, ast.Constant)}
        for oud, nieuw in OPVOLGERS.items():
            if oud in namen and oud not in _kolomnamen(o):
                return (
                    f'Regel {aanroep.lineno} van `{script.naam}` maakt een index op `{oud}`. Die '
                    f'kolom heet nu `{nieuw}`.',
                    _maak(
                        script,
                        aanroep.lineno,
                        re.sub(rf"""(['"]){oud}\1""", rf'\1{nieuw}\1', regel),
                    ),
                )


@hint('naspelen', 'heen', 'terug')
def tikfout_in_sql(o, a):
    script = o.script(a.revisie)
    functie = 'downgrade' if a.wat == 'terug' else 'upgrade'
    bekend = _kolomnamen(o) | set(o.head) | {kolom for _, kolom, _ in _nieuwe_kolommen(script)}
    for aanroep in _aanroepen(script, functie, 'execute'):
        sql = getattr(aanroep.args[0], 'value', None) if aanroep.args else None
        # Wat in SQL tussen aanhalingstekens staat is een waarde, geen naam.
        namen = re.findall(r'[a-z_]\w*', re.sub(r"""'[^']*'""", '', str(sql)))
        for naam in namen:
            lijkt = get_close_matches(naam, bekend, 1, 0.75)
            if lijkt and naam not in bekend:
                regel = script.regel(aanroep.lineno)
                return (
                    f'In de SQL op regel {aanroep.lineno} van `{script.naam}` staat `{naam}`. '
                    f'Bedoel je `{lijkt[0]}`?',
                    _maak(script, aanroep.lineno, re.sub(rf'\b{naam}\b', lijkt[0], regel)),
                )


@hint('naspelen', 'heen')
def upgrade_lukt_niet(o, a):
    wat = (
        f'De upgrade in {_plaats(o)} lukt niet op een tabel met rijen: '
        f'`{o.naspel.fout.soort}: {a.gevonden}`.'
    )
    if o.toegepast(a.revisie):
        return (
            f'{wat} In `data.sqlite` is hij wel gelukt. Misschien veranderde daarna een script: '
            'dit, of een eerder. Of er stonden toen nog geen rijen in.',
            'Heb je een script veranderd? Zet dat terug, met ongedaan maken in je editor. Anders: '
            f'verbeter `upgrade()` in `{_naam(o, a.revisie)}`.',
        )
    return wat, f'Verbeter `upgrade()` in `{_naam(o, a.revisie)}`.'


@hint('naspelen', 'vergelijken')
def foreign_key_wijst_naar_niets(o, a):
    module = o.oefenmap.module
    les = {k.naam: k.verwijst_naar for k in kolommen_na(len(STAPPEN)).values() if k.verwijst_naar}
    for knoop in (knoop for klasse in module.klassen for knoop in klasse.body):
        for aanroep in module.aanroepen('ForeignKey', knoop):
            doel = getattr(aanroep.args[0], 'value', None) if aanroep.args else None
            tabel, _, kolom = str(doel).partition('.')
            if not isinstance(doel, str) or module.regel_van_kolom(tabel, kolom):
                continue
            wat = f'Regel {aanroep.lineno} van `{MODULE}` verwijst naar `{doel}`.'
            if doel in les.values():
                return (
                    f'{wat} Geen klasse maakt die tabel met die kolom.',
                    _geef_tabelnaam(o, tabel) or _zet_klasse(o, tabel),
                )
            lijkt = get_close_matches(tabel.lower(), _tabellen(module), 1)
            goed = next((les[naam] for naam in namen_van(knoop) if naam in les), None)
            goed = goed or (lijkt and f'{lijkt[0]}.id')
            if goed:
                return (
                    f'{wat} Daar hoort de naam van de tabel en de kolom, niet die van de klasse.',
                    _maak(module, aanroep.lineno, module.regel(aanroep.lineno).replace(doel, goed)),
                )
            return (
                f'{wat} Geen klasse maakt die tabel.',
                'Maak een klasse met die tabel, of verander deze regel:\n'
                f'    {module.regel(aanroep.lineno)}',
            )


@hint('naspelen', 'terug')
@hint('downgrade', 'schema')
def downgrade_geeft_het_schema_niet_terug(o, a):
    nieuw = _omgekeerde(o, a.revisie)
    if nieuw:
        hoe = 'lukt niet' if a.soort == 'naspelen' else f'laat {_plek(a)} anders achter dan ervoor'
        return (
            f'`downgrade()` in `{_naam(o, a.revisie)}` {hoe}. Het hoort het omgekeerde te doen van '
            '`upgrade()`.',
            _vervang(o.script(a.revisie), ['downgrade'], nieuw),
        )


@hint('downgrade', 'waarden')
def downgrade_zet_een_lege_kolom_terug(o, a):
    plaats = o.volgorde.index(a.revisie)
    voor, na = (o.naspel.heen[p].schema['cursisten']['kolommen'] for p in (plaats - 1, plaats))
    sleutel, waarde = AFGELEID[a.kolom] if a.kolom in OPVOLGERS else (None, None)
    if a.kolom not in na and sleutel in voor:
        script = o.script(a.revisie)
        return (
            f'De downgrade in `{script.naam}` zet de kolom `{a.kolom}` terug, maar niet wat erin '
            'stond.',
            _zet_onder(
                script,
                _onderaan(script, 'downgrade'),
                f"    op.execute('UPDATE cursisten SET {a.kolom} = {waarde}')",
            ),
        )


@hint('naspelen')
def naspelen_lukt_niet(o, a):
    functie = '`downgrade()` in ' if a.wat == 'terug' else ''
    return (
        f'Het naspelen stopt bij {functie}{_plaats(o)} met `{o.naspel.fout.soort}: {a.gevonden}`.',
        f'Verbeter {functie}`{o.naspel.fout.bestand or _naam(o, a.revisie)}`.',
    )


# --- Waarden die verloren gaan --------------------------------------------------------------

HERNOEMEN = {
    'upgrade': ("batch_op.alter_column('naam', new_column_name='volledige_naam')",),
    'downgrade': ("batch_op.alter_column('volledige_naam', new_column_name='naam')",),
}


@hint('waarden', 'verloren')
@hint('downgrade', 'waarden')
def hernoemen_als_weg_en_erbij(o, a):
    namen = {('cursisten', 'naam'), ('cursisten', 'volledige_naam')}
    plaats = o.volgorde.index(a.revisie)
    voor, na = (set(_alle_kolommen(o.naspel.heen[p].schema)) for p in (plaats - 1, plaats))
    if a.kolom not in ('naam', 'volledige_naam') or not namen & (voor ^ na):
        return None
    script = o.script(a.revisie)
    wat = (
        f'`{script.naam}` gooit een kolom weg en maakt een lege met de nieuwe naam. Alle namen '
        'zijn dan weg, en `downgrade` brengt ze niet terug.'
    )
    if voor ^ na <= namen:
        return wat, _vervang_met_batch(script, 'cursisten', HERNOEMEN)
    if script.revisie == o.oefenmap.revisies[-1] and not o.toegepast(script.revisie):
        return (
            f'{wat} Het doet ook nog andere stappen.',
            'Het is nog niet uitgevoerd. Verwijder het:\n' + _verwijder(script.naam),
        )
    return wat, (
        'Laat in `upgrade()` de regels weg die `naam` weggooien en `volledige_naam` maken. Zet '
        f'in hun plaats:\n        {HERNOEMEN["upgrade"][0]}\nDoe in `downgrade()` hetzelfde, '
        f'met:\n        {HERNOEMEN["downgrade"][0]}'
    )


@hint('waarden')
@hint('downgrade')
def waarden_verloren(o, a):
    functie = '`downgrade()`' if a.soort == 'downgrade' else '`upgrade()`'
    wat = f'de waarden in {_plek(a)}' if a.kolom else f'rijen uit {_plek(a)}'
    return (
        f'Na {functie} van `{_naam(o, a.revisie)}` zijn {wat} niet meer wat ze waren.',
        f'Verander {functie} in dat script zo dat ze blijven.',
    )


# --- De kolommen ----------------------------------------------------------------------------


@hint('kolom', 'ontbreekt')
def naam_is_bijna_goed(o, a):
    if not a.gevonden:
        return None
    tabel_mis = a.tabel not in o.head
    goed = a.tabel if tabel_mis else a.kolom
    soort = 'tabel' if tabel_mis else 'kolom'
    wat = f'Er is een {soort} `{a.gevonden}`. In de les heet die `{goed}`.'
    in_model = o.naspel.model if tabel_mis else o.naspel.model.get(a.tabel, {})
    if a.gevonden in in_model:
        return wat, _hernoem_in_het_model(o, a.tabel, a.gevonden, goed, tabel_mis)
    if goed not in in_model:
        return wat, _zet_kolom(o, kolommen_na(o.bezig_met)[a.tabel, a.kolom])
    return wat, _nieuw_script(o, a, _revisie_van(o, a.tabel, a.gevonden, tabel_mis))


@hint('kolom', 'ontbreekt')
def kolom_ontbreekt(o, a):
    kolom = kolommen_na(o.bezig_met)[a.tabel, a.kolom]
    if a.kolom in o.naspel.model.get(a.tabel, {}):
        return (
            f'{_plek(a, hoofdletter=True)} staat in je model, maar geen migratie maakt hem.',
            _migreer(o, a.kolom),
        )
    return f'{_plek(a, hoofdletter=True)} ontbreekt nog in je model.', _zet_kolom(o, kolom)


@hint('kolom', 'hoort weg')
def oude_kolom_is_er_nog(o, a):
    if a.kolom in o.naspel.model.get(a.tabel, {}):
        nummer = o.oefenmap.module.regel_van_kolom(a.tabel, a.kolom)
        return (
            f'{_plek(a, hoofdletter=True)} hoort in deze stap weg te gaan. Hij staat nog in je '
            'model.',
            _haal_weg(o.oefenmap.module, nummer),
        )
    return (
        f'{_plek(a, hoofdletter=True)} is uit je model, maar nog niet uit de database.',
        _migreer(o, f'{a.kolom} weg'),
    )


@hint('kolom', 'niet gevuld')
def kolom_is_leeg(o, a):
    script = o.script(_revisie_van(o, a.tabel, a.kolom))
    return (
        f'{_plek(a, hoofdletter=True)} is er, maar is niet goed gevuld. Samen met `leeftijd` hoort '
        'er in elke rij hetzelfde jaar uit te komen.',
        _zet_onder(
            script,
            _onderaan(script, 'upgrade'),
            "    op.execute('UPDATE cursisten SET geboortejaar = 2026 - leeftijd')",
        ),
    )


@hint('kolom')
def eigenschap_in_het_model(o, a):
    """Het model zelf is anders dan de les: eerst dat goed, de migratie komt daarna."""
    kolom = kolommen_na(o.bezig_met)[a.tabel, a.kolom]
    if _model_is_anders(o, kolom, a.wat):
        return f'{_plek(a, hoofdletter=True)} {_eigenschap(a)}.', _zet_kolom(o, kolom)


@hint('kolom', 'primary key')
def primary_key_ontbreekt_in_een_script(o, a):
    """`flask db migrate` ziet een primary key niet: die moet in het script zelf."""
    script = o.script(_revisie_van(o, a.tabel, a.kolom))
    for aanroep in _aanroepen(script, 'upgrade', 'create_table') if a.verwacht else ():
        if _naam_in(aanroep) == a.tabel and aanroep.end_lineno > aanroep.lineno:
            return (
                f'{_plek(a, hoofdletter=True)} {_eigenschap(a)}. In `{script.naam}` ontbreekt de '
                'regel die dat zegt.',
                _zet_onder(
                    script, aanroep.end_lineno - 1, f"    sa.PrimaryKeyConstraint('{a.kolom}')"
                ),
            )


@hint('kolom')
def eigenschap_in_de_migratie(o, a):
    """Het model is goed, maar de migratie maakte iets anders."""
    return (
        f'{_plek(a, hoofdletter=True)} {_eigenschap(a)}. Je model is goed, je migratie nog niet.',
        _nieuw_script(o, a, _revisie_van(o, a.tabel, a.kolom)),
    )


# --- Het model en de laatste migratie -------------------------------------------------------


@hint('model')
def module_is_van_een_latere_stap(o, a):
    model = o.naspel.modelkolommen
    verder = [
        nummer
        for nummer in range(o.bezig_met + 1, len(STAPPEN) + 1)
        if kolommen_na(nummer).keys() <= model and not weg_na(nummer) & model
    ]
    tussen = STAPPEN[o.niveau : verder[-1]] if verder else ()
    nu = kolommen_na(o.niveau)
    # Wat al in de database staat is niet nieuw: dan is er een script weg.
    er_al = _alle_kolommen(o.head) + _alle_kolommen(o.oefenmap.database.schema)
    nieuw = [k for stap in tussen for k in stap.erbij if (k.tabel, k.naam) not in er_al]
    if any(kolom.som_met or (kolom.tabel, kolom.was) in nu for kolom in nieuw):
        return (
            f'Je module is al van een latere stap. Je migraties zijn nog bij stap {o.niveau}. In '
            'een migratie voor alles tegelijk raken waarden kwijt.',
            'Doe de stappen een voor een. ' + _andere_module(o),
        )


@hint('model')
def module_is_van_een_eerdere_stap(o, a):
    head = _alle_kolommen(o.head)
    mist = [
        naam
        for tabel, naam in kolommen_na(o.niveau)
        if (tabel, naam) in head and naam not in o.naspel.model.get(tabel, {naam})
        if (tabel, naam) not in STAPPEN[o.bezig_met - 1].weg
    ]
    terug = [naam for tabel, naam in weg_na(o.niveau) if naam in o.naspel.model.get(tabel, {})]
    if terug or len(mist) > 1:
        anders = f'heeft weer `{sorted(terug)[0]}`' if terug else f'mist `{mist[0]}` en `{mist[1]}`'
        return (
            f'Je module {anders}. Hij lijkt van een eerdere stap. Je migraties zijn al bij stap '
            f'{o.niveau}.',
            'Zet hem terug met ongedaan maken in je editor. Lukt dat niet? ' + _andere_module(o),
        )


def _andere_module(o):
    return (
        f'Dit maakt de module van stap {o.laatst_af}, en bewaart de jouwe als `module.oud`:\n'
        + _maak_les_opnieuw(o)
        + _hernoem(MODULE, 'module.oud')
        + '\n'
        + _kopieer(f'{_vrije_map(o)}/{MODULE}', MODULE)
    )


@hint('model', 'add_table', 'remove_table')
def klasse_is_geen_model_meer(o, a):
    weg = [v['tabel'] for v in o.naspel.verschillen if v['wat'] == 'remove_table']
    for klasse in o.oefenmap.module.klassen:
        if not is_model(klasse) and set(weg) & set(_tabellen_van(klasse)):
            return (
                f'De klasse `{klasse.name}` is geen model meer. SQLAlchemy ziet de tabel '
                f'`{weg[0]}` daardoor niet.',
                _maak(o.oefenmap.module, klasse.lineno, f'class {klasse.name}(db.Model):'),
            )


@hint('model', 'add_table', 'remove_table')
def tabel_heet_anders(o, a):
    weg = [v['tabel'] for v in o.naspel.verschillen if v['wat'] == 'remove_table']
    erbij = [v['tabel'] for v in o.naspel.verschillen if v['wat'] == 'add_table']
    for tabel in weg:
        lijkt = get_close_matches(tabel, erbij, 1, 0.7)
        if lijkt:
            return (
                f'Je model heeft een tabel `{lijkt[0]}`. Tot nu toe heette die `{tabel}`. Met een '
                'migratie raak je alle rijen kwijt.',
                _hernoem_in_het_model(o, tabel, lijkt[0], tabel, tabel_mis=True),
            )


@hint('model', 'remove_table')
def klasse_is_weg(o, a):
    if any(tabel == a.tabel for tabel, _ in kolommen_na(o.niveau)):
        return (
            f'De tabel `{a.tabel}` heeft in `{MODULE}` geen klasse meer. Met een migratie raak je '
            'alle rijen kwijt.',
            _zet_klasse(o, a.tabel),
        )


@hint('model', 'add_table', 'remove_column', 'add_column')
def tikfout_in_een_naam_van_het_model(o, a):
    for tabel, naam in kolommen_na(o.bezig_met):
        eigen = o.naspel.model.get(tabel)
        gezocht, namen = (naam, eigen) if eigen is not None else (tabel, o.naspel.model)
        gevonden = lijkt_op(gezocht, namen) if gezocht not in namen else None
        if gevonden:
            return (
                f'In je model staat `{gevonden}`. In de les heet dat `{gezocht}`.',
                _hernoem_in_het_model(o, tabel, gevonden, gezocht, eigen is None),
            )


@hint('model')
def model_is_anders_dan_de_les(o, a):
    """Een kolom van de les die in het model niet is zoals de les hem vraagt."""
    for (tabel, naam), kolom in kolommen_na(o.bezig_met).items():
        # Van een nieuwe tabel telt elke kolom.
        if tabel == a.tabel and a.kolom in (naam, None) and _model_is_anders(o, kolom):
            return (
                f'Kolom `{naam}` van tabel `{tabel}` is in je model anders dan in de les.',
                _zet_kolom(o, kolom),
            )


@hint('model')
def script_is_leeg(o, a):
    """Het script is gemaakt voordat de module was opgeslagen."""
    script = o.script(o.oefenmap.revisies[-1])
    kolom = kolommen_na(o.bezig_met).get((a.tabel, a.kolom))
    if not script.doet_iets('upgrade') and not o.toegepast(script.revisie):
        if a.wat == 'add_index' and kolom and kolom.index:
            index = f'ix_{a.tabel}_{a.kolom}'
            return (
                f'`{script.naam}` is nog leeg: in `upgrade()` staat alleen `pass`.',
                _vervang(
                    script,
                    ['upgrade', 'downgrade'],
                    {
                        'upgrade': [f"    op.create_index('{index}', '{a.tabel}', ['{a.kolom}'])"],
                        'downgrade': [f"    op.drop_index('{index}', '{a.tabel}')"],
                    },
                ),
            )
        return (
            f'`{script.naam}` is leeg: in `upgrade()` staat alleen `pass`. `{MODULE}` was toen '
            'waarschijnlijk nog niet opgeslagen.',
            _opnieuw(o, script, a.kolom or a.tabel),
        )


@hint('model', 'remove_column', 'remove_constraint', 'remove_index', 'remove_fk')
def model_mist_een_kolom(o, a):
    kolom = kolommen_na(o.niveau).get((a.tabel, a.kolom))
    if not kolom or a.kolom in o.naspel.model.get(a.tabel, {}):
        return None
    stap = STAPPEN[o.bezig_met - 1]
    nieuw = next((k for k in stap.erbij if k.was == a.kolom), None)
    if nieuw and nieuw.naam not in o.naspel.model[a.tabel]:
        return (
            f'{_plek(a, hoofdletter=True)} staat niet meer in je model, en de nieuwe naam '
            f'`{nieuw.naam}` nog niet.',
            _zet_kolom(o, nieuw),
        )
    if (a.tabel, a.kolom) not in stap.weg:
        return (
            f'{_plek(a, hoofdletter=True)} staat niet meer in je model. De les heeft hem nog '
            'nodig.',
            _zet_kolom(o, kolom),
        )


@hint('model')
def model_loopt_voor(o, a):
    wat = 'De tabel' if a.kolom is None else 'De kolom'
    naam = a.kolom or a.tabel
    return (
        f'{wat} `{naam}` is in je model anders dan in je laatste migratie.',
        _migreer(o, naam),
    )


@hint('lezen')
def repr_noemt_een_kolom_die_weg_is(o, a):
    nummer = o.naspel.leesfout.regel
    if o.naspel.leesfout.bestand == MODULE:
        eigen = o.naspel.model.get('cursisten', {})
        oud = re.compile(rf'\b{re.escape(a.kolom)}\b')
        nieuw = OPVOLGERS.get(a.kolom)
        nieuw = nieuw or next(iter(get_close_matches(a.kolom, eigen, 1)), 'id')
        return (
            f'`__repr__` gebruikt op regel {nummer} nog `{a.kolom}`. Die kolom is er niet, dus '
            '`flask shell` kan geen rij tonen.',
            _maak(o.oefenmap.module, nummer, oud.sub(nieuw, _rauw(o, nummer).strip())),
        )
    return (
        f'Je model kan een rij niet tonen: het kent `{a.kolom}` niet.',
        f'Verbeter `__repr__` in `{MODULE}`.',
    )


# --- De database ----------------------------------------------------------------------------


@hint('database', 'ontbreekt')
def database_staat_in_instance(o, a):
    if lees_database(o.oefenmap.pad / 'instance' / DATABASE).toestand == 'goed':
        return (
            '`data.sqlite` staat in de map `instance`. Je app zoekt hem naast de module.',
            'Verplaats hem:\n' + _hernoem('instance/data.sqlite', 'data.sqlite'),
        )


@hint('database', 'ontbreekt', 'leeg', 'geen database', 'te groot', 'achter')
def database_is_er_niet_maar_wel_een_kopie(o, a):
    kopie = _bewaarde_kopie(o)
    if kopie and (a.wat != 'achter' or not o.oefenmap.database.schema):
        wat = 'is er niet' if a.wat == 'ontbreekt' else 'heeft geen tabellen meer'
        return (
            f'`data.sqlite` {wat}. In `{kopie}` heb je een kopie.',
            'Zet de kopie terug:\n' + _kopieer(kopie, 'data.sqlite'),
        )


@hint('database', 'ontbreekt', 'leeg')
def database_is_er_niet(o, a):
    wat = 'is er niet' if a.wat == 'ontbreekt' else 'is leeg: er staat geen enkele tabel in'
    return (
        f'`data.sqlite` {wat}.',
        'Heb je een kopie, zet die dan terug. Anders maken de migraties een nieuwe, zonder rijen:\n'
        '    flask db upgrade',
    )


@hint('database', 'onleesbaar')
def database_is_niet_te_lezen(o, a):
    return (
        '`data.sqlite` is niet te lezen. Een ander programma houdt hem vast, of je mag er niet '
        'bij.',
        'Sluit het programma dat `data.sqlite` open heeft. Controleer daarna opnieuw:\n    pytest',
    )


@hint('database', 'geen database', 'te groot')
def database_is_geen_database(o, a):
    wat = 'is geen database (meer)' if a.wat == 'geen database' else 'is veel te groot'
    return (
        f'`data.sqlite` {wat}.',
        'Heb je een kopie, zet die dan terug. Anders: bewaar dit bestand en maak een nieuwe '
        'database, zonder rijen:\n'
        + _hernoem('data.sqlite', _vrije_naam(o))
        + '\n    flask db upgrade',
    )


@hint('database', 'zonder versie', 'anders')
def revisie_in_de_database_klopt_niet(o, a):
    for stand in o.naspel.heen[:0:-1]:
        if stand.schema == o.oefenmap.database.schema:
            staat = 'staat geen revisie'
            if o.oefenmap.database.versies:
                staat = f'staat revisie `{o.oefenmap.database.versies[0]}`'
            return (
                f'In `data.sqlite` {staat}, maar de tabellen zijn die van '
                f'`{_naam(o, stand.revisie)}`.',
                'Zet de juiste revisie erbij. Doe geen `flask db downgrade`: die haalt een stap '
                f'weg.\n    flask db stamp {stand.revisie}',
            )


@hint('database', 'anders')
def tijdelijke_tabel_is_blijven_staan(o, a):
    for tabel in o.oefenmap.database.schema:
        echte = tabel.removeprefix('_alembic_tmp_')
        if echte != tabel:
            wat = (
                f'In `data.sqlite` staat nog de tijdelijke tabel `{tabel}`. Een upgrade brak '
                'halverwege af, en de volgende loopt daarop vast.'
            )
            if echte in o.oefenmap.database.schema:
                return wat, _met_sql(f'DROP TABLE {tabel}')
            return wat, _met_sql(f'ALTER TABLE {tabel} RENAME TO {echte}')


@hint('database', 'anders')
def lege_tabel_te_veel(o, a):
    toen = o.naspel.heen[o.plaats_database].schema
    if a.tabel not in toen and not o.oefenmap.database.rijen[a.tabel]:
        return (
            f'In `data.sqlite` staat een lege tabel `{a.tabel}`. Volgens de revisie hoort die er '
            'nog niet te zijn.',
            _met_sql(f'DROP TABLE {a.tabel}'),
        )


@hint('database', 'zonder versie', 'anders')
def database_past_niet_bij_de_migraties(o, a):
    if a.wat == 'zonder versie':
        wat = 'In `data.sqlite` staan tabellen die niet bij je migraties passen, zonder revisie'
    else:
        wat = f'In `data.sqlite` is {_plek(a)} anders dan je migraties hem maken'
    return f'{wat}.', _nieuwe_database(o)


@hint('database', 'achter')
def lege_waarden_houden_de_upgrade_tegen(o, a):
    database = o.oefenmap.database
    for tabel, kolom, eigenschap in _wat_gaat_komen(o, a):
        gevuld = database.gevuld.get(tabel, {}).get(kolom)
        if eigenschap['null'] or gevuld in (None, database.rijen.get(tabel)):
            continue
        standaard = eigenschap['standaard'] or "''"
        return (
            f'In `{_naam(o, a.revisie)}` mag kolom `{kolom}` niet leeg zijn. In `data.sqlite` is '
            'hij in sommige rijen leeg. De upgrade loopt daarop vast.',
            _met_sql(f'UPDATE {tabel} SET {kolom} = {standaard} WHERE {kolom} IS NULL'),
        )


@hint('database', 'achter')
def dubbele_waarden_houden_de_upgrade_tegen(o, a):
    for tabel, kolom, eigenschap in _wat_gaat_komen(o, a):
        if eigenschap['uniek'] and kolom in o.oefenmap.database.dubbel.get(tabel, ()):
            return (
                f'`{_naam(o, a.revisie)}` maakt kolom `{kolom}` uniek. In `data.sqlite` hebben '
                'rijen daar dezelfde waarde. De upgrade loopt daarop vast.',
                f'Geef ze elk een eigen waarde. Bekijk ze eerst in `flask shell`:\n'
                '    db.session.execute(db.text('
                f"'SELECT id, {kolom} FROM {tabel} ORDER BY {kolom}')).all()",
            )


@hint('database', 'achter')
def upgrade_moet_nog(o, a):
    return (
        f'`{_naam(o, a.revisie)}` is gemaakt, maar nog niet uitgevoerd op `data.sqlite`.',
        'Lees het script na, en voer het uit:\n    flask db upgrade',
    )


@hint('database', 'namen weg')
def namen_zijn_weg(o, a):
    kopie = _bewaarde_kopie(o)
    if kopie:
        return (
            f'In `data.sqlite` zijn alle namen weg. In `{kopie}` heb je ze nog.',
            'Zet de kopie terug en doe de upgrade opnieuw:\n'
            + _kopieer(kopie, 'data.sqlite')
            + '\n    flask db upgrade',
        )
    return (
        'In `data.sqlite` zijn alle namen weg, en er is geen kopie `bewaar.sqlite`.',
        'Vul ze een voor een opnieuw in. '
        + _met_sql("UPDATE cursisten SET volledige_naam = 'Joyce' WHERE id = 1"),
    )


@hint('database', 'niet gevuld')
def geboortejaar_is_leeg_in_de_database(o, a):
    return (
        'In `data.sqlite` is de kolom `geboortejaar` niet gevuld. De upgrade was al gedaan voordat '
        'de UPDATE in het script stond, of er kwamen rijen bij.',
        _met_sql('UPDATE cursisten SET geboortejaar = 2026 - leeftijd WHERE geboortejaar IS NULL'),
    )


# --- Opmerkingen: niets hiervan maakt een stap fout ------------------------------------------


@opmerking
def geen_rijen(o):
    database = o.oefenmap.database
    if o.niveau and 'cursisten' in database.schema and not database.rijen['cursisten']:
        return 'In de tabel `cursisten` staan nog geen rijen. Met rijen zie je meer.'


@opmerking
def ander_programma_is_bezig(o):
    if o.oefenmap.database.bezig:
        return (
            'Een ander programma is bezig in `data.sqlite`: `data.sqlite-journal` staat ernaast. '
            'Sla daar eerst op, en sluit het (DB Browser?).'
        )


@opmerking
def map_is_niet_te_schrijven(o):
    paden = [o.oefenmap.pad, o.oefenmap.pad / DATABASE]
    for pad in paden:
        if pad.exists() and not os.access(pad, os.W_OK):
            return (
                f'Je mag niet schrijven in `{pad.name}`, dus een upgrade lukt hier niet. Pak de '
                'ZIP uit in een map van jezelf, en open die.'
            )


@opmerking
def tweede_database(o):
    if (o.oefenmap.pad / 'instance' / DATABASE).is_file():
        plaats = o.naspel.database or DATABASE
        return (
            'Er zijn twee databases: `data.sqlite` en `instance/data.sqlite`. Je app gebruikt '
            f'`{plaats}`.'
        )


@opmerking
def getcwd_in_de_module(o):
    aanroepen = o.oefenmap.module.aanroepen('getcwd') if o.oefenmap.module else []
    if aanroepen:
        return (
            f'Regel {aanroepen[0].lineno} van `{MODULE}` gebruikt `os.getcwd()`. De database staat '
            'dan in de map van je terminal. '
            + _maak(
                o.oefenmap.module,
                aanroepen[0].lineno,
                'basedir = os.path.abspath(os.path.dirname(__file__))',
            )
        )


@opmerking
def app_run_zonder_wacht(o):
    for knoop in o.oefenmap.module.boom.body if o.oefenmap.module else ():
        if isinstance(knoop, ast.Expr) and heet(knoop.value, 'run'):
            return (
                f'Regel {knoop.lineno} van `{MODULE}` start de server ook als je dat niet vraagt. '
                + _maak(
                    o.oefenmap.module,
                    knoop.lineno,
                    f"if __name__ == '__main__': {ast.unparse(knoop)}",
                )
            )


@opmerking
def kolom_is_commentaar(o):
    if o.afwijkingen or not o.oefenmap.module or o.niveau == len(STAPPEN):
        return None
    nieuw = {kolom.naam: kolom for kolom in STAPPEN[o.niveau].erbij}
    for nummer, naam in kolommen_in_commentaar(o.oefenmap.module):
        if naam in nieuw and not any(naam in kolommen for kolommen in o.naspel.model.values()):
            return (
                f'Regel {nummer} van `{MODULE}` is commentaar: er staat `#` voor. De kolom '
                f'`{naam}` bestaat dus nog niet. '
                + _maak(o.oefenmap.module, nummer, _rauw(o, nummer).strip().lstrip('# '))
            )


@opmerking
def methode_noemt_een_kolom_die_weg_is(o):
    for klasse in o.oefenmap.module.klassen if o.oefenmap.module and not o.afwijkingen else ():
        weg = {kolom for tabel, kolom in weg_na(o.niveau) if tabel in _tabellen_van(klasse)}
        for knoop in ast.walk(klasse):
            if getattr(getattr(knoop, 'value', None), 'id', None) == 'self' and knoop.attr in weg:
                return (
                    f'Regel {knoop.lineno} van `{MODULE}` gebruikt nog `self.{knoop.attr}`. Die '
                    'kolom is er niet meer.'
                )


@opmerking
def flask_app_in_dit_venster(o):
    gezet = os.environ.get('FLASK_APP')
    if gezet is None:
        wat = '`FLASK_APP` is in dit terminalvenster niet gezet.'
    elif gezet.strip(' \'"') != gezet:
        wat = f'In `FLASK_APP` staat een spatie of een aanhalingsteken te veel: `{gezet}`.'
    elif gezet.partition(':')[0].removesuffix('.py') != MODULE.removesuffix('.py'):
        wat = f'`FLASK_APP` wijst naar `{gezet}`, niet naar `{MODULE}`.'
    else:
        return None
    return f'{wat} Voordat je `flask` gebruikt:\n' + _zet_flask_app()


# --- Hulp: de opdrachten ----------------------------------------------------------------------


def _zet_flask_app():
    if WINDOWS:
        return (
            f'in cmd:\n    set FLASK_APP={MODULE}\nin PowerShell:\n    $env:FLASK_APP = "{MODULE}"'
        )
    return f'    export FLASK_APP={MODULE}'


def _opdracht(op_windows, anders, *namen):
    namen = [f'"{naam}"' if ' ' in naam else naam for naam in namen]
    if WINDOWS:
        return f'    {op_windows} {" ".join(namen)}'.replace('/', '\\')
    return f'    {anders} {" ".join(namen)}'


def _kopieer(van, naar):
    return _opdracht('copy', 'cp', van, naar)


def _hernoem(van, naar):
    return _opdracht('move', 'mv', van, naar)


def _verwijder(naam):
    return _opdracht('del', 'rm', naam)


def _maak_les_opnieuw(o):
    """De uitwerking na de laatste stap die af is, in een map ernaast."""
    return f'    python tests/speel_les.py {_vrije_map(o)} --tot {o.laatst_af}\n'


def _maak_module_opnieuw(o):
    return _maak_les_opnieuw(o) + _kopieer(f'{_vrije_map(o)}/{MODULE}', MODULE)


def _vrije_map(o):
    """Een map naast de oefening die er nog niet is: speel_les.py wil een nieuwe."""
    namen = ['opnieuw', *(f'opnieuw{nummer}' for nummer in range(2, 100))]
    return next(f'../{naam}' for naam in namen if not (o.oefenmap.pad.parent / naam).exists())


def _vrije_naam(o):
    """Een naam waaronder data.sqlite bewaard kan blijven."""
    namen = ['oud.sqlite', *(f'oud{nummer}.sqlite' for nummer in range(2, 100))]
    return next(naam for naam in namen if not (o.oefenmap.pad / naam).exists())


def _bewaarde_kopie(o):
    """De kopie uit stap 7, als daar namen in staan."""
    kopie = lees_database(o.oefenmap.pad / 'bewaar.sqlite')
    gevuld = kopie.gevuld.get('cursisten', {})
    return 'bewaar.sqlite' if gevuld.get('naam') or gevuld.get('volledige_naam') else None


def _met_sql(sql):
    """Een SQL-opdracht via flask shell: dat werkt op elke computer hetzelfde."""
    return (
        f'Doe dit in `flask shell`:\n    db.session.execute(db.text("{sql}"))\n'
        '    db.session.commit()'
    )


def _nieuwe_database(o):
    """Een database die bij de migraties past, met alle rijen van de oude."""
    oud, nieuw = o.oefenmap.database, o.head
    opzij = _vrije_naam(o)
    regels = [f'    db.session.execute(db.text("ATTACH \'{opzij}\' AS oud"))']
    for tabel in nieuw:
        namen = {naam: naam for naam in nieuw[tabel]['kolommen'] if naam in _kolommen(oud, tabel)}
        for kolom, (bron, waarde) in AFGELEID.items():
            if kolom in nieuw[tabel]['kolommen'] and bron in _kolommen(oud, tabel):
                namen.setdefault(kolom, waarde)
        if not namen or not oud.rijen[tabel]:
            continue
        for naam in namen:
            standaard = nieuw[tabel]['kolommen'][naam]['standaard']
            if standaard and not nieuw[tabel]['kolommen'][naam]['null']:
                namen[naam] = f'coalesce({namen[naam]}, {standaard})'
        regels.append(
            f'    db.session.execute(db.text("INSERT OR REPLACE INTO {tabel} '
            f'({", ".join(namen)}) SELECT {", ".join(namen.values())} FROM oud.{tabel}"))'
        )
    overzetten = (
        'Zet daarna je rijen over, in `flask shell`:\n'
        + '\n'.join(regels)
        + '\n    db.session.commit()'
        if len(regels) > 1
        else 'De oude blijft bewaard.'
    )
    return (
        'Laat de migraties een nieuwe database maken:\n'
        + _hernoem('data.sqlite', opzij)
        + f'\n    flask db upgrade\n{overzetten}'
    )


# Een kolom die verdwijnt, en de kolom die ervoor in de plaats komt.
OPVOLGERS = {'naam': 'volledige_naam', 'leeftijd': 'geboortejaar'}

# Een kolom die op een andere stap anders heet of anders telt: uit welke kolom, en hoe.
AFGELEID = {
    'volledige_naam': ('naam', 'naam'),
    'naam': ('volledige_naam', 'volledige_naam'),
    'geboortejaar': ('leeftijd', '2026 - leeftijd'),
    'leeftijd': ('geboortejaar', '2026 - geboortejaar'),
}


def _maak_naast_de_database(o, bericht):
    """Een migratie voor iets wat al in data.sqlite staat: die moet er even niet zijn."""
    opzij = _vrije_naam(o)
    return (
        _hernoem('data.sqlite', opzij)
        + f'\n    flask db upgrade\n    flask db migrate -m "{bericht}"\n'
        + _hernoem(opzij, 'data.sqlite')
    )


def _migreer(o, bericht):
    """Hoe het model in een migratie komt: eerst wat er met de database is."""
    for afwijking in o.afwijkingen:
        if afwijking.soort == 'database':
            if afwijking.wat in ('anders', 'zonder versie') and _database_is_als_model(o):
                return (
                    'In `data.sqlite` staat het al, buiten de migraties om. Zet de database even '
                    'opzij:\n' + _maak_naast_de_database(o, bericht)
                )
            return ' '.join(kies_hint(o, afwijking))
    return f'Sla `{MODULE}` op en maak een migratie:\n    flask db migrate -m "{bericht}"'


def _opnieuw(o, script, bericht):
    """Een script dat nooit is uitgevoerd, mag weg."""
    doe = 'Verwijder het script, het is nog niet uitgevoerd'
    # Ligt er nog een ander script klaar, dan weigert `flask db migrate`.
    if o.oefenmap.revisies[-1] == script.revisie and not _ligt_klaar(o, script):
        migreer = f'    flask db migrate -m "{bericht}"'
        return f'{doe}, en maak het opnieuw:\n{_verwijder(script.naam)}\n{migreer}'
    if o.oefenmap.revisies[-1] == script.revisie:
        return f'{doe}:\n{_verwijder(script.naam)}'
    return f'Verbeter `upgrade()` in `{script.naam}`. Er volgt al een ander script op.'


def _ligt_klaar(o, script):
    reeks = o.oefenmap.revisies
    return any(not o.toegepast(revisie) for revisie in reeks if revisie != script.revisie)


def _nieuw_script(o, a, revisie):
    """Hoe een migratie die iets anders maakte goed komt, zonder waarden te verliezen."""
    script, laatste = o.script(revisie), o.script(o.volgorde[-1])
    nieuw = a.kolom if a.tabel in o.head else a.tabel
    if script is laatste and not o.toegepast(revisie):
        return _opnieuw(o, script, nieuw)
    if script is laatste and not o.database_achter and _niets_te_verliezen(o):
        return (
            'Ga een revisie terug. Verwijder dan het script en maak het opnieuw:\n'
            '    flask db downgrade\n'
            + _verwijder(script.naam)
            + f'\n    flask db migrate -m "{nieuw}"'
        )
    met_de_hand = _met_de_hand(o, a)
    if not met_de_hand:
        return _migreer(o, f'{a.kolom} verbeterd')
    if laatste.doet_iets('upgrade') or o.toegepast(laatste.revisie):
        return f'Maak een leeg script:\n    flask db revision -m "{nieuw}"'
    if nieuw == a.tabel:
        return _vervang(laatste, ['upgrade', 'downgrade'], met_de_hand)
    return _vervang_met_batch(laatste, a.tabel, met_de_hand)


def _met_de_hand(o, a):
    """Wat `flask db migrate` niet ziet, of verkeerd zou doen: een naam of een standaardwaarde."""
    if a.wat == 'ontbreekt' and a.tabel not in o.head:
        return {
            'upgrade': [f"    op.rename_table('{a.gevonden}', '{a.tabel}')"],
            'downgrade': [f"    op.rename_table('{a.tabel}', '{a.gevonden}')"],
        }
    if a.wat == 'ontbreekt':
        return {
            'upgrade': [f"batch_op.alter_column('{a.gevonden}', new_column_name='{a.kolom}')"],
            'downgrade': [f"batch_op.alter_column('{a.kolom}', new_column_name='{a.gevonden}')"],
        }
    if a.wat == 'standaard':
        type_ = kolommen_na(o.bezig_met)[a.tabel, a.kolom].type
        return {
            functie: [
                f"batch_op.alter_column('{a.kolom}', "
                f'server_default={_standaard_in_een_script(type_, waarde)})'
            ]
            for functie, waarde in (('upgrade', a.verwacht), ('downgrade', a.gevonden))
        }
    return None


def _niets_te_verliezen(o):
    """Of de laatste revisie niets maakte waar een leerling al iets in heeft gezet."""
    voor, na = o.naspel.heen[-2].schema, o.naspel.heen[-1].schema
    database = o.oefenmap.database
    for tabel in na:
        if tabel not in voor and database.rijen.get(tabel):
            return False
        for kolom, eigenschap in na[tabel]['kolommen'].items() if tabel in voor else ():
            waarden = database.gelijk.get(tabel, {})
            zelf = kolom not in waarden or waarden[kolom] not in (None, eigenschap['standaard'])
            if kolom not in voor[tabel]['kolommen'] and zelf and eigenschap['type'] != 'DATETIME':
                return False
    return o.naspel.fout is None and not any(a.soort == 'downgrade' for a in o.afwijkingen)


# --- Hulp: een regel in een bestand -----------------------------------------------------------


def _maak(bestand, nummer, nieuw):
    """Vervang een regel; wat ervoor stond aan spaties blijft staan."""
    rauw = bestand.tekst.splitlines()[nummer - 1]
    spaties = rauw[: len(rauw) - len(rauw.lstrip())]
    regels = _regels(nummer, _eind(bestand, nummer))
    return f'Maak in `{bestand.naam}` van {regels}:\n    {spaties}{nieuw}'


def _haal_weg(bestand, begin, eind=None):
    eind = eind or _eind(bestand, begin)
    tonen = bestand.tekst.splitlines()[begin - 1 : eind]
    return f'Haal in `{bestand.naam}` {_regels(begin, eind)} weg:\n' + '\n'.join(
        f'    {regel}' for regel in tonen
    )


def _zet_onder(bestand, nummer, *regels):
    waar = f'onder regel {nummer}' if nummer else 'bovenaan'
    return f'Zet in `{bestand.naam}` {waar}:\n' + '\n'.join(f'    {regel}' for regel in regels)


def _verplaats(bestand, begin, onder, spaties):
    eind = _eind(bestand, begin)
    regels = bestand.tekst.splitlines()[begin - 1 : eind]
    weg = len(regels[0]) - len(regels[0].lstrip())
    waar = f'onder regel {onder}' if onder else 'bovenaan'
    return f'Verplaats in `{bestand.naam}` {_regels(begin, eind)} naar {waar}:\n' + '\n'.join(
        f'    {spaties}{regel[weg:]}' for regel in regels
    )


def _vervang(script, functies, inhoud):
    """Vervang functies van een script; `inhoud` is per functie een rij regels."""
    namen = ' en '.join(f'`{functie}()`' for functie in functies)
    blokken = ['\n'.join(f'    {r}' for r in (f'def {f}():', *inhoud[f])) for f in functies]
    return f'Vervang in `{script.naam}` {namen} door:\n' + '\n\n\n'.join(blokken)


def _vervang_met_batch(script, tabel, inhoud):
    met_blok = {
        functie: [
            f"    with op.batch_alter_table('{tabel}', schema=None) as batch_op:",
            *(f'        {regel}' for regel in regels),
        ]
        for functie, regels in inhoud.items()
    }
    return _vervang(script, ['upgrade', 'downgrade'], met_blok)


def _vervang_naam(o, oud, nieuw):
    """Vervang een naam op de regel waar het naspelen stopte."""
    bestand, nummer = _bestand_van_de_fout(o), o.naspel.fout.regel
    return _maak(bestand, nummer, re.sub(rf'\b{re.escape(oud)}\b', nieuw, bestand.regel(nummer)))


def _zet_kolom(o, kolom):
    """De regel van een kolom in het model: in plaats van de oude, of onder de andere."""
    module = o.oefenmap.module
    nummer = module.regel_van_kolom(kolom.tabel, kolom.naam)
    if nummer:
        return _maak(module, nummer, kolom.regel)
    klasse = module.klasse(kolom.tabel)
    if klasse:
        return _zet_onder(module, _onder_de_kolommen(klasse), f'    {kolom.regel}')
    return _zet_klasse(o, kolom.tabel)


def _zet_klasse(o, tabel):
    """Een hele klasse, voor een tabel die er in de module geen meer heeft."""
    nummer = o.bezig_met if tabel not in o.head else o.niveau
    kolommen = [kolom.regel for kolom in kolommen_na(nummer).values() if kolom.tabel == tabel]
    regels = [f'class {_klasse_van(tabel)}(db.Model):', f"    __tablename__ = '{tabel}'"]
    onder = len(o.oefenmap.module.tekst.splitlines())
    return _zet_onder(
        o.oefenmap.module, onder, '', '', *regels, *(f'    {regel}' for regel in kolommen)
    )


def _klasse_van(tabel):
    return {'cursisten': 'Cursist', 'gebruikers': 'Gebruiker'}.get(tabel, tabel.capitalize())


def _hernoem_in_het_model(o, tabel, fout, goed, tabel_mis):
    module = o.oefenmap.module
    if not tabel_mis:
        nummer = module.regel_van_kolom(tabel, fout)
        if not nummer:
            return f'Verander in `{MODULE}` de naam `{fout}` in `{goed}`.'
        return _maak(module, nummer, re.sub(rf'\b{re.escape(fout)}\b', goed, module.regel(nummer)))
    regel = f"__tablename__ = '{goed}'"
    klasse = module.klasse(fout)
    if klasse:
        return _maak(module, _regel_in(klasse, '__tablename__'), regel)
    return _geef_tabelnaam(o, goed) or f'Verander in `{MODULE}` de naam `{fout}` in `{goed}`.'


def _geef_tabelnaam(o, tabel):
    """Een `__tablename__` in de klasse die er geen heeft; None als die er niet is."""
    module = o.oefenmap.module
    # Zonder __tablename__ bedenkt Flask-SQLAlchemy zelf een naam, uit die van de klasse.
    klassen = {k.name.lower(): k for k in module.klassen if is_model(k) and not _tabellen_van(k)}
    naam = get_close_matches(tabel, klassen, 1)
    if naam:
        return _zet_onder(module, klassen[naam[0]].lineno, f"    __tablename__ = '{tabel}'")
    return None


def _regels(begin, eind):
    return f'regel {begin}' if begin == eind else f'regel {begin} tot en met {eind}'


def _eind(bestand, nummer):
    """De laatste regel van de opdracht die op regel `nummer` begint."""
    return max(
        (
            knoop.end_lineno
            for knoop in ast.walk(bestand.boom)
            if isinstance(knoop, ast.stmt) and knoop.lineno == nummer
            if not hasattr(knoop, 'body')
        ),
        default=nummer,
    )


def _regel_van(script, naam):
    return script.toekenning(naam).lineno


def _regel_in(klasse, naam):
    return next(knoop.lineno for knoop in klasse.body if naam in namen_van(knoop))


def _onder_de_imports(bestand):
    """De laatste regel van de imports bovenaan, of van de tekst die daar staat."""
    eind = 0
    for knoop in bestand.boom.body:
        tekst = isinstance(getattr(knoop, 'value', None), ast.Constant)
        if not tekst and not isinstance(knoop, ast.Import | ast.ImportFrom):
            break
        eind = knoop.end_lineno
    return eind


def _onder_de_kolommen(klasse):
    """De laatste regel van de kolommen in een klasse."""
    kolommen = [k.end_lineno for k in klasse.body if isinstance(k, ast.Assign | ast.AnnAssign)]
    return max(kolommen, default=klasse.lineno)


def _onderaan(script, functie):
    return max(knoop.end_lineno for knoop in script.functie(functie).body)


def _rauw(o, nummer):
    return o.oefenmap.module.tekst.splitlines()[nummer - 1]


# --- Hulp: wat er in een script of model staat ------------------------------------------------


def _bestand(o, a):
    if a.soort == 'module':
        return o.oefenmap.module
    return next(script for script in o.oefenmap.scripts if script.naam == a.gevonden)


def _script_van_de_fout(o):
    bestand = o.naspel.fout.bestand
    return next((script for script in o.oefenmap.scripts if script.naam == bestand), None)


def _bestand_van_de_fout(o):
    """Het script of de module; None als het in een ander bestand misging."""
    return o.oefenmap.module if o.naspel.fout.bestand == MODULE else _script_van_de_fout(o)


def _naam(o, revisie):
    script = o.script(revisie)
    return script.naam if script else f'revisie {revisie}'


def _plaats(o, hoofdletter=False):
    """Het bestand en de regel waar het naspelen stopte."""
    fout = o.naspel.fout
    bestand = fout.bestand or (_naam(o, fout.revisie) if fout.revisie else MODULE)
    regel = 'Regel' if hoofdletter else 'regel'
    return f'{regel} {fout.regel} van `{bestand}`' if fout.regel else f'`{bestand}`'


def _plek(a, hoofdletter=False):
    plek = f'kolom `{a.kolom}` van tabel `{a.tabel}`' if a.kolom else f'tabel `{a.tabel}`'
    return plek[0].upper() + plek[1:] if hoofdletter else plek


def _eigenschap(a):
    """Wat er aan een kolom anders is, als het eind van een zin."""
    return {
        'type': f'heeft het type `{a.gevonden}`, verwacht is `{a.verwacht}`',
        'primary key': 'hoort de primary key te zijn' if a.verwacht else 'is ook een primary key',
        'null': 'hoort leeg te mogen zijn' if a.verwacht else 'mag leeg zijn, dat hoort niet',
        'standaard': f'heeft {_standaard(a.gevonden)}, verwacht is {_standaard(a.verwacht)}',
        'uniek': 'hoort uniek te zijn' if a.verwacht else 'is uniek, dat hoort niet',
        'foreign key': f'hoort met een foreign key te wijzen naar `{a.verwacht}`'
        if a.verwacht
        else f'wijst naar `{a.gevonden}`, dat hoort niet',
        'index': 'hoort een index te hebben',
    }[a.wat]


def _standaard(waarde):
    if not isinstance(waarde, str):
        return 'geen standaardwaarde'
    # Met aanhalingstekens is het een tekst; zonder rekent de database het uit.
    soort = 'de tekst' if waarde.startswith("'") else 'de functie'
    return f'{soort} `{waarde}` als standaardwaarde'


def _standaard_in_een_script(type_, waarde):
    if waarde is None or waarde.startswith("'"):
        return waarde
    return f"sa.text('({waarde})')"


def _kolommen(database, tabel):
    return database.schema.get(tabel, {}).get('kolommen', {})


def _tabellen_van(klasse):
    return [
        knoop.value.value
        for knoop in klasse.body
        if '__tablename__' in namen_van(knoop) and isinstance(knoop.value, ast.Constant)
    ]


def _tabellen(module):
    return {tabel for klasse in module.klassen for tabel in _tabellen_van(klasse)}


def _database_is_als_model(o):
    """Of data.sqlite dezelfde tabellen, kolommen en indexen heeft als het model."""
    schema = {
        tabel: (set(inhoud['kolommen']), {kolommen[0] for kolommen in inhoud['indexen']})
        for tabel, inhoud in o.oefenmap.database.schema.items()
    }
    return schema == {
        tabel: (set(kolommen), {naam for naam, k in kolommen.items() if k['index']})
        for tabel, kolommen in o.naspel.model.items()
    }


def _model_is_anders(o, kolom, wat=None):
    """Of een kolom in het model op dit punt (of op een punt) anders is dan de les vraagt."""
    if wat is None:
        punten = ('type', 'null', 'standaard', 'uniek', 'foreign key', 'index')
        return any(_model_is_anders(o, kolom, punt) for punt in punten)
    model = o.naspel.model.get(kolom.tabel, {}).get(kolom.naam)
    if model is None:
        return False
    if wat == 'type':
        return model['type'] != kolom.type
    if wat == 'null':
        return model['null'] != kolom.null and not kolom.sleutel
    if wat == 'standaard' and kolom.standaard != VRIJ:
        if kolom.type == 'DATETIME':
            return model['standaard'] != UITDRUKKING
        return model['standaard'] not in (kolom.standaard, UITDRUKKING)
    if wat == 'uniek':
        return kolom.uniek != model['uniek'] and not kolom.sleutel
    if wat == 'foreign key':
        return model['verwijst_naar'] != ([kolom.verwijst_naar] if kolom.verwijst_naar else [])
    return wat == 'index' and kolom.index and not (model['index'] or model['uniek'])


def _wat_gaat_komen(o, a):
    """De kolommen van data.sqlite zoals de volgende revisie ze maakt."""
    stand = next(stand for stand in o.naspel.heen if stand.revisie == a.revisie)
    for tabel, inhoud in stand.schema.items():
        for kolom, eigenschap in inhoud['kolommen'].items():
            if kolom in _kolommen(o.oefenmap.database, tabel):
                yield tabel, kolom, eigenschap | {'uniek': [kolom] in inhoud['uniek']}


def _alle_kolommen(schema):
    return [(tabel, kolom) for tabel, inhoud in schema.items() for kolom in inhoud['kolommen']]


def _kolomnamen(o):
    return {kolom for _, kolom in _alle_kolommen(o.head)}


def _aanroepen(script, functie, naam):
    binnen = script.functie(functie) if script else None
    return script.aanroepen(naam, binnen) if binnen else []


def _naam_in(aanroep):
    """De naam in `create_index('naam', ...)`, ook als die in `op.f('naam')` staat."""
    eerste = aanroep.args[0] if aanroep.args else None
    if heet(eerste, 'f') and eerste.args:
        eerste = eerste.args[0]
    return getattr(eerste, 'value', None)


def _nieuwe_kolommen(script):
    """De kolommen die upgrade() toevoegt: tabel, kolom en de aanroep van sa.Column."""
    functie = script.functie('upgrade') if script else None
    for blok in ast.walk(functie) if functie else ():
        if isinstance(blok, ast.With):
            tabel = next(
                (_naam_in(k) for k in ast.walk(blok) if heet(k, 'batch_alter_table')), None
            )
            for aanroep in script.aanroepen('add_column', blok):
                kolom = aanroep.args[0] if aanroep.args else None
                if heet(kolom, 'Column'):
                    yield tabel, _naam_in(kolom), kolom


def _naam_van_constraint(script):
    """De naam die de constraint ergens al heeft, of anders de naam uit de les."""
    for functie in ('upgrade', 'downgrade'):
        for soort in ('create_unique_constraint', 'create_foreign_key', 'drop_constraint'):
            for aanroep in _aanroepen(script, functie, soort):
                if isinstance(_naam_in(aanroep), str):
                    return _naam_in(aanroep)
    tabel = next((_naam_in(k) for k in script.aanroepen('batch_alter_table')), 'cursisten')
    for begin, soort in (('uq', 'create_unique_constraint'), ('fk', 'create_foreign_key')):
        for aanroep in _aanroepen(script, 'upgrade', soort):
            kolommen = aanroep.args[1 if begin == 'uq' else 2]
            return f'{begin}_{tabel}_{ast.literal_eval(kolommen)[0]}'
    return 'uq_cursisten_cursistnummer'


def _omgekeerde(o, revisie):
    """De regels van downgrade() die het schema van voor de revisie teruggeven."""
    plaats = o.volgorde.index(revisie)
    voor, na = o.naspel.heen[plaats - 1].schema, o.naspel.heen[plaats].schema
    script = o.script(revisie)
    hernoemd = {
        _naam_in(k): optie.value.value
        for k in _aanroepen(script, 'upgrade', 'alter_column')
        for optie in k.keywords
        if optie.arg == 'new_column_name'
    }
    regels = [
        f"    op.drop_index('{_naam_in(k)}', '{k.args[1].value}')"
        for k in _aanroepen(script, 'upgrade', 'create_index')
        if heet(k, 'create_index') and len(k.args) > 2
    ]
    for tabel in sorted(set(voor) & set(na)):
        oud, nieuw = voor[tabel]['kolommen'], na[tabel]['kolommen']
        namen = {k: v for k, v in hernoemd.items() if k in oud and v in nieuw}
        binnen = [f"alter_column('{v}', new_column_name='{k}')" for k, v in namen.items()]
        binnen += [f"drop_column('{k}')" for k in nieuw if k not in oud and k not in namen.values()]
        binnen += [
            f"add_column(sa.Column('{kolom}', sa.{oud[kolom]['type']}))"
            for kolom in oud
            if kolom not in nieuw and kolom not in namen
        ]
        if binnen:
            regels.append(f"    with op.batch_alter_table('{tabel}', schema=None) as batch_op:")
            regels += [f'        batch_op.{regel}' for regel in binnen]
        if {'leeftijd', 'geboortejaar'} <= oud.keys() and 'leeftijd' not in nieuw:
            regels.append("    op.execute('UPDATE cursisten SET leeftijd = 2026 - geboortejaar')")
    regels += [f"    op.drop_table('{tabel}')" for tabel in na if tabel not in voor]
    return {'downgrade': regels} if regels else None


def _revisie_van(o, tabel, kolom, tabel_alleen=False):
    """De revisie waarin een tabel of kolom er voor het eerst is."""
    for stand in o.naspel.heen:
        kolommen = stand.schema.get(kolom if tabel_alleen else tabel, {}).get('kolommen')
        if kolommen is not None and (tabel_alleen or kolom in kolommen):
            return stand.revisie
    return o.volgorde[-1]


def _gemaakt_op(script):
    """De tijd uit de regel 'Create Date' boven in een script."""
    return script.tekst.partition('Create Date:')[2].splitlines()[:1]


def _eind_van_de_lijn(o, zonder):
    """De laatste revisie van de lijn die bij een script zonder vorige begint."""
    lijn = next((s for s in o.oefenmap.scripts if not s.vorige), None)
    while lijn:
        volgende = [s for s in o.oefenmap.scripts if lijn.revisie in s.vorige and s is not zonder]
        if not volgende:
            return lijn.revisie
        lijn = volgende[0]
    return None
