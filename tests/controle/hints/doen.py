"""Wat je doet, uit de feiten van deze map: de daden van daden.py, met de zin die erbij hoort."""

import ast
import os
import re
from copy import deepcopy
from difflib import get_close_matches

from spelen.terug import vrije_map
from stappen import (
    AFGELEID,
    CURSISTEN,
    GEVULD,
    HEET_BIJ_PIP,
    HERNOEMD,
    KLASSEN,
    MODULE,
    NAMEN,
    PAKKETTEN,
    REGELS,
    SERVER,
    TABEL,
    UIT_DE_OMGEVING,
    Kolom,
    bijna_gelijk,
    kolommen_na,
)

from controle.afwijking import Afwijking
from controle.hints import daden
from controle.hints.daden import (
    Bewerking,
    Daad,
    FlaskDb,
    Shell,
    Verwijder,
    WegTerug,
    maak,
    zet_onder,
)
from controle.hints.hint import hints_bij
from controle.oefenmap import (
    Bestand,
    Script,
    eind_van_de_kolommen,
    heet,
    namen_van,
    tabellen_van,
)
from controle.oordeel import Oordeel, kolom_uit
from controle.tabellen import kolommen_van

# De delen: zonder migraties, met een tweede map, en met een upgrade die halverwege stopt.
DEEL_A, DEEL_B, DEEL_C = (f'*Deel {deel}* van `VERDIEPING.md`' for deel in 'ABC')

UPGRADE, DOWNGRADE = FlaskDb(('upgrade',)), FlaskDb(('downgrade',))

# Zinnen en daden, zoals een hint ze achter elkaar zet.
Doe = tuple[str | Daad | WegTerug, ...]


# --- Het terminalvenster ----------------------------------------------------------------------


def werkt_elders(oordeel: Oordeel) -> bool:
    """Of `flask` in dit terminalvenster met een andere database werkt dan data.sqlite."""
    if SERVER not in os.environ or not oordeel.module:
        return False
    # Alleen wat boven `db` staat telt mee, en wat later komt gaat voor.
    erboven = re.split(r'SQLAlchemy\(app|\.init_app\(', ast.unparse(oordeel.module.boom))[0]
    return erboven.rfind(UIT_DE_OMGEVING) > erboven.rfind('SQLALCHEMY_DATABASE_URI')


def lees_het_adres(oordeel: Oordeel) -> Bewerking | None:
    """De regel die het adres uit het terminalvenster leest, waar hij hoort: vlak boven `db`."""
    db = oordeel.module.toekenning('db') if oordeel.module else None
    return zet_onder(oordeel.module, db.lineno - 1, UIT_DE_OMGEVING) if db else None


# --- De database en de migraties --------------------------------------------------------------


def zet_kopie_terug(oordeel: Oordeel, naam: str) -> Doe:
    """Een kopie van de database terugzetten."""
    return 'Zet die kopie terug:', daden.zet_kopie_terug(oordeel.oefenmap.pad, naam)


def weg_terug(oordeel: Oordeel, stap: int | None = None) -> WegTerug:
    """De weg terug naar een stap, of naar de laatste goede; wat er staat blijft bewaard."""
    return WegTerug(stap or oordeel.laatste_goede_stap, vrije_map(oordeel.oefenmap.pad).name)


def lukt_dat_niet(oordeel: Oordeel) -> Doe:
    """De weg terug, voor wie zelf iets moet verbeteren en er niet uitkomt."""
    return 'Lukt dat niet?', weg_terug(oordeel)


def of_deel(deel: str, kop: str) -> str:
    """Waar wie met een deel bezig is verderleest."""
    return f'Doe je {deel}? Lees dan verder bij *{kop}*.\nZo niet?'


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
    return f'`{oordeel.naam_van(revisie)}` ligt klaar voor een upgrade.'


def migreer(oordeel: Oordeel, bericht: str) -> Doe:
    """Hoe het model in een migratie komt: eerst wat er met de database is."""
    return eerst_de_database(oordeel) or (
        'Maak een migratie:',
        FlaskDb(('migrate',), bericht),
    )


