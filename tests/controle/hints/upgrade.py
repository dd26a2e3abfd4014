"""Een script dat op een fout stuit, bij de upgrade of bij de downgrade."""

import ast
import re
from collections.abc import Callable
from difflib import get_close_matches

from stappen import GEVULD, HERNOEMD, KLASSEN, TABEL, kolommen_na

from controle.afwijking import Afwijking
from controle.hints import daden, doen
from controle.hints.aanroepen import verbeteringen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import naam_in
from controle.oordeel import Oordeel
from controle.tabellen import alle_kolommen, kolommen_van


@hint('naspelen', 'heen', 'terug', 'scripts')
@hint('waarden')
@hint('kolom')
@hint('model')
@hint('downgrade')
def functie_ontbreekt_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Zonder `def downgrade():` maakt upgrade() meteen weer weg wat hij maakt.
    for script in oordeel.oefenmap.scripts if oordeel.fout else ():
        for naam in ('upgrade', 'downgrade'):
            if not script.functie(naam):
                return Hint(
                    f'In `{script.naam}` is er geen functie `{naam}()`.',
                    f'Zet weer `def {naam}():` boven de regels die erbij horen.',
                    doen.lukt_dat_niet(oordeel),
                )


@hint('naspelen', 'heen')
def kolom_wordt_twee_keer_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = oordeel.script_bij(afwijking)
    maakt = [(tabel, kolom) for tabel, kolom, _ in weg.nieuwe_kolommen()]
    maakt += [(naam_in(k), None) for k in weg.aanroepen_in('upgrade', 'create_table')]
    for tabel, kolom in maakt:
        if tabel not in oordeel.head or kolom not in (None, *kolommen_van(oordeel.head, tabel)):
            continue
        blijft = oordeel.script(oordeel.revisie_van(tabel, kolom))
        # Naast elkaar is geen van beide de eerste: wat data.sqlite heeft gehad, blijft.
        if oordeel.toegepast(weg.revisie) and not oordeel.toegepast(blijft.revisie):
            weg, blijft = blijft, weg
        wat = f'de kolom `{kolom}`' if kolom else f'de tabel `{tabel}`'
        gehad = ', en dat heeft `data.sqlite` gehad' if oordeel.toegepast(blijft.revisie) else ''
        doe = doen.opnieuw(oordeel, weg, '')
        if weg.revisie not in oordeel.oefenmap.heads:
            niets = doen.vervang_functies(
                weg, dict.fromkeys(('upgrade', 'downgrade'), ['    pass'])
            )
            doe = 'Er volgt al iets op, dus laat het niets doen.', niets
        return Hint(f'`{weg.naam}` maakt {wat}. `{blijft.naam}` doet dat al{gehad}.', doe)


# --- Een melding, en wat zij betekent -------------------------------------------------------------


def _goede_naam(oordeel: Oordeel, afwijking: Afwijking, naam: str) -> doen.Doe | None:
    """Eerst maken en dan gebruiken; anders de naam die erop lijkt."""
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel or 0
    for functie in filter(None, map(script.functie, ('upgrade', 'downgrade'))):
        for deel in functie.body:
            vult = [k for k in script.aanroepen('execute', functie) if k.lineno == regel]
            if (
                vult
                and regel <= deel.end_lineno
                and naam in map(naam_in, script.aanroepen('Column', deel))
            ):
                wanneer = f'Die is er pas na de opdracht die op regel {deel.lineno} begint.'
                # Onderaan het blok hoeft de regel alleen minder ver in te springen.
                if vult[0].end_lineno == deel.end_lineno:
                    goed = ast.unparse(vult[0]).removeprefix('batch_')
                    return wanneer, daden.maak(script, regel, goed, spaties='    ')
                return wanneer, daden.verplaats(script, regel, deel.end_lineno, '    ')
    namen = {*oordeel.head, *(kolom for _, kolom in alle_kolommen(oordeel.head))} - {naam}
    hernoemd = {HERNOEMD.naam} & namen if naam == HERNOEMD.was else ()
    for goed in [*hernoemd, *get_close_matches(naam, namen, 1)][:1]:
        # Staat die naam er al, dan is er iets anders aan de hand.
        if repr(goed) not in script.regel(regel):
            return (doen.vervang_naam(oordeel, naam, goed),)
    return _vulling(oordeel, afwijking)


def _vulling(oordeel: Oordeel, afwijking: Afwijking, *_: str) -> doen.Doe | None:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel
    vult = GEVULD.naam in {kolom for _, kolom, _ in script.nieuwe_kolommen()}
    if vult and regel in [k.lineno for k in script.aanroepen_in('upgrade', 'execute')]:
        return (daden.maak(script, regel, f"op.execute('{GEVULD.vulling}')"),)


