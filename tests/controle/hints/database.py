"""Een `data.sqlite` die niet bij de migraties past."""

import re

from stappen import DATABASE, DELEN_NA, GEVULD, NU, TABEL

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oordeel import Afwijking, Oordeel, namen_in
from controle.tabellen import kolommen_van, rijen_in_de_weg

# Wat er met `data.sqlite` is.
ZINNEN = {
    'ontbreekt': '`data.sqlite` is er niet.',
    'leeg': '`data.sqlite` is leeg: er staat geen enkele tabel in.',
    'onleesbaar': '`data.sqlite` is niet te lezen. Een ander programma houdt hem vast, of het mag '
    'niet.',
    'geen database': '`data.sqlite` is geen database (meer).',
    'te groot': '`data.sqlite` is veel te groot.',
    'half': 'In `data.sqlite` staat al {plek}: de upgrade van `{script}` stopte halverwege. Zo '
    'lukt hij niet meer.',
    'onbekende versie': '`data.sqlite` staat op revisie `{gevonden}`, maar dat script is er niet.',
    'zonder versie': 'De tabellen in `data.sqlite` passen niet bij je migraties.',
    'dubbele versie': 'In `data.sqlite` staat meer dan een revisie.',
    'erbij': 'In `data.sqlite` staat {plek}. Die hoort niet bij de revisie die erin staat.',
    'mist': 'In `data.sqlite` ontbreekt {plek}. Die hoort bij de revisie die erin staat.',
    'dicht': 'In `data.sqlite` is {plek} niet te openen. De andere tabellen zijn er nog.',
    'anders': 'In `data.sqlite` is {plek} anders dan bij de revisie die erin staat.',
    'tijdelijk': 'In `data.sqlite` staat nog de tijdelijke {plek}. Een upgrade brak halverwege af, '
    'en de volgende loopt daarop vast.',
    'namen weg': 'In `data.sqlite` ontbreken {mist} van de {rijen} namen.',
    'niet gevuld': f'In `data.sqlite` is de kolom `{GEVULD.naam}` leeg. De upgrade was al gedaan '
    'voordat de UPDATE in het script stond.',
    'geen tijdstip': f'In `data.sqlite` staat in {{plek}} de tekst `{NU}`. Dat is geen tijdstip, '
    'dus `flask shell` kan die rijen niet lezen: `Invalid isoformat string`.',
}

# Wat het script deed dat er niet meer is.
WEG = {'erbij': 'maakt {plek}', 'mist': 'haalt {plek} weg', 'anders': 'verandert {plek} zo'}


def _zin(oordeel: Oordeel, afwijking: Afwijking) -> str:
    rijen = oordeel.database.rijen.get(TABEL, 0)
    wat = {'anders': afwijking.gevonden, 'achter': 'namen weg' if rijen else 'leeg'}
    zin = ZINNEN[wat.get(afwijking.wat, afwijking.wat)]
    if afwijking.verwacht in WEG:
        zin += f' Geen van je scripts {WEG[afwijking.verwacht]}.'
    return zin.format(
        plek=plek(afwijking),
        script=oordeel.naam_van(afwijking.revisie),
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
        return Hint(
            f'In `data.sqlite` staat {f"revisie {staat}" if staat else "geen revisie"}, maar de '
            f'tabellen zijn die van `{oordeel.naam_van(stand.revisie)}`.',
            'Zet alleen de juiste revisie erin, en doe geen `flask db downgrade`:',
            daden.FlaskDb(('stamp', *purge, doel)),
        )


@hint('database', 'anders')
def hoort_niet_in_de_database(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if afwijking.gevonden in ('erbij', 'tijdelijk'):
        tabel, kolom = afwijking.plek
        sql = f'ALTER TABLE {tabel} DROP COLUMN {kolom}' if kolom else f'DROP TABLE {tabel}'
        return Hint(_zin(oordeel, afwijking), 'Haal die weg.', doen.met_sql(sql))


@hint('database', 'achter')
def upgrade_moet_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    return Hint(
        doen.ligt_klaar(oordeel, afwijking.revisie),
        doen.gaat_weg(oordeel, *oordeel.schemas_rond(afwijking.revisie)),
        'Lees het na, en voer het uit:',
        doen.UPGRADE,
    )


@hint('database', 'achter', 'anders')
def upgrade_loopt_vast(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Waarop, bleek toen hij geprobeerd werd.
    script, doe = oordeel.script(afwijking.revisie), ()
    zegt = re.search(r'\(sqlite3\.\w+\) (.*)', oordeel.mislukt)
    if not (script and oordeel.mislukt):
        return None
    wat = f'SQLite zegt: `{zegt[1]}`.' if zegt else 'Er raken waarden weg.'
    if view := re.search(r'error in (view|trigger) (\w+)', oordeel.mislukt):
        wat = f'Die maakt een tabel opnieuw, en de {view[1]} `{view[2]}` gebruikt die tabel.'
        doe = doen.haal_view_weg(script, 'upgrade', view[1], view[2])
    elif rij := re.search(
        r'(UNIQUE|NOT NULL) .*?: (?:_alembic_tmp_)?(\w+)\.(\w+)', oordeel.mislukt
    ):
        _, tabel, kolom = rij.groups()
        rijen = rijen_in_de_weg(oordeel.oefenmap.pad / DATABASE, *rij.groups())
        standaard = kolommen_van(oordeel.head, tabel).get(kolom, {}).get('standaard')
        wat = f'Kolom `{kolom}` wordt uniek, maar is hetzelfde in rij {rijen}.'
        doe = 'Verander die rijen in `flask shell`.', doen.lukt_dat_niet(oordeel)
        if rij[1] == 'NOT NULL':
            wat = f'Kolom `{kolom}` mag niet leeg zijn, maar is dat in rij {rijen}.'
            sql = f'UPDATE {tabel} SET {kolom} = {standaard} WHERE {kolom} IS NULL'
            doe = doen.met_sql(sql) if standaard else doe
    elif not zegt or 'FOREIGN KEY' in zegt[1]:
        if doe := doen.zet_foreign_keys_uit(oordeel):
            wat = 'Die maakt een tabel opnieuw, en je code zet `foreign_keys` aan. Rijen die naar '
            wat += 'die tabel wijzen houden dat tegen, of zijn daarna weg.'
    zin = f'De upgrade van `{script.naam}` lukt niet op `data.sqlite`. {wat}'
    return Hint(zin, doe or doen.weg_terug(oordeel), waarom=True)


@hint('database')
def database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    (tabel, kolom), wat = afwijking.plek, afwijking.wat
    doe = _of_deel_c(oordeel, afwijking), doen.weg_terug(oordeel)
    if wat in ('ontbreekt', 'leeg'):
        doe = 'Heb je een kopie, zet die dan terug. Anders maken de migraties een nieuwe, zonder '
        doe = f'{doe}rijen:', doen.UPGRADE
    elif wat == 'onleesbaar':
        doe = 'Sluit het programma dat hem open heeft. Controleer daarna opnieuw:\n    pytest'
    elif wat == 'namen weg':
        doe = 'Vul ze weer in, in `flask shell`.', doen.lukt_dat_niet(oordeel)
    elif wat == 'geen tijdstip':
        doe = doen.met_sql(f"UPDATE {tabel} SET {kolom} = {NU} WHERE {kolom} = '{NU}'")
    elif wat == 'niet gevuld' and oordeel.database.versies == [oordeel.revisie_van(*GEVULD.plek)]:
        doe = 'Ga een revisie terug, en weer vooruit:', doen.DOWNGRADE, doen.UPGRADE
    return Hint(_zin(oordeel, afwijking), doe)
