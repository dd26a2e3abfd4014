"""De module, en eigen bestanden: wat Python niet begrijpt, of SQLAlchemy niet ziet."""

import ast
import re
from collections.abc import Iterator

from stappen import DATABASE, MODULE, TABEL, kolommen_na

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.hint import Hint, hint
from controle.oordeel import Oordeel

# Wat er in de module staat, hoe zij ook heet.
DE_MODULE = 'SQLAlchemy(app', 'Migrate(app', '(db.Model)'


@hint('module', 'ontbreekt', 'leeg')
def module_is_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    map_, leeg = oordeel.oefenmap, afwijking.wat == 'leeg'
    wat = f'Er staat geen code in `{MODULE}`.' if leeg else f'Er is geen bestand `{MODULE}`.'
    for pad in () if leeg else sorted([*map_.pad.iterdir(), *map_.pad.glob('*/*.py*')]):
        naam = pad.relative_to(map_.pad).as_posix()
        # Wat Python vertaalde (.pyc) is niet te lezen; wat bewaard is of van een ander, blijft.
        lijkt = re.match(r'basic_?model_?app.*\.py(?!c$)', pad.name.lower())
        if pad.suffix == '.py' and pad.parent == map_.pad:
            lijkt = lijkt or all(regel in pad.read_text('utf-8', 'replace') for regel in DE_MODULE)
        van_nu = pad.is_file() and not map_.is_bewaard(pad)
        if lijkt and van_nu and not map_.is_andere_oefenmap(pad):
            yield Hint(f'{wat} Wel een bestand `{naam}`.', daden.Hernoem(naam, MODULE))
    sla_op = 'Staat het nog open in je editor? Sla het daar op.'
    yield Hint(wat, sla_op, doen.lukt_dat_niet(oordeel))


# De ene versie en de andere; bij sommigen zet git er nog tussen hoe het was.
TUSSEN_DE_STREPEN = re.compile(
    r'(?m)^<{7}.*\n((?:.*\n)*?)(?:\|{7}.*\n(?:.*\n)*?)?={7}\n((?:.*\n)*?)>{7}.*'
)