def _uit_de_les(oordeel: Oordeel, *_: object) -> doen.Doe | None:
    anders = filter(oordeel.model_is_anders, kolommen_na(oordeel.stap_nu).values())
    return next(((doen.zet_kolom(oordeel, kolom),) for kolom in anders), None)


def _mag_leeg(oordeel: Oordeel, afwijking: Afwijking, *_: str) -> doen.Doe | None:
    doe = ()
    # Van onder naar boven, zoals ze in het model staan: zo blijven de nummers kloppen.
    for tabel, naam, _ in reversed([*oordeel.script_bij(afwijking).nieuwe_kolommen()]):
        kolom = kolommen_van(oordeel.verslag.model, tabel).get(naam, {'null': True})
        if not kolom['null'] and not kolom['standaard']:
            doe += doen.mag_leeg(oordeel, tabel, naam)
    return doe and (_uit_de_les(oordeel) or doe)


def _tijdstip(oordeel: Oordeel, _: Afwijking, functie: str) -> doen.Doe | None:
    return _in_de_module(oordeel, rf'\w+\.text\(.*?\b{functie}\(.*?\).*?\)', 'db.func.now()')


def _met_batch(oordeel: Oordeel, afwijking: Afwijking) -> doen.Doe | None:
    weg = _in_de_module(oordeel, r',\s*render_as_batch\s*=\s*False', '')
    zin = 'Met `render_as_batch=False` komt dat er niet.'
    return weg and (zin, *weg, *doen.opnieuw(oordeel, oordeel.script_bij(afwijking)))


def _verwijzing(oordeel: Oordeel, _: Afwijking, doel: str) -> doen.Doe | None:
    if lees := doen.lees_klasse(oordeel, doel):
        return lees
    if doel in KLASSEN:
        return (doen.geef_tabelnaam(oordeel, doel) or doen.zet_klasse(oordeel, doel),)
    lijkt = get_close_matches(doel.lower(), oordeel.head, 1)
    return _uit_de_les(oordeel) or lijkt and _in_de_module(oordeel, rf'\b{doel}(?=\.)', lijkt[0])


def _alleen_weg(oordeel: Oordeel, afwijking: Afwijking, _: str) -> doen.Doe:
    return doen.opnieuw(oordeel, oordeel.script_bij(afwijking), '')


def _zonder_view(oordeel: Oordeel, afwijking: Afwijking, soort: str, naam: str) -> doen.Doe:
    functie = 'downgrade' if afwijking.wat == 'terug' else 'upgrade'
    return doen.haal_view_weg(oordeel.script_bij(afwijking), functie, soort, naam)


def _als_hij_er_is(oordeel: Oordeel, afwijking: Afwijking, soort: str, _: str) -> doen.Doe:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel
    goed = re.sub(rf'(?i)DROP {soort} ', r'\g<0>IF EXISTS ', script.regel(regel))
    return (daden.maak(script, regel, goed),)


def _als_tekst(oordeel: Oordeel, _: Afwijking) -> doen.Doe | None:
    bestand, nummer = oordeel.foutbestand, oordeel.fout.regel
    # SQLite kent geen waar en onwaar: dat zijn 1 en 0.
    regel = bestand.regel(nummer).replace('default=True', 'default=1')
    regel = regel.replace('default=False', 'default=0')
    return (daden.maak(bestand, nummer, re.sub(r'(server_default=)([\d.]+)', r"\1'\2'", regel)),)


def _met_op_execute(oordeel: Oordeel, afwijking: Afwijking) -> doen.Doe:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel
    goed = re.sub(r'^.*?\.execute\(', 'op.execute(', script.regel(regel))
    return (daden.maak(script, regel, goed),)


def _in_de_module(oordeel: Oordeel, patroon: str, goed: str) -> doen.Doe | None:
    """De eerste regel van de eigen bestanden waar dit patroon in staat, met iets anders ervoor."""
    for bestand in oordeel.oefenmap.code:
        for nummer, regel in enumerate(map(str.strip, bestand.tekst.splitlines()), 1):
            if re.search(patroon, regel):
                return (daden.maak(bestand, nummer, re.sub(patroon, goed, regel)),)


