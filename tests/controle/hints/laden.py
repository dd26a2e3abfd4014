"""Een module die niet te laden is: een naam, een klasse, of een regel die de les heeft."""

import ast
import re
from collections.abc import Iterator

from stappen import (
    DATABASE,
    HEET_BIJ_PIP,
    IMPORTS,
    KLASSEN,
    MODULE,
    NAMEN,
    NAMEN_VAN_DB,
    PAKKETTEN,
    REGELS,
    SERVER,
    WAARVOOR,
    Kolom,
    bijna_gelijk,
    kolommen_na,
)

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import Bestand, kolommen_in, namen_van, tabellen_van
from controle.oordeel import Afwijking, Oordeel


@hint('naspelen', 'module')
@hint('model')
def iets_wordt_twee_keer_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    goed = {naam for _, naam in kolommen_na(oordeel.stap_nu)}
    for wat, meer in oordeel.oefenmap.dubbel.items():
        waar = ' en '.join(f'op regel {k.lineno} van `{bestand.naam}`' for bestand, k in meer)
        # Wat het minst van de les heeft, mag het eerst weg; anders het laatste.
        for bestand, weg in sorted(
            meer, key=lambda k: (len(kolommen_in(k[1]) & goed), -k[1].lineno)
        ):
            yield Hint(
                f'`{wat}` staat er twee keer, {waar}. Er hoort er een te zijn.',
                daden.haal_weg(bestand, weg.lineno, weg.end_lineno),
                'Is dit juist de goede? Haal dan de andere weg.',
            )


# Wat in de module staat, levert een leerling in.
VAN_EEN_SERVER = f'Het adres van een server hoort in `{SERVER}`. '


@hint('naspelen', 'module', 'Migrate', 'elders', 'plaats')
def regel_van_de_module_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    """Een regel van de les die in de module ontbreekt, of anders is."""
    module, fout, wat = oordeel.module, oordeel.fout, afwijking.wat
    regels = [k for k in module.boom.body if not hasattr(k, 'body')]
    staat = {n: [k for k in regels if re.search(r[0], ast.unparse(k))] for n, r in WAARVOOR.items()}
    nummers = {k.lineno for knopen in staat.values() for k in knopen}
    # Een fout op een andere regel gaat over iets anders; met `db` blijkt of het adres goed is.
    if wat == 'module' and fout.regel not in {None, *nummers} and fout.melding not in REGELS:
        return
    verdacht = nummers
    if wat == 'module' and fout.regel:
        hier = {fout.regel} | {k.lineno for k in staat.get(fout.melding, ())}
        op_db = {k.lineno for k in staat['adres'] if hier & {db.lineno for db in staat['db']}}
        verdacht = hier | op_db
    begin = ''
    if wat in ('elders', 'plaats'):
        begin = f'Je app gebruikt `{afwijking.gevonden}`. In de les is dat `{DATABASE}`. '
        begin += VAN_EEN_SERVER * (afwijking.gevonden == 'postgresql')
    # Het adres telt alleen boven de regel met `db`.
    onder = [k for k in staat['adres'] for db in staat['db'][:1] if k.lineno > db.lineno]
    ontbreekt, anders, boven = [], [], module.eind_van_de_imports
    for naam, (_, waarvoor) in WAARVOOR.items():
        eerste = next((k for k in staat[naam] if k not in onder), None)
        goed = doen.regel_van_de_les(module, naam, eerste)
        if not eerste:
            zin = f'{begin}In `{MODULE}` ontbreekt, buiten een functie, de regel die {waarvoor}.'
            ontbreekt.append(Hint(zin, daden.zet_onder(module, boven, goed)))
        elif ast.unparse(eerste) != goed and eerste.lineno in verdacht:
            zin = f'{begin}Regel {eerste.lineno} van `{MODULE}`, die {waarvoor}, is anders dan in '
            anders.append(Hint(f'{zin}de les.', daden.maak(module, eerste.lineno, goed)))
        boven = max(boven, eerste.end_lineno if eerste else 0)
    # Een ander adres kan goed zijn: dat komt het laatst, als het daar niet over gaat.
    yield from ontbreekt + anders[:: 1 if begin else -1]


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def naam_is_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    bestand, fout = oordeel.foutbestand, oordeel.fout
    # In een zin staat de naam tussen aanhalingstekens.
    naam = (fout.melding.split("'")[1:] or [fout.melding.partition('.')[0]])[0]
    regel = bestand.regel(fout.regel) if bestand and fout.regel else ''
    if fout.soort in ONBEKEND and re.search(rf'\b{re.escape(naam)}\b', regel):
        for zin, *doe in _wat_er_met_een_naam_is(oordeel, bestand, naam, regel):
            yield Hint(f'Python kent de naam `{naam}` niet ({plaats(oordeel)}). {zin}', doe)


ONBEKEND = ('NameError', 'AttributeError', 'ImportError', 'ModuleNotFoundError', 'TypeError')
# Waar een tekst hoort, en geen naam.
HOORT_TEKST = r'(ForeignKey\(|__tablename__ = |server_default=|config\[)({0}(?:\.\w*id)?)(?![\w.(])'


