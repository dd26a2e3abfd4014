"""Een downgrade die niet lukt, en waarden die onderweg verloren gaan."""

import ast
import re

from stappen import AFGELEID, GEVULD, HERNOEMD, OPVOLGERS, TABEL

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plaats, plek
from controle.oefenmap import naam_in
from controle.oordeel import Afwijking, Oordeel
from controle.tabellen import alle_kolommen, kolommen_van


@hint('naspelen', 'terug')
@hint('downgrade', 'schema')
def downgrade_geeft_het_schema_niet_terug(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, regels = oordeel.script(afwijking.revisie), _omgekeerde(oordeel, afwijking.revisie)
    functie = script.functie('downgrade')
    staat_er = script.tekst.splitlines()[functie.lineno : functie.end_lineno] if functie else []
    # Staat dat er al, dan helpt het niet.
    if regels and regels != [regel for regel in staat_er if regel.strip()[:1] not in ('', '#')]:
        hoe = 'lukt niet'
        if afwijking.soort == 'downgrade':
            hoe = f'laat {plek(afwijking)} anders achter dan ervoor'
        return Hint(
            f'`downgrade()` in `{script.naam}` {hoe}. Het hoort het omgekeerde te doen van '
            '`upgrade()`.',
            doen.vervang_functies(script, {'downgrade': regels}),
        )


@hint('downgrade', 'waarden')
def downgrade_zet_een_lege_kolom_terug(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    kolom, script = afwijking.kolom, oordeel.script(afwijking.revisie)
    voor, na = (kolommen_van(s, TABEL) for s in oordeel.schemas_rond(afwijking.revisie))
    if kolom in OPVOLGERS and kolom not in na and AFGELEID[kolom][0] in voor:
        regel = _vul_terug(oordeel, kolom)
        doe = daden.zet_onder(script, script.eind_van('downgrade'), f'    {regel}')
        for aanroep in script.aanroepen_in('downgrade', 'execute'):
            if re.search(rf'\bSET {kolom}\b', ast.unparse(aanroep)):
                doe = daden.maak(script, aanroep.lineno, regel)
        wat = (
            f'De downgrade in `{script.naam}` zet de kolom `{kolom}` terug, maar niet wat erin '
            'stond.'
        )
        if kolom == GEVULD.som_met and oordeel.opgeteld:
            wat += f' Samen met `{GEVULD.naam}` was het {oordeel.opgeteld}.'
        return Hint(wat, doe)


@hint('naspelen')
def naspelen_lukt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout, wie = oordeel.fout, {'heen': 'De upgrade', 'terug': 'De downgrade'}.get(afwijking.wat)
    wat = f'{wie or "Python"} stopt bij {plaats(oordeel)} met `{fout.soort}: {fout.melding}`.'
    if afwijking.wat == 'heen' and oordeel.toegepast(afwijking.revisie):
        wat += (
            ' In `data.sqlite` is hij wel gelukt. Misschien veranderde daarna een script: dit, of '
            'een eerder. Of er stonden toen nog geen rijen in.'
        )
    doe = 'Verbeter wat er staat.'
    if fout.bestand and fout.regel:
        regels = (oordeel.oefenmap.pad / fout.bestand).read_text('utf-8', 'replace').splitlines()
        doe = f'Verbeter deze regel:\n    {regels[fout.regel - 1]}'
    return Hint(wat, doe, doen.lukt_dat_niet(oordeel))


@hint('waarden', 'verloren')
@hint('downgrade', 'waarden')
def hernoemen_als_weg_en_erbij(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    oud, nieuw = HERNOEMD.was, HERNOEMD.naam
    voor, na = (set(alle_kolommen(s)) for s in oordeel.schemas_rond(afwijking.revisie))
    namen = {(TABEL, oud), (TABEL, nieuw)}
    if afwijking.kolom not in (oud, nieuw) or not namen & (voor ^ na):
        return None
    script = oordeel.script(afwijking.revisie)
    wat = (
        f'`{script.naam}` gooit een kolom weg en maakt een lege met de nieuwe naam. Alle namen '
        'zijn dan weg, en `downgrade` brengt ze niet terug.'
    )
    if voor ^ na <= namen:
        return Hint(wat, doen.hernoem_in_script(script))
    return Hint(f'{wat} Het doet ook nog andere stappen.', doen.gooi_weg(oordeel, script))


@hint('waarden')
@hint('downgrade')
def waarden_verloren(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    functie = '`downgrade()`' if afwijking.soort == 'downgrade' else '`upgrade()`'
    wat = f'de waarden in {plek(afwijking)}' if afwijking.kolom else f'rijen uit {plek(afwijking)}'
    return Hint(
        f'Na {functie} van `{oordeel.naam_van(afwijking.revisie)}` zijn {wat} niet meer wat ze '
        'waren.',
        f'Verander {functie} in dat script zo dat ze blijven.',
        doen.lukt_dat_niet(oordeel),
    )


def _vul_terug(oordeel: Oordeel, kolom: str) -> str:
    waarde = AFGELEID[kolom][1]
    if kolom == GEVULD.som_met and oordeel.opgeteld:
        # Met een ander jaar dan de upgrade komen er andere leeftijden terug.
        waarde = f'{oordeel.opgeteld} - {GEVULD.naam}'
    return f"op.execute('UPDATE {TABEL} SET {kolom} = {waarde}')"


def _omgekeerde(oordeel: Oordeel, revisie: str) -> list[str]:
    """De regels van downgrade() die het schema van voor de revisie teruggeven."""
    voor, na = oordeel.schemas_rond(revisie)
    script = oordeel.script(revisie)
    regels = [
        f"    op.drop_index('{naam_in(k)}', '{k.args[1].value}')"
        for k in script.aanroepen_in('upgrade', 'create_index')
        if len(k.args) > 2
    ]
    for tabel in sorted(set(voor) & set(na)):
        binnen = _kolommen_terug(voor[tabel], na[tabel], script.nieuwe_namen())
        if binnen:
            regels.append(f"    with op.batch_alter_table('{tabel}', schema=None) as batch_op:")
            regels += [f'        batch_op.{regel}' for regel in binnen]
    weg = kolommen_van(voor, TABEL).keys() - kolommen_van(na, TABEL).keys()
    if GEVULD.som_met in weg and GEVULD.naam in kolommen_van(voor, TABEL):
        regels.append(f'    {_vul_terug(oordeel, GEVULD.som_met)}')
    return regels + [f"    op.drop_table('{tabel}')" for tabel in na if tabel not in voor]


def _kolommen_terug(voor: dict, na: dict, hernoemd: dict[str, str]) -> list[str]:
    """Wat er in een batch nodig is om van de kolommen `na` weer die van `voor` te maken."""
    oud, nieuw = voor['kolommen'], na['kolommen']
    namen = {van: tot for van, tot in hernoemd.items() if van in oud and tot in nieuw}
    return [
        *(f"alter_column('{tot}', new_column_name='{van}')" for van, tot in namen.items()),
        *(f"drop_column('{k}')" for k in nieuw if k not in oud and k not in namen.values()),
        *(
            f"add_column(sa.Column('{kolom}', sa.{oud[kolom]['type']}{_opties(oud[kolom])}))"
            for kolom in oud
            if kolom not in nieuw and kolom not in namen
        ),
    ]


def _opties(kolom: dict) -> str:
    standaard = f', server_default=sa.text({kolom["standaard"]!r})' if kolom['standaard'] else ''
    return standaard + ('' if kolom['null'] else ', nullable=False')
