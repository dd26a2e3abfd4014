"""Wat je doet, letterlijk: de opdrachten voor elk systeem, en de regels die je verandert."""

import ast
import os
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches

from stappen import (
    AFGELEID,
    CURSISTEN,
    DATABASE,
    GEVULD,
    HERNOEMD,
    KLASSEN,
    MODULE,
    OPVOLGERS,
    SERVER,
    TABEL,
    UIT_DE_OMGEVING,
    Kolom,
    kolommen_na,
)

from controle.hints.hint import passende_hint
from controle.oefenmap import (
    Bestand,
    Script,
    commentaar_in,
    eind_van_de_kolommen,
    is_opdracht,
    namen_van,
    tabellen_van,
)
from controle.oordeel import Afwijking, Oordeel, kolom_uit
from controle.tabellen import alle_kolommen, kolommen_van

# Op Windows heten rm en cp anders, en cp in cmd en PowerShell ook nog verschillend.
WINDOWS = sys.platform == 'win32'

# Het deel dat een database zonder migraties onder migraties brengt.
DEEL_A = '*Deel A* van `VERDIEPING.md`'


# --- Opdrachten -----------------------------------------------------------------------------


def zet_flask_app() -> str:
    """De opdracht die zegt waar de app staat, voor elke shell van dit systeem."""
    if WINDOWS:
        return _per_shell(f'set FLASK_APP={MODULE}', f"$env:FLASK_APP='{MODULE}'")
    return f'    export FLASK_APP={MODULE}'


def werkt_elders(oordeel: Oordeel) -> bool:
    """Of `flask` in dit terminalvenster met een andere database werkt dan data.sqlite."""
    leest = False
    for knoop in oordeel.module.boom.body if SERVER in os.environ and oordeel.module else ():
        regel = ast.unparse(knoop)
        if UIT_DE_OMGEVING in regel:
            leest = True
        elif 'SQLALCHEMY_DATABASE_URI' in regel:
            # Wat later komt, gaat voor.
            leest = False
        elif 'SQLAlchemy(app' in regel or '.init_app(' in regel:
            break
    return leest


def zet_server_uit() -> str:
    """De opdracht waarna `flask` in dit venster weer met data.sqlite werkt."""
    if WINDOWS:
        return _per_shell(f'set {SERVER}=', f'Remove-Item Env:{SERVER}')
    return f'    unset {SERVER}'


def kopieer(van: str, naar: str) -> str:
    """De opdracht die een bestand over een ander kopieert, voor elke shell van dit systeem."""
    van, naar = _in_de_shell(van), _in_de_shell(naar)
    if WINDOWS:
        return _per_shell(f'copy /y {van} {naar}', f'Copy-Item {van} {naar}')
    return f'    cp {van} {naar}'


def zet_kopie_terug(oordeel: Oordeel, naam: str) -> str:
    """De opdracht die een kopie van de database terugzet."""
    # Wat nog in een -journal staat, hoort niet in de kopie: die gaat daarvan kapot.
    journal = oordeel.oefenmap.pad / f'{DATABASE}-journal'
    eerst = '    flask db current\n' if journal.exists() else ''
    return eerst + kopieer(naam, DATABASE)


def verwijder(naam: str) -> str:
    """De opdracht die een bestand verwijdert."""
    return f'    {"del" if WINDOWS else "rm"} {_in_de_shell(naam)}'


def _in_de_shell(naam: str) -> str:
    if WINDOWS:
        naam = naam.replace('/', '\\')
    return f'"{naam}"' if ' ' in naam else naam


def _per_shell(cmd: str, powershell: str) -> str:
    return f'In cmd:\n    {cmd}\nIn PowerShell:\n    {powershell}'


def hernoem(van: str, naar: str) -> str:
    """Een bestand een andere naam of plaats geven, in de editor: dat gaat overal hetzelfde."""
    return f'Hernoem `{van}` naar `{naar}`.'


def weg_terug(oordeel: Oordeel) -> str:
    """De weg terug naar de laatste goede stap; wat er staat blijft bewaard."""
    stap = oordeel.laatste_goede_stap
    return (
        f'Ga terug naar de stand na stap {stap}. Wat er nu staat, met je eigen rijen, blijft '
        f'bewaard in de map `oud`:\n    python tests/speel_les.py --terug {stap}'
    )


def lukt_dat_niet(oordeel: Oordeel) -> str:
    """De weg terug, voor wie zelf iets moet verbeteren en er niet uitkomt."""
    return f'Lukt dat niet? {weg_terug(oordeel)}'


