"""De module, en bestanden die Python niet begrijpt."""

import ast
import re
import textwrap

from stappen import MODULE, TABEL, kolommen_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oefenmap import eind_van_de_kolommen, namen_van
from controle.oordeel import Afwijking, Oordeel


@hint('module', 'ontbreekt')
def module_heet_anders_of_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    oefenmap = oordeel.oefenmap
    for pad in sorted([*oefenmap.pad.iterdir(), *oefenmap.pad.glob('*/*.py*')]):
        naam = pad.relative_to(oefenmap.pad).as_posix()
        # Wat Python vertaalde (.pyc), is niet te lezen.
        lijkt = re.match(r'basic_?model_?app.*\.py(?!c$)', pad.name.lower()) and pad.is_file()
        # Wat de weg terug bewaarde, blijft daar; wat van een ander is ook.
        if lijkt and not oefenmap.is_bewaard(pad) and not oefenmap.is_van_een_ander(pad):
            return Hint(
                f'Er is geen bestand `{MODULE}` in deze map. Wel een bestand `{naam}`.',
                daden.Hernoem(naam, MODULE),
            )


@hint('module', 'ontbreekt', 'leeg')
def module_is_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = 'Er is geen bestand' if afwijking.wat == 'ontbreekt' else 'Er staat niets in het bestand'
    return Hint(
        f'{wat} `{MODULE}`.',
        'Staat het nog open in je editor? Sla het daar op.',
        doen.lukt_dat_niet(oordeel),
    )