def eerst_de_database(oordeel: Oordeel) -> Doe:
    """Wat er met de database is en wat je doet, want `migrate` vergelijkt daarmee; anders niets."""
    afwijking = next((a for a in oordeel.afwijkingen if a.soort == 'database'), None)
    if afwijking is None:
        return ()
    hint = next(hints_bij(oordeel, afwijking))
    return hint.wat, hint.delen


def opnieuw(oordeel: Oordeel, script: Script, bericht: str | None = None) -> Doe:
    """Een script dat anders hoort weg, en opnieuw gemaakt; met een leeg `bericht` alleen weg."""
    bericht = script.bericht if bericht is None else bericht
    hoe, terug = 'Verwijder het script, het is nog niet uitgevoerd', ()
    if oordeel.toegepast(script.revisie):
        hoe, terug = 'Draai het script terug, en verwijder het', (DOWNGRADE,)
    weg = *terug, Verwijder(script.naam)
    if not bericht:
        return f'{hoe}:', *weg
    return f'{hoe}. Maak het daarna opnieuw:', *weg, FlaskDb(('migrate',), bericht)


def met_sql(sql: str) -> Shell:
    """Een SQL-opdracht via flask shell: dat werkt op elke computer hetzelfde."""
    regels = f'db.session.execute(db.text("{sql}"))', 'db.session.commit()'
    return Shell('Doe dit in `flask shell`:', regels)


def zet_cursisten_erin(oordeel: Oordeel) -> Shell:
    """De regels die in `flask shell` de cursisten van de les in de tabel zetten."""
    model = kolommen_van(oordeel.verslag.model, TABEL)
    regels = []
    for cursist in CURSISTEN:
        velden = {
            naam: cursist.get(naam) or _afgeleid(naam, cursist)
            for naam in model
            if naam in cursist or AFGELEID.get(naam, ('',))[0] in cursist
        }
        inhoud = ', '.join(f'{naam}={waarde!r}' for naam, waarde in velden.items())
        regels.append(f'db.session.add({klasse_van(TABEL)}({inhoud}))')
    return Shell('Zet ze erin, in `flask shell`:', (*regels, 'db.session.commit()'))


def _afgeleid(naam: str, cursist: dict) -> object:
    waarde = cursist[AFGELEID[naam][0]]
    return GEVULD.som - waarde if naam == GEVULD.naam else waarde


# --- Een script -------------------------------------------------------------------------------


def vervang_functies(script: Script, inhoud: dict[str, list[str]]) -> Bewerking:
    """Vervang functies van een script; `inhoud` is per functie een rij regels."""
    namen = ' en '.join(f'`{functie}()`' for functie in inhoud)
    nieuw = {functie: (f'def {functie}():', *regels) for functie, regels in inhoud.items()}
    blok = [regel for regels in nieuw.values() for regel in ('', '', *regels)][2:]
    knopen = sorted(map(script.functie, inhoud), key=lambda knoop: -knoop.lineno)
    wissels = tuple((k.lineno - 1, k.end_lineno, nieuw[k.name]) for k in knopen)
    zin = f'Vervang in `{script.naam}` {namen} door'
    return Bewerking(script.naam, zin, tuple(blok), wissels)


def hernoem_in_script(script: Script) -> Bewerking:
    """Vervang beide functies door een die de kolom van de les hernoemt."""
    inhoud = {functie: regels_die_hernoemen(functie) for functie in HERNOEMEN}
    # Wat al precies goed is, blijft staan.
    staat = {functie: ast.unparse(script.functie(functie) or ast.Pass()) for functie in inhoud}
    goed = [f for f in inhoud if HERNOEMEN[f] in staat[f] and staat[f].count('op.') == 2]
    return vervang_functies(script, {f: r for f, r in inhoud.items() if f not in goed} or inhoud)


# Hoe een script een kolom hernoemt en zijn waarden houdt.
HERNOEMEN = {
    'upgrade': f"alter_column('{HERNOEMD.was}', new_column_name='{HERNOEMD.naam}')",
    'downgrade': f"alter_column('{HERNOEMD.naam}', new_column_name='{HERNOEMD.was}')",
}


