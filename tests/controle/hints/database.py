"""Een `data.sqlite` die niet bij de migraties past."""

import re
from collections.abc import Iterator

from stappen import DATABASE, DELEN_NA, GEVULD, KOPIE_VAN, NU, TABEL, VAN_DE_LES

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.hints.upgrade import oorzaak
from controle.oordeel import WAARDEN_WEG, Oordeel, namen_in
from controle.tabellen import alle_kolommen, kolommen_van, rijen_in_de_weg

# Wat er met `data.sqlite` is.
ZINNEN = {
    'ontbreekt': '`data.sqlite` is er niet.',
    'leeg': '`data.sqlite` is leeg: er staat geen enkele tabel in.',
    'onleesbaar': '`data.sqlite` is niet te lezen.',
    'geen database': '`data.sqlite` is geen database (meer).',
    'te groot': '`data.sqlite` is veel te groot.',
    'half': 'In `data.sqlite` staat al {plek}. {oorzaak}',
    'onbekende versie': '`data.sqlite` staat op revisie `{gevonden}`, maar dat script is er niet.',
    'zonder versie': 'De tabellen in `data.sqlite` passen niet bij je migraties.',
    'dubbele versie': 'In `data.sqlite` staat meer dan een revisie.',
    'erbij': 'In `data.sqlite` staat {plek}. Die hoort niet bij de revisie die erin staat.',
    'mist': 'In `data.sqlite` ontbreekt {plek}. Die hoort bij de revisie die erin staat.',
    'dicht': 'In `data.sqlite` is {plek} niet te openen. De andere tabellen zijn er nog.',
    'anders': 'In `data.sqlite` is {plek} anders dan bij de revisie die erin staat.',
    'tijdelijk': 'In `data.sqlite` staat nog {plek}, van een upgrade die halverwege afbrak.',
    'dubbel': 'In {plek} staat `{}` in meer dan een rij: die met id {}. De kolom kan dus niet '
    'uniek zijn. Daar stopt de upgrade op.',
    'namen weg': 'In `data.sqlite` ontbreken {mist} van de {rijen} namen.',
    'niet gevuld': f'In `data.sqlite` is `{GEVULD.naam}` leeg. Het script vult die kolom nu wel.',
    'geen tijdstip': f'In `data.sqlite` staat in {{plek}} de tekst `{NU}`. Dat is geen tijdstip, '
    'dus `flask shell` kan die rijen niet lezen: `Invalid isoformat string`.',
}

# Waar een rij een upgrade op tegenhoudt, in de woorden van SQLite.
RIJEN = {'UNIQUE': 'wordt uniek, maar is hetzelfde', 'NOT NULL': 'mag niet leeg zijn, maar is dat'}

# Wat het script deed dat er niet meer is.
WEG = {'erbij': 'maakt {plek}', 'mist': 'haalt {plek} weg', 'anders': 'verandert {plek} zo'}


def _wat(oordeel: Oordeel, afwijking: Afwijking) -> str:
    """Welke van de zinnen hierboven het is."""
    achter = 'namen weg' if oordeel.database.rijen.get(TABEL) else 'leeg'
    return {'anders': afwijking.gevonden, 'achter': achter}.get(afwijking.wat, afwijking.wat)


def _zin(oordeel: Oordeel, afwijking: Afwijking) -> str:
    zin, rijen = ZINNEN[_wat(oordeel, afwijking)], oordeel.database.rijen.get(TABEL, 0)
    if afwijking.verwacht in WEG:
        zin += f' Geen van je scripts {WEG[afwijking.verwacht]}.'
    return zin.format(
        *(afwijking.gevonden if afwijking.wat == 'dubbel' else ()),
        plek=plek(afwijking),
        oorzaak=oorzaak(oordeel, afwijking) if afwijking.wat == 'half' else '',
        gevonden=afwijking.gevonden,
        mist=rijen - namen_in(oordeel.database),
        rijen=rijen,
    )


def _of_deel_c(oordeel: Oordeel, afwijking: Afwijking) -> str:
    deel = afwijking.wat == 'half' and oordeel.gehaald >= DELEN_NA
    return doen.of_deel(doen.DEEL_C, 'Wat er misgaat') if deel else ''


