"""Een module die niet te laden is: de app, de database en `Migrate`."""

import ast
import re
from difflib import get_close_matches

from stappen import DATABASE, DB_MET_NAMEN, IN_HET_MODEL, MODULE, REGELS, SERVER, kolommen_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import Bestand, heet, kolommen_in, namen_van
from controle.oordeel import Afwijking, Oordeel

# Zo heten de fouten van Python over een naam die niet bestaat.
NAAM_ONBEKEND = ('NameError', 'AttributeError')


@hint('naspelen', 'module')
def klasse_staat_er_twee_keer(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    klassen = [(bestand, klasse) for bestand in oordeel.oefenmap.code for klasse in bestand.klassen]
    namen = [klasse.name for _, klasse in klassen]
    dubbel = [(bestand, klasse) for bestand, klasse in klassen if namen.count(klasse.name) > 1][:2]
    if not dubbel:
        return None
    waar = [f'op regel {klasse.lineno} van `{bestand.naam}`' for bestand, klasse in dubbel]
    wat = f'De klasse `{dubbel[0][1].name}` staat er twee keer: {waar[0]}, en {waar[1]}.'
    goed = {naam for _, naam in kolommen_na(oordeel.stap_nu)}
    # Hoeveel kolommen er anders zijn dan in de stap van nu.
    anders = [len(kolommen_in(klasse) ^ goed) for _, klasse in dubbel]
    if anders[0] == anders[1]:
        return Hint(wat, 'Welke is de goede? Haal de andere weg.', doen.lukt_dat_niet(oordeel))
    bestand, weg = dubbel[anders.index(max(anders))]
    return Hint(wat, daden.haal_weg(bestand, weg.lineno, weg.end_lineno))


@hint('naspelen', 'module', 'Migrate')
def migrate_ontbreekt_of_is_niet_compleet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    module, fout = oordeel.module, oordeel.fout
    db = _regel_van_db(module)
    aanroep = next(iter(module.aanroepen('Migrate')), None)
    if fout.fase == 'module' and (not aanroep or fout.regel != aanroep.lineno):
        return None
    if not db or afwijking.gevonden == 'Migrate' or fout.soort not in ('KeyError', *NAAM_ONBEKEND):
        return None
    nummer = aanroep.lineno if aanroep else 0
    opdracht = next((k for k in module.boom.body if k.lineno == nummer), None)
    if opdracht is None:
        return Hint(
            f'In `{MODULE}` ontbreekt, buiten een functie, de regel die Flask-Migrate aan je app '
            'koppelt. Daardoor kent Flask het commando `flask db` niet.',
            daden.zet_onder(module, db.end_lineno, REGELS['migrate']),
        )
    if nummer < db.lineno:
        return Hint(
            f'Regel {nummer} van `{MODULE}`, met `Migrate`, staat boven `db = ...`.',
            daden.verplaats(module, nummer, db.end_lineno, ''),
        )
    if ast.unparse(aanroep) == REGELS['migrate']:
        return None
    begin = f'{ast.unparse(opdracht.targets[0])} = ' if namen_van(opdracht) else ''
    return Hint(
        f'`Migrate` heeft je app en je database nodig, in die volgorde. Nu staat er '
        f'`{ast.unparse(aanroep)}`.',
        daden.maak(module, nummer, begin + REGELS['migrate']),
    )


@hint('naspelen', 'module')
def module_maakt_geen_app(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if not oordeel.module.aanroepen('Flask') and oordeel.fout.bestand is None:
        return Hint(
            f'`{MODULE}` maakt geen app: er staat nergens `Flask(__name__)`.',
            'Had je meer code? Zet die terug met ongedaan maken in je editor.',
            doen.lukt_dat_niet(oordeel),
        )


@hint('naspelen', 'module')
def naam_wordt_te_laat_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    module, fout, naam = oordeel.module, oordeel.fout, afwijking.gevonden
    if fout.soort != 'NameError' or fout.bestand != MODULE:
        return None
    wat = f'Regel {fout.regel} van `{MODULE}` gebruikt `{naam}`.'
    gebruikt = next(k for k in module.boom.body if fout.regel <= k.end_lineno)
    # Boven een functie kan een decorator staan.
    begin = min(k.lineno for k in (gebruikt, *getattr(gebruikt, 'decorator_list', ())))
    soort = {'app': 'Flask', 'db': 'SQLAlchemy'}.get(naam)
    for knoop in module.boom.body:
        maakt = namen_van(knoop) | {n.asname or n.name for n in getattr(knoop, 'names', ())}
        if naam in maakt and knoop.lineno > gebruikt.lineno:
            return Hint(
                f'{wat} Dat komt pas op regel {knoop.lineno}.',
                daden.verplaats(module, knoop.lineno, begin - 1, ''),
            )
        if soort and namen_van(knoop) and heet(knoop.value, soort):
            return Hint(
                f'{wat} Op regel {knoop.lineno} heet dat `{ast.unparse(knoop.targets[0])}`.',
                daden.maak(module, knoop.lineno, f'{naam} = {ast.unparse(knoop.value)}'),
            )
    regel = REGELS.get(naam)
    if naam == 'db' and module.toekenning('namen'):
        regel = DB_MET_NAMEN
    if regel:
        return Hint(
            f'{wat} De regel die dat maakt ontbreekt.',
            daden.zet_onder(module, begin - 1, regel),
        )


@hint('naspelen', 'module')
def klasse_zonder_primary_key(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, fout = oordeel.foutbestand, oordeel.fout
    for klasse in bestand.modellen if bestand else ():
        opties = {k.arg for k in ast.walk(klasse) if isinstance(k, ast.keyword)}
        if klasse.lineno == fout.regel and 'primary_key' not in opties:
            id_ = next((k.lineno for k in klasse.body if 'id' in namen_van(k)), None)
            regel = 'id = db.Column(db.Integer, primary_key=True)'
            return Hint(
                f'De klasse `{klasse.name}` heeft geen primary key. Een model kan niet zonder.',
                daden.maak(bestand, id_, regel)
                if id_
                else daden.zet_onder(bestand, klasse.body[0].end_lineno, f'    {regel}'),
            )


@hint('naspelen', 'module')
def driver_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if oordeel.fout.soort != 'ModuleNotFoundError' or 'psycopg' not in afwijking.gevonden:
        return None
    goed = _zet_adres_goed(oordeel)
    if 'postgresql' not in oordeel.module.tekst:
        goed = doen.lukt_dat_niet(oordeel)
    return Hint(
        f'{plaats(oordeel, hoofdletter=True)} heeft de driver van PostgreSQL nodig, en die is er '
        f'niet (`{afwijking.gevonden}`).',
        'Installeer die, met je .venv actief:\n    python -m pip install "psycopg[binary]"',
        _VAN_EEN_SERVER,
        goed,
    )


# Wat in de module staat, levert een leerling in.
_VAN_EEN_SERVER = f'Het adres van een server hoort niet in de module, maar in `{SERVER}`.'


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def pakket_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if oordeel.fout.soort != 'ModuleNotFoundError':
        return None
    naam = afwijking.gevonden
    eigen = [pad.stem for pad in oordeel.oefenmap.pad.glob('*.py')]
    bedoeld = get_close_matches(naam, [*eigen, *PAKKETTEN], 1)
    if bedoeld and oordeel.foutbestand:
        return Hint(
            f'Python vindt `{naam}` niet ({plaats(oordeel)}). Bedoel je `{bedoeld[0]}`?',
            doen.vervang_naam(oordeel, naam, bedoeld[0]),
        )
    return Hint(
        f'{plaats(oordeel, hoofdletter=True)} importeert `{naam}`. Python vindt dat niet.',
        f'Is het een bestand van jezelf? Zet dan `{naam}.py` in deze map. Is het een pakket? '
        f'Installeer het, met je .venv actief:\n    python -m pip install {naam}',
        doen.lukt_dat_niet(oordeel),
    )


PAKKETTEN = ('flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic', 'datetime')


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def import_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, naam = oordeel.foutbestand, afwijking.gevonden
    if bestand and oordeel.fout.soort == 'NameError' and naam in IMPORTS:
        return Hint(
            f'{plaats(oordeel, hoofdletter=True)} gebruikt `{naam}`, maar importeert het niet.',
            daden.zet_onder(bestand, bestand.eind_van_de_imports, IMPORTS[naam]),
        )


IMPORTS = {
    'os': 'import os',
    'Flask': 'from flask import Flask',
    'Migrate': 'from flask_migrate import Migrate',
    'SQLAlchemy': 'from flask_sqlalchemy import SQLAlchemy',
    'MetaData': 'from sqlalchemy import MetaData',
    'event': 'from sqlalchemy import event',
    'op': 'from alembic import op',
    'sa': 'import sqlalchemy as sa',
}


@hint('naspelen', 'module')
@hint('model')
def twee_keer_sqlalchemy(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    gemaakt = [
        (bestand, knoop.lineno)
        for bestand in oordeel.oefenmap.code
        for knoop in bestand.boom.body
        for _ in bestand.aanroepen('SQLAlchemy', knoop)
    ]
    if len(gemaakt) > 1:
        (bestand, eerste), (ander, tweede), *_ = gemaakt
        doe = 'Houd er een, en importeer die in het andere bestand.', doen.lukt_dat_niet(oordeel)
        return Hint(
            f'Er wordt twee keer een `SQLAlchemy(...)` gemaakt: op regel {eerste} van '
            f'`{bestand.naam}` en op regel {tweede} van `{ander.naam}`. De ene weet niet welke '
            'modellen de andere heeft.',
            daden.haal_weg(ander, tweede) if bestand is ander else doe,
        )


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def tikfout_in_een_naam(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, naam = oordeel.foutbestand, afwijking.gevonden
    if not bestand or oordeel.fout.soort not in NAAM_ONBEKEND:
        return None
    gemaakt = {gemaakt for knoop in bestand.boom.body for gemaakt in namen_van(knoop)}
    eigen = {k.id for k in ast.walk(bestand.boom) if isinstance(k, ast.Name)}
    klein = {bekend.lower(): bekend for bekend in eigen - {naam} | NAMEN_UIT_DE_LES}
    # Twee letters verwisseld telt ook in een korte naam: bd voor db.
    bedoeld = [klein[b] for b in sorted(klein) if sorted(b) == sorted(naam.lower())]
    bedoeld += [klein[b] for b in get_close_matches(naam.lower(), klein, 1, 0.7)]
    # In een script heet `db` anders.
    ervoor = 'sa' if oordeel.foutscript else 'db'
    if oordeel.fout.soort == 'NameError' and naam in NAMEN_VAN_DB:
        bedoeld = [f'{ervoor}.{naam}']
    elif naam == 'db' != ervoor:
        bedoeld = [ervoor]
    elif naam in NAMEN_UIT_DE_LES | gemaakt:
        # De naam is goed gespeld: hij staat op de verkeerde plek.
        return None
    if bedoeld:
        return Hint(
            f'Python kent de naam `{naam}` niet ({plaats(oordeel)}). Bedoel je `{bedoeld[0]}`?',
            doen.vervang_naam(oordeel, naam, bedoeld[0]),
        )


NAMEN_VAN_DB = (*IN_HET_MODEL.values(), 'Column', 'ForeignKey', 'Model', 'func')


NAMEN_UIT_DE_LES = set(
    re.findall(
        r'\w+',
        """
        Flask SQLAlchemy Migrate MetaData app db config path join dirname abspath now
        op sa batch_op batch_alter_table execute add_column drop_column alter_column
        create_table drop_table create_index drop_index create_unique_constraint
        create_foreign_key drop_constraint
        """,
    )
).union(NAMEN_VAN_DB)


@hint('naspelen', 'elders')
def regel_opent_een_database_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if not oordeel.fout.bestand:
        return None
    weg = f'Haal {plaats(oordeel)} weg.'
    if oordeel.foutbestand:
        weg = daden.haal_weg(oordeel.foutbestand, oordeel.fout.regel)
    return Hint(
        f'{plaats(oordeel, hoofdletter=True)} opent een database buiten deze map: '
        f'`{afwijking.gevonden}`. De controle speelt daarom niets na.',
        f'Gebruik alleen `{DATABASE}`, met `db`. {weg}',
    )


@hint('naspelen', 'elders', 'plaats')
def database_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    gevolg = ' De controle speelt daarom niets na.' if afwijking.wat == 'elders' else ''
    server = _VAN_EEN_SERVER if afwijking.gevonden == 'postgresql' else ''
    return Hint(
        f'Je app gebruikt de database `{afwijking.gevonden}`. In de les is dat `{DATABASE}`, '
        f'naast `{MODULE}`.{gevolg}',
        server,
        _zet_adres_goed(oordeel),
    )


@hint('naspelen', 'module', 'Migrate')
def db_kent_de_app_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    module, regel = oordeel.module, _regel_van_db(oordeel.module)
    migrate = next(iter(module.aanroepen('Migrate')), None)
    if regel is None and migrate:
        return Hint(
            f'`{MODULE}` geeft je app niet aan `db`.',
            daden.zet_onder(module, migrate.lineno - 1, 'db.init_app(app)'),
        )
    for aanroep in module.aanroepen('SQLAlchemy', regel) if regel else ():
        met_app = 'app' in {k.id for k in ast.walk(aanroep) if isinstance(k, ast.Name)}
        if not met_app and 'db.init_app(' not in module.tekst:
            nieuw = ast.unparse(aanroep).replace('(', '(app, ', 1)
            nieuw = nieuw.replace(', None', '').replace(', )', ')')
            return Hint(
                f'Regel {regel.lineno} van `{MODULE}` geeft je app niet aan `SQLAlchemy`.',
                daden.maak(module, regel.lineno, f'db = {nieuw}'),
            )


@hint('naspelen', 'module', 'Migrate')
def adres_van_de_database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    module = oordeel.module
    db = _regel_van_db(module)
    erboven = module.tekst.splitlines()[: db.lineno if db else None]
    if REGELS['adres'] in [regel.strip() for regel in erboven]:
        # Het adres is goed: er is iets anders.
        return None
    if afwijking.wat == 'Migrate' or (db and oordeel.fout.regel == db.lineno):
        return Hint(
            f'`db = ...` vindt zijn database niet (`{oordeel.fout.soort}`). Het adres ontbreekt, '
            'klopt niet, of staat te laat in de module.',
            _zet_adres_goed(oordeel),
        )


def _zet_adres_goed(oordeel: Oordeel) -> str:
    """Zet het adres van de database op de goede plaats: boven `db = ...`."""
    module = oordeel.module
    db, app = _regel_van_db(module), module.toekenning('app')
    for knoop in module.boom.body:
        boven_db = db is None or knoop.lineno < db.lineno
        if 'SQLALCHEMY_DATABASE_UR' in ast.unparse(knoop) and boven_db:
            return daden.maak(module, knoop.lineno, REGELS['adres'])
    return daden.zet_onder(module, app.end_lineno if app else 0, REGELS['adres'])


def _regel_van_db(module: Bestand) -> ast.stmt | None:
    """De regel die `db` maakt, of die een `db` uit een ander bestand de app geeft."""
    regels = module.boom.body
    return module.toekenning('db') or next(
        (k for k in regels if ast.unparse(k).startswith('db.init_app(')), None
    )


@hint('naspelen', 'tijd')
def naspelen_duurt_te_lang(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script(afwijking.revisie)
    naam = script.naam if script else MODULE
    return Hint(
        f'`{naam}` was na {afwijking.gevonden} nog niet klaar. Er zit iets in dat blijft draaien '
        'of wacht.',
        f'Zoek in `{naam}` naar een lus die niet stopt, en haal die weg.',
        doen.lukt_dat_niet(oordeel),
    )


@hint('naspelen', 'module')
def regel_van_een_kolom_geeft_een_fout(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, fout = oordeel.foutbestand, oordeel.fout
    for (tabel, naam), kolom in kolommen_na(oordeel.stap_nu).items() if bestand else ():
        nummer = bestand.regel_van_kolom(tabel, naam)
        if nummer and nummer <= fout.regel <= bestand.eind(nummer):
            if bestand.regel(nummer) == kolom.regel:
                return None
            return Hint(
                f'Regel {nummer} van `{bestand.naam}`, met kolom `{naam}`, klopt nog niet. Python '
                f'zegt `{fout.soort}`.',
                daden.maak(bestand, nummer, kolom.regel),
            )