def regels_die_hernoemen(functie: str) -> list[str]:
    """De regels waarmee `upgrade` of `downgrade` de kolom van de les hernoemt."""
    met = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:"
    return [met, f'        batch_op.{HERNOEMEN[functie]}']


def haal_view_weg(script: Script, functie: str, soort: str, naam: str) -> Doe:
    """Haal een view of trigger weg aan het begin van `upgrade` of `downgrade`."""
    regel = f"    op.execute('DROP {soort.upper()} IF EXISTS {naam}')"
    return (
        f'Haal de {soort} eerst weg. Later kun je hem opnieuw maken.',
        zet_onder(script, script.functie(functie).lineno, regel),
    )


def zet_foreign_keys_uit(oordeel: Oordeel) -> Doe:
    """De regel die SQLite op foreign keys laat letten even uitzetten; anders niets."""
    aan = re.compile(r'(?i)(foreign_keys\s*=\s*)(ON|1)')
    for bestand in oordeel.oefenmap.code:
        for nummer, regel in enumerate(bestand.tekst.splitlines(), 1):
            if aan.search(regel):
                uit = maak(bestand, nummer, aan.sub(r'\1OFF', regel.strip()))
                return 'Zet ze uit. Na de upgrade mogen ze weer aan.', uit
    return ()


def vervang_naam(oordeel: Oordeel, oud: str, nieuw: str) -> Bewerking:
    """Vervang een naam op de regel waar het naspelen stopte."""
    bestand, nummer = oordeel.foutbestand, oordeel.fout.regel
    # Een naam die los niet bestaat, bestaat achter een punt misschien wel.
    los = r'\b' if oordeel.fout.soort == 'AttributeError' else r'(?<![.\w])'
    patroon = rf'{los}{re.escape(oud)}\b'
    # In een import komt eerst het pakket.
    keer = 'import' in bestand.regel(nummer).split()
    return maak(bestand, nummer, re.sub(patroon, nieuw, bestand.regel(nummer), count=keer))


def haal_weg(bestand: Bestand, nummer: int) -> list[Daad]:
    """Haalt een opdracht weg, met elk blok waar verder niets in staat."""
    opdrachten = [k for k in ast.walk(bestand.boom) if isinstance(k, ast.stmt)]
    om = [k for k in opdrachten if k.lineno <= nummer <= k.end_lineno]
    # ast.walk geeft eerst het buitenste blok.
    weg = [k for k in om if not set(ast.walk(k)) & set(opdrachten) - set(om)][:1] or om[-1:]
    # Wie een functie aanroept die weggaat, kan niet blijven.
    roept = [k for k in opdrachten if heet(getattr(k, 'value', None), getattr(weg[0], 'name', '-'))]
    onderaan = sorted(weg + roept, key=lambda k: -k.lineno)
    return [daden.haal_weg(bestand, k.lineno, k.end_lineno) for k in onderaan]


# --- De module ----------------------------------------------------------------------------------


def regel_van_de_les(module: Bestand, naam: str, eigen: ast.stmt | None) -> str:
    """De regel van de les, met de opties die een leerling er zelf bij zette."""
    tekst, goed = ast.unparse(eigen) if eigen else '', REGELS[naam]
    opties = re.findall(r'\b(?!app=|db=)\w+=[^=].*(?=\)$)', tekst)
    if naam == 'db' and 'import db' in module.tekst:
        goed = 'db.init_app(app)'
    elif naam == 'db' and module.toekenning('namen'):
        opties = opties or ['metadata=namen']
    links = tekst.partition('=')[0] + '= ' if naam == 'migrate' and namen_van(eigen) else ''
    return links + ', '.join([goed[:-1], *opties]) + goed[-1]


