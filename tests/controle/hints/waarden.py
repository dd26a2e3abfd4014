"""Een script dat niet doet wat het model vraagt, en waarden die onderweg verloren gaan."""

import ast
import re

from stappen import GEVULD, HERNOEMD, MODULE, TABEL

from controle.afwijking import Afwijking
from controle.hints import doen
from controle.hints.hint import Hint, hint, plek
from controle.hints.upgrade import oorzaak
from controle.oefenmap import Script
from controle.oordeel import Oordeel
from controle.tabellen import alle_kolommen, kolommen_van

DEED_NIETS = {
    'return': 'Bij de `return` op regel {} stopt `upgrade()`.',
    'batch_op': 'Regel {} staat buiten het `with`-blok. Dan gebeurt er niets mee.',
    'pass': 'Op regel {} staat alleen `pass`.',
}


@hint('script', 'deed niets', 'deed iets anders')
def script_deed_iets_anders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, hoort = oordeel.script(afwijking.revisie), oordeel.verslag.hoort
    wat = f'`{script.naam}` heeft gedraaid,'
    if afwijking.wat == 'deed niets':
        waardoor, regel = afwijking.gevonden or ('', None)
        wat += f' en het doet niets. {DEED_NIETS.get(waardoor, "").format(regel)}'.rstrip()
    else:
        wat += ' en het maakt een {} `{}`. Je model vraagt `{}`.'.format(*afwijking.verwacht)
    goed = doen.vervang_functies(script, hoort) if hoort else None
    if HERNOEMD.plek in oordeel.verslag.modelkolommen - set(alle_kolommen(oordeel.head)):
        goed = doen.hernoem_in_script(script)
    verbeter = ('Draai het terug:', doen.DOWNGRADE, goed, 'Voer het weer uit:', doen.UPGRADE)
    return Hint(wat, verbeter if goed else doen.weg_terug(oordeel))


@hint('naspelen', 'heen', 'terug')
@hint('kolom', 'ontbreekt')
@hint('model', 'add_column', 'remove_column')
@hint('waarden', 'verloren')
@hint('downgrade')
def hernoemen_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    was, naam = HERNOEMD.was, HERNOEMD.naam
    script = oordeel.script(afwijking.revisie or next(reversed(oordeel.oefenmap.revisies), None))
    if script is None:
        return None
    raakt = script.aanroepen_in('upgrade', 'alter_column')
    aan_het_eind = afwijking.soort in ('kolom', 'model')
    # Wat al weg is, brengt een ander script niet terug.
    if not aan_het_eind or not oordeel.toegepast(script.revisie):
        raakt += script.aanroepen_in('upgrade', 'drop_column')
    if (
        (aan_het_eind and naam in kolommen_van(oordeel.head, TABEL))
        or afwijking.kolom not in (None, 'id', was, naam)
        or not any(repr(was) in ast.unparse(aanroep) for aanroep in raakt)
        or all(regel in script.tekst for regel in doen.HERNOEMEN.values())
    ):
        return None
    wat = f'`{script.naam}` hernoemt `{was}` niet goed tot `{naam}`.'
    if afwijking.soort == 'downgrade' and doen.HERNOEMEN['upgrade'] in script.tekst:
        wat = f'`downgrade()` in `{script.naam}` hernoemt `{naam}` niet terug tot `{was}`.'
    if afwijking.wat in ('verloren', 'waarden'):
        wat += ' De namen gaan zo verloren.'
    if len([*raakt, *script.nieuwe_kolommen()]) > 2:
        return Hint(f'{wat} Het doet ook nog iets anders.', doen.opnieuw(oordeel, script, ''))
    doe = [doen.hernoem_in_script(script)]
    nieuw = {kolom for _, kolom, _ in script.nieuwe_kolommen()} - {naam}
    if nieuw and HERNOEMD.plek not in oordeel.verslag.modelkolommen:
        doe.append(doen.zet_kolom(oordeel, HERNOEMD, *nieuw))
    return Hint(f'{wat} De nieuwe naam hoort achter `new_column_name=`. Meer is niet nodig.', doe)


