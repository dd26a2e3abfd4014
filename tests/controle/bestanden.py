"""Feiten over de bestanden van een oefenmap: de module, de scripts en data.sqlite.

Klopt hier iets niet, dan is er verder niets te vergelijken.
"""

from collections.abc import Iterator

from stappen import KLASSEN, kolommen_na

from controle.afwijking import Afwijking
from controle.oefenmap import Bestand, klassen_zonder_tabel
from controle.onzichtbaar import bij_het_laden, met_een_schema, onzichtbare_kolommen
from controle.oordeel import Oordeel

# Wat `flask db init` maakt, en wat Flask-Migrate nodig heeft.
NODIG_IN_MIGRATIONS = ('alembic.ini', 'env.py', 'script.py.mako', 'versions')


def module(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een module die er niet is, en wat in de eigen bestanden niet te begrijpen of te zien is."""
    module, stap = oordeel.module, oordeel.laatste_goede_stap
    if module is None:
        yield Afwijking(stap, 'module', 'ontbreekt')
    elif not (module.boom.body or module.fout):
        yield Afwijking(stap, 'module', 'leeg')
    for bestand in oordeel.oefenmap.code:
        for waar, soort, wat, tabel, kolom, regel in _in_een_bestand(oordeel, bestand):
            yield Afwijking(waar, soort, wat, tabel, kolom, gevonden=regel, bestand=bestand.naam)
    if module and not oordeel.oefenmap.scripts:
        # Zonder migratie vergelijkt niemand het model: dan is het nu nog zo verbeterd.
        for kolom in kolommen_na(oordeel.stap_nu).values():
            if oordeel.model_is_anders(kolom):
                yield Afwijking(oordeel.stap_nu, 'model', 'anders', *kolom.plek)


def _in_een_bestand(oordeel: Oordeel, bestand: Bestand) -> Iterator[tuple]:
    """Wat er in een bestand niet klopt: stap, soort, wat, tabel, kolom en regel."""
    nu, model = oordeel.stap_van_module, oordeel.verslag.model
    # Anders is er geen model om te vergelijken.
    geladen = not oordeel.fout or oordeel.fout.fase not in ('module', 'Migrate', 'elders', 'tijd')
    if bestand.fout:
        yield nu, 'module', 'fout', None, None, None
    for wat, kolom, regel in onzichtbare_kolommen(bestand):
        if wat == 'dubbel' or _is_kwijt(oordeel, kolom, wat):
            yield oordeel.stap_nu, 'onzichtbaar', wat, None, kolom, regel
    for klasse, tabel, regel in klassen_zonder_tabel(bestand):
        if tabel in KLASSEN and tabel not in model and geladen:
            yield oordeel.stap_van(tabel), 'onzichtbaar', 'klasse', tabel, klasse, regel
    for wat in ('drop_all', 'create_all'):
        for regel in bij_het_laden(bestand, wat):
            yield nu, 'module', wat, None, None, regel
    # Wat in geen migratie staat, maakte een create_all() die soms draait.
    buitenom = oordeel.database.schema.keys() & model.keys() - oordeel.head.keys()
    for aanroep in bestand.aanroepen('create_all') if buitenom and oordeel.head else ():
        yield nu, 'module', 'create_all', None, None, aanroep.lineno
    for tabel, regel in met_een_schema(bestand):
        yield nu, 'module', 'schema', tabel, None, regel


def _is_kwijt(oordeel: Oordeel, naam: str, wat: str) -> bool:
    """Of een kolom of type dat geen kolom wordt, er wel een had moeten worden."""
    model = oordeel.verslag.modelkolommen
    van_de_les = {plek for plek in kolommen_na(oordeel.stap_nu) if plek[1] == naam}
    if van_de_les:
        return not van_de_les <= model
    # Wat elders gebruikt wordt of heet zoals een constante, staat daar met opzet.
    met_opzet = (
        wat == 'andere naam'
        or naam.isupper()
        or any(naam in b.gebruikt for b in oordeel.oefenmap.code)
    )
    return not met_opzet and naam not in {kolom for _, kolom in model}


def migraties(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Bestanden in migrations/ die er niet zijn of niet kloppen."""
    map_, stap = oordeel.oefenmap, oordeel.laatste_goede_stap
    migrations = map_.pad / 'migrations'
    if not migrations.is_dir():
        # Zonder migrations/ en zonder data.sqlite is stap 1 gewoon nog niet begonnen.
        if map_.database.toestand != 'ontbreekt':
            # Misschien heet de map anders: dit bestand staat erin.
            anders = next((pad.parent.name for pad in map_.pad.glob('*/env.py')), None)
            yield Afwijking(stap, 'migraties', 'ontbreken', gevonden=anders)
        return
    for naam in NODIG_IN_MIGRATIONS:
        if not (migrations / naam).exists():
            yield Afwijking(stap, 'migraties', 'onvolledig', gevonden=naam)
    for script in map_.scripts:
        # De naam van een script begint met zijn revisie.
        gehad = script.bestandsnaam.startswith(tuple(map_.database.versies or ['?']))
        waar = stap if gehad else oordeel.stap_nu
        # Een punt vooraan is van macOS: dat is geen script dat te verbeteren is.
        if script.fout and not script.bestandsnaam.startswith('.'):
            yield Afwijking(waar, 'script', 'fout', bestand=script.naam)
        elif script.revisie is None:
            yield Afwijking(waar, 'script', 'zonder revisie', bestand=script.naam)
        elif not script.noemt_vorige:
            yield Afwijking(waar, 'script', 'zonder vorige', bestand=script.naam)
    if not map_.scripts:
        yield Afwijking(stap, 'migraties', 'geen revisie')
    # Een script dat niet te lezen is, is zelf al de oorzaak.
    elif map_.is_leesbaar and not map_.revisies:
        yield from _reeks(oordeel)


def _reeks(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Scripts die niet op elkaar volgen."""
    map_, stap = oordeel.oefenmap, oordeel.laatste_goede_stap
    breuken = list(map_.breuken())
    for wat, script, gevonden in breuken:
        # Een script dat nooit draaide, is van waar je nu mee bezig bent.
        draaide = wat == 'los' and oordeel.toegepast(script.revisie)
        waar = stap if draaide else oordeel.stap_nu
        yield Afwijking(waar, 'reeks', wat, gevonden=gevonden, bestand=script.naam)
    if not breuken:
        yield Afwijking(stap, 'reeks', 'kring')


def databasebestand(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een data.sqlite die er niet is, niet te lezen is, of niet bij de migraties hoort."""
    toestand = oordeel.database.toestand
    if toestand == 'ontbreekt' and not oordeel.oefenmap.scripts:
        return
    if toestand != 'goed':
        yield Afwijking(oordeel.laatste_goede_stap, 'database', toestand)
