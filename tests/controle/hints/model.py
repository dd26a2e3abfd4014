"""Het model: eerst zoals de les het heeft, en dan nog in een migratie."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from stappen import DATABASE, DELEN_NA, KOPIE_VAN, OPVOLGERS, STAPPEN, Kolom, kolommen_na, weg_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.onderweg import model_is_van
from controle.oordeel import Afwijking, Oordeel, eigenschappen, is_opgevolgd, kolom_uit
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

# Hier let `flask db migrate` niet op.
ZIET_MIGRATE_NIET = {'standaard', 'sleutel'}


# --- Het model is anders dan de les -----------------------------------------------------------


@hint('onzichtbaar', 'klasse')
def klasse_maakt_geen_tabel(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    (tabel, klasse), nummer = afwijking.plek, afwijking.gevonden
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    regel, doe = bestand.regel(nummer), daden.haal_weg(bestand, nummer)
    if regel.startswith('class '):
        doe = daden.maak(bestand, nummer, f'class {klasse}(db.Model):')
    wat = f'De klasse `{klasse}` staat er, maar de tabel `{tabel}` komt zo niet in je migraties.'
    return Hint(f'{wat} Dat komt door `{regel}`.', doe)


@hint('model')
def module_is_van_een_andere_stap(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model, gehaald = oordeel.verslag.modelkolommen, oordeel.gehaald
    # Wat al in de database staat is niet nieuw: dan is er een script weg.
    er_al = {*alle_kolommen(oordeel.head), *alle_kolommen(oordeel.database.schema)}
    for nummer in [stap.nummer for stap in STAPPEN if model_is_van(oordeel, stap)]:
        eerder = nummer < gehaald - 1 or (nummer < gehaald and weg_na(gehaald) & model)
        later = nummer > oordeel.stap_nu and len(kolommen_na(nummer).keys() - er_al) > 1
        wat = f'Je module is van stap {nummer}. Je migraties zijn bij stap {gehaald}.'
        if eerder:
            undo = 'Zet hem terug met ongedaan maken in je editor.'
            return Hint(wat, undo, doen.lukt_dat_niet(oordeel))
        if later:
            return Hint(wat, 'Doe de stappen een voor een.', doen.weg_terug(oordeel))


@hint('kolom')
@hint('model')
def model_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    begonnen = any(map(oordeel.is_begonnen, (oordeel.verslag.model, oordeel.head)))
    les = kolommen_na(oordeel.stap_nu if begonnen else oordeel.gehaald).values()
    for wat, doe in chain.from_iterable(_anders_in_het_model(oordeel, kolom) for kolom in les):
        return Hint(wat, doe)
    if afwijking.wat == 'hoort weg' and afwijking.plek in oordeel.verslag.modelkolommen:
        bestand = oordeel.oefenmap.bestand_met(afwijking.tabel)
        wat = f'{plek(afwijking, True)} hoort in deze stap weg te gaan. Hij staat nog in je model.'
        return Hint(wat, daden.haal_weg(bestand, bestand.regel_van_kolom(*afwijking.plek)))


def _anders_in_het_model(oordeel: Oordeel, kolom: Kolom) -> Iterator[tuple[str, doen.Doe]]:
    (tabel, naam), model = kolom.plek, oordeel.verslag.model
    hier, heet = f'Kolom `{naam}` van tabel `{tabel}`', oordeel.heet_in_het_model(kolom)
    zet = doen.zet_kolom(oordeel, kolom, heet or '')
    if tabel not in model and heet:
        wat = f'In je model staat een tabel `{heet}`. In de les heet die `{tabel}`.'
        yield wat, doen.hernoem_tabel(oordeel, heet, tabel)
    elif tabel not in model:
        yield f'De klasse `{doen.klasse_van(tabel)}` van tabel `{tabel}` ontbreekt.', zet
    elif heet:
        yield f'In je model staat `{heet}`. In de les heet dat `{naam}`.', zet
    elif naam in kolommen_van(model, tabel):
        for anders in eigenschappen(kolom, model):
            yield f'{hier} klopt in je model niet: hij {_is_anders(*anders)}.', zet
    elif kolom.plek in kolommen_na(oordeel.gehaald):
        if not is_opgevolgd(kolom.plek, oordeel.verslag.modelkolommen):
            yield f'{hier} staat niet meer in je model. De les heeft hem nog nodig.', zet
    else:
        yield f'{hier} ontbreekt nog in je model.', zet


def _is_anders(wat: str, goed: object, fout: object) -> str:
    waarden = map(_standaard, (goed, fout)) if wat == 'standaard' else (goed, fout)
    return ANDERS[wat][not goed].format(**dict(zip(('goed', 'fout'), waarden, strict=True)))


def _standaard(waarde: str | None) -> str:
    # Met aanhalingstekens is het een tekst; zonder rekent de database het uit.
    soort = 'de tekst' if str(waarde).startswith("'") else 'de functie'
    return f'{soort} `{waarde}`' if waarde else 'niets'


@hint('lezen', 'relatie')
def relatie_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    melding = afwijking.gevonden.partition('. ')[0].rstrip('.')
    wat = f'Zodra je een rij vraagt zegt SQLAlchemy: `{melding}`.'
    doe = 'Verbeter de relatie. Of laat haar weg, want de les heeft haar niet nodig.'
    for bestand in oordeel.oefenmap.code:
        knopen = [knoop for klasse in bestand.klassen for knoop in klasse.body]
        for knoop in (k for k in knopen if bestand.aanroepen('relationship', k)):
            # Welke relatie het is, blijkt bij het proberen.
            yield Hint(wat, doe, daden.haal_weg(bestand, knoop.lineno))
    yield Hint(wat, doen.weg_terug(oordeel))


@hint('lezen', 'repr')
def repr_noemt_een_kolom_die_weg_is(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    fout, oud = oordeel.verslag.leesfout, afwijking.kolom
    wat = f'`flask shell` kan geen rij tonen: `__repr__` gebruikt `{oud}`, en die kolom is er niet.'
    bestand = oordeel.oefenmap.bestand(fout.bestand)
    kolommen = [kolom for _, kolom in oordeel.verslag.modelkolommen]
    lijkt = OPVOLGERS.get(oud), *get_close_matches(oud, kolommen), 'id'
    for nieuw in [naam for naam in lijkt if naam in kolommen] if bestand else ():
        regel = re.sub(rf'\b{re.escape(oud)}\b', nieuw, bestand.regel(fout.regel))
        yield Hint(wat, daden.maak(bestand, fout.regel, regel))
    yield Hint(wat, 'Verbeter `__repr__` in je model.', doen.lukt_dat_niet(oordeel))


# --- Het model is goed: nu nog de migratie ----------------------------------------------------


@hint('samen')
def kolom_is_uit_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    (tabel, kolom), eigen = afwijking.plek, afwijking.wat == 'eigen'
    if afwijking.plek in oordeel.verslag.modelkolommen:
        script = oordeel.script(afwijking.revisie)
        wat = f'`{script.naam}` gooit {plek(afwijking)} weg, maar in je model staat die nog.'
        return Hint(f'{wat} Er staan waarden in.', doen.opnieuw(oordeel, script, script.bericht))
    schema = oordeel.database.schema if eigen else oordeel.head
    zet = doen.zet_klasse(oordeel, tabel, schema)
    if kolom:
        zet = doen.zet_kolom(oordeel, kolom_uit(schema, tabel, kolom))
    if eigen:
        kopie = daden.Kopieer(DATABASE, KOPIE_VAN.format(kolom or tabel))
        weg = f'Wil je dat kwijt? Maak dan eerst een kopie:\n{kopie}'
        return Hint(f'{plek(afwijking, True)} is uit je model, en er staan waarden in.', zet, weg)
    maakt, weg = oordeel.revisie_van(tabel, kolom), 'Maak dan een migratie met `flask db migrate`.'
    if maakt in oordeel.oefenmap.heads and not oordeel.toegepast(maakt):
        weg = 'Gooi dan ook dat script weg.'
    wat = f'`{oordeel.naam_van(maakt)}` maakt {plek(afwijking)}, en in je model staat die niet.'
    uitleg = 'De volgende migratie zou hem weggooien.'
    return Hint(f'{wat} {uitleg}', zet, f'Haalde je hem zelf uit je model? {weg}')


@hint('kolom', 'niet gevuld')
def kolom_is_leeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, kolom = oordeel.script(oordeel.revisie_van(*afwijking.plek)), afwijking.verwacht
    vul = f"    op.execute('{kolom.vulling}')"
    return Hint(
        f'`{script.naam}` vult {plek(afwijking)} niet, of niet goed. Samen met '
        f'`{kolom.som_met}` hoort er in elke rij hetzelfde jaar uit te komen.',
        daden.zet_onder(script, script.eind_van('upgrade'), vul),
    )


@hint('model', 'ouder')
def script_is_ouder_dan_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script(afwijking.revisie)
    wat = f'`{script.naam}` maakt nog `{afwijking.kolom}`, en die staat niet meer in je model.'
    bericht = STAPPEN[afwijking.stap - 1].naam_van_migratie
    return Hint(wat, doen.opnieuw(oordeel, script, bericht))


@hint('kolom')
def migratie_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    (tabel, kolom), hier = afwijking.plek, plek(afwijking, hoofdletter=True)
    revisie, heet = oordeel.revisie_van(tabel, kolom), afwijking.gevonden
    bericht = nieuw = STAPPEN[afwijking.stap - 1].naam_van_migratie
    if afwijking.wat == 'hoort weg':
        wat, bericht = f'{hier} is uit je model, maar nog niet uit de database.', f'{kolom} weg'
    elif afwijking.wat != 'ontbreekt':
        zo = _is_anders(afwijking.wat, afwijking.verwacht, afwijking.gevonden)
        wat, bericht = f'{hier} {zo}. Je migratie maakt hem zo.', f'{kolom} verbeterd'
    elif heet:
        soort, goed, *waar = ('kolom', kolom, tabel) if tabel in oordeel.head else ('tabel', tabel)
        revisie = oordeel.revisie_van(*waar, heet)
        wat = f'In je migraties staat een {soort} `{heet}`. In de les heet die `{goed}`.'
    elif weg := oordeel.revisie_zonder(tabel, kolom):
        revisie = weg
        wat = f'`{oordeel.naam_van(weg)}` gooit {plek(afwijking)} weg. De les heeft hem nodig.'
    else:
        wat = f'{hier} staat in je model, maar geen migratie maakt hem.'
    # Gaat een script weg dat iets weghaalde, dan is dat er weer, en valt er niets te maken.
    er_was = afwijking.wat == 'ontbreekt' and kolom in kolommen_van(oordeel.goed_schema, tabel)
    opnieuw = doen.opnieuw(oordeel, oordeel.script(revisie), '' if er_was else nieuw)
    wegen = [doen.migreer(oordeel, bericht), opnieuw]
    anders = {a.wat for a in oordeel.afwijkingen if a.plek == afwijking.plek}
    if er_was or anders & ZIET_MIGRATE_NIET or not oordeel.toegepast(revisie):
        wegen.reverse()
    yield from (Hint(wat, doe) for doe in wegen)


@hint('model')
def model_loopt_voor(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    if not oordeel.oefenmap.revisies:
        yield Hint(doen.nog_niet_in_een_migratie(afwijking), doen.weg_terug(oordeel))
        return
    (tabel, kolom), script = afwijking.plek, oordeel.script(oordeel.oefenmap.revisies[-1])
    wat = doen.nog_niet_in_een_migratie(afwijking)
    erbij = afwijking.wat in ('add_table', 'add_column')
    opnieuw = doen.opnieuw(oordeel, script, script.bericht)
    # Een merge hoort leeg te zijn.
    if not (script.doet_iets('upgrade') or oordeel.toegepast(script.revisie) or script.vorige[1:]):
        leeg = f'`{script.naam}` is nog leeg: in `upgrade()` staat alleen `pass`.'
        if afwijking.wat == 'add_index':
            regel = f"    op.create_index('ix_{tabel}_{kolom}', '{tabel}', ['{kolom}'])"
            yield Hint(leeg, doen.vervang_functies(script, {'upgrade': [regel]}))
        yield Hint(f'{leeg} Je model was toen waarschijnlijk nog niet opgeslagen.', opnieuw)
    for pad in oordeel.oefenmap.elders_gemaakt(kolom or tabel) if erbij else ():
        neem_over = 'Neem dat script over:', daden.Kopieer(pad, 'migrations/versions')
        yield Hint(f'{wat} `{pad}` maakt hem wel.', neem_over)
    # Na de stappen werken sommigen samen: eerst de regel van de ander, dan zijn script.
    samen = erbij and oordeel.gehaald >= DELEN_NA
    van_wie = ' Schreef een ander hem? Zet dan eerst zijn script in `migrations/versions`.'
    yield Hint(wat + van_wie * samen, doen.migreer(oordeel, kolom or tabel), les=samen)
    # Een script dat klaarligt is misschien van voor de laatste verandering.
    yield Hint(wat, opnieuw)
