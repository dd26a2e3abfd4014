"""De map `migrations`, en de reeks van revisies daarin."""

import ast
import re

from stappen import DELEN_NA

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oordeel import Afwijking, Oordeel, voldoet

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


@hint('migraties')
def migraties_ontbreken(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database, terug = oordeel.database, doen.weg_terug(oordeel)
    if afwijking.wat == 'onvolledig':
        return Hint(f'In de map `migrations` ontbreekt `{afwijking.gevonden}`.', terug)
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
        wat += ' In `data.sqlite` staan al wel tabellen, van `db.create_all()`. Daardoor vindt '
        return Hint(f'{wat}`flask db migrate` niets meer om te maken.', terug)
    naam = 'begin' if deel_a[1] else 'eerste migratie'
    return Hint(wat, 'Maak de eerste:', daden.FlaskDb(('migrate',), naam))


@hint('reeks', 'los')
@hint('database', 'onbekende versie')
def script_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    map_, revisie = oordeel.oefenmap, afwijking.gevonden
    pad = map_.elders(revisie)
    if pad:
        naam = pad.relative_to(map_.pad).as_posix()
        goed = f'migrations/versions/{pad.name.partition(".py")[0]}.py'
        doe = daden.Hernoem(naam, goed)
        if map_.is_andere_oefenmap(pad):
            doe = 'Neem het over:', daden.Kopieer(naam, goed)
        wat = f'Het script van revisie `{revisie}` staat in `{naam}`. Daar zoekt Alembic niet.'
        return Hint(wat, doe)


@hint('script', 'zonder revisie', 'zonder vorige')
@hint('reeks', 'los', 'kring')
def regel_staat_anders_erboven(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    zelf = oordeel.oefenmap.bestand(afwijking.bestand)
    for script in [zelf] if zelf else oordeel.oefenmap.scripts:
        for naam, kop in ERBOVEN.items():
            erboven = re.search(rf'^{kop}: *(\w*)$', script.tekst, re.MULTILINE)
            goed = repr(erboven and erboven[1] or None)
            nu = script.toekenning(naam)
            # In een reeks die niet klopt, kan een regel er staan en anders zijn.
            al_goed = nu and (afwijking.soort == 'script' or ast.unparse(nu.value) == goed)
            if erboven and not al_goed:
                wat = f'In `{script.naam}` {"klopt" if nu else "staat"} `{naam} = ...` niet.'
                wat += f' Bovenin staat het wel, bij `{kop}`.'
                regel = f'{naam} = {goed}'
                onder = daden.zet_onder(script, script.eind_van_de_imports, regel)
                return Hint(wat, daden.maak(script, nu.lineno, regel) if nu else onder)


@hint('script', 'zonder revisie', 'zonder vorige')
@hint('reeks')
def script_past_niet_in_de_reeks(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    map_, heads = oordeel.oefenmap, afwijking.wat == 'heads'
    script, ander = map(map_.bestand, (afwijking.bestand, afwijking.gevonden))
    wat = ZINNEN[afwijking.wat].format(bestand=afwijking.bestand, gevonden=afwijking.gevonden)
    wat += ' Zo werkt `flask db upgrade` niet.'
    if script is None:
        return None if heads else Hint(wat, doen.weg_terug(oordeel))
    niet_nodig = {
        'macOS maakt zulke bestanden.': script.bestandsnaam.startswith('.'),
        'Ze zijn gelijk.': ander and ander.tekst == script.tekst,
        'Het doet niets.': heads and not script.doet_iets('upgrade'),
    }
    for waarom in [reden for reden, geldt in niet_nodig.items() if geldt]:
        return Hint(wat, f'{waarom} Deze kan weg:', daden.Verwijder(script.naam))
    if heads:
        regel = f'down_revision = {next(h for h in map_.heads if h != script.revisie)!r}'
        return Hint(wat, daden.maak(script, script.toekenning('down_revision').lineno, regel))
    return Hint(wat, 'Haal dat script weg.', daden.Hernoem(script.naam, script.bestandsnaam))


@hint('reeks', 'heads')
def twee_heads(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Eerst de eigen head; een revision id is toeval, en zegt niets over de volgorde.
    een, twee, *_ = sorted(
        map(oordeel.script, oordeel.oefenmap.heads),
        key=lambda s: (not oordeel.toegepast(s.revisie), s.naam.partition('_')[2]),
    )
    wat = f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
    wat += 'Flask-Migrate weet niet welke de laatste is.'
    return Hint(wat, 'Voeg ze samen:', daden.FlaskDb(('merge', 'heads'), 'samen'))