def of_deel_a(doe: str) -> str:
    """Wat je doet, tenzij je met opzet geen migraties hebt: dan ben je in een deel."""
    return f'Doe je {DEEL_A}? Lees dan verder bij *Wat je doet*.\nAnders: {doe[0].lower()}{doe[1:]}'


def nog_niet_in_een_migratie(afwijking: Afwijking) -> str:
    """Wat er in het model anders is dan in de migraties, als een zin."""
    naam = afwijking.kolom or afwijking.tabel
    if afwijking.soort != 'model':
        return 'Je model is veranderd, en dat staat nog niet in een migratie.'
    wat = 'tabel' if afwijking.kolom is None else 'kolom'
    if afwijking.wat in ('add_table', 'add_column'):
        return f'De {wat} `{naam}` staat in je model, maar nog niet in een migratie.'
    if afwijking.wat in ('remove_table', 'remove_column'):
        return f'De {wat} `{naam}` is uit je model, maar nog niet uit je migraties.'
    return f'Wat je in je model aan `{naam}` veranderde, staat nog niet in een migratie.'


def ligt_klaar(oordeel: Oordeel, revisie: str) -> str:
    """Dat een script nog niet op de database is uitgevoerd, of is teruggedraaid."""
    return (
        f'`{oordeel.naam_van(revisie)}` ligt klaar: `data.sqlite` heeft het nog niet, of niet meer.'
    )


def gaat_weg(oordeel: Oordeel, voor: dict, na: dict) -> str:
    """Welke eigen waarden verdwijnen als het schema van `voor` dat van `na` wordt; anders ''."""
    van_de_les = [kolom.plek for kolom in kolommen_na(oordeel.gehaald).values()]
    weg = [
        f'`{kolom}`'
        for tabel, kolom in alle_kolommen(voor)
        if (tabel, kolom) not in [*alle_kolommen(na), *van_de_les]
        if oordeel.database.gevuld.get(tabel, {}).get(kolom) and kolom not in OPVOLGERS
    ]
    return f' Let op: wat er in {", ".join(weg)} staat, verdwijnt dan.' if weg else ''


def migreer(oordeel: Oordeel, bericht: str) -> str:
    """Hoe het model in een migratie komt: eerst wat er met de database is."""
    return eerst_de_database(oordeel) or f'Maak een migratie:\n    flask db migrate -m "{bericht}"'


def eerst_de_database(oordeel: Oordeel) -> str:
    """Wat er met de database is en wat je doet, want `migrate` vergelijkt daarmee; anders ''."""
    afwijking = next((a for a in oordeel.afwijkingen if a.soort == 'database'), None)
    return ' '.join(passende_hint(oordeel, afwijking)[1]) if afwijking else ''


def gooi_weg(oordeel: Oordeel, script: Script, bericht: str = '') -> str:
    """Een script dat nooit is uitgevoerd mag weg; anders de weg terug."""
    map_ = oordeel.oefenmap
    if script.revisie not in map_.heads or oordeel.toegepast(script.revisie):
        return weg_terug(oordeel)
    doe, weg = 'Verwijder het script, het is nog niet uitgevoerd', verwijder(script.naam)
    # Ligt er nog een ander script klaar, dan weigert `flask db migrate`.
    if bericht and set(map_.revisies) - oordeel.gehad == {script.revisie}:
        # Op een database die anders is, vindt `migrate` iets anders.
        if any(a.soort == 'database' and a.wat != 'achter' for a in oordeel.afwijkingen):
            return eerst_de_database(oordeel)
        return f'{doe}, en maak het opnieuw:\n{weg}\n    flask db migrate -m "{bericht}"'
    return f'{doe}:\n{weg}'


def met_sql(sql: str) -> str:
    """Een SQL-opdracht via flask shell: dat werkt op elke computer hetzelfde."""
    return (
        f'Doe dit in `flask shell`:\n    db.session.execute(db.text("{sql}"))\n'
        '    db.session.commit()'
    )


def zet_cursisten_erin(oordeel: Oordeel) -> str:
    """De regels die in `flask shell` de cursisten van de les in de tabel zetten."""
    model = kolommen_van(oordeel.verslag.model, TABEL)
    regels = ''
    for cursist in CURSISTEN:
        velden = {
            naam: cursist.get(naam) or _afgeleid(naam, cursist)
            for naam in model
            if naam in cursist or AFGELEID.get(naam, ('',))[0] in cursist
        }
        inhoud = ', '.join(f'{naam}={waarde!r}' for naam, waarde in velden.items())
        regels += f'    db.session.add({klasse_van(TABEL)}({inhoud}))\n'
    return f'Zet ze erin, in `flask shell`:\n{regels}    db.session.commit()\n    exit()'