@hint('module', 'fout')
@hint('script', 'fout')
@hint('onzichtbaar', 'dubbel')
def python_begrijpt_het_niet(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    bestand = oordeel.oefenmap.bestand(afwijking.bestand)
    fout, regels = bestand.fout, bestand.tekst.splitlines()
    if botsing := TUSSEN_DE_STREPEN.search(tekst := '\n'.join(regels)):
        begin = tekst.count('\n', 0, botsing.start()) + 1
        eind, blijft = begin + botsing[0].count('\n'), ''.join(botsing.groups()).splitlines()
        yield Hint(
            f'Git zette in `{bestand.naam}` vanaf regel {begin} twee versies onder elkaar.',
            'Haal alleen de strepen weg. Staat er dan iets dubbel, dan zegt `pytest` dat.',
            daden.vervang(bestand, begin, eind, blijft),
        )
    nummer = min(fout.lineno or 1, len(regels)) if fout else afwijking.gevonden
    # Begint hier de inhoud van een tabel, dan mist de regel van haar klasse.
    for tabel in re.findall(r"""^__tablename__ = ['"](\w+)['"]$""", bestand.regel(nummer)):
        zin = f'In `{bestand.naam}` mist boven regel {nummer} de regel waarmee de klasse begint.'
        klasse = f'class {doen.klasse_van(tabel)}(db.Model):'
        yield Hint(zin, daden.zet_onder(bestand, nummer - 1, klasse))
    if fout:
        # Commentaar en lege regels staan er soms tussen.
        code = [n for n, r in enumerate(regels[: nummer - 1], 1) if r.split('#')[0].strip()]
        zegt = f'`{fout.msg}`'
        vertaald = [f'{nl} ({zegt})' for en, nl in MELDINGEN.items() if re.search(en, fout.msg)]
        verbeter = [
            f'Verbeter regel {nummer}. Kijk ook naar de regel erboven:',
            *(f'    {regel}' for regel in regels[[nummer, *code][-1] - 1 : nummer]),
        ]
        if 'UTF-8' in ''.join(vertaald):
            # Met de regels is niets mis; er staan misschien tekens in die niet te lezen zijn.
            verbeter = 'Sla het in je editor opnieuw op, met `UTF-8` als codering.'
        yield Hint(
            f'Python begrijpt `{bestand.naam}` niet: {[*vertaald, zegt][0]}.',
            verbeter,
            doen.lukt_dat_niet(oordeel),
        )


# Wat Python zegt, in het Nederlands; een melding die hier niet staat blijft zoals hij is.
MELDINGEN = {
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
    "null bytes|'utf-8' codec": 'het bestand is niet opgeslagen als UTF-8',
    'unicodeescape': 'een `\\` in een tekst betekent voor Python iets. Schrijf een `/`',
    'cannot contain assignment': 'een haakje erboven is niet dicht, of er staat een `=` te veel',
    'invalid decimal literal': 'een getal of naam klopt niet, of erboven mist een aanhalingsteken',
    'invalid syntax': 'hier staat iets wat geen Python is',
}


# Hoe een regel die geen kolom maakt eruitziet.
GEEN_KOLOM = {
    'komma': 'heeft een komma aan het eind',
    'kleine letter': 'heeft `column` met een kleine letter',
    'dubbele punt': 'heeft `:` waar `=` hoort',
    'geen Column': 'heeft geen `db.Column(...)`',
    'andere naam': 'geeft de kolom achter `Column(` een andere naam',
    'buiten de klasse': 'staat buiten de klasse',
    'in een methode': 'staat in een methode',
}


@hint('onzichtbaar', *GEEN_KOLOM)
def regel_maakt_geen_kolom(oordeel: Oordeel, afwijking: Afwijking) -> Hint:
    bestand, naam = oordeel.oefenmap.bestand(afwijking.bestand), afwijking.kolom
    nummer, wat = afwijking.gevonden, afwijking.wat
    les, opdracht = kolommen_na(oordeel.stap_nu).get((TABEL, naam)), bestand.opdracht(nummer)
    # De kolom zelf staat soms tussen haakjes, of is alleen een type.
    kolom = next(k for k in ast.walk(opdracht) if isinstance(k, ast.Call | ast.Attribute))
    kolom = ast.unparse(kolom).replace('.column(', '.Column(')
    goed = f'{naam} = ' + (f'db.Column({kolom})' if wat == 'geen Column' else kolom)
    doe = daden.maak(bestand, nummer, les.regel if les else goed)
    if wat in ('buiten de klasse', 'in een methode'):
        doe = doen.zet_in_de_klasse(bestand, nummer)
    return Hint(
        f'Regel {nummer} van `{bestand.naam}` {GEEN_KOLOM[wat]}. Zo ziet SQLAlchemy de kolom '
        f'`{naam}` niet. Dan zegt `flask db migrate`: `No changes in schema detected`.',
        doe,
    )


# Wat een regel doet die niet in de module hoort.
HOORT_ER_NIET = {
    'create_all': 'maakt tabellen buiten de migraties om. Dan vindt `flask db migrate` niets meer',
    'drop_all': 'gooit bij elke opdracht van `flask` alle tabellen weg, met je rijen',
    'schema': 'geeft de tabel een schema. SQLite kent dat niet',
    'klasse': 'houdt de tabel `{}` uit je migraties',
    'BdbQuit': 'laat Python wachten op wat jij typt',
    'EOFError': 'laat Python wachten op wat jij typt',
    'SystemExit': 'laat Python stoppen, en `flask` ook',
    'Elders': 'opent een database buiten deze map',
}


@hint('module', 'create_all', 'drop_all', 'schema')
@hint('onzichtbaar', 'klasse')
@hint('naspelen', 'module', 'heen', 'terug', 'elders')
def regel_hoort_er_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    soort, naam, nummer = afwijking.wat, afwijking.bestand, afwijking.gevonden
    if afwijking.soort == 'naspelen':
        soort, naam, nummer = oordeel.fout.soort, oordeel.fout.bestand, oordeel.fout.regel
    bestand = oordeel.oefenmap.bestand(naam)
    if bestand and soort in HOORT_ER_NIET:
        wat, doe = HOORT_ER_NIET[soort].format(afwijking.tabel), doen.haal_weg(bestand, nummer)
        zin = f'Regel {nummer} van `{naam}` hoort er niet: die {wat}.'
        if bestand.regel(nummer).startswith('class '):
            zin = f'Regel {nummer} van `{naam}` klopt niet: die {wat}.'
            doe = daden.maak(bestand, nummer, f'class {afwijking.kolom}(db.Model):')
        if soort == 'Elders':
            wat = f'Dat is `{oordeel.fout.melding}`, en in de les is het `{DATABASE}`.'
            zin += f' {wat} De controle speelt daarom niets na.'
        return Hint(zin, doe)
