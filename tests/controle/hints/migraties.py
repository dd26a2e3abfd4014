"""De map `migrations`, en de reeks van revisies daarin."""

import ast
import re
from collections.abc import Iterator

from stappen import DELEN_NA

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oefenmap import Script
from controle.oordeel import Oordeel, voldoet

# Wat er is met een script, of met de reeks.
ZINNEN = {
    'zonder revisie': '`{bestand}` is geen migratie: er staat geen `revision = ...` in.',
    'zonder vorige': '`{bestand}` is geen migratie: er staat geen `down_revision = ...` in.',
    'dubbel': '`{gevonden}` en `{bestand}` hebben dezelfde revisie.',
    'los': '`{bestand}` volgt op revisie `{gevonden}`, maar dat script is er niet.',
    'heads': '`{bestand}` volgt op niets (`down_revision = None`), maar is niet de eerste.',
    'kring': 'De migraties volgen in een kring op elkaar.',
}

# De regels van een script die ook in de tekst erboven staan, en hoe ze daar heten.
ERBOVEN = {'revision': 'Revision ID', 'down_revision': 'Revises'}


@hint('reeks', 'los')
@hint('database', 'onbekende versie')
@hint('migraties', 'geen revisie')
def script_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    map_, versies = oordeel.oefenmap, oordeel.database.versies or ()
    revisie = afwijking.gevonden or next(iter(versies), None)
    pad = revisie and map_.elders(revisie)
    if pad:
        naam = pad.relative_to(map_.pad).as_posix()
        goed = f'migrations/versions/{pad.name.partition(".py")[0]}.py'
        doe = daden.Hernoem(naam, goed)
        if map_.is_andere_oefenmap(pad):
            doe = 'Neem het over:', daden.Kopieer(naam, goed)
        wat = f'Het script van revisie `{revisie}` staat in `{naam}`. Daar zoekt Alembic niet.'
        return Hint(wat, doe)


@hint('migraties')
def migraties_ontbreken(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database, terug = oordeel.database, doen.weg_terug(oordeel)
    if afwijking.wat == 'onvolledig':
        return Hint(f'In de map `migrations` ontbreekt `{afwijking.gevonden}`.', terug)
    if afwijking.gevonden:
        wat = f'Er is geen map `migrations`. Wel een map `{afwijking.gevonden}`, met `env.py` erin.'
        return Hint(wat, daden.Hernoem(afwijking.gevonden, 'migrations'))
    if database.versies:
        # Zo begint ook een deel van de verdieping.
        deel = oordeel.gehaald >= DELEN_NA and doen.of_deel(doen.DEEL_A, 'Wat je doet')
        wat = f'is er wel mee gemaakt: daarin staat revisie `{database.versies[0]}`.'
        return Hint(f'Je migraties zijn weg. `data.sqlite` {wat}', deel, terug)
    if afwijking.wat == 'ontbreken':
        return Hint('Er is geen map `migrations`.', 'Maak hem:\n    flask db init')
    wat = 'In `migrations/versions` staat nog geen migratie.'
    deel_a = [not d.versies and voldoet(d.schema, DELEN_NA) for d in (database, oordeel.kopie)]
    if deel_a[0]:
        wat += ' In `data.sqlite` staan al alle tabellen.'
        return Hint(wat, f'Zo begint {doen.DEEL_A}: lees verder bij *Wat je doet*.')
    if database.schema:
        wat += ' In `data.sqlite` staan al wel tabellen, zonder revisie. Wat daar al staat, zet '
        return Hint(f'{wat}`flask db migrate` niet in een script.', terug)
    naam = 'begin' if deel_a[1] else 'eerste migratie'
    return Hint(wat, 'Maak de eerste:', daden.FlaskDb(('migrate',), naam))


@hint('script', 'zonder revisie', 'zonder vorige')
@hint('reeks')
def script_past_niet_in_de_reeks(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    map_, heads = oordeel.oefenmap, afwijking.wat == 'heads'
    script, ander = map(map_.bestand, (afwijking.bestand, afwijking.gevonden))
    # In een reeks kan een ander script het zijn dat niet klopt.
    scripts = sorted(map_.scripts, key=lambda s: s is not script)
    for waar in () if heads else scripts[:1] if afwijking.soort == 'script' else scripts:
        yield from _staat_anders_erboven(waar, afwijking)
    wat = ZINNEN[afwijking.wat].format(bestand=afwijking.bestand, gevonden=afwijking.gevonden)
    wat += ' Zo werkt `flask db upgrade` niet.'
    if script is None:
        yield _twee_heads(oordeel) if heads else Hint(wat, doen.weg_terug(oordeel))
        return
    niet_nodig = {
        'macOS maakt zulke bestanden.': script.bestandsnaam.startswith('.'),
        'Ze zijn gelijk.': ander and ander.tekst == script.tekst,
        'Het doet niets.': heads and not script.doet_iets('upgrade'),
    }
    if reden := next((reden for reden, geldt in niet_nodig.items() if geldt), ''):
        yield Hint(wat, f'{reden} Deze kan weg:', daden.Verwijder(script.naam))
    elif heads:
        regel = f'down_revision = {next(h for h in map_.heads if h != script.revisie)!r}'
        yield Hint(wat, daden.maak(script, script.toekenning('down_revision').lineno, regel))
    else:
        yield Hint(wat, 'Haal dat script weg.', daden.Hernoem(script.naam, script.bestandsnaam))
    if heads:
        yield _twee_heads(oordeel)


def _staat_anders_erboven(script: Script, afwijking: Afwijking) -> Iterator[Hint]:
    for naam, kop in ERBOVEN.items():
        erboven = re.search(rf'^{kop}: *(\w*)$', script.tekst, re.MULTILINE)
        goed, nu = repr(erboven and erboven[1] or None), script.toekenning(naam)
        # In een reeks die niet klopt, kan een regel er staan en anders zijn.
        if erboven and not (nu and (afwijking.soort == 'script' or ast.unparse(nu.value) == goed)):
            wat = f'In `{script.naam}` {"klopt" if nu else "staat"} `{naam} = ...` niet.'
            wat += f' Bovenin staat het wel, bij `{kop}`.'
            regel = f'{naam} = {goed}'
            onder = daden.zet_onder(script, script.eind_van_de_imports, regel)
            yield Hint(wat, daden.maak(script, nu.lineno, regel) if nu else onder)


def _twee_heads(oordeel: Oordeel) -> Hint:
    # Eerst de eigen head; een revision id is toeval, en zegt niets over de volgorde.
    een, twee, *_ = sorted(
        map(oordeel.script, oordeel.oefenmap.heads),
        key=lambda s: (not oordeel.toegepast(s.revisie), s.naam.partition('_')[2]),
    )
    wat = f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
    wat += 'Flask-Migrate weet niet welke de laatste is.'
    return Hint(wat, 'Voeg ze samen:', daden.FlaskDb(('merge', 'heads'), 'samen'))
