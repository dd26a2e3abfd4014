"""De map `migrations`, en de reeks van revisies daarin."""

import ast
import re
from itertools import combinations

from stappen import DELEN_NA, KOPIE

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oefenmap import Script
from controle.oordeel import Afwijking, Oordeel, voldoet
from controle.tabellen import Database


@hint('migraties', 'geen revisie')
def nog_geen_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database = oordeel.database
    if not database.versies and not database.schema:
        if _is_bestaande_database(oordeel.kopie):
            return Hint(
                f'Er is nog geen migratie. Van je database heb je een kopie, in `{KOPIE}`.',
                'Maak de eerste:',
                daden.FlaskDb(('migrate',), 'begin'),
            )
        return Hint(
            'De map `migrations` is er, maar er is nog geen migratie in `migrations/versions`.',
            'Maak de eerste:',
            daden.FlaskDb(('migrate',), 'eerste migratie'),
        )
    if _is_bestaande_database(database):
        return Hint(
            'In `data.sqlite` staan al alle tabellen, maar er is nog geen migratie.',
            f'Zo begint {doen.DEEL_A}: lees verder bij *Wat je doet*.',
        )
    if not database.versies:
        return Hint(
            'In `data.sqlite` staan al tabellen, maar er is nog geen migratie. Ze komen dus van '
            '`db.create_all()`. Daardoor vindt `flask db migrate` niets meer om te maken.',
            doen.weg_terug(oordeel),
        )


@hint('migraties', 'ontbreken')
def migraties_zijn_er_nog_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if not oordeel.database.versies:
        return Hint('Er is geen map `migrations`.', 'Maak hem:\n    flask db init')


@hint('migraties')
def migraties_zijn_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = f'In de map `migrations` ontbreekt `{afwijking.gevonden}`.'
    if afwijking.wat != 'onvolledig':
        weg = (
            'Je migraties zijn weg. `data.sqlite` is er wel mee gemaakt: daarin staat revisie '
            f'`{oordeel.database.versies[0]}`.'
        )
    doe = 'Zet ze terug uit de prullenbak. Staan ze daar niet?', doen.weg_terug(oordeel)
    if afwijking.wat == 'ontbreken' and oordeel.gehaald >= DELEN_NA:
        doe = doen.of_deel(doen.DEEL_A, 'Wat je doet'), doe
    return Hint(weg, doe)


@hint('script', 'zonder revisie', 'zonder vorige')
def script_zonder_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.oefenmap.bestand(afwijking.bestand)
    regel, kop = 'down_revision', 'Revises'
    if afwijking.wat == 'zonder revisie':
        regel, kop = 'revision', 'Revision ID'
    staat_boven = re.search(rf'^{kop}: *(\w*)$', script.tekst, re.MULTILINE)
    if staat_boven:
        return Hint(
            f'In `{script.naam}` ontbreekt de regel `{regel} = ...`.',
            daden.zet_onder(
                script, script.eind_van_de_imports, f'{regel} = {staat_boven[1] or None!r}'
            ),
        )
    nodig = {vorige for ander in oordeel.oefenmap.scripts for vorige in ander.vorige}
    nodig |= set(oordeel.database.versies or [])
    wat = f'`{script.naam}` is geen migratie: er staat geen `{regel} = ...` in.'
    # De naam van een script begint met zijn revisie.
    if script.revisie or script.bestandsnaam.startswith(tuple(nodig)):
        return Hint(
            wat,
            'Zet terug wat erin stond, met ongedaan maken in je editor.',
            doen.lukt_dat_niet(oordeel),
        )
    return Hint(
        f'{wat} Alembic loopt daarop vast.', daden.Hernoem(script.naam, script.bestandsnaam)
    )


@hint('reeks')
def script_is_een_kopie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    scripts = oordeel.oefenmap.scripts
    # Een kopie heet anders, of langer: 'kopie.py' of 'abc_naam (1).py'.
    op_naam = sorted(
        scripts, key=lambda s: (not s.bestandsnaam.startswith(s.revisie), len(s.naam)), reverse=True
    )
    for kopie, ander in combinations(op_naam, 2):
        if kopie.revisie == ander.revisie and _functies(kopie) == _functies(ander):
            return Hint(
                f'Twee scripts hebben dezelfde revisie `{kopie.revisie}`: `{ander.bestandsnaam}` '
                f'en `{kopie.bestandsnaam}`. Ze doen hetzelfde.',
                'Verwijder de kopie, die is nooit uitgevoerd:',
                daden.Verwijder(kopie.naam),
            )