@hint('database')
def kopie_past(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if oordeel.passende_kopie and afwijking.wat != 'onleesbaar':
        naam, stand, namen = oordeel.passende_kopie
        deel = _of_deel_c(oordeel, afwijking)
        van = f'`{oordeel.naam_van(stand.revisie)}`'
        kopie = f'In `{naam}` staan de tabellen van {van}, met namen in {namen} rijen.'
        terug = doen.zet_kopie_terug(oordeel, naam)
        return Hint(_zin(oordeel, afwijking), deel, kopie, terug, les=bool(deel))


@hint('database', 'onbekende versie', 'zonder versie', 'dubbele versie', 'anders')
def revisie_in_de_database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stand = oordeel.stand_met(oordeel.database.schema)
    if stand:
        versies = oordeel.database.versies or []
        staat = ' en ook '.join(f'`{versie}`' for versie in versies)
        # Zonder --purge weigert een stamp bij meer revisies, of een die er niet is.
        purge = ['--purge'] * bool(versies[1:] or afwijking.wat == 'onbekende versie')
        doel = 'head' if oordeel.oefenmap.heads == [stand.revisie] else stand.revisie
        wat = f'In `data.sqlite` staat {f"revisie {staat}" if staat else "geen revisie"}, maar de '
        wat += f'tabellen zijn die van `{oordeel.naam_van(stand.revisie)}`.'
        doe = 'Zet alleen de juiste revisie erin, en doe geen `flask db downgrade`:'
        return Hint(wat, doe, daden.FlaskDb(('stamp', *purge, doel)))


@hint('database', 'achter')
def upgrade_moet_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    voor, na = (set(alle_kolommen(schema)) for schema in oordeel.schemas_rond(afwijking.revisie))
    gevuld, kopie = oordeel.database.gevuld, ()
    eigen = [plek for plek in voor - na - VAN_DE_LES.keys() if not oordeel.is_verhuisd(*plek)]
    weg = sorted(kolom for tabel, kolom in eigen if gevuld.get(tabel, {}).get(kolom))
    naar = KOPIE_VAN.format('_'.join(weg))
    if weg and not (oordeel.oefenmap.pad / naar).exists():
        wat = f'Wat er in {", ".join(f"`{kolom}`" for kolom in weg)} staat, verdwijnt dan.'
        kopie = f'{wat} Maak dus eerst een kopie:', daden.Kopieer(DATABASE, naar)
    wat = doen.ligt_klaar(oordeel, afwijking.revisie)
    return Hint(wat, kopie, 'Lees het na, en voer het uit:', doen.UPGRADE)


@hint('database')
def database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    (tabel, kolom), wat = afwijking.plek, _wat(oordeel, afwijking)
    zelf, weg = doen.lukt_dat_niet(oordeel), f'ALTER TABLE {tabel} DROP COLUMN {kolom}'
    nieuw = 'Zet je kopie terug. Geen kopie? Dan maken de migraties een lege:', doen.UPGRADE
    anders = 'Geef elke rij een eigen waarde, of haal uit je model weg wat de kolom uniek maakt.'
    dicht = 'Heeft een ander programma hem open? Sluit dat, en controleer opnieuw:\n    pytest'
    haal_weg = 'Haal die weg.', doen.met_sql(weg if kolom else f'DROP TABLE {tabel}')
    doe = {
        'ontbreekt': nieuw,
        'leeg': nieuw,
        'onleesbaar': dicht,
        'namen weg': ('Vul ze weer in, in `flask shell`.', zelf),
        'geen tijdstip': doen.met_sql(f"UPDATE {tabel} SET {kolom} = {NU} WHERE {kolom} = '{NU}'"),
        'erbij': haal_weg,
        'tijdelijk': haal_weg,
        # Na een halve upgrade helpt alleen de weg terug.
        'dubbel': not afwijking.verwacht and (anders, zelf),
    }
    terug = _of_deel_c(oordeel, afwijking), doen.weg_terug(oordeel)
    opnieuw = 'Ga een revisie terug, en weer vooruit:', doen.DOWNGRADE, doen.UPGRADE
    if kolom and oordeel.database.versies == [oordeel.revisie_van(tabel, kolom)]:
        # Veranderde het laatste script na zijn upgrade, dan gaat die nog een keer.
        terug = opnieuw if afwijking.wat in ('anders', 'niet gevuld') else terug
    yield Hint(_zin(oordeel, afwijking), doe.get(wat) or terug)
    if wat == 'geen tijdstip':
        yield Hint(_zin(oordeel, afwijking), opnieuw)


@hint('database', 'achter', 'anders')
def upgrade_loopt_vast(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Waarop, bleek toen hij geprobeerd werd.
    script, mislukt = oordeel.script(afwijking.revisie), oordeel.mislukt
    zegt = re.search(r'\(sqlite3\.\w+\) (.*)', mislukt)
    if not script or not (zegt or mislukt == WAARDEN_WEG):
        return None
    wat = f'SQLite zegt: `{zegt[1]}`.' if zegt else 'Er raken waarden weg.'
    doe = doen.weg_terug(oordeel)
    if view := re.search(r'error in (view|trigger) (\w+)', mislukt):
        wat = f'Die maakt een tabel opnieuw, en de {view[1]} `{view[2]}` gebruikt die tabel.'
        doe = doen.haal_view_weg(script, 'upgrade', *view.groups())
    elif rij := re.search(r'(UNIQUE|NOT NULL) .*?: (?:_alembic_tmp_)?(\w+)\.(\w+)', mislukt):
        _, tabel, kolom = rij.groups()
        rijen = rijen_in_de_weg(oordeel.oefenmap.pad / DATABASE, *rij.groups())
        standaard = kolommen_van(oordeel.head, tabel).get(kolom, {}).get('standaard')
        in_rijen = f'rij {rijen[1]}' if rijen else 'meer dan een rij'
        wat = f'Kolom `{kolom}` {RIJEN[rij[1]]} in {in_rijen}.'
        doe = 'Verander die rijen in `flask shell`.', doen.lukt_dat_niet(oordeel)
        if rij[1] == 'NOT NULL' and standaard:
            doe = doen.met_sql(f'UPDATE {tabel} SET {kolom} = {standaard} WHERE {kolom} IS NULL')
    elif (not zegt or 'FOREIGN KEY' in zegt[1]) and (uit := doen.zet_foreign_keys_uit(oordeel)):
        wat = 'Een tabel waar rijen naar wijzen wordt opnieuw gemaakt, met `foreign_keys` aan.'
        doe = uit
    # Moeten er meer, dan is niet te zien welke het was.
    van = f' van `{script.naam}`' if script.revisie in oordeel.oefenmap.heads else ''
    return Hint(f'De upgrade{van} lukt niet op `data.sqlite`. {wat}', doe, waarom=True)