def _wat_er_met_een_naam_is(
    oordeel: Oordeel, bestand: Bestand, naam: str, regel: str
) -> Iterator[tuple]:
    """Wat er kan zijn, en wat je dan doet; welke het is, blijkt bij het proberen."""
    nummer, soort = oordeel.fout.regel, oordeel.fout.soort
    los, pakket_weg = soort == 'NameError', soort == 'ModuleNotFoundError'
    if los:
        for later, begin in bestand.gemaakt_na(nummer, naam):
            doe = daden.verplaats(bestand, later, begin - 1, '')
            yield f'Hij komt pas op regel {later}.', doe
    if los and naam in IMPORTS:
        onder = daden.zet_onder(bestand, bestand.eind_van_de_imports, IMPORTS[naam])
        yield 'De import ontbreekt.', onder
    elif soort == 'ImportError' and naam in IMPORTS:
        opdracht, eind = bestand.opdracht(nummer), bestand.eind(nummer)
        opdracht.names = [n for n in opdracht.names if n.name != naam]
        regels = [ast.unparse(opdracht)] * bool(opdracht.names) + [IMPORTS[naam]]
        yield 'Hij komt ergens anders vandaan.', daden.vervang(bestand, nummer, eind, regels)
    tekst = re.sub(HOORT_TEKST.format(naam), r"\1'\2'", regel)
    if los and tekst != regel:
        yield 'Hier horen aanhalingstekens omheen.', daden.maak(bestand, nummer, tekst)
    # In een script heet `db` anders.
    ervoor = 'sa' if oordeel.foutscript else 'db'
    goed = [f'{ervoor}.{naam}'] if los and naam in NAMEN_VAN_DB else []
    goed = [ervoor] if naam == 'db' != ervoor else goed
    eigen = {pad.stem for pad in oordeel.oefenmap.pad.glob('*.py')}
    alle = {*PAKKETTEN, *eigen} if pakket_weg else NAMEN | bestand.namen
    for bedoeld in goed or bijna_gelijk(naam, alle - {naam}):
        doe = doen.vervang_naam(oordeel, naam, bedoeld)
        if pakket_weg:
            doe = daden.maak(bestand, nummer, regel.replace(naam, bedoeld, 1))
        yield f'Bedoel je `{bedoeld}`?', doe
    if pakket_weg:
        gebruikt = {n.asname or n.name for n in bestand.opdracht(nummer).names} & bestand.gebruikt
        zo_niet = 'Heb je het niet nodig?', daden.haal_weg(bestand, nummer)
        pakket = HEET_BIJ_PIP.get(naam, naam.replace('_', '-'))
        yield (
            'Is het een bestand van jezelf? Zet het dan in deze map. Is het een pakket? '
            f'Installeer het dan, met je .venv actief:\n    python -m pip install {pakket}',
            *(doen.lukt_dat_niet(oordeel) if gebruikt else zo_niet),
        )


# Waarom een regel van een klasse niet kan, als Python het over de hele klasse heeft.
IN_EEN_KLASSE = {
    '__tablename__': 'Een andere klasse heeft die tabel al.',
    'metadata': 'SQLAlchemy gebruikt die naam zelf.',
}


@hint('naspelen', 'module')
def regel_van_een_klasse_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    bestand, fout = oordeel.foutbestand, oordeel.fout
    tabel_van, klassen = {k: t for t, k in KLASSEN.items()}, bestand.klassen if bestand else []
    heel = fout.regel in [klasse.lineno for klasse in klassen]
    for klasse in klassen:
        tabel = ''.join(tabellen_van(klasse))
        goed = {n: k.regel for (t, n), k in kolommen_na(oordeel.stap_nu).items() if t == tabel}
        if 'already defined' in fout.melding:
            eigen = tabel_van.get(klasse.name, klasse.name.lower())
            goed['__tablename__'] = f"__tablename__ = '{eigen}'"
        if 'primary key' in fout.melding and klasse.lineno == fout.regel:
            zin = f'De klasse `{klasse.name}` heeft geen primary key. Een model kan niet zonder.'
            sleutel = Kolom(tabel, 'id', 'INTEGER', sleutel=True)
            yield Hint(zin, doen.zet_kolom(oordeel, sleutel))
        for knoop, naam in ((deel, naam) for deel in klasse.body for naam in namen_van(deel)):
            nummer, regel = knoop.lineno, bestand.regel(knoop.lineno)
            goed |= {'metadata': regel.replace('metadata', 'metadata_', 1)} if heel else {}
            teksten = {repr(naam), repr(getattr(knoop.value, 'value', naam))}
            noemt = naam == 'metadata' or any(tekst in fout.melding for tekst in teksten)
            hier = nummer <= fout.regel <= knoop.end_lineno or (heel and noemt)
            if hier and goed.get(naam, regel) != regel:
                waarom = IN_EEN_KLASSE.get(naam, f'Python zegt `{fout.soort}`.')
                zin = f'Regel {nummer} van `{bestand.naam}`, met `{naam}`, klopt niet. {waarom}'
                yield Hint(zin, daden.maak(bestand, nummer, goed[naam]))


@hint('naspelen', 'tijd')
def naspelen_duurt_te_lang(oordeel: Oordeel, afwijking: Afwijking) -> Hint:
    naam = oordeel.naam_van(afwijking.revisie) if afwijking.revisie else MODULE
    return Hint(
        f'`{naam}` was na {afwijking.gevonden} nog niet klaar: er blijft iets draaien, of wacht.',
        f'Zoek in `{naam}` naar een lus die niet stopt, en haal die weg.',
        doen.lukt_dat_niet(oordeel),
    )
