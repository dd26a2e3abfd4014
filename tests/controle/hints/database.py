"""Een `data.sqlite` die niet bij de migraties past."""

import re

from stappen import DATABASE, DELEN_NA, GEVULD, NU, TABEL

from controle.hints import daden, doen
from controle.hints.doen import Doe
from controle.hints.hint import Hint, hint, plek
from controle.oordeel import WAARDEN_WEG, Afwijking, Oordeel, namen_in
from controle.tabellen import kolommen_van, zoek_in_database

# Wat er is. Een andere tabel of kolom is erbij, mist, zit dicht of is anders.
ZINNEN = {
    'ontbreekt': '`data.sqlite` is er niet.',
    'leeg': '`data.sqlite` is leeg: er staat geen enkele tabel in.',
    'onleesbaar': '`data.sqlite` is niet te lezen. Een ander programma houdt hem vast, of je mag '
    'er niet bij.',
    'geen database': '`data.sqlite` is geen database (meer).',
    'te groot': '`data.sqlite` is veel te groot.',
    'half': 'In `data.sqlite` staat al {plek}: de upgrade van `{script}` stopte halverwege. Zo '
    'lukt hij niet meer.',
    'onbekende versie': '`data.sqlite` staat op revisie `{gevonden}`, maar dat script is er niet.',
    'zonder versie': 'In `data.sqlite` staan tabellen die niet bij je migraties passen, zonder '
    'revisie.',
    'dubbele versie': 'In `data.sqlite` staat meer dan een revisie.',
    'erbij': 'In `data.sqlite` staat {plek}. Die hoort niet bij de revisie die erin staat.',
    'mist': 'In `data.sqlite` ontbreekt {plek}. Die hoort bij de revisie die erin staat.',
    'dicht': 'In `data.sqlite` is {plek} niet te openen. De rijen van de andere tabellen zijn er '
    'nog.',
    'anders': 'In `data.sqlite` is {plek} anders dan bij de revisie die erin staat.',
    'tijdelijk': 'In `data.sqlite` staat nog de tijdelijke {plek}. Een upgrade brak halverwege af, '
    'en de volgende loopt daarop vast.',
    'namen weg': 'In `data.sqlite` ontbreken {mist} van de {rijen} namen.',
    'niet gevuld': f'In `data.sqlite` is de kolom `{GEVULD.naam}` leeg. De upgrade was al gedaan '
    'voordat de UPDATE in het script stond.',
    'geen tijdstip': f'In `data.sqlite` staat in {{plek}} de tekst `{NU}`. Dat is geen tijdstip, '
    'dus `flask shell` kan die rijen niet lezen: `Invalid isoformat string`.',
}

# Rijen waar een upgrade op stopt: wat SQLite dan zegt, wat er met de kolom is, en welke het zijn.
RIJEN = {
    'UNIQUE': (
        'wordt uniek, maar deze rijen hebben dezelfde waarde',
        '{kolom} IN (SELECT {kolom} FROM {tabel} GROUP BY 1 HAVING count(*) > 1)',
    ),
    'NOT NULL': ('mag niet leeg zijn, maar is dat in deze rijen', '{kolom} IS NULL'),
}


def _zin(oordeel: Oordeel, afwijking: Afwijking) -> str:
    database, wat = oordeel.database, afwijking.wat
    if wat == 'anders':
        wat = 'tijdelijk' if afwijking.tabel.startswith('_alembic_tmp_') else afwijking.gevonden
    elif wat == 'achter':
        wat = 'namen weg' if database.schema else 'leeg'
    zin = ZINNEN[wat]
    if wat == 'onbekende versie' and afwijking.tabel:
        zin += ' Daar komt {plek} vandaan.'
    rijen = database.rijen.get(TABEL, 0)
    return zin.format(
        plek=plek(afwijking),
        script=oordeel.naam_van(afwijking.revisie),
        gevonden=afwijking.gevonden,
        rijen=rijen,
        mist=rijen - namen_in(database),
    )


