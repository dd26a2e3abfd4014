"""De map `migrations`, en de reeks van revisies daarin."""

import re

from stappen import DELEN_NA, KOPIE

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oordeel import Afwijking, Oordeel, voldoet

# Wat er is met een script, of met de reeks.
ZINNEN = {
    'zonder revisie': '`{bestand}` is geen migratie: er staat geen `revision = ...` in.',
    'zonder vorige': '`{bestand}` is geen migratie: er staat geen `down_revision = ...` in.',
    'dubbel': '`{gevonden}` en `{bestand}` hebben dezelfde revisie.',
    'los': '`{bestand}` volgt op revisie `{gevonden}`, maar dat script is er niet.',
    'kring': 'De migraties volgen in een kring op elkaar.',
}

# De regels van een script die ook in de tekst erboven staan, en hoe ze daar heten.
KOP = {'revision': 'Revision ID', 'down_revision': 'Revises'}


@hint('migraties')
def migraties_ontbreken(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database, wat = oordeel.database, f'Er is geen map `migrations/{afwijking.gevonden}`.'
    begin_van_deel_a = [
        not d.versies and voldoet(d.schema, DELEN_NA) for d in (database, oordeel.kopie)
    ]
    if afwijking.wat == 'onvolledig':
        return Hint(
            f'In de map `migrations` ontbreekt `{afwijking.gevonden}`.', doen.weg_terug(oordeel)
        )
    if database.versies:
        deel_a = oordeel.gehaald >= DELEN_NA and doen.of_deel(doen.DEEL_A, 'Wat je doet')
        return Hint(
            'Je migraties zijn weg. `data.sqlite` is er wel mee gemaakt: daarin staat revisie '
            f'`{database.versies[0]}`.',
            deel_a,
            doen.weg_terug(oordeel),
        )
    if afwijking.wat == 'ontbreken':
        return Hint('Er is geen map `migrations`.', 'Maak hem:\n    flask db init')
    if begin_van_deel_a[0]:
        return Hint(
            'In `data.sqlite` staan al alle tabellen, maar er is nog geen migratie.',
            f'Zo begint {doen.DEEL_A}: lees verder bij *Wat je doet*.',
        )
    if database.schema:
        return Hint(
            'In `data.sqlite` staan al tabellen, maar er is nog geen migratie. Ze komen dus van '
            '`db.create_all()`. Daardoor vindt `flask db migrate` niets meer om te maken.',
            doen.weg_terug(oordeel),
        )
    naam = 'begin' if begin_van_deel_a[1] else 'eerste migratie'
    wat = f' Van je database heb je een kopie, in `{KOPIE}`.' if begin_van_deel_a[1] else ''
    return Hint(
        f'In `migrations/versions` staat nog geen migratie.{wat}',
        'Maak de eerste:',
        daden.FlaskDb(('migrate',), naam),
    )


@hint('reeks', 'los')
@hint('database', 'onbekende versie')
def script_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    map_ = oordeel.oefenmap
    pad = map_.elders(afwijking.gevonden)
    if pad:
        naam = pad.relative_to(map_.pad).as_posix()
        goed = f'migrations/versions/{pad.name.partition(".py")[0]}.py'
        doe = daden.Hernoem(naam, goed)
        if map_.is_van_een_ander(pad):
            doe = 'Neem het over:', daden.Kopieer(naam, goed)
        return Hint(
            f'Het script van revisie `{afwijking.gevonden}` staat in `{naam}`. Daar zoekt Alembic '
            'niet.',
            doe,
        )


@hint('script', 'zonder revisie', 'zonder vorige')
@hint('reeks', 'los', 'kring')
def regel_boven_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    zelf = oordeel.oefenmap.bestand(afwijking.bestand)
    for script in [zelf] if zelf else oordeel.oefenmap.scripts:
        is_nu = {'revision': script.revisie, 'down_revision': next(iter(script.vorige), None)}
        for naam, kop in KOP.items():
            erboven = re.search(rf'^{kop}: *(\w*)$', script.tekst, re.MULTILINE)
            staat_er = script.toekenning(naam)
            goed = erboven and (erboven[1] or None)
            if not erboven or (staat_er and goed == is_nu[naam]):
                continue
            regel = f'{naam} = {goed!r}'
            if staat_er:
                wat = f'In `{script.naam}` staat `{naam} = {is_nu[naam]!r}`. Dat klopt niet meer '
                wat += f'met `{kop}` erboven. Daardoor werkt geen enkele `flask db`.'
                return Hint(wat, daden.maak(script, staat_er.lineno, regel))
            return Hint(
                f'In `{script.naam}` ontbreekt de regel `{naam} = ...`.',
                daden.zet_onder(script, script.eind_van_de_imports, regel),
            )


@hint('script', 'zonder revisie', 'zonder vorige')
@hint('reeks', 'dubbel', 'los', 'kring')
def script_past_niet_in_de_reeks(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, ander = map(oordeel.oefenmap.bestand, (afwijking.bestand, afwijking.gevonden))
    wat = ZINNEN[afwijking.wat].format(bestand=afwijking.bestand, gevonden=afwijking.gevonden)
    wat += ' Daardoor werkt geen enkele `flask db`.'
    if script is None:
        return Hint(wat, doen.weg_terug(oordeel))
    if ander and ander.tekst == script.tekst:
        return Hint(wat, 'Ze zijn gelijk. Verwijder de kopie:', daden.Verwijder(script.naam))
    if script.bestandsnaam.startswith('.'):
        return Hint(
            wat, 'macOS maakt zulke bestanden. Verwijder het:', daden.Verwijder(script.naam)
        )
    return Hint(
        wat, 'Haal dat bestand uit de map.', daden.Hernoem(script.naam, script.bestandsnaam)
    )


@hint('reeks', 'heads')
def twee_heads(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Eerst de eigen head; een revision id is toeval, en zegt niets over de volgorde.
    een, twee, *_ = heads = sorted(
        map(oordeel.script, oordeel.oefenmap.heads),
        key=lambda s: (not oordeel.toegepast(s.revisie), s.naam.partition('_')[2]),
    )
    for script in heads:
        if script.vorige or oordeel.toegepast(script.revisie):
            continue
        wat = (
            f'`{script.naam}` volgt op geen enkele revisie (`down_revision = None`). Er is al een '
            'eerste migratie.'
        )
        if not script.doet_iets('upgrade'):
            return Hint(f'{wat} Het doet niets.', 'Verwijder het:', daden.Verwijder(script.naam))
        andere = next(s for s in heads if s is not script)
        nummer = script.toekenning('down_revision').lineno
        return Hint(wat, daden.maak(script, nummer, f'down_revision = {andere.revisie!r}'))
    return Hint(
        f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
        'Flask-Migrate weet niet welke de laatste is.',
        'Voeg ze samen:',
        daden.FlaskDb(('merge', 'heads'), 'samen'),
    )