@hint('module', 'fout')
@hint('script', 'fout')
def git_heeft_twee_versies(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    tekst = '\n'.join(bestand.tekst.splitlines())
    streep = re.search('^<{7}.*', tekst, re.MULTILINE)
    if not streep:
        return None
    begin = tekst[: streep.start()].count('\n') + 1
    wat = (
        f'In `{bestand.naam}` staat op regel {begin} een streep van git: `{streep[0]}`. Git zette '
        'daar twee versies onder elkaar.'
    )
    botsing = TUSSEN_DE_STREPEN.match(tekst, streep.start())
    namen = [_gemaakt(kant) for kant in botsing.groups()] if botsing else [set()]
    if all(namen) and namen[0].isdisjoint(namen[1]):
        eind = begin + botsing[0].count('\n')
        blijft = ''.join(botsing.groups()).splitlines()
        return Hint(
            f'{wat} Ze maken iets anders, dus ze blijven allebei.',
            'Haal alleen de strepen weg.',
            daden.vervang(bestand, begin, eind, blijft),
        )
    return Hint(
        wat,
        'Kies de versie die je wilt houden. Haal de andere weg, en ook de regels met '
        '`<<<<<<<`, `=======` en `>>>>>>>`.',
        doen.lukt_dat_niet(oordeel),
    )


# De ene versie en de andere; bij sommigen zet git er nog tussen hoe het was.
TUSSEN_DE_STREPEN = re.compile(
    r'<{7}.*\n((?:.*\n)*?)(?:\|{7}.*\n(?:.*\n)*?)?={7}\n((?:.*\n)*?)>{7}.*'
)


def _gemaakt(versie: str) -> set[str]:
    """De kolommen, klassen en functies in een versie; leeg als er ook iets anders in staat."""
    try:
        knopen = ast.parse(textwrap.dedent(versie)).body
    except SyntaxError:
        return set()
    per_knoop = [namen_van(k) or {*filter(None, [getattr(k, 'name', None)])} for k in knopen]
    return set().union(*per_knoop) if all(per_knoop) else set()


@hint('module', 'fout')
@hint('onzichtbaar', 'dubbel')
def regel_van_de_klasse_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    nummer = afwijking.gevonden or bestand.fout.lineno or 1
    tabel = re.fullmatch(r"""__tablename__ = ['"](\w+)['"]""", bestand.regel(nummer))
    # Twee keer __tablename__ in een klasse: daar hoort een tweede klasse te beginnen.
    if tabel and (not bestand.fout or isinstance(bestand.fout, IndentationError)):
        return Hint(
            f'In `{bestand.naam}` ontbreekt boven regel {nummer} de regel waarmee de klasse '
            'begint.',
            daden.zet_onder(bestand, nummer - 1, f'class {doen.klasse_van(tabel[1])}(db.Model):'),
        )


@hint('module', 'fout')
@hint('script', 'fout')
def python_begrijpt_het_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    fout, regels = bestand.fout, bestand.tekst.splitlines()
    nummer = min(fout.lineno or 1, len(regels))
    # Commentaar en lege regels staan er soms tussen.
    code = [n for n, r in enumerate(regels[: nummer - 1], 1) if r.split('#')[0].strip()]
    erboven = code[-1] if code else nummer
    return Hint(
        f'Python begrijpt `{bestand.naam}` niet: {_in_het_nederlands(fout.msg)}.',
        f'Verbeter regel {nummer}. Kijk ook naar de regel erboven:',
        [f'    {regel}' for regel in regels[erboven - 1 : nummer]],
        doen.lukt_dat_niet(oordeel),
    )


# Wat Python zegt, in het Nederlands; een melding die hier niet staat blijft zoals hij is.
MELDINGEN_VAN_PYTHON = {
    'was never closed': 'een haakje gaat open en niet dicht',
    'does not match opening': 'een haakje sluit met het verkeerde teken',
    'unmatched': 'een haakje gaat dicht en was niet open',
    'unterminated': 'een tekst heeft geen aanhalingsteken aan het eind',
    "expected ':'": 'aan het eind van de regel hoort een dubbele punt',
    'expected an indented block': 'onder de regel met de dubbele punt hoort iets dat inspringt',
    'unexpected indent': 'deze regel springt te ver in',
    'unindent does not match': 'deze regel springt anders in dan de regels erboven',
    'inconsistent use of tabs': 'tabs en spaties staan door elkaar',
    'forgot a comma': 'er ontbreekt een komma',
    'null bytes': 'het bestand is niet opgeslagen als UTF-8',
    'unicode error': 'het bestand is niet opgeslagen als UTF-8',
    'cannot contain assignment': 'een haakje erboven is niet dicht, of er staat een `=` te veel',
    'invalid decimal literal': 'een getal of naam klopt niet, of erboven mist een aanhalingsteken',
    'invalid syntax': 'hier staat iets wat geen Python is',
}


def _in_het_nederlands(melding: str) -> str:
    for engels, nederlands in MELDINGEN_VAN_PYTHON.items():
        if engels in melding:
            return f'{nederlands} (`{melding}`)'
    return f'`{melding}`'


@hint('onzichtbaar', 'komma', 'kleine letter', 'dubbele punt', 'geen Column')
def regel_maakt_geen_kolom(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    nummer, naam = afwijking.gevonden, afwijking.kolom
    opdracht = bestand.opdracht(nummer)
    if afwijking.wat == 'komma':
        wat, waarde = 'een komma aan het eind', ast.unparse(opdracht.value.elts[0])
    elif afwijking.wat == 'dubbele punt':
        wat, waarde = '`:` waar `=` hoort', ast.unparse(opdracht.annotation)
    elif afwijking.wat == 'kleine letter':
        wat = '`column` met een kleine letter'
        waarde = ast.unparse(opdracht.value).replace('column(', 'Column(', 1)
    else:
        les = kolommen_na(oordeel.stap_nu).get((TABEL, naam))
        waarde = (
            les.regel.partition(' = ')[2] if les else f'db.Column({ast.unparse(opdracht.value)})'
        )
        wat = 'geen `db.Column(...)`'
    return Hint(
        f'Op regel {nummer} van `{bestand.naam}` staat {wat}. {_onzichtbaar(naam)}',
        daden.maak(bestand, nummer, f'{naam} = {waarde}'),
    )


@hint('onzichtbaar', 'dubbel')
def kolom_staat_er_twee_keer(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    return Hint(
        f'Regel {afwijking.gevonden} van `{bestand.naam}` maakt de kolom `{afwijking.kolom}`, maar '
        'die staat er al. Alleen de laatste telt.',
        daden.haal_weg(bestand, afwijking.gevonden),
        'Klopt juist de andere niet? Haal dan die weg.',
    )


@hint('onzichtbaar', 'buiten de klasse', 'in een methode')
def kolom_buiten_de_klasse(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, nummer = oordeel.oefenmap.bestand(afwijking.bestand), afwijking.gevonden
    wat = f'Regel {nummer} van `{bestand.naam}` staat {afwijking.wat}.'
    # De klasse boven de regel; anders de eerste.
    klassen = [k for k in bestand.modellen if k.lineno < nummer] or bestand.modellen[:1]
    doe = 'Hij hoort in een klasse in een ander bestand.', daden.haal_weg(bestand, nummer)
    if klassen:
        doe = daden.verplaats(bestand, nummer, eind_van_de_kolommen(klassen[-1]), '    ')
    return Hint(f'{wat} {_onzichtbaar(afwijking.kolom)}', doe)


def _onzichtbaar(kolom: str) -> str:
    return (
        f'Zo ziet SQLAlchemy de kolom `{kolom}` niet. Dan zegt `flask db migrate`: '
        '`No changes in schema detected`.'
    )


@hint('module', 'create_all')
def create_all_in_de_module(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, nummer = oordeel.oefenmap.bestand(afwijking.bestand), afwijking.gevonden
    weg = next(k for k in bestand.boom.body if k.lineno <= nummer <= k.end_lineno)
    if len(getattr(weg, 'body', ())) > 1:
        weg = next(k for k in weg.body if k.lineno <= nummer <= k.end_lineno)
    return Hint(
        f'Regel {nummer} van `{bestand.naam}` roept `db.create_all()` aan. Die maakt tabellen '
        'buiten de migraties om. Dan vindt `flask db migrate` niets meer.',
        'De migraties maken de tabellen al.',
        daden.haal_weg(bestand, weg.lineno, weg.end_lineno),
    )