@hint('database')
def kopie_past(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if oordeel.passende_kopie and afwijking.wat != 'onleesbaar':
        naam, stand, namen = oordeel.passende_kopie
        return Hint(
            _zin(oordeel, afwijking),
            _of_deel_c(oordeel, afwijking),
            f'In `{naam}` staan de tabellen van `{oordeel.naam_van(stand.revisie)}`, met namen in '
            f'{namen} rijen.',
            doen.zet_kopie_terug(oordeel, naam),
            les=bool(_of_deel_c(oordeel, afwijking)),
        )


@hint('database', 'onbekende versie', 'zonder versie', 'dubbele versie', 'anders')
def revisie_in_de_database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stand = oordeel.stand_met(oordeel.database.schema)
    if stand:
        versies = oordeel.database.versies or []
        staat = ' en ook '.join(f'`{versie}`' for versie in versies)
        # Zonder --purge weigert een stamp bij meer revisies, of een die er niet is.
        weigert = versies[1:] or afwijking.wat == 'onbekende versie'
        doel = 'head' if oordeel.oefenmap.heads == [stand.revisie] else stand.revisie
        return Hint(
            f'In `data.sqlite` staat {f"revisie {staat}" if staat else "geen revisie"}, maar de '
            f'tabellen zijn die van `{oordeel.naam_van(stand.revisie)}`.',
            'Zet alleen de juiste revisie erin, en doe geen `flask db downgrade`:',
            daden.FlaskDb(('stamp', *(['--purge'] if weigert else []), doel)),
        )


@hint('database', 'anders')
def hoort_niet_in_de_database(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if afwijking.gevonden == 'erbij':
        sql = f'DROP TABLE {afwijking.tabel}'
        if afwijking.kolom:
            sql = f'ALTER TABLE {afwijking.tabel} DROP COLUMN {afwijking.kolom}'
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
    # Waarop, zei SQLite toen het geprobeerd werd.
    zei, script = oordeel.mislukt, oordeel.script(afwijking.revisie)
    if not (zei and script):
        return None
    wat = f'De upgrade van `{script.naam}` lukt niet op `data.sqlite`. '
    if fout := re.search(r'error in (view|trigger) (\w+)', zei):
        wat += 'Die maakt een tabel opnieuw, en de {} `{}` gebruikt die tabel.'.format(
            *fout.groups()
        )
        doe = doen.haal_view_weg(script, 'upgrade', *fout.groups())
    elif fout := re.search(r'(\w+ ?\w+) constraint failed: (?:_alembic_tmp_)?(\w+)\.(\w+)', zei):
        wat, doe = _zoek_rijen(oordeel, wat, *fout.groups())
    elif re.search(rf'FOREIGN KEY|{WAARDEN_WEG}', zei) and (doe := _foreign_keys_uit(oordeel)):
        wat += 'Die maakt een tabel opnieuw, en je code zet `foreign_keys` aan. Rijen die naar die '
        wat += 'tabel wijzen houden dat dan tegen, of zijn daarna weg.'
    else:
        fout = re.search(r'\(sqlite3\.\w+\) (.*)', zei)
        wat += f'SQLite zegt: `{fout[1]}`.' if fout else 'Er gaan waarden mee weg.'
        doe = doen.weg_terug(oordeel)
    return Hint(wat, doe, waarom=True)


def _zoek_rijen(oordeel: Oordeel, wat: str, soort: str, tabel: str, kolom: str) -> Doe:
    zin, waar = (deel.format(tabel=tabel, kolom=kolom) for deel in RIJEN[soort])
    vraag = f'SELECT rowid, {kolom} FROM {tabel} WHERE {waar}'
    rijen = [str(rij) for rij, _ in zoek_in_database(oordeel.oefenmap.pad / DATABASE, vraag)]
    wat += f'Kolom `{kolom}` van tabel `{tabel}` {zin}: {", ".join(rijen)}.'
    standaard = kolommen_van(oordeel.head, tabel).get(kolom, {}).get('standaard')
    if soort == 'NOT NULL' and standaard:
        return wat, doen.met_sql(f'UPDATE {tabel} SET {kolom} = {standaard} WHERE {waar}')
    return wat, ('Verander die rijen in `flask shell`.', doen.lukt_dat_niet(oordeel))


def _foreign_keys_uit(oordeel: Oordeel) -> Doe:
    aan = re.compile(r'(?i)(foreign_keys\s*=\s*)(ON|1)')
    for bestand in oordeel.oefenmap.code:
        for nummer, regel in enumerate(bestand.tekst.splitlines(), 1):
            if aan.search(regel):
                doe = daden.maak(bestand, nummer, aan.sub(r'\1OFF', bestand.regel(nummer)))
                return 'Zet ze uit. Na de upgrade mogen ze weer aan.', doe
    return ()


@hint('database')
def database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    tabel, kolom = afwijking.plek
    nieuw = (
        'Heb je een kopie, zet die dan terug. Anders maken de migraties een nieuwe, zonder rijen:',
        doen.UPGRADE,
    )
    doe = {
        'ontbreekt': nieuw,
        'leeg': nieuw,
        'onleesbaar': 'Sluit het programma dat `data.sqlite` open heeft. Controleer daarna '
        'opnieuw:\n    pytest',
        'namen weg': ('Vul ze weer in, in `flask shell`.', doen.lukt_dat_niet(oordeel)),
        'niet gevuld': (
            'Ga een revisie terug, en weer vooruit. Dan vult het script de kolom:',
            doen.DOWNGRADE,
            doen.UPGRADE,
        ),
        'geen tijdstip': doen.met_sql(f"UPDATE {tabel} SET {kolom} = {NU} WHERE {kolom} = '{NU}'"),
    }
    terug = _of_deel_c(oordeel, afwijking), doen.weg_terug(oordeel)
    return Hint(_zin(oordeel, afwijking), doe.get(afwijking.wat, terug))


def _of_deel_c(oordeel: Oordeel, afwijking: Afwijking) -> str:
    """Een upgrade die halverwege stopt: zo ver gaat ook een deel van de verdieping."""
    deel = afwijking.wat == 'half' and oordeel.gehaald >= DELEN_NA
    return doen.of_deel(doen.DEEL_C, 'Wat er misgaat') if deel else ''
