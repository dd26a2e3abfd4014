"""Een upgrade die niet lukt."""

import ast
import re
from copy import deepcopy
from difflib import get_close_matches
from itertools import zip_longest

from stappen import HERNOEMD, LAATSTE, MODULE, TABEL, kolommen_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import Script, heet, naam_in, namen_van, tabellen_van
from controle.oordeel import Afwijking, Oordeel
from controle.tabellen import alle_kolommen, kolommen_van


@hint('naspelen', 'heen', 'scripts')
def model_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.foutscript
    for knoop in script.boom.body if script else ():
        namen = {n.name for n in getattr(knoop, 'names', ())} | {getattr(knoop, 'module', '')}
        if MODULE.removesuffix('.py') in namen:
            return Hint(
                f'Regel {knoop.lineno} van `{script.naam}` importeert je model. Het model '
                'verandert steeds. Dan klopt dit script later niet meer.',
                f'Haal regel {knoop.lineno} weg, en gebruik SQL in plaats van het model. '
                f"Bijvoorbeeld `op.execute('UPDATE {TABEL} SET ...')`.",
                doen.lukt_dat_niet(oordeel),
            )


@hint('naspelen', 'heen', 'terug', 'scripts')
@hint('kolom')
@hint('model')
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


@hint('naspelen', 'heen', 'terug')
def view_houdt_een_migratie_tegen(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout = re.match(r'error in (view|trigger) (\w+)', afwijking.gevonden)
    if fout:
        soort, naam = fout.groups()
        script, functie = oordeel.script_bij(afwijking), 'upgrade'
        wat = f'`{script.naam}` maakt een tabel opnieuw. De {soort} `{naam}` houdt dat tegen.'
        if afwijking.wat == 'terug':
            maker = re.compile(rf'CREATE\s+{soort}\b[^\'"]*\b{naam}\b', re.I)
            script = next((s for s in oordeel.oefenmap.scripts if maker.search(s.tekst)), script)
            functie = 'downgrade'
        return Hint(wat, doen.haal_view_weg(script, functie, soort, naam))


@hint('naspelen', 'heen')
def verplicht_zonder_standaardwaarde(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, model = oordeel.script_bij(afwijking), oordeel.verslag.model
    nodig = []
    for tabel, naam, aanroep in script.nieuwe_kolommen():
        opties = {k.arg: k.value for k in aanroep.keywords}
        verplicht = getattr(opties.get('nullable'), 'value', True) is False
        if verplicht and 'server_default' not in opties:
            kolom = kolommen_van(model, tabel).get(naam, {'null': True})
            nodig.append((bool(kolom['null'] or kolom['standaard']), tabel, naam))
    # Eerst wat in het model nog niet goed is.
    for goed_in_model, tabel, naam in sorted(nodig):
        wat = (
            f'Kolom `{naam}` mag niet leeg zijn. De rijen die er al zijn hebben nog geen waarde, '
            'dus SQLite weigert. `default` helpt hier niet: alleen Python kent die.'
        )
        les = kolommen_na(LAATSTE).get((tabel, naam))
        if oordeel.toegepast(script.revisie):
            return None
        if goed_in_model:
            eerste = next(naam for _, naam, _ in script.nieuwe_kolommen())
            return Hint(wat, doen.gooi_weg(oordeel, script, eerste))
        return Hint(wat, doen.zet_kolom(oordeel, les) if les else _mag_leeg(oordeel, tabel, naam))


def _mag_leeg(oordeel: Oordeel, tabel: str, kolom: str) -> str:
    """Een eigen kolom die leeg mag zijn: dat kan bij elk type, en in elke schrijfwijze."""
    bestand = oordeel.oefenmap.bestand_met(tabel)
    nummer = bestand.regel_van_kolom(tabel, kolom)
    opdracht = deepcopy(bestand.opdracht(nummer)) if nummer else ast.Pass()
    waarde = getattr(opdracht, 'value', None) or ast.parse('db.mapped_column()').body[0].value
    doe = 'Geef hem een `server_default` die bij zijn type past, of sta toe dat hij leeg is.'
    if not nummer or not isinstance(waarde, ast.Call):
        return f'{doe} Dat doe je in je model, met `nullable=True`.', doen.lukt_dat_niet(oordeel)
    waarde.keywords = [k for k in waarde.keywords if k.arg != 'nullable']
    waarde.keywords.append(ast.keyword('nullable', ast.Constant(True)))
    opdracht.value = waarde
    return doe, daden.maak(bestand, nummer, ast.unparse(opdracht))


@hint('naspelen', 'heen', 'terug')
def constraint_zonder_naam(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, regels = oordeel.script_bij(afwijking), []
    maakt = script.aanroepen_in('upgrade', 'create_unique_constraint')
    maakt += script.aanroepen_in('upgrade', 'create_foreign_key')
    haalt_weg = script.aanroepen_in('downgrade', 'drop_constraint')
    # Een downgrade haalt ze in omgekeerde volgorde weg.
    for paar in zip_longest(sorted(maakt, key=lambda k: k.lineno), haalt_weg[::-1]):
        samen = [aanroep for aanroep in paar if aanroep and aanroep.args]
        for naam in [aanroep.args[0] for aanroep in samen]:
            if isinstance(naam, ast.Constant) and naam.value is None:
                goed = next(filter(None, map(naam_in, samen)), None) or _naam(script, samen[0])
                nieuw = script.regel(naam.lineno).replace('None', repr(goed), 1)
                regels.append(daden.maak(script, naam.lineno, nieuw))
    if regels:
        return Hint(
            f'In `{script.naam}` heeft een constraint geen naam: er staat `None`. SQLite kan hem '
            'zo niet maken of weghalen.',
            'Geef hem in `upgrade()` en in `downgrade()` dezelfde naam.',
            regels,
        )


@hint('naspelen', 'heen')
def kolom_wordt_twee_keer_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = oordeel.script_bij(afwijking)
    for tabel, kolom in _maakt(weg):
        if tabel not in oordeel.head or kolom not in (None, *kolommen_van(oordeel.head, tabel)):
            continue
        blijft = oordeel.script(oordeel.revisie_van(tabel, kolom))
        # Naast elkaar is geen van beide de eerste: wat data.sqlite heeft gehad, blijft.
        if oordeel.toegepast(weg.revisie) and not oordeel.toegepast(blijft.revisie):
            weg, blijft = blijft, weg
        wat = f'de kolom `{kolom}`' if kolom else f'de tabel `{tabel}`'
        gehad = ', en dat heeft `data.sqlite` gehad' if oordeel.toegepast(blijft.revisie) else ''
        doe = doen.gooi_weg(oordeel, weg)
        samen = set(_maakt(weg)) & set(_maakt(blijft))
        doet_niet_meer = weg.aantal_opdrachten('upgrade') == len(samen)
        er_volgt_iets = weg.revisie not in oordeel.oefenmap.heads
        if er_volgt_iets and doet_niet_meer and not oordeel.toegepast(weg.revisie):
            niets = doen.vervang_functies(weg, dict.fromkeys(('upgrade', 'downgrade'), NIETS))
            doe = 'Er volgt al iets op, dus laat het niets doen.', niets
        return Hint(f'`{weg.naam}` maakt {wat}. `{blijft.naam}` doet dat al{gehad}.', doe)


NIETS = ['    pass']


def _maakt(script: Script) -> list[tuple[str | None, str | None]]:
    """De kolommen en tabellen die een script maakt, als (tabel, kolom)."""
    kolommen = [(tabel, kolom) for tabel, kolom, _ in script.nieuwe_kolommen()]
    return kolommen + [(naam_in(k), None) for k in script.aanroepen_in('upgrade', 'create_table')]


# De opdrachten van een batch die een kolom noemen die er al is.
MET_EEN_KOLOM = (
    *('alter_column', 'drop_column', 'create_index'),
    *('create_unique_constraint', 'create_foreign_key'),
)


@hint('naspelen', 'heen')
def kolom_is_er_nog_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    naam, regel = oordeel.fout.melding.strip("'"), oordeel.fout.regel or 0
    genoemd = {
        deel.value
        for operatie in MET_EEN_KOLOM
        for aanroep in oordeel.script_bij(afwijking).aanroepen_in('upgrade', operatie)
        if aanroep.lineno <= regel <= aanroep.end_lineno
        for deel in ast.walk(aanroep)
        if isinstance(deel, ast.Constant)
    }
    kolommen = {kolom for _, kolom in alle_kolommen(oordeel.head)}
    lijkt = get_close_matches(naam, kolommen, 1)
    # Een KeyError van iets anders gaat niet over een kolom. En heeft de database het script gehad,
    # dan was de kolom er toen wel.
    is_kolom = oordeel.fout.soort == 'KeyError' and naam in genoemd - kolommen
    if is_kolom and lijkt and not oordeel.toegepast(afwijking.revisie):
        return Hint(
            f'{plaats(oordeel, hoofdletter=True)} gebruikt de kolom `{naam}`. Die is er dan niet.',
            doen.vervang_naam(oordeel, naam, lijkt[0]),
        )


@hint('naspelen', 'heen', 'terug')
def update_komt_te_vroeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel or 0
    functie = script.functie('downgrade' if afwijking.wat == 'terug' else 'upgrade')
    for deel in functie.body if functie else ():
        gemaakt = {naam_in(kolom) for kolom in script.aanroepen('Column', deel)}
        for knoop in script.aanroepen('execute', functie):
            gebruikt = gemaakt & set(re.findall(r'\w+', ast.unparse(knoop)))
            if not gebruikt or not knoop.lineno <= regel <= knoop.end_lineno <= deel.end_lineno:
                continue
            # Onderaan het blok hoeft de regel alleen minder ver in te springen.
            doe = daden.maak(script, knoop.lineno, ast.unparse(knoop), spaties='    ')
            if knoop.end_lineno != deel.end_lineno:
                doe = daden.verplaats(script, knoop.lineno, deel.end_lineno, '    ')
            return Hint(
                f'In `{script.naam}` gebruikt regel {knoop.lineno} de kolom `{min(gebruikt)}`. Die '
                f'is er pas na de opdracht die op regel {deel.lineno} begint.',
                doe,
            )


@hint('naspelen', 'heen')
@hint('kolom', 'ontbreekt')
@hint('model', 'add_column', 'remove_column')
def hernoemen_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    was, naam = HERNOEMD.was, HERNOEMD.naam
    in_model = HERNOEMD.plek in oordeel.verslag.modelkolommen
    if naam in kolommen_van(oordeel.head, TABEL) or not in_model:
        return None
    verdacht = oordeel.script(afwijking.revisie)
    for script in [verdacht] if verdacht else oordeel.oefenmap.scripts:
        hernoemt = [ast.unparse(k) for k in script.aanroepen_in('upgrade', 'alter_column')]
        goed = any(f'new_column_name={naam!r}' in regel for regel in hernoemt)
        erbij = naam in {kolom for _, kolom, _ in script.nieuwe_kolommen()}
        if any(repr(was) in regel for regel in hernoemt) and (erbij or not goed):
            doe = doen.hernoem_in_script(script)
            return Hint(
                f'`{script.naam}` hernoemt `{was}` niet goed tot `{naam}`. De nieuwe naam hoort '
                'achter `new_column_name=`. Meer is niet nodig.',
                doen.weg_terug(oordeel) if oordeel.toegepast(script.revisie) else doe,
            )


@hint('naspelen', 'vergelijken')
def foreign_key_wijst_naar_niets(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    code = oordeel.oefenmap.code
    les = {k.naam: k.verwijst_naar for k in kolommen_na(LAATSTE).values() if k.verwijst_naar}
    tabellen = [tabel for b in code for klasse in b.klassen for tabel in tabellen_van(klasse)]
    for bestand, knoop in ((b, k) for b in code for klasse in b.klassen for k in klasse.body):
        for aanroep in bestand.aanroepen('ForeignKey', knoop):
            doel = naam_in(aanroep)
            tabel, _, kolom = str(doel).partition('.')
            if not isinstance(doel, str) or any(b.regel_van_kolom(tabel, kolom) for b in code):
                continue
            nummer, regel = aanroep.lineno, bestand.regel(aanroep.lineno)
            wat = f'Regel {nummer} van `{bestand.naam}` verwijst naar `{doel}`.'
            if doel in les.values():
                return Hint(
                    f'{wat} Geen klasse maakt die tabel met die kolom.',
                    doen.geef_tabelnaam(oordeel, tabel) or doen.zet_klasse(oordeel, tabel),
                )
            goed = [les[naam] for naam in namen_van(knoop) if naam in les]
            goed += [f'{lijkt}.id' for lijkt in get_close_matches(tabel.lower(), tabellen, 1)]
            return Hint(
                f'{wat} Daar hoort de naam van een tabel en een kolom, en een klasse die ze maakt.',
                daden.maak(bestand, nummer, regel.replace(doel, goed[0]))
                if goed
                else (f'Verbeter deze regel:\n    {regel}', doen.lukt_dat_niet(oordeel)),
            )


def _naam(script: Script, aanroep: ast.Call) -> str:
    """Een naam zoals in de les: uq of fk, de tabel en de kolom."""
    tabel = next((naam_in(k) for k in script.aanroepen('batch_alter_table')), TABEL)
    soort = 'fk' if heet(aanroep, 'create_foreign_key') else 'uq'
    return '_'.join([soort, tabel, *re.findall(r"\['(\w+)'", ast.unparse(aanroep))[:1]])