# Wat SQLite, SQLAlchemy of Alembic zegt, met de regel erachter; wat dat betekent; wat je dan doet.
MELDINGEN = {
    r'(?m)^(?:from|import) BasicModelApp\b': (
        'Het script gebruikt je model. Dat verandert steeds, en dan klopt het script niet meer. '
        f"Gebruik SQL, bijvoorbeeld `op.execute('UPDATE {TABEL} SET ...')`.",
        None,
    ),
    r'error in (view|trigger) (\w+)': (
        'Hij maakt een tabel opnieuw, en de {} `{}` houdt dat tegen.',
        _zonder_view,
    ),
    r'no such (view|trigger): (\w+)': (
        'De {} `{}` is er dan niet meer. Hij is weg als zijn tabel opnieuw wordt gemaakt.',
        _als_hij_er_is,
    ),
    r"no such column: (?:\w+\.)?(\w+)|^'(\w+)'\n\s*batch_op": (
        'De kolom `{}` is er dan niet.',
        _goede_naam,
    ),
    r'no such table: (?:main\.)?(\w+)': ('Een tabel `{}` is er dan niet.', _goede_naam),
    r'near "(.*?)": syntax error': ('Vanaf `{}` begrijpt SQLite deze SQL niet.', _vulling),
    r"NOT NULL constraint failed: \w+\.(\w+)|NOT NULL column[^\n]*\n.*Column\('(\w+)'": (
        'Kolom `{}` mag niet leeg zijn. De rijen die er al zijn hebben nog geen waarde, dus SQLite '
        'weigert. `default` helpt hier niet: alleen Python kent die.',
        _mag_leeg,
    ),
    r'UNIQUE constraint failed: \w+\.(\w+)': (
        'Kolom `{}` wordt uniek, en dan staat in meer dan een rij dezelfde waarde.',
        _uit_de_les,
    ),
    r'unknown function: (\w+)\(': (
        'SQLite kent de functie `{}()` niet. De tijd van nu is in je model `db.func.now()`.',
        _tijdstip,
    ),
    r"could not find table '(\w+)'": (
        'Een foreign key verwijst naar een tabel `{}`. Je model maakt die niet.',
        _verwijzing,
    ),
    'No support for ALTER of constraints': (
        'SQLite kan een constraint alleen in een batch maken of weghalen: in een blok `with '
        'op.batch_alter_table(...)`.',
        _met_batch,
    ),
    r"No such constraint: '(\w+)'|no such index: (\w+)": (
        '`{}` is er dan niet.',
        None,
    ),
    "Argument 'arg' is expected.*class '(?:bool|int|float)'": (
        'Achter `server_default=` hoort een tekst: dat wat in de tabel komt te staan.',
        _als_tekst,
    ),
    'Not an executable object': (
        'SQL hoort achter `op.execute(`, of in `sa.text(...)`.',
        _met_op_execute,
    ),
    r'index (\w+) already exists': ('De index `{}` is er dan al.', _alleen_weg),
}


def _melding(oordeel: Oordeel) -> tuple[str, Callable | None, list[str]]:
    """Wat de fout betekent, wat je dan doet, en de namen erin; een lege zin als dat onbekend is."""
    fout, bestand, script = oordeel.fout, oordeel.foutbestand, oordeel.foutscript
    regel = bestand.ruwe_regel(fout.regel) if bestand and fout.regel else ''
    for patroon, (betekenis, functie) in MELDINGEN.items():
        if gevonden := re.search(
            patroon, f'{fout.heel}\n{regel}\n{script.tekst if script else ""}'
        ):
            namen = [naam for naam in gevonden.groups() if naam]
            return betekenis.format(*namen), functie, namen
    return '', None, []


def oorzaak(oordeel: Oordeel, afwijking: Afwijking) -> str:
    """Waar het naspelen stopt, en wat dat betekent; een onbekende melding staat er heel."""
    fout, (betekenis, *_) = oordeel.fout, _melding(oordeel)
    if betekenis and fout.fase == 'vergelijken':
        return betekenis
    wie = {'heen': 'De upgrade', 'terug': 'De downgrade'}.get(fout.fase, 'Python')
    wat = f'. {betekenis}' if betekenis else f' met `{fout.soort}: {fout.heel or fout.melding}`.'
    if fout.fase == 'heen' and oordeel.foutscript and oordeel.toegepast(afwijking.revisie):
        er_is, maakt = oordeel.database.schema, oordeel.foutscript.nieuwe_kolommen()
        mist = [kolom for tabel, kolom, _ in maakt if kolom not in kolommen_van(er_is, tabel)]
        wat += ' Volgens `data.sqlite` heeft dit script gedraaid'
        wat += f', maar kolom `{mist[0]}` is daar niet.' if mist else '.'
    return f'{wie} stopt bij {plaats(oordeel)}{wat}'


@hint('naspelen', 'module', 'heen', 'terug', 'vergelijken')
def melding_is_bekend(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    _, functie, namen = _melding(oordeel)
    doe = functie and functie(oordeel, afwijking, *namen)
    return Hint(oorzaak(oordeel, afwijking), doe) if doe else None


@hint('naspelen', 'heen', 'terug')
def aanroep_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    if goed := verbeteringen(script, oordeel.verslag.model):
        wat = ' '.join(dict.fromkeys(waarom for waarom, _ in goed))
        return Hint(f'In `{script.naam}` klopt een regel niet. {wat}', [doe for _, doe in goed])
