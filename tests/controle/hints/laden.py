"""Een module die niet te laden is: een naam, een klasse, of een regel die de les heeft."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from stappen import DATABASE, IMPORTS, MODULE, NAMEN_VAN_DB, SERVER, WAARVOOR, kolommen_na

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import Bestand, kolommen_in, namen_van, tabellen_van
from controle.oordeel import Oordeel


@hint('naspelen', 'module')
@hint('model')
@hint('onzichtbaar', 'dubbel')
def iets_wordt_twee_keer_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    goed = {naam for _, naam in kolommen_na(oordeel.stap_nu)}
    for wat, meer in oordeel.oefenmap.dubbel.items():
        waar = ' en '.join(f'op regel {k.lineno} van `{bestand.naam}`' for bestand, k in meer)
        keren = [
            ((len(kolommen_in(k) & goed), len(ast.unparse(k)), -k.lineno), bestand, k)
            for bestand, k in meer
        ]
        # Wat het minst van de les heeft, of het kortst is, mag het eerst weg; anders het laatste.
        for _, bestand, weg in sorted(keren, key=lambda keer: keer[0]):
            zin = f'`{wat}` staat er twee keer, {waar}. Er hoort er een te zijn.'
            doe = daden.haal_weg(bestand, weg.lineno, weg.end_lineno)
            yield Hint(zin, doe, 'Is dit juist de goede? Haal dan de andere weg.')


@hint('naspelen', 'module', 'heen', 'terug', 'scripts')
def naam_is_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    bestand, fout = oordeel.foutbestand, oordeel.fout
    # In een zin staat de naam tussen aanhalingstekens.
    naam = (fout.melding.split("'")[1:] or [fout.melding.partition('.')[0]])[0]
    regel = bestand.regel(fout.regel) if bestand and fout.regel else ''
    # Wat er wel is maar niet te veranderen, heeft geen andere naam.
    onbekend = fout.soort in ONBEKEND and 'has no setter' not in fout.melding
    if onbekend and re.search(rf'\b{re.escape(naam)}\b', regel):
        for zin, *doe in _voorstellen(oordeel, bestand, naam, regel):
            yield Hint(f'Python kent de naam `{naam}` niet ({plaats(oordeel)}). {zin}', doe)


ONBEKEND = ('NameError', 'AttributeError', 'ImportError', 'ModuleNotFoundError', 'TypeError')
# Waar een tekst hoort, en geen naam.
HOORT_TEKST = (
    r'((?:ForeignKey|_constraint|_index|_column|_table)\(|__tablename__ = |\w+_(?:default|name)=|'
    r'config\[)({0}(?:\.\w*id)?)(?![\w.(])'
)


def _voorstellen(oordeel: Oordeel, bestand: Bestand, naam: str, regel: str) -> Iterator[tuple]:
    """Wat er kan zijn, en wat je dan doet; welke het is, blijkt bij het proberen."""
    nummer, soort = oordeel.fout.regel, oordeel.fout.soort
    los = soort == 'NameError'
    for later, begin in bestand.gemaakt_na(nummer, naam) if los else ():
        yield f'Die komt pas op regel {later}.', daden.verplaats(bestand, later, begin - 1, '')
    if los and naam in IMPORTS:
        boven = bestand.eind_van_de_imports
        yield 'De import ontbreekt.', daden.zet_onder(bestand, boven, IMPORTS[naam])
    elif soort == 'ImportError' and naam in IMPORTS:
        opdracht, eind = bestand.opdracht(nummer), bestand.eind(nummer)
        opdracht.names = [n for n in opdracht.names if n.name != naam]
        regels = [ast.unparse(opdracht)] * bool(opdracht.names) + [IMPORTS[naam]]
        yield 'Hij hoort bij een ander pakket.', daden.vervang(bestand, nummer, eind, regels)
    maakt = oordeel.module.toekenning(naam) if 'circular import' in oordeel.fout.heel else None
    for knoop in oordeel.module.boom.body if maakt else ():
        # Een bestand importeert de module, en de module dat bestand: dan telt wie het eerst komt.
        if re.match(rf'(from|import) .*\b{Path(bestand.naam).stem}\b', ast.unparse(knoop)):
            zin = (
                f'Die komt pas op regel {maakt.lineno} van `{MODULE}`, en op regel {knoop.lineno} '
            )
            zin += f'importeert dat bestand `{bestand.naam}` al.'
            yield zin, daden.verplaats(oordeel.module, knoop.lineno, maakt.end_lineno, '')
    tekst = re.sub(HOORT_TEKST.format(naam), r"\1'\2'", regel)
    if los and tekst != regel:
        yield 'Hier horen aanhalingstekens omheen.', daden.maak(bestand, nummer, tekst)
    ervoor = 'sa' if oordeel.foutscript else 'db'
    goed = [f'{ervoor}.{naam}'] if los and naam in NAMEN_VAN_DB else []
    for bedoeld in goed or doen.lijkt_op_naam(oordeel, bestand, naam):
        yield f'Bedoel je `{bedoeld}`?', doen.vervang_naam(oordeel, naam, bedoeld)
    if soort == 'ModuleNotFoundError':
        gebruikt = {n.asname or n.name for n in bestand.opdracht(nummer).names} & bestand.gebruikt
        weg = 'Heb je het niet nodig?', daden.haal_weg(bestand, nummer)
        yield doen.installeer(naam), *(doen.lukt_dat_niet(oordeel) if gebruikt else weg)


@hint('naspelen', 'module', 'Migrate', 'elders', 'andere map')
def regel_van_de_module_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    """Een regel van de les die in de module ontbreekt, of anders is."""
    module, nummer = oordeel.module, oordeel.fout.regel if oordeel.fout else None
    staat, begin, doe = module.regels_met(WAARVOOR), '', ''
    if afwijking.wat in ('elders', 'andere map'):
        begin = f'Je app gebruikt `{afwijking.gevonden}`. In de les is dat `{DATABASE}`. '
        if afwijking.gevonden == 'postgresql':
            doe = f'Het adres van een server hoort niet in de module, maar in `{SERVER}`.'
    voorstellen, boven = [], module.eind_van_de_imports
    for naam, eigen in staat.items():
        goed, waarvoor = doen.regel_van_de_les(module, naam, eigen), WAARVOOR[naam][1]
        zin = f'{begin}In `{MODULE}` ontbreekt, buiten een functie, de regel die {waarvoor}.'
        daad = daden.zet_onder(module, boven, goed)
        if eigen:
            zin = f'{begin}Regel {eigen.lineno} van `{MODULE}`, die {waarvoor}, is anders dan in '
            zin, daad = f'{zin}de les.', daden.maak(module, eigen.lineno, goed)
            boven = max(boven, eigen.end_lineno)
        if not eigen or ast.unparse(eigen) != goed:
            # Eerst wat er niet is, dan de regel waar het misgaat.
            voorstellen.append(((eigen and eigen.lineno) not in (None, nummer), zin, daad))
    yield from (Hint(zin, doe, daad) for _, zin, daad in sorted(voorstellen, key=lambda v: v[0]))
    if begin:
        zin = f'{begin}De controle speelt daarom niets na.'
        yield Hint(zin, doe or 'Haal weg wat daarnaar wijst.', doen.lukt_dat_niet(oordeel))


# Waarom een regel van een klasse niet kan, als Python het over de hele klasse heeft.
IN_EEN_KLASSE = {
    '__tablename__': 'Een andere klasse heeft die tabel al.',
    'metadata': 'SQLAlchemy gebruikt die naam zelf.',
}


@hint('naspelen', 'module')
def regel_van_een_klasse_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    bestand, fout, les = oordeel.foutbestand, oordeel.fout, kolommen_na(oordeel.stap_nu)
    klassen = bestand.klassen if bestand else []
    # Een fout over een hele klasse noemt vaak een naam of een waarde die erin staat.
    heel = fout.regel in [klasse.lineno for klasse in klassen]
    noemt = f"{fout.melding} 'metadata'" if heel else ''
    for klasse in klassen:
        tabel = ''.join(tabellen_van(klasse))
        if 'primary key' in fout.melding and klasse.lineno == fout.regel:
            zin = f'De klasse `{klasse.name}` heeft geen primary key. Een model kan niet zonder.'
            yield Hint(zin, doen.zet_sleutel(oordeel, tabel))
        for knoop, naam in ((deel, naam) for deel in klasse.body for naam in namen_van(deel)):
            nummer, goed = knoop.lineno, bestand.regel(knoop.lineno)
            hier = nummer <= fout.regel <= knoop.end_lineno or repr(naam) in noemt
            if (tabel, naam) in les:
                goed = les[tabel, naam].regel
            elif naam == '__tablename__' and repr(tabel) in noemt:
                hier, goed = True, f"__tablename__ = '{doen.tabel_van(klasse)}'"
            elif naam == 'metadata':
                goed = goed.replace(naam, 'metadata_', 1)
            if hier and bestand.regel(nummer) != goed:
                waarom = IN_EEN_KLASSE.get(naam, f'Python zegt `{fout.soort}`.')
                zin = f'Regel {nummer} van `{bestand.naam}`, met `{naam}`, klopt niet. {waarom}'
                yield Hint(zin, daden.maak(bestand, nummer, goed))