@hint('naspelen', 'heen', 'terug')
@hint('downgrade')
def alembic_schrijft_het_zelf(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    wat = f'`downgrade()` in `{script.naam}` laat {plek(afwijking)} anders achter dan ervoor.'
    if afwijking.soort == 'naspelen':
        wat = oorzaak(oordeel, afwijking)
    if afwijking.wat != 'heen':
        wat += ' `downgrade()` hoort het omgekeerde te doen van `upgrade()`.'
        regels = _downgrade(oordeel, script)
        if any("'check'" in regel for regel in regels):
            wat += ' Een CHECK gaat eerst weg, en dan pas zijn kolom.'
        return Hint(wat, doen.vervang_functies(script, {'downgrade': regels})) if regels else None
    # Wat hij zelf schreef, schrijft `migrate` niet terug.
    if not script.aanroepen('execute') and not oordeel.toegepast(script.revisie):
        return Hint(wat, doen.opnieuw(oordeel, script))


def _downgrade(oordeel: Oordeel, script: Script) -> list[str]:
    """De regels van een goede downgrade, met de waarden die uit een andere kolom terugkomen."""
    # Een eigen kolom die hernoemd is, zou Alembic weggooien en leeg teruggeven.
    if script.nieuwe_namen():
        return []
    regels = [*oordeel.verslag.omgekeerd.get(script.revisie, ())]
    voor, na = (kolommen_van(schema, TABEL) for schema in oordeel.schemas_rond(script.revisie))
    if HERNOEMD.was in voor.keys() - na.keys() and HERNOEMD.naam in na:
        # Alembic ziet niet dat het dezelfde kolom is.
        return doen.regels_die_hernoemen('downgrade')
    if GEVULD.som_met in voor and GEVULD.som_met not in na and GEVULD.naam in voor:
        # Met een ander jaar dan de upgrade komen er andere leeftijden terug.
        waarde = f'{oordeel.opgeteld or GEVULD.som} - {GEVULD.naam}'
        regels.append(f"    op.execute('UPDATE {TABEL} SET {GEVULD.som_met} = {waarde}')")
    return regels


@hint('naspelen')
@hint('waarden')
@hint('downgrade')
def zelf_verbeteren(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout, functie = oordeel.fout, f'`{"down" if afwijking.soort == "downgrade" else "up"}grade()`'
    script = oordeel.naam_van(afwijking.revisie) if afwijking.revisie else MODULE
    doe = f'Verander {functie} in dat script zo dat ze blijven.'
    if afwijking.wat == 'tijd':
        wat = f'`{script}` was na {afwijking.gevonden} nog niet klaar: er blijft iets draaien, of '
        wat, doe = (
            f'{wat}wacht.',
            f'Zoek in `{script}` naar een lus die niet stopt, en haal die weg.',
        )
    elif afwijking.soort == 'naspelen' and fout:
        wat, doe = oorzaak(oordeel, afwijking), 'Verbeter wat er staat.'
        if fout.bestand and fout.regel:
            tekst = (oordeel.oefenmap.pad / fout.bestand).read_text('utf-8', 'replace')
            regels, naam = tekst.splitlines(), re.search(r"'(\w+)'", fout.melding)
            # Wat een fout noemt staat soms maar op een regel, en dat is een andere.
            noemt = [regel for regel in regels if naam and naam[1] in regel]
            regel = noemt[0] if len(noemt) == 1 else regels[fout.regel - 1]
            doe = f'Verbeter deze regel:\n    {regel}'
    else:
        weg = f'de waarden in {plek(afwijking)}'
        weg = weg if afwijking.kolom else f'rijen uit {plek(afwijking)}'
        wat = f'Na {functie} van `{script}` zijn {weg} niet meer wat ze waren.'
    return Hint(wat, doe, doen.lukt_dat_niet(oordeel))