def lijkt_op_naam(oordeel: Oordeel, bestand: Bestand, naam: str) -> list[str]:
    """De namen van de les, of van de leerling zelf, met bijna dezelfde letters."""
    eigen = {pad.stem for pad in oordeel.oefenmap.pad.glob('*.py')}
    if naam == 'db' and oordeel.foutscript:
        # In een script heet `db` anders.
        return ['sa']
    if oordeel.fout.soort == 'ModuleNotFoundError':
        return bijna_gelijk(naam, {*PAKKETTEN, *eigen} - {naam})
    # Een regel van de les die een naam maakt, heeft haar eigen voorstel.
    return [] if naam in REGELS else bijna_gelijk(naam, (NAMEN | bestand.namen) - {naam})


def installeer(naam: str) -> str:
    """Hoe een pakket dat er niet is erbij komt."""
    pakket = HEET_BIJ_PIP.get(naam, naam.replace('_', '-'))
    return (
        'Is het een bestand van jezelf? Zet het dan in deze map. Is het een pakket? Installeer '
        f'het dan, met je .venv actief:\n    python -m pip install {pakket}'
    )


# --- Een kolom of klasse in het model ---------------------------------------------------------


def zet_in_de_klasse(bestand: Bestand, nummer: int) -> Bewerking:
    """Zet een regel bij de kolommen van de klasse erboven; is er geen, dan bij de eerste."""
    klassen = [k for k in bestand.modellen if k.lineno < nummer] or bestand.modellen[:1]
    if not klassen:
        return daden.haal_weg(bestand, nummer)
    for methode in klassen[-1].body:
        regels = [ast.unparse(k) for k in getattr(methode, 'body', ())]
        # Een methode waar niets in blijft staan, kan Python niet lezen.
        if methode.lineno < nummer <= methode.end_lineno and all('.Column(' in r for r in regels):
            regels = ['    ' + regel.removeprefix('self.') for regel in regels]
            return daden.vervang(bestand, methode.lineno, methode.end_lineno, regels)
    onder = eind_van_de_kolommen(klassen[-1])
    return daden.verplaats(bestand, nummer, onder, '    ', zonder='self.')


def zet_kolom(oordeel: Oordeel, kolom: Kolom, heet: str = '') -> Doe:
    """De regel van een kolom in het model: in plaats van hoe hij nu heet, of onder de andere."""
    bestand = oordeel.oefenmap.bestand_met(kolom.tabel)
    nummer = bestand.regel_van_kolom(kolom.tabel, heet or kolom.naam)
    klasse = bestand.klasse(kolom.tabel)
    if nummer:
        # Een naam die anders wordt, staat ook verderop in de klasse; van onder naar boven.
        regels = range(klasse.end_lineno, klasse.lineno, -1) if heet else ()
        gebruikt = re.compile(rf'\bself\.{heet}\b')
        ook = [(n, gebruikt.sub(f'self.{kolom.naam}', bestand.regel(n))) for n in regels]
        anders = [maak(bestand, n, regel) for n, regel in ook if regel != bestand.regel(n)]
        return *anders, maak(bestand, nummer, kolom.regel)
    if klasse:
        return (zet_onder(bestand, eind_van_de_kolommen(klasse), f'    {kolom.regel}'),)
    return zet_klasse(oordeel, kolom.tabel)


def mag_leeg(oordeel: Oordeel, tabel: str, kolom: str) -> Doe:
    """Een eigen kolom die leeg mag zijn: dat kan bij elk type, en in elke schrijfwijze."""
    doe = 'Geef hem een `server_default` die bij zijn type past, of sta toe dat hij leeg is.'
    bestand = oordeel.oefenmap.bestand_met(tabel)
    nummer = bestand.regel_van_kolom(tabel, kolom)
    if not nummer:
        return f'{doe} Dat doe je in je model, met `nullable=True`.', *lukt_dat_niet(oordeel)
    opdracht = deepcopy(bestand.opdracht(nummer))
    opdracht.value = opdracht.value or ast.parse('db.mapped_column()', mode='eval').body
    opties = [optie for optie in opdracht.value.keywords if optie.arg != 'nullable']
    opdracht.value.keywords = [*opties, ast.keyword('nullable', ast.Constant(True))]
    return doe, maak(bestand, nummer, ast.unparse(opdracht))