def _afgeleid(naam: str, cursist: dict) -> object:
    waarde = cursist[AFGELEID[naam][0]]
    return GEVULD.som - waarde if naam == GEVULD.naam else waarde


# --- Een regel in een bestand -----------------------------------------------------------------


def maak(bestand: Bestand, nummer: int, nieuw: str, spaties: str | None = None) -> str:
    """Vervang een opdracht; de spaties ervoor en het commentaar erachter blijven staan.

    Is `nieuw` geen hele opdracht, dan vervangt het alleen deze regel van de opdracht.
    """
    rauw = bestand.ruwe_regel(nummer)
    if spaties is None:
        spaties = rauw[: len(rauw) - len(rauw.lstrip())]
    eind = bestand.eind(nummer) if is_opdracht(nieuw) else nummer
    oud = '\n'.join(map(bestand.ruwe_regel, range(nummer, eind + 1)))
    if not commentaar_in(nieuw):
        nieuw = '  '.join([nieuw, *commentaar_in(oud)])
    return vervang(bestand, nummer, eind, [spaties + nieuw])


def haal_weg(bestand: Bestand, begin: int, eind: int | None = None) -> str:
    """Haal een opdracht weg, of de regels van `begin` tot en met `eind`."""
    eind = eind or bestand.eind(begin)
    return f'Haal in `{bestand.naam}` {_waar(bestand, begin, eind)} weg:\n' + '\n'.join(
        f'    {bestand.ruwe_regel(nummer)}' for nummer in range(begin, eind + 1)
    )


def vervang(bestand: Bestand, begin: int, eind: int, regels: list[str]) -> str:
    """Zet andere regels in plaats van die van `begin` tot en met `eind`."""
    return _met_blok(f'Maak in `{bestand.naam}` van {_waar(bestand, begin, eind)}', regels)


def zet_onder(bestand: Bestand, nummer: int, *nieuw: str) -> str:
    """Zet regels onder regel `nummer`; 0 is bovenaan."""
    waar = f'onder regel {nummer}' if nummer else 'bovenaan'
    return _met_blok(f'Zet in `{bestand.naam}` {waar}', nieuw)


def verplaats(bestand: Bestand, begin: int, onder: int, spaties: str) -> str:
    """Verplaats een opdracht naar onder regel `onder`, met `spaties` ervoor."""
    eerste = bestand.ruwe_regel(begin)
    weg = len(eerste) - len(eerste.lstrip())
    waar = f'onder regel {onder}' if onder else 'bovenaan'
    regels = range(begin, bestand.eind(begin) + 1)
    return _met_blok(
        f'Verplaats in `{bestand.naam}` {_waar(bestand, begin)} naar {waar}',
        [spaties + bestand.ruwe_regel(nummer)[weg:] for nummer in regels],
    )


def vervang_functies(script: Script, inhoud: dict[str, list[str]]) -> str:
    """Vervang functies van een script; `inhoud` is per functie een rij regels."""
    namen = ' en '.join(f'`{functie}()`' for functie in inhoud)
    blokken = [
        '\n'.join(f'    {regel}' for regel in (f'def {functie}():', *regels))
        for functie, regels in inhoud.items()
    ]
    return f'Vervang in `{script.naam}` {namen} door:\n' + '\n\n\n'.join(blokken)


def hernoem_in_script(script: Script) -> str:
    """Vervang beide functies door een die de kolom van de les hernoemt."""
    met = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:"
    inhoud = {functie: [met, f'        batch_op.{regel}'] for functie, regel in HERNOEMEN.items()}
    return vervang_functies(script, inhoud)


def haal_view_weg(script: Script, functie: str, soort: str, naam: str) -> str:
    """Haal een view of trigger weg aan het begin van `upgrade` of `downgrade`."""
    regel = f"    op.execute('DROP {soort.upper()} IF EXISTS {naam}')"
    return f'Haal de {soort} eerst weg. Later kun je hem opnieuw maken. ' + zet_onder(
        script, script.functie(functie).lineno, regel
    )


def vervang_naam(oordeel: Oordeel, oud: str, nieuw: str) -> str:
    """Vervang een naam op de regel waar het naspelen stopte."""
    bestand, nummer = oordeel.foutbestand, oordeel.fout.regel
    # Een naam die los niet bestaat, bestaat achter een punt misschien wel.
    los = r'\b' if oordeel.fout.soort == 'AttributeError' else r'(?<![.\w])'
    patroon = rf'{los}{re.escape(oud)}\b'
    return maak(bestand, nummer, re.sub(patroon, nieuw, bestand.regel(nummer)))


