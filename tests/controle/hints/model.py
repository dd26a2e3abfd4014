"""Het model: eerst zoals de les het heeft, en dan nog in een migratie."""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from stappen import (
    DATABASE,
    DELEN_NA,
    GEVULD,
    KOPIE_VAN,
    OPVOLGERS,
    STAPPEN,
    TABEL,
    Kolom,
    kolommen_na,
    weg_na,
)

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oefenmap import Script, tabellen_van
from controle.onderweg import model_is_van
from controle.oordeel import Oordeel, eigenschappen, is_opgevolgd, kolom_uit
from controle.tabellen import alle_kolommen, kolommen_van

# Wat er aan een kolom anders is: de zin als het er hoort te zijn, en de zin als het weg hoort.
ANDERS = {
    'type': ('heeft het type `{fout}`, verwacht is `{goed}`', ''),
    'sleutel': ('hoort de primary key te zijn', 'is ook een primary key'),
    'null': ('hoort leeg te mogen zijn', 'mag leeg zijn, dat hoort niet'),
    'standaard': ('heeft {fout} als standaardwaarde, verwacht is {goed}',) * 2,
    'uniek': ('hoort uniek te zijn', 'is uniek, dat hoort niet'),
    'verwijst_naar': (
        'hoort een foreign key naar `{goed}` te zijn',
        'hoort nergens naar te wijzen',
    ),
    'index': ('hoort een index te hebben', ''),
}


# --- Het model is anders dan de les -----------------------------------------------------------


