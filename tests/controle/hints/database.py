"""Een `data.sqlite` die niet bij de migraties past."""

from collections.abc import Iterator

from stappen import AFGELEID, CURSISTEN, DATABASE, GEVULD, HERNOEMD, KOPIE, TABEL

from controle.hints import doen
from controle.hints.hint import Hint, hint, plek
from controle.oordeel import Afwijking, Oordeel
from controle.tabellen import kolommen_van, lees_database


@hint('database', 'ontbreekt')
def database_staat_in_instance(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if lees_database(oordeel.oefenmap.pad / 'instance' / DATABASE).toestand == 'goed':
        return Hint(
            '`data.sqlite` staat in de map `instance`. Je app zoekt hem naast de module.',
            'Verplaats hem:\n' + doen.hernoem(f'instance/{DATABASE}', DATABASE),
        )


@hint('database', 'ontbreekt', 'leeg', 'geen database', 'te groot', 'achter')
def database_is_er_niet_maar_wel_een_kopie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    leeg = afwijking.wat != 'achter' or not oordeel.database.schema
    if leeg and _er_is_een_kopie(oordeel):
        wat = 'is er niet' if afwijking.wat == 'ontbreekt' else 'heeft geen tabellen meer'
        return Hint(
            f'`data.sqlite` {wat}. In `{KOPIE}` heb je een kopie.',
            'Zet de kopie terug:\n' + doen.kopieer(KOPIE, DATABASE),
        )


@hint('database', 'ontbreekt', 'leeg')
def database_is_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = 'is er niet' if afwijking.wat == 'ontbreekt' else 'is leeg: er staat geen enkele tabel in'
    return Hint(
        f'`data.sqlite` {wat}.',
        'Heb je een kopie, zet die dan terug. Anders maken de migraties een nieuwe, zonder rijen:\n'
        '    flask db upgrade',
    )


@hint('database', 'onleesbaar')
def database_is_niet_te_lezen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    return Hint(
        '`data.sqlite` is niet te lezen. Een ander programma houdt hem vast, of je mag er niet '
        'bij.',
        'Sluit het programma dat `data.sqlite` open heeft. Controleer daarna opnieuw:\n    pytest',
    )


@hint('database', 'geen database', 'te groot')
def database_is_geen_database(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = 'is geen database (meer)' if afwijking.wat == 'geen database' else 'is veel te groot'
    return Hint(
        f'`data.sqlite` {wat}.',
        'Heb je een kopie, zet die dan terug. Anders: bewaar dit bestand en maak een nieuwe '
        'database, zonder rijen:\n' + _zet_opzij(oordeel) + '\n    flask db upgrade',
    )


@hint('database', 'onbekende versie')
def script_is_weg_na_de_upgrade(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = f'`data.sqlite` staat op revisie `{afwijking.gevonden}`, maar dat script is er niet.'
    stand = oordeel.stand_van_database()
    if stand:
        return Hint(
            f'{wat} De tabellen zijn wel precies die van `{oordeel.naam_van(stand.revisie)}`.',
            f'Zet die revisie in de database:\n    flask db stamp --purge {stand.revisie}',
        )
    if oordeel.database_is_als_model():
        return Hint(
            f'{wat} Waarschijnlijk is het verwijderd na de upgrade.',
            'Zet het terug uit de prullenbak. Is het daar niet? Dan maakt dit het opnieuw:\n'
            + doen.migreer_zonder_database(oordeel, 'teruggezet'),
        )
    return Hint(
        f'{wat} Het is verwijderd, of deze database komt uit een andere map.',
        _nieuwe_database(oordeel),
    )


@hint('database', 'zonder versie', 'anders')
def revisie_in_de_database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stand = oordeel.stand_van_database()
    if stand:
        versies = oordeel.database.versies
        staat = f'staat revisie `{versies[0]}`' if versies else 'staat geen revisie'
        return Hint(
            f'In `data.sqlite` {staat}, maar de tabellen zijn die van '
            f'`{oordeel.naam_van(stand.revisie)}`.',
            'Zet de juiste revisie erbij. Doe geen `flask db downgrade`: die haalt een stap '
            f'weg.\n    flask db stamp {stand.revisie}',
        )


@hint('database', 'anders')
def tijdelijke_tabel_is_blijven_staan(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    for tabel in oordeel.database.schema:
        echte = tabel.removeprefix('_alembic_tmp_')
        if echte != tabel:
            wat = (
                f'In `data.sqlite` staat nog de tijdelijke tabel `{tabel}`. Een upgrade brak '
                'halverwege af, en de volgende loopt daarop vast.'
            )
            if echte in oordeel.database.schema:
                return Hint(wat, _met_sql(f'DROP TABLE {tabel}'))
            return Hint(wat, _met_sql(f'ALTER TABLE {tabel} RENAME TO {echte}'))


@hint('database', 'anders')
def lege_tabel_te_veel(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    toen = oordeel.verslag.heen[oordeel.plaats_van_database].schema
    if afwijking.tabel not in toen and not oordeel.database.rijen[afwijking.tabel]:
        return Hint(
            f'In `data.sqlite` staat een lege tabel `{afwijking.tabel}`. Volgens de revisie hoort '
            'die er nog niet te zijn.',
            _met_sql(f'DROP TABLE {afwijking.tabel}'),
        )


@hint('database', 'zonder versie', 'anders')
def database_past_niet_bij_de_migraties(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if afwijking.wat == 'zonder versie':
        wat = 'In `data.sqlite` staan tabellen die niet bij je migraties passen, zonder revisie'
    else:
        wat = f'In `data.sqlite` is {plek(afwijking)} anders dan je migraties hem maken'
    return Hint(f'{wat}.', _nieuwe_database(oordeel))


@hint('database', 'achter')
def lege_waarden_houden_de_upgrade_tegen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database = oordeel.database
    for tabel, kolom, eigenschap in _wat_gaat_komen(oordeel, afwijking):
        gevuld = database.gevuld.get(tabel, {}).get(kolom)
        if eigenschap['null'] or gevuld in (None, database.rijen.get(tabel)):
            continue
        standaard = eigenschap['standaard'] or "''"
        return Hint(
            f'In `{oordeel.naam_van(afwijking.revisie)}` mag kolom `{kolom}` niet leeg zijn. In '
            '`data.sqlite` is hij in sommige rijen leeg. De upgrade loopt daarop vast.',
            _met_sql(f'UPDATE {tabel} SET {kolom} = {standaard} WHERE {kolom} IS NULL'),
        )


@hint('database', 'achter')
def dubbele_waarden_houden_de_upgrade_tegen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    for tabel, kolom, eigenschap in _wat_gaat_komen(oordeel, afwijking):
        if eigenschap['uniek'] and kolom in oordeel.database.dubbel.get(tabel, ()):
            return Hint(
                f'`{oordeel.naam_van(afwijking.revisie)}` maakt kolom `{kolom}` uniek. In '
                '`data.sqlite` hebben rijen daar dezelfde waarde. De upgrade loopt daarop vast.',
                f'Geef ze elk een eigen waarde. Bekijk ze eerst in `flask shell`:\n'
                '    db.session.execute(db.text('
                f"'SELECT id, {kolom} FROM {tabel} ORDER BY {kolom}')).all()",
            )


@hint('database', 'achter')
def upgrade_moet_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    return Hint(
        f'`{oordeel.naam_van(afwijking.revisie)}` is gemaakt, maar nog niet uitgevoerd op '
        '`data.sqlite`.',
        'Lees het script na, en voer het uit:\n    flask db upgrade',
    )


@hint('database', 'namen weg')
def namen_zijn_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if _er_is_een_kopie(oordeel):
        return Hint(
            f'In `data.sqlite` zijn alle namen weg. In `{KOPIE}` heb je ze nog.',
            'Zet de kopie terug en doe de upgrade opnieuw:\n'
            + doen.kopieer(KOPIE, DATABASE)
            + '\n    flask db upgrade',
        )
    naam = CURSISTEN[0][HERNOEMD.was]
    return Hint(
        f'In `data.sqlite` zijn alle namen weg, en er is geen kopie `{KOPIE}`.',
        'Vul ze een voor een opnieuw in. '
        + _met_sql(f"UPDATE {TABEL} SET {HERNOEMD.naam} = '{naam}' WHERE id = 1"),
    )


@hint('database', 'niet gevuld')
def kolom_is_leeg_in_de_database(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    return Hint(
        f'In `data.sqlite` is de kolom `{GEVULD.naam}` niet gevuld. De upgrade was al gedaan '
        'voordat de UPDATE in het script stond, of er kwamen rijen bij.',
        _met_sql(f'{GEVULD.vulling} WHERE {GEVULD.naam} IS NULL'),
    )


def _wat_gaat_komen(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[tuple[str, str, dict]]:
    """De kolommen van data.sqlite zoals de volgende revisie ze maakt: tabel, naam en hoe."""
    schema = oordeel.verslag.heen[oordeel.volgorde.index(afwijking.revisie)].schema
    for tabel, inhoud in schema.items():
        for kolom, eigenschap in inhoud['kolommen'].items():
            if kolom in kolommen_van(oordeel.database.schema, tabel):
                yield tabel, kolom, eigenschap | {'uniek': [kolom] in inhoud['uniek']}


def _er_is_een_kopie(oordeel: Oordeel) -> bool:
    """Of er een kopie is met namen erin."""
    gevuld = lees_database(oordeel.oefenmap.pad / KOPIE).gevuld.get(TABEL, {})
    return bool(gevuld.get(HERNOEMD.was) or gevuld.get(HERNOEMD.naam))


def _zet_opzij(oordeel: Oordeel) -> str:
    return doen.hernoem(DATABASE, doen.vrije_naam(oordeel.oefenmap.pad, 'oud', '.sqlite'))


def _met_sql(sql: str) -> str:
    """Een SQL-opdracht via flask shell: dat werkt op elke computer hetzelfde."""
    return (
        f'Doe dit in `flask shell`:\n    db.session.execute(db.text("{sql}"))\n'
        '    db.session.commit()'
    )


def _nieuwe_database(oordeel: Oordeel) -> str:
    """Een database die bij de migraties past, met alle rijen van de oude."""
    opzij = doen.vrije_naam(oordeel.oefenmap.pad, 'oud', '.sqlite')
    maak = f'Laat de migraties een nieuwe database maken:\n{_zet_opzij(oordeel)}\n'
    maak += '    flask db upgrade\n'
    kopieer = [sql for tabel in oordeel.head for sql in _kopieer_rijen(oordeel, tabel)]
    if not kopieer:
        return f'{maak}De oude blijft bewaard.'
    regels = [f"ATTACH '{opzij}' AS oud", *kopieer]
    return (
        f'{maak}Zet daarna je rijen over, in `flask shell`:\n'
        + '\n'.join(f'    db.session.execute(db.text("{sql}"))' for sql in regels)
        + '\n    db.session.commit()'
    )


def _kopieer_rijen(oordeel: Oordeel, tabel: str) -> Iterator[str]:
    """De SQL die de rijen van een tabel uit `oud` haalt; niets als er geen zijn."""
    er_waren = kolommen_van(oordeel.database.schema, tabel)
    nieuw = oordeel.head[tabel]['kolommen']
    namen = {naam: naam for naam in nieuw if naam in er_waren}
    for kolom, (bron, waarde) in AFGELEID.items():
        if kolom in nieuw and bron in er_waren:
            namen.setdefault(kolom, waarde)
    if not namen or not oordeel.database.rijen[tabel]:
        return
    for naam in namen:
        standaard = nieuw[naam]['standaard']
        if standaard and not nieuw[naam]['null']:
            namen[naam] = f'coalesce({namen[naam]}, {standaard})'
    yield (
        f'INSERT OR REPLACE INTO {tabel} ({", ".join(namen)}) '
        f'SELECT {", ".join(namen.values())} FROM oud.{tabel}'
    )