def _met_blok(zin: str, regels: Iterable[str]) -> str:
    """De zin met de regels eronder. Een blok springt zelf al in: de zin telt de spaties."""
    ervoor = [len(regel) - len(regel.lstrip(' ')) for regel in regels if regel]
    if ervoor[0]:
        eerste = ', de eerste' if len(set(ervoor)) > 1 else ','
        aantal = {4: 'vier', 8: 'acht', 12: 'twaalf'}.get(ervoor[0], ervoor[0])
        zin += f'{eerste} met {aantal} spaties ervoor'
    # Die spaties staan er niet ook nog: anders telt een leerling ze twee keer.
    return f'{zin}:\n' + '\n'.join(f'    {regel[ervoor[0] :]}' for regel in regels)


def _waar(bestand: Bestand, begin: int, eind: int | None = None) -> str:
    eind = eind or bestand.eind(begin)
    return f'regel {begin}' if begin == eind else f'regel {begin} tot en met {eind}'


# Hoe een script een kolom hernoemt en zijn waarden houdt.
HERNOEMEN = {
    'upgrade': f"alter_column('{HERNOEMD.was}', new_column_name='{HERNOEMD.naam}')",
    'downgrade': f"alter_column('{HERNOEMD.naam}', new_column_name='{HERNOEMD.was}')",
}


# --- Een kolom of klasse in het model ---------------------------------------------------------


def zet_kolom(oordeel: Oordeel, kolom: Kolom) -> str:
    """De regel van een kolom in het model: in plaats van de oude, of onder de andere."""
    bestand = oordeel.oefenmap.bestand_met(kolom.tabel)
    nummer = bestand.regel_van_kolom(*kolom.plek)
    if nummer:
        return maak(bestand, nummer, kolom.regel)
    klasse = bestand.klasse(kolom.tabel)
    if klasse:
        return zet_onder(bestand, eind_van_de_kolommen(klasse), f'    {kolom.regel}')
    return zet_klasse(oordeel, kolom.tabel)


def zet_klasse(oordeel: Oordeel, tabel: str) -> str:
    """Een hele klasse, voor een tabel die er geen meer heeft; onder die van de andere tabel."""
    stap = oordeel.stap_nu if tabel not in oordeel.head else oordeel.gehaald
    kolommen = [kolom.regel for kolom in kolommen_na(stap).values() if kolom.tabel == tabel]
    # Een tabel die niet van de les is, is er na de laatste migratie al.
    kolommen = kolommen or [
        kolom_uit(oordeel.head, tabel, naam).regel for naam in kolommen_van(oordeel.head, tabel)
    ]
    bestand = oordeel.oefenmap.bestand_met(TABEL)
    return zet_onder(
        bestand,
        len(bestand.tekst.splitlines()),
        *('', '', f'class {klasse_van(tabel)}(db.Model):'),
        *(f'    {regel}' for regel in (f"__tablename__ = '{tabel}'", *kolommen)),
    )


def klasse_van(tabel: str) -> str:
    """Hoe de klasse van een tabel heet."""
    return KLASSEN.get(tabel, tabel.capitalize())


def hernoem_kolom(oordeel: Oordeel, tabel: str, fout: str, goed: str) -> str:
    """Geef een kolom in het model een andere naam."""
    bestand = oordeel.oefenmap.bestand_met(tabel)
    nummer = bestand.regel_van_kolom(tabel, fout)
    if not nummer:
        return f'Verander in `{MODULE}` de naam `{fout}` in `{goed}`.'
    return maak(bestand, nummer, re.sub(rf'\b{re.escape(fout)}\b', goed, bestand.regel(nummer)))


def hernoem_tabel(oordeel: Oordeel, fout: str, goed: str) -> str:
    """Geef een tabel in het model een andere naam."""
    bestand = oordeel.oefenmap.bestand_met(fout)
    klasse = bestand.klasse(fout)
    if klasse:
        nummer = next(k.lineno for k in klasse.body if '__tablename__' in namen_van(k))
        return maak(bestand, nummer, f"__tablename__ = '{goed}'")
    return geef_tabelnaam(oordeel, goed) or f'Verander in `{MODULE}` de naam `{fout}` in `{goed}`.'


def geef_tabelnaam(oordeel: Oordeel, tabel: str) -> str | None:
    """Een `__tablename__` in de klasse die er geen heeft; None als die er niet is."""
    # Zonder __tablename__ bedenkt Flask-SQLAlchemy zelf een naam, uit die van de klasse.
    for bestand in oordeel.oefenmap.code:
        klassen = {k.name.lower(): k for k in bestand.modellen if not tabellen_van(k)}
        for naam in get_close_matches(tabel, klassen, 1):
            return zet_onder(bestand, klassen[naam].lineno, f"    __tablename__ = '{tabel}'")
    return None
