"""Een model dat iets anders wil dan de laatste migratie, en niet door een kolom van de les."""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches

from stappen import DATABASE, DELEN_NA, OPVOLGERS, STAPPEN, TABEL

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oefenmap import namen_van, tabellen_van
from controle.oordeel import Afwijking, Oordeel, kolom_uit
from controle.tabellen import kolommen_van


@hint('samen')
def kolom_is_uit_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    (tabel, kolom), hier = afwijking.plek, plek(afwijking, hoofdletter=True)
    maakt, gooit_weg = oordeel.revisie_van(tabel, kolom), oordeel.script(afwijking.revisie)
    if afwijking.plek in oordeel.verslag.modelkolommen:
        return Hint(
            f'`{gooit_weg.naam}` gooit {plek(afwijking)} weg. Er staan waarden in, en in je model '
            'staat hij nog.',
            doen.opnieuw(oordeel, gooit_weg, gooit_weg.bericht),
        )
    zet = doen.zet_klasse(oordeel, tabel)
    if kolom:
        schema = next(s.schema for s in oordeel.verslag.heen if s.revisie == maakt)
        zet = doen.zet_kolom(oordeel, kolom_uit(schema, tabel, kolom))
    if afwijking.wat == 'eigen':
        kopie = daden.Kopieer(DATABASE, f'bewaar_{kolom or tabel}.sqlite')
        return Hint(
            f'{hier} is uit je model, en er staan waarden in.',
            zet,
            f'Wil je hem kwijt? Maak dan eerst een kopie, en daarna een migratie:\n{kopie}',
        )
    weg = 'Maak dan een migratie met `flask db migrate`.'
    if maakt in oordeel.oefenmap.heads and not oordeel.toegepast(maakt):
        weg = 'Gooi dan ook dat script weg.'
    return Hint(
        f'`{oordeel.naam_van(maakt)}` maakt {plek(afwijking)}, en in je model staat die niet. De '
        'volgende migratie zou hem weggooien.',
        zet,
        f'Haalde je hem zelf uit je model? {weg}',
    )


@hint('model')
def script_is_leeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Het script is gemaakt voordat de module was opgeslagen, of om zelf te schrijven."""
    script = oordeel.script(oordeel.oefenmap.revisies[-1])
    # Een merge hoort leeg te zijn.
    if len(script.vorige) > 1 or script.doet_iets('upgrade') or oordeel.toegepast(script.revisie):
        return None
    tabel, naam = afwijking.plek
    wat = f'`{script.naam}` is leeg: in `upgrade()` staat alleen `pass`.'
    if afwijking.wat == 'add_index' and STAPPEN[oordeel.stap_nu - 1].zelf:
        maak = f"    op.create_index('ix_{tabel}_{naam}', '{tabel}', ['{naam}'])"
        return Hint(wat, doen.vervang_functies(script, {'upgrade': [maak]}))
    return Hint(
        f'{wat} Je model was toen waarschijnlijk nog niet opgeslagen.',
        doen.opnieuw(oordeel, script, naam or tabel),
    )


@hint('model')
def model_loopt_voor(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    wat, bericht = doen.nog_niet_in_een_migratie(afwijking), afwijking.kolom or afwijking.tabel
    erbij = afwijking.wat in ('add_table', 'add_column')
    for pad in _scripts_van_een_ander(oordeel, bericht) if erbij else ():
        neem_over = 'Neem dat script over:', daden.Kopieer(pad, 'migrations/versions')
        yield Hint(f'{wat} `{pad}` maakt hem wel.', neem_over)
    # Na de stappen werken sommigen samen: eerst de regel van de ander, dan zijn script.
    samen = erbij and oordeel.gehaald >= DELEN_NA
    van_wie = ' Schreef een ander hem? Zet dan eerst zijn script in `migrations/versions`.'
    yield Hint(wat + van_wie * samen, doen.migreer(oordeel, bericht), les=samen)
    # Een script dat nog niet is uitgevoerd, is misschien van voor de laatste verandering.
    laatste = oordeel.script(oordeel.oefenmap.revisies[-1])
    yield Hint(wat, doen.opnieuw(oordeel, laatste, laatste.bericht))


def _scripts_van_een_ander(oordeel: Oordeel, naam: str) -> Iterator[str]:
    """De scripts in een map in deze map die deze kolom of tabel maken, en hier nog niet staan."""
    map_ = oordeel.oefenmap.pad
    hier = {script.bestandsnaam for script in oordeel.oefenmap.scripts}
    for pad in sorted(map_.glob('*/migrations/versions/*.py')):
        # Wat de weg terug bewaart, is van de leerling zelf.
        eigen = pad.name in hier or oordeel.oefenmap.is_bewaard(pad)
        if not eigen and f'({naam!r},' in pad.read_text('utf-8', 'replace'):
            yield pad.relative_to(map_).as_posix()


@hint('lezen', 'relatie')
def relatie_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    melding = afwijking.gevonden
    wat = f'Zodra je een rij vraagt zegt SQLAlchemy: `{melding.partition(". ")[0].rstrip(".")}`.'
    for bestand in oordeel.oefenmap.code:
        for klasse, knoop in ((k, deel) for k in bestand.klassen for deel in k.body):
            if bestand.aanroepen('relationship', knoop) and _gaat_over(melding, klasse, knoop):
                return Hint(
                    f'Regel {knoop.lineno} van `{bestand.naam}` maakt een relatie die niet klopt. '
                    f'{wat}',
                    'Verbeter hem. Of laat hem weg, want de les heeft hem niet nodig.',
                    daden.haal_weg(bestand, knoop.lineno),
                )
    return Hint(wat, doen.weg_terug(oordeel))


def _gaat_over(melding: str, klasse: ast.ClassDef, knoop: ast.stmt) -> bool:
    """Of SQLAlchemy het over deze regel heeft: de naam ervan, of een tekst die erin staat."""
    teksten = {k.value for k in ast.walk(knoop) if isinstance(getattr(k, 'value', None), str)}
    return any(
        f'{klasse.name}.{naam}' in melding or repr(naam) in melding
        for naam in teksten | namen_van(knoop)
    )


@hint('lezen', 'repr')
def repr_noemt_een_kolom_die_weg_is(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout, oud = oordeel.verslag.leesfout, afwijking.kolom
    bestand = oordeel.oefenmap.bestand(fout.bestand)
    klassen = bestand.klassen if bestand else ()
    hier = [k for k in klassen if k.lineno <= fout.regel <= k.end_lineno]
    if not hier:
        return Hint(
            f'Je model kan een rij niet tonen: het kent `{oud}` niet.',
            'Verbeter `__repr__` in je model.',
            doen.lukt_dat_niet(oordeel),
        )
    kolommen = kolommen_van(oordeel.verslag.model, next(iter(tabellen_van(hier[0])), TABEL))
    lijkt = [OPVOLGERS.get(oud), *get_close_matches(oud, kolommen, 1), *kolommen]
    nieuw = next((naam for naam in lijkt if naam in kolommen), 'id')
    regel = re.sub(rf'\b{re.escape(oud)}\b', nieuw, bestand.regel(fout.regel))
    return Hint(
        f'`__repr__` gebruikt op regel {fout.regel} nog `{oud}`. Die kolom is er niet, dus '
        '`flask shell` kan geen rij tonen.',
        daden.maak(bestand, fout.regel, regel),
    )