def zet_klasse(oordeel: Oordeel, tabel: str, schema: dict | None = None) -> Doe:
    """Een hele klasse onder de andere, en de regels van de les die naar haar tabel wijzen."""
    stap = oordeel.stap_nu if tabel not in oordeel.head else oordeel.gehaald
    les = kolommen_na(stap).values()
    # Een tabel die niet van de les is, staat in een schema.
    eigen = (kolom_uit(schema, tabel, naam) for naam in kolommen_van(schema or {}, tabel))
    kolommen = [kolom for kolom in les if kolom.tabel == tabel] or eigen
    bestand = oordeel.oefenmap.bestand_met(TABEL)
    regels = f"__tablename__ = '{tabel}'", *(kolom.regel for kolom in kolommen)
    klasse = zet_onder(
        bestand,
        len(bestand.tekst.splitlines()),
        *('', '', f'class {klasse_van(tabel)}(db.Model):'),
        *(f'    {regel}' for regel in regels),
    )
    wijzen = [k for k in les if k.tabel != tabel and str(k.verwijst_naar).startswith(f'{tabel}.')]
    return klasse, *(zet_kolom(oordeel, k) for k in wijzen if oordeel.model_is_anders(k))


def lees_klasse(oordeel: Oordeel, tabel: str) -> tuple[str, Bewerking] | None:
    """Een import van het bestand met de klasse van een tabel, als de module dat niet leest."""
    gelezen = {bestand.naam for bestand in oordeel.oefenmap.code}
    for pad in sorted(oordeel.oefenmap.pad.glob('*.py')):
        tekst = '' if pad.name in gelezen else pad.read_text('utf-8', 'replace')
        if re.search(rf"""(?m)^ +__tablename__ = ['"]{tabel}['"]""", tekst):
            db, boven = oordeel.module.toekenning('db'), oordeel.module.eind_van_de_imports
            zin = f'De klasse van tabel `{tabel}` staat in `{pad.name}`. Je module leest dat niet.'
            return zin, zet_onder(oordeel.module, db.lineno if db else boven, f'import {pad.stem}')
    return None


def zet_sleutel(oordeel: Oordeel, tabel: str) -> Bewerking:
    """De primary key van een tabel die er geen heeft."""
    return zet_kolom(oordeel, Kolom(tabel, 'id', 'INTEGER', sleutel=True))


def tabel_van(klasse: ast.ClassDef) -> str:
    """Hoe de tabel van een klasse heet."""
    return next((t for t, k in KLASSEN.items() if k == klasse.name), klasse.name.lower())


def klasse_van(tabel: str) -> str:
    """Hoe de klasse van een tabel heet."""
    return KLASSEN.get(tabel, tabel.capitalize())


def hernoem_tabel(oordeel: Oordeel, fout: str, goed: str) -> str | Bewerking:
    """Geef een tabel in het model een andere naam."""
    bestand = oordeel.oefenmap.bestand_met(fout)
    klasse = bestand.klasse(fout)
    if klasse:
        nummer = next(k.lineno for k in klasse.body if '__tablename__' in namen_van(k))
        return maak(bestand, nummer, f"__tablename__ = '{goed}'")
    return geef_tabelnaam(oordeel, goed) or f'Verander in `{MODULE}` de naam `{fout}` in `{goed}`.'


def geef_tabelnaam(oordeel: Oordeel, tabel: str) -> Bewerking | None:
    """Een `__tablename__` in de klasse die er geen heeft; None als die er niet is."""
    # Zonder __tablename__ bedenkt Flask-SQLAlchemy zelf een naam, uit die van de klasse.
    for bestand in oordeel.oefenmap.code:
        klassen = {k.name.lower(): k for k in bestand.modellen if not tabellen_van(k)}
        for naam in get_close_matches(tabel, klassen, 1):
            return zet_onder(bestand, klassen[naam].lineno, f"    __tablename__ = '{tabel}'")
    return None
