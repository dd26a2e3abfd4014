"""Zet verzonnen rijen in een nagespeelde database: veel fouten zijn pas met rijen te zien."""

import re

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from stappen import CURSISTEN

from controle.tabellen import citeer


def vul_aan(verbinding: Connection, schema: dict) -> None:
    """Zet rijen in lege tabellen, en een waarde in elke kolom die overal leeg is."""
    # Eerst de tabellen zonder foreign key: daar wijzen de andere naar.
    for tabel in sorted(schema, key=lambda tabel: len(schema[tabel]['verwijst_naar'])):
        try:
            _vul_tabel(verbinding, tabel, schema[tabel])
            verbinding.commit()
        except DatabaseError:
            # Een eigen tabel kan eisen stellen die het naspelen niet kent: dan blijft hij leeg.
            verbinding.rollback()


def _vul_tabel(verbinding: Connection, tabel: str, inhoud: dict) -> None:
    kolommen = inhoud['kolommen']
    geciteerd = {naam: citeer(verbinding, naam) for naam in (tabel, *kolommen)}
    tellingen = ', '.join(f'count({geciteerd[kolom]})' for kolom in kolommen)
    vraag = f'SELECT count(*), {tellingen} FROM {geciteerd[tabel]}'
    aantal, *gevuld = verbinding.exec_driver_sql(vraag).one()
    if aantal == 0:
        aantal = len(CURSISTEN)
        verplicht = _zelf_in_te_vullen(inhoud)
        namen = ', '.join(geciteerd[naam] for naam in verplicht)
        vragen = ', '.join('?' * len(verplicht))
        velden = f'({namen}) VALUES ({vragen})' if verplicht else 'DEFAULT VALUES'
        for rij in range(aantal):
            verbinding.exec_driver_sql(
                f'INSERT INTO {geciteerd[tabel]} {velden}',
                tuple(_waarde(verbinding, inhoud, naam, rij) for naam in verplicht),
            )
    for kolom, aantal_gevuld in zip(kolommen, gevuld, strict=True):
        if aantal_gevuld or not kolommen[kolom]['null']:
            continue
        for rij in range(aantal):
            verbinding.exec_driver_sql(
                f'UPDATE {geciteerd[tabel]} SET {geciteerd[kolom]} = ? WHERE rowid = '
                f'(SELECT rowid FROM {geciteerd[tabel]} ORDER BY 1 LIMIT 1 OFFSET {rij})',
                (_waarde(verbinding, inhoud, kolom, rij),),
            )


def _zelf_in_te_vullen(inhoud: dict) -> list[str]:
    """De verplichte kolommen waarvoor de database zelf geen waarde heeft."""
    telt_zelf = inhoud['sleutel'] if len(inhoud['sleutel']) == 1 else []
    return [
        naam
        for naam, kolom in inhoud['kolommen'].items()
        if not kolom['null'] and kolom['standaard'] is None
        if naam not in telt_zelf or kolom['type'] != 'INTEGER'
    ]


def _waarde(verbinding: Connection, inhoud: dict, kolom: str, rij: int) -> object:
    """Een waarde voor rij `rij`; bij een foreign key die van een rij die er al is."""
    for eigen, doel, naar in inhoud['verwijst_naar']:
        if eigen[0] == kolom:
            doel, sleutel = citeer(verbinding, doel), citeer(verbinding, naar[0])
            vraag = f'SELECT {sleutel} FROM {doel} ORDER BY 1 LIMIT 1 OFFSET {rij}'
            return verbinding.exec_driver_sql(vraag).scalar()
    return _verzin(kolom, inhoud['kolommen'][kolom]['type'], rij)


def _verzin(kolom: str, type_: str, rij: int) -> object:
    """Een waarde die bij de kolom past, in elke rij een andere."""
    if kolom in CURSISTEN[0]:
        return CURSISTEN[rij % len(CURSISTEN)][kolom]
    nummer = rij + 1
    for patroon, waarde in (
        ('DATETIME|TIMESTAMP', f'2026-09-{nummer:02} 12:00:00'),
        ('DATE', f'2026-09-{nummer:02}'),
        ('TIME', f'12:00:{nummer:02}'),
        ('JSON', '{}'),
        ('CHAR|TEXT', f'{nummer}{kolom}'),
    ):
        if re.search(patroon, type_.upper()):
            lengte = re.search(r'\((\d+)\)', type_)
            return waarde[: int(lengte[1])] if lengte else waarde
    return nummer % 2 if 'BOOL' in type_.upper() else nummer