@hint('reeks')
@hint('database', 'onbekende versie')
def script_heet_anders_of_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bekend = {script.revisie for script in oordeel.oefenmap.scripts}
    nodig = {vorige for script in oordeel.oefenmap.scripts for vorige in script.vorige}
    nodig |= set(oordeel.database.versies or [])
    for revisie in sorted(nodig - bekend):
        for pad in sorted(oordeel.oefenmap.pad.glob('**/*.py*')):
            naam = pad.relative_to(oordeel.oefenmap.pad).as_posix()
            niet_van_hier = naam.startswith(('.venv', 'tests/')) or oordeel.oefenmap.is_bewaard(pad)
            if pad.suffix == '.pyc' or niet_van_hier or not pad.is_file():
                continue
            gezocht = rf"""^revision\b.*=\s*['"]{re.escape(revisie)}['"]"""
            if re.search(gezocht, pad.read_text('utf-8', 'replace'), re.MULTILINE):
                goed = f'migrations/versions/{pad.name.partition(".py")[0]}.py'
                doe = daden.Hernoem(naam, goed)
                if oordeel.oefenmap.is_van_een_ander(pad):
                    doe = 'Neem het over:', daden.Kopieer(naam, goed)
                return Hint(
                    f'Het script van revisie `{revisie}` staat in `{naam}`. Daar zoekt Alembic '
                    'niet.',
                    doe,
                )


@hint('reeks', 'gebroken')
def reeks_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat, bekend = 'De migraties volgen in een kring op elkaar.', set()
    for script in oordeel.oefenmap.scripts:
        if script.revisie in bekend:
            wat = f'Twee scripts hebben dezelfde revisie `{script.revisie}`, en doen iets anders.'
        bekend.add(script.revisie)
    for script in oordeel.oefenmap.scripts:
        for vorige in {*script.vorige} - bekend:
            wat = f'`{script.naam}` volgt op revisie `{vorige}`, maar dat script is er niet.'
    return Hint(
        f'{wat} Daardoor werkt geen enkele `flask db`.',
        'Heb je een script veranderd of weggegooid? Zet het terug, met ongedaan maken of uit de '
        'prullenbak.',
        doen.lukt_dat_niet(oordeel),
    )


@hint('reeks', 'heads')
def script_zonder_vorige(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    for script in map(oordeel.script, oordeel.oefenmap.heads):
        if script.vorige or oordeel.toegepast(script.revisie):
            continue
        wat = (
            f'`{script.naam}` volgt op geen enkele revisie (`down_revision = None`). Er is al een '
            'eerste migratie.'
        )
        if not script.doet_iets('upgrade'):
            return Hint(f'{wat} Het doet niets.', 'Verwijder het:', daden.Verwijder(script.naam))
        andere = next(h for h in oordeel.oefenmap.heads if h != script.revisie)
        nummer = script.toekenning('down_revision').lineno
        return Hint(wat, daden.maak(script, nummer, f'down_revision = {andere!r}'))


@hint('reeks', 'heads')
def twee_heads(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Eerst de eigen head; een revision id is toeval, en zegt niets over de volgorde.
    heads = map(oordeel.script, oordeel.oefenmap.heads)
    een, twee, *_ = sorted(
        heads, key=lambda s: (not oordeel.toegepast(s.revisie), s.naam.partition('_')[2])
    )
    return Hint(
        f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
        'Flask-Migrate weet niet welke de laatste is.',
        'Voeg ze samen:',
        daden.FlaskDb(('merge', 'heads'), 'samen'),
    )


def _is_bestaande_database(database: Database) -> bool:
    """Of een database de tabellen heeft waar een deel mee begint, en geen revisie."""
    return not database.versies and voldoet(database.schema, DELEN_NA)


def _functies(script: Script) -> list[str]:
    return [ast.dump(knoop) for knoop in script.boom.body if isinstance(knoop, ast.FunctionDef)]