@hint('model')
def module_is_van_een_andere_stap(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model, gehaald = oordeel.verslag.modelkolommen, oordeel.gehaald
    # Wat al in de database staat is niet nieuw: dan is er een script weg.
    er_al = {*alle_kolommen(oordeel.head), *alle_kolommen(oordeel.database.schema)}
    for nummer in [stap.nummer for stap in STAPPEN if model_is_van(oordeel, stap)]:
        eerder = nummer < gehaald - 1 or (nummer < gehaald and weg_na(gehaald) & model)
        later = nummer > oordeel.stap_nu and len(kolommen_na(nummer).keys() - er_al) > 1
        bestand = oordeel.oefenmap.bestand_met(TABEL).naam
        wat = f'`{bestand}` is van stap {nummer}. Je migraties zijn bij stap {gehaald}.'
        if eerder:
            undo = 'Zet dat bestand terug met ongedaan maken in je editor.'
            return Hint(wat, undo, doen.lukt_dat_niet(oordeel))
        if later:
            return Hint(wat, 'Doe de stappen een voor een.', doen.weg_terug(oordeel))


@hint('kolom')
@hint('model')
def kolom_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    """Eerst het model, zo nodig met het script dat het zo maakte; is het goed, dan de migratie."""
    les = kolommen_na(oordeel.bezig_met).values()
    for wat, doe in chain.from_iterable(_anders_in_het_model(oordeel, kolom) for kolom in les):
        yield Hint(wat, doe)
        if script := _script_van(oordeel, afwijking):
            bericht = STAPPEN[afwijking.stap - 1].naam_van_migratie
            yield Hint(wat, doe, doen.opnieuw(oordeel, script, bericht))
        return
    if afwijking.wat == 'hoort weg' and afwijking.plek in oordeel.verslag.modelkolommen:
        bestand = oordeel.oefenmap.bestand_met(afwijking.tabel)
        wat = f'{plek(afwijking, True)} hoort in deze stap weg te gaan. Hij staat nog in je model.'
        yield Hint(wat, daden.haal_weg(bestand, bestand.regel_van_kolom(*afwijking.plek)))
    elif afwijking.soort == 'kolom':
        yield from _migratie_is_anders(oordeel, afwijking)


def _anders_in_het_model(oordeel: Oordeel, kolom: Kolom) -> Iterator[tuple[str, doen.Doe]]:
    (tabel, naam), model = kolom.plek, oordeel.verslag.model
    hier, heet = f'Kolom `{naam}` van tabel `{tabel}`', oordeel.heet_in_het_model(kolom)
    zet = doen.zet_kolom(oordeel, kolom, heet or '')
    if tabel not in model and heet:
        wat = f'In je model staat een tabel `{heet}`. In de les heet die `{tabel}`.'
        yield wat, doen.hernoem_tabel(oordeel, heet, tabel)
    elif tabel not in model and (lees := doen.lees_klasse(oordeel, tabel)):
        yield lees
    elif tabel not in model:
        yield f'De klasse `{doen.klasse_van(tabel)}` van tabel `{tabel}` ontbreekt.', zet
    elif heet:
        yield f'In je model staat `{heet}`. In de les heet dat `{naam}`.', zet
    elif naam in kolommen_van(model, tabel):
        for anders in eigenschappen(kolom, model):
            yield f'{hier} klopt in je model niet: hij {_is_anders(*anders)}.', zet
    elif kolom.plek in kolommen_na(oordeel.gehaald):
        if not is_opgevolgd(kolom.plek, oordeel.verslag.modelkolommen):
            yield f'{hier} staat niet in je model. De les heeft hem nog nodig.', zet
    else:
        yield f'{hier} ontbreekt nog in je model.', zet


def _is_anders(wat: str, goed: object, fout: object) -> str:
    waarden = map(_standaard, (goed, fout)) if wat == 'standaard' else (goed, fout)
    return ANDERS[wat][not goed].format(**dict(zip(('goed', 'fout'), waarden, strict=True)))


def _standaard(waarde: str | None) -> str:
    # Met aanhalingstekens is het een tekst; zonder rekent de database het uit.
    soort = 'de tekst' if str(waarde).startswith("'") else 'de functie'
    return f'{soort} `{waarde}`' if waarde else 'niets'


@hint('lezen')
def rij_is_niet_te_lezen(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    fout, oud, code = oordeel.verslag.leesfout, afwijking.kolom, oordeel.oefenmap.code
    if afwijking.wat == 'relatie':
        melding = fout.melding.partition('. ')[0].rstrip('.')
        wat = f'Zodra je een rij vraagt zegt SQLAlchemy: `{melding}`.'
        doe = 'Verbeter de relatie. Of laat haar weg, want de les heeft haar niet nodig.'
        knopen = [(b, knoop) for b in code for klasse in b.klassen for knoop in klasse.body]
        # Welke relatie het is, blijkt bij het proberen.
        relaties = [(b, knoop) for b, knoop in knopen if b.aanroepen('relationship', knoop)]
        yield from (Hint(wat, doe, daden.haal_weg(b, knoop.lineno)) for b, knoop in relaties)
    else:
        wat = f'`flask shell` kan geen rij tonen: `__repr__` gebruikt `{oud}`, en die kolom is er '
        wat, doe = f'{wat}niet.', 'Verbeter `__repr__` in je model.'
        bestand = oordeel.oefenmap.bestand(fout.bestand)
        om = [
            k
            for k in (bestand.klassen if bestand else ())
            if k.lineno <= fout.regel <= k.end_lineno
        ]
        tabellen = [tabel for klasse in om for tabel in tabellen_van(klasse)]
        # Staat hij in een klasse zonder tabel, dan kan het elke kolom zijn.
        alle = sorted(oordeel.verslag.modelkolommen)
        kolommen = [kolom for tabel, kolom in alle if not tabellen or tabel in tabellen]
        lijkt = OPVOLGERS.get(oud), *get_close_matches(oud, kolommen), 'id'
        for nieuw in [naam for naam in lijkt if naam in kolommen] if bestand else ():
            regel = re.sub(rf'\b{re.escape(oud)}\b', nieuw, bestand.regel(fout.regel))
            yield Hint(wat, daden.maak(bestand, fout.regel, regel))
    yield Hint(wat, doe, doen.lukt_dat_niet(oordeel))


# --- Het model is goed: nu nog de migratie ----------------------------------------------------


@hint('samen')
def kolom_is_uit_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    (tabel, kolom), eigen = afwijking.plek, afwijking.wat == 'eigen'
    if afwijking.plek in oordeel.verslag.modelkolommen:
        script = oordeel.script(afwijking.revisie)
        wat = f'`{script.naam}` gooit {plek(afwijking)} weg, maar in je model staat die nog.'
        yield Hint(f'{wat} Er staan waarden in.', doen.opnieuw(oordeel, script))
        return
    schema = oordeel.database.schema if eigen else oordeel.head
    zet = doen.zet_klasse(oordeel, tabel, schema)
    if kolom:
        zet = doen.zet_kolom(oordeel, kolom_uit(schema, tabel, kolom))
    if eigen:
        kopie = daden.Kopieer(DATABASE, KOPIE_VAN.format(kolom or tabel))
        weg = f'Wil je dat kwijt? Maak dan eerst een kopie:\n{kopie}'
        yield Hint(f'{plek(afwijking, True)} is uit je model, en er staan waarden in.', zet, weg)
        return
    script = oordeel.script(oordeel.revisie_van(tabel, kolom))
    klaar = script.revisie in oordeel.oefenmap.heads and not oordeel.toegepast(script.revisie)
    weg = 'Maak dan een migratie met `flask db migrate`.'
    if klaar:
        weg = 'Gooi dan ook dat script weg.'
    wat = f'`{script.naam}` maakt {plek(afwijking)}, en in je model staat die niet.'
    wat += ' De volgende migratie zou hem weggooien.'
    yield Hint(wat, zet, f'Haalde je hem zelf uit je model? {weg}')
    if klaar:
        yield Hint(wat, doen.opnieuw(oordeel, script, ''))


def _script_van(oordeel: Oordeel, afwijking: Afwijking) -> Script | None:
    """Het script dat een kolom van de les maakt; zij of haar tabel heet soms anders."""
    (tabel, kolom), heet = afwijking.plek, afwijking.gevonden
    if afwijking.wat == 'ontbreekt' and heet:
        tabel, kolom = (tabel, heet) if tabel in oordeel.head else (heet, None)
    return oordeel.script(oordeel.revisie_van(tabel, kolom))


def _migratie_is_anders(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    (tabel, kolom), hier = afwijking.plek, plek(afwijking, hoofdletter=True)
    script, heet = _script_van(oordeel, afwijking), afwijking.gevonden
    bericht = nieuw = STAPPEN[afwijking.stap - 1].naam_van_migratie
    if afwijking.wat == 'niet gevuld':
        wat = f'`{script.naam}` vult {plek(afwijking)} niet, of niet goed. Samen met '
        wat += f'`{GEVULD.som_met}` hoort er in elke rij hetzelfde jaar uit te komen.'
        vul = f"op.execute('{GEVULD.vulling}')"
        doe = daden.zet_onder(script, script.eind_van('upgrade'), f'    {vul}')
        for vult in script.aanroepen_in('upgrade', 'execute'):
            if re.search(rf'(?i)SET {GEVULD.naam}\b', ast.unparse(vult)):
                doe = daden.maak(script, vult.lineno, vul)
        yield Hint(wat, doe)
        return
    if afwijking.wat == 'hoort weg':
        wat, bericht = f'{hier} is uit je model, maar nog niet uit de database.', f'{kolom} weg'
    elif afwijking.wat != 'ontbreekt':
        zo = _is_anders(afwijking.wat, afwijking.verwacht, afwijking.gevonden)
        wat, bericht = f'{hier} {zo}. Je migratie maakt hem zo.', f'{kolom} verbeterd'
        script = oordeel.script(oordeel.revisie_zoals_nu(tabel, kolom))
    elif heet:
        soort, goed = ('kolom', kolom) if tabel in oordeel.head else ('tabel', tabel)
        wat = f'In je migraties staat een {soort} `{heet}`. In de les heet die `{goed}`.'
    elif weg := oordeel.revisie_zonder(tabel, kolom):
        script = oordeel.script(weg)
        wat = f'`{script.naam}` gooit {plek(afwijking)} weg. De les heeft hem nodig.'
    else:
        wat = f'{hier} staat in je model, maar geen migratie maakt hem.'
    # Gaat een script weg dat iets weghaalde, dan is dat er weer, en valt er niets te maken.
    er_was = afwijking.wat == 'ontbreekt' and kolom in kolommen_van(oordeel.goed_schema, tabel)
    opnieuw = doen.opnieuw(oordeel, script, '' if er_was else nieuw)
    wegen = [doen.migreer(oordeel, bericht), opnieuw]
    # De les maakt het laatste script opnieuw; dat kost wat de database niet zelf in de kolom zet.
    kost = oordeel.database.heeft_eigen_waarden(tabel, kolom)
    laatste = script.revisie in oordeel.oefenmap.heads
    if not oordeel.toegepast(script.revisie) or (laatste and not kost):
        wegen.reverse()
    yield from (Hint(wat, doe) for doe in wegen)


@hint('model')
def model_loopt_voor(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    wat, revisies = doen.nog_niet_in_een_migratie(afwijking), oordeel.oefenmap.revisies
    if not revisies:
        yield Hint(wat, doen.weg_terug(oordeel))
        return
    (tabel, kolom), script = afwijking.plek, oordeel.script(revisies[-1])
    erbij, opnieuw = afwijking.wat in ('add_table', 'add_column'), doen.opnieuw(oordeel, script)
    if afwijking.wat == 'ouder':
        wat = f'`{script.naam}` maakt nog `{kolom}`, en die staat niet meer in je model.'
        bericht = STAPPEN[afwijking.stap - 1].naam_van_migratie
        yield Hint(wat, doen.opnieuw(oordeel, script, bericht))
        return
    # Een merge hoort leeg te zijn.
    if not (script.doet_iets('upgrade') or oordeel.toegepast(script.revisie) or script.vorige[1:]):
        leeg = f'`{script.naam}` is nog leeg: in `upgrade()` staat alleen `pass`.'
        if afwijking.wat == 'add_index':
            regel = f"    op.create_index('ix_{tabel}_{kolom}', '{tabel}', ['{kolom}'])"
            yield Hint(leeg, doen.vervang_functies(script, {'upgrade': [regel]}))
        yield Hint(leeg, opnieuw)
    for pad in oordeel.oefenmap.elders_gemaakt(kolom or tabel) if erbij else ():
        neem_over = 'Neem dat script over:', daden.Kopieer(pad, 'migrations/versions')
        yield Hint(f'{wat} `{pad}` maakt hem wel.', neem_over)
    # Na de stappen werken sommigen samen: eerst de regel van de ander, dan zijn script.
    samen = erbij and oordeel.gehaald >= DELEN_NA
    van_wie = ' Schreef een ander hem? Zet dan eerst zijn script in `migrations/versions`.'
    yield Hint(wat + van_wie * samen, doen.migreer(oordeel, kolom or tabel), les=samen)
    # Een script dat klaarligt is misschien van voor de laatste verandering.
    yield Hint(wat, opnieuw)
