"""Een `data.sqlite` die niet bij de migraties past."""

import re

from stappen import DATABASE, DELEN_NA, GEVULD, KOPIE, NU

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oordeel import Afwijking, Oordeel, namen_in
from controle.tabellen import alle_kolommen, lees_database


@hint('database', 'ontbreekt')
def database_staat_in_instance(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if lees_database(oordeel.oefenmap.pad / 'instance' / DATABASE).toestand == 'goed':
        return Hint(
            '`data.sqlite` staat in de map `instance`. Je app zoekt hem naast de module.',
            daden.Hernoem(f'instance/{DATABASE}', DATABASE),
        )


@hint('database', 'ontbreekt', 'leeg', 'geen database', 'te groot', 'achter')
def database_is_er_niet_maar_wel_een_kopie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    leeg = afwijking.wat != 'achter' or not oordeel.database.schema
    if leeg and oordeel.passende_kopie:
        naam, stand, namen = oordeel.passende_kopie
        wat = 'is er niet' if afwijking.wat == 'ontbreekt' else 'heeft geen tabellen meer'
        return Hint(
            f'`data.sqlite` {wat}. In `{naam}` heb je een kopie. Ze heeft de tabellen '
            f'van `{oordeel.naam_van(stand.revisie)}`, en namen in {namen} rijen.',
            doen.zet_kopie_terug(oordeel, naam),
        )


@hint('database', 'ontbreekt', 'leeg')
def database_is_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = 'is er niet' if afwijking.wat == 'ontbreekt' else 'is leeg: er staat geen enkele tabel in'
    return Hint(
        f'`data.sqlite` {wat}.',
        'Heb je een kopie, zet die dan terug. Anders maken de migraties een nieuwe, zonder rijen:',
        doen.UPGRADE,
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
        doen.weg_terug(oordeel),
    )


@hint('database', 'onbekende versie')
def script_is_weg_na_de_upgrade(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = f'`data.sqlite` staat op revisie `{afwijking.gevonden}`, maar dat script is er niet.'
    stand = oordeel.stand_met(oordeel.database.schema)
    if stand:
        return Hint(
            f'{wat} De tabellen zijn wel precies die van `{oordeel.naam_van(stand.revisie)}`.',
            'Zet die revisie in de database:',
            daden.FlaskDb(('stamp', '--purge', stand.revisie)),
        )
    return Hint(
        f'{wat} Het is verwijderd, of deze database komt uit een andere map.',
        'Zet het terug uit de prullenbak. Is het daar niet?',
        doen.weg_terug(oordeel),
    )


@hint('database', 'zonder versie', 'dubbele versie', 'anders')
def revisie_in_de_database_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    stand = oordeel.stand_met(oordeel.database.schema)
    if stand:
        versies = ' en ook '.join(f'`{versie}`' for versie in oordeel.database.versies or ())
        # Met meer revisies in de database weigert een stamp zonder --purge.
        purge = ['--purge'] if len(oordeel.database.versies or ()) > 1 else []
        doel = 'head' if oordeel.oefenmap.heads == [stand.revisie] else stand.revisie
        staat = f'staat revisie {versies}' if versies else 'staat geen revisie'
        return Hint(
            f'In `data.sqlite` {staat}, maar de tabellen zijn die van '
            f'`{oordeel.naam_van(stand.revisie)}`.',
            'Zet alleen de juiste revisie erin, en doe geen `flask db downgrade`:',
            daden.FlaskDb(('stamp', *purge, doel)),
        )


@hint('database', 'half')
def upgrade_stopte_halverwege(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    tabel, kolom = afwijking.gevonden
    wat = (
        f'In `data.sqlite` staat al kolom `{kolom}` van tabel `{tabel}`: de upgrade van '
        f'`{oordeel.naam_van(afwijking.revisie)}` stopte halverwege. Zo lukt hij niet meer'
    )
    # Zo ver gaat ook een deel van de verdieping.
    deel = oordeel.gehaald >= DELEN_NA
    anders = doen.of_deel(doen.DEEL_C, 'Wat er misgaat') if deel else ''
    if _kopie_past(oordeel):
        kopie = doen.zet_kopie_terug(oordeel, KOPIE)
        return Hint(f'{wat}. `{KOPIE}` is van ervoor.', anders, kopie, les=deel)
    return Hint(f'{wat}.', anders, doen.weg_terug(oordeel))


@hint('database', 'zonder versie', 'anders')
def database_past_niet_bij_de_migraties(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    tijdelijk = [tabel for tabel in oordeel.database.schema if tabel.startswith('_alembic_tmp_')]
    if tijdelijk:
        wat = (
            f'In `data.sqlite` staat nog de tijdelijke tabel `{tijdelijk[0]}`. Een upgrade brak '
            'halverwege af, en de volgende loopt daarop vast'
        )
    elif afwijking.wat == 'zonder versie':
        wat = 'In `data.sqlite` staan tabellen die niet bij je migraties passen, zonder revisie'
    else:
        wat = f'In `data.sqlite` is {plek(afwijking)} anders dan bij de revisie die erin staat'
    if _kopie_past(oordeel):
        return Hint(
            f'{wat}. `{KOPIE}` is van dezelfde revisie, en klopt wel.',
            doen.zet_kopie_terug(oordeel, KOPIE),
        )
    return Hint(f'{wat}.', doen.weg_terug(oordeel))


@hint('database', 'achter')
def waarden_houden_de_upgrade_tegen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database, straks = oordeel.database, oordeel.schemas_rond(afwijking.revisie)[1]
    for tabel, kolom in alle_kolommen(straks):
        gevuld = database.gevuld.get(tabel, {}).get(kolom, database.rijen.get(tabel))
        if gevuld != database.rijen.get(tabel) and not straks[tabel]['kolommen'][kolom]['null']:
            wat = 'mag niet leeg zijn, en is in sommige rijen leeg'
        elif [kolom] in straks[tabel]['uniek'] and kolom in database.dubbel.get(tabel, ()):
            wat = 'wordt uniek, en heeft in sommige rijen dezelfde waarde'
        else:
            continue
        return Hint(
            f'De upgrade van `{oordeel.naam_van(afwijking.revisie)}` loopt vast op '
            f'`data.sqlite`: kolom `{kolom}` {wat}.',
            'Verander die rijen in `flask shell`.',
            doen.lukt_dat_niet(oordeel),
        )


@hint('database', 'achter')
def view_houdt_de_upgrade_tegen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script(afwijking.revisie)
    for soort, naam, op_tabel, sql in oordeel.database.views:
        # Een trigger op de tabel zelf gaat met de tabel mee weg.
        for tabel in script.maakt_opnieuw() - {op_tabel}:
            if re.search(rf'\b{tabel}\b', sql) and naam not in script.tekst:
                return Hint(
                    f'`{script.naam}` maakt de tabel `{tabel}` opnieuw. De {soort} `{naam}` '
                    'gebruikt die tabel, en houdt dat tegen.',
                    doen.haal_view_weg(script, 'upgrade', soort, naam),
                )


@hint('database', 'achter')
def verwijzende_rijen_houden_de_upgrade_tegen(
    oordeel: Oordeel, afwijking: Afwijking
) -> Hint | None:
    script, database = oordeel.script(afwijking.revisie), oordeel.database
    aan = re.compile(r'(?i)(foreign_keys\s*=\s*)(ON|1)')
    zet_aan = next((b for b in oordeel.oefenmap.code if aan.search(b.tekst)), None)
    # Binnen een transactie doet PRAGMA foreign_keys niets: dan kan het niet in het script.
    met_transactie = any('isolation_level' in b.tekst for b in oordeel.oefenmap.code)
    for tabel, inhoud in database.schema.items() if zet_aan else ():
        doelen = {doel for _, doel, _ in inhoud['verwijst_naar']} - {tabel}
        geraakt = doelen & script.maakt_opnieuw()
        if not (geraakt and database.rijen[tabel]):
            continue
        if met_transactie or 'foreign_keys' not in script.tekst:
            doe = daden.zet_onder(
                script,
                script.functie('upgrade').lineno,
                "    op.execute('PRAGMA foreign_keys = OFF')",
            )
            if met_transactie:
                regels = zet_aan.tekst.splitlines()
                nummer = next(n for n, regel in enumerate(regels, 1) if aan.search(regel))
                doe = daden.maak(zet_aan, nummer, aan.sub(r'\1OFF', zet_aan.regel(nummer)))
            return Hint(
                f'`{script.naam}` maakt de tabel `{min(geraakt)}` opnieuw. Je code zet '
                f'`foreign_keys` aan, en rijen in `{tabel}` wijzen naar die tabel. Dan lukt de '
                f'upgrade niet, of de rijen in `{tabel}` zijn daarna weg.',
                doe,
            )


@hint('database', 'achter')
def upgrade_moet_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    return Hint(
        doen.ligt_klaar(oordeel, afwijking.revisie),
        doen.gaat_weg(oordeel, *oordeel.schemas_rond(afwijking.revisie)),
        'Lees het na, en voer het uit:',
        doen.UPGRADE,
    )


@hint('database', 'namen weg')
def namen_zijn_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = f'In `data.sqlite` ontbreken namen: er staan er nog {namen_in(oordeel.database)}.'
    if oordeel.passende_kopie:
        naam, _, namen = oordeel.passende_kopie
        return Hint(
            f'{wat} In `{naam}` heb je er {namen}.',
            doen.zet_kopie_terug(oordeel, naam),
        )
    return Hint(f'{wat} Een kopie die ze allemaal heeft is er niet.', doen.weg_terug(oordeel))


@hint('database', 'niet gevuld')
def kolom_is_leeg_in_de_database(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = (
        f'In `data.sqlite` is de kolom `{GEVULD.naam}` leeg. De upgrade was al gedaan voordat de '
        'UPDATE in het script stond.'
    )
    if oordeel.database.versies == [oordeel.revisie_van(*GEVULD.plek)]:
        return Hint(
            wat,
            'Ga een revisie terug, en weer vooruit. Dan vult het script de kolom:',
            doen.DOWNGRADE,
            doen.UPGRADE,
        )
    return Hint(wat, doen.weg_terug(oordeel))


@hint('database', 'geen tijdstip')
def tekst_in_plaats_van_een_tijdstip(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    tabel, kolom = afwijking.plek
    return Hint(
        f'In `data.sqlite` staat in {plek(afwijking)} de tekst `{NU}`. Dat is geen tijdstip, dus '
        '`flask shell` kan die rijen niet lezen: `Invalid isoformat string`.',
        doen.met_sql(f"UPDATE {tabel} SET {kolom} = {NU} WHERE {kolom} = '{NU}'"),
    )


def _kopie_past(oordeel: Oordeel) -> bool:
    """Of er een kopie van dezelfde revisie is, met haar tabellen en met elke waarde."""
    database, kopie, plaats = oordeel.database, oordeel.kopie, oordeel.plaats_van_database
    return (
        plaats is not None
        and kopie.versies == database.versies
        and kopie.schema == oordeel.verslag.heen[plaats].schema
        and all(
            kopie.rijen.get(tabel, 0) >= database.rijen[tabel]
            and kopie.gevuld.get(tabel, {}).get(kolom, 0) >= aantal
            for tabel, gevuld in database.gevuld.items()
            for kolom, aantal in gevuld.items()
        )
    )
