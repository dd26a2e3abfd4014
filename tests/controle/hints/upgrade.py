"""Een upgrade die niet lukt."""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from difflib import get_close_matches
from inspect import signature

from alembic.operations import Operations
from stappen import HERNOEMD, LAATSTE, MODULE, STAPPEN, TABEL, kolommen_na

from controle.hints import doen
from controle.hints.hint import Hint, hint, plaats
from controle.oefenmap import Script, naam_in, namen_van, tabellen_van
from controle.oordeel import Afwijking, Oordeel
from controle.tabellen import alle_kolommen, kolommen_van


@hint('naspelen', 'heen', 'scripts')
def model_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    verdacht = oordeel.script(afwijking.revisie)
    for script in [verdacht] if verdacht else oordeel.oefenmap.scripts:
        for knoop in script.boom.body:
            namen = {n.name for n in getattr(knoop, 'names', ())} | {getattr(knoop, 'module', '')}
            if MODULE.removesuffix('.py') in namen:
                return Hint(
                    f'Regel {knoop.lineno} van `{script.naam}` importeert je model. Het model '
                    'verandert steeds. Dan klopt dit script later niet meer.',
                    f'Haal regel {knoop.lineno} weg, en gebruik SQL in plaats van het model. '
                    f"Bijvoorbeeld `op.execute('UPDATE {TABEL} SET ...')`. "
                    + doen.lukt_dat_niet(oordeel),
                )


@hint('naspelen', 'heen', 'terug', 'scripts')
@hint('kolom')
@hint('model')
def functie_ontbreekt_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Zonder `def downgrade():` maakt upgrade() meteen weer weg wat hij maakt.
    for script in oordeel.oefenmap.scripts if oordeel.fout else ():
        namen = {knoop.name for knoop in script.boom.body if isinstance(knoop, ast.FunctionDef)}
        for naam in ('upgrade', 'downgrade'):
            if naam in namen:
                continue
            wat = f'In `{script.naam}` is er geen functie `{naam}()`.'
            lijkt = get_close_matches(naam, namen - {'upgrade', 'downgrade'}, 1, 0.7)
            if lijkt:
                nummer = script.functie(lijkt[0]).lineno
                return Hint(wat, doen.maak(script, nummer, f'def {naam}():'))
            # Waar upgrade() ophoudt, zet Alembic deze regel neer.
            einde = [
                nummer
                for nummer, regel in enumerate(script.tekst.splitlines(), 1)
                if '### end Alembic commands' in regel
            ]
            if naam == 'downgrade' and len(einde) == 2:
                return Hint(wat, doen.zet_onder(script, einde[0], '', '', 'def downgrade():'))
            return Hint(
                wat,
                f'Zet in `{script.naam}` weer `def {naam}():` boven de regels die erbij horen. '
                + doen.lukt_dat_niet(oordeel),
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


@hint('naspelen', 'heen', 'terug')
def view_is_er_niet_meer(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout, script = (
        re.match(r'no such (view|trigger): (\w+)', afwijking.gevonden),
        oordeel.foutscript,
    )
    if fout and script:
        soort, naam = fout.groups()
        nummer = oordeel.fout.regel
        nieuw = re.sub(rf'(?i)(DROP {soort}) ', r'\1 IF EXISTS ', script.regel(nummer))
        return Hint(
            f'Regel {nummer} van `{script.naam}` haalt de {soort} `{naam}` weg. Die is er dan niet '
            'meer: een andere migratie maakte de tabel opnieuw.',
            doen.maak(script, nummer, nieuw),
        )


@hint('naspelen', 'heen', 'terug')
def regel_van_het_with_blok_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, fout = oordeel.foutscript, oordeel.fout
    if script and fout.soort == 'NameError' and afwijking.gevonden == 'batch_op':
        regel = script.ruwe_regel(fout.regel)
        tabel = next((naam_in(k) for k in script.aanroepen('batch_alter_table')), TABEL)
        met = f"with op.batch_alter_table('{tabel}', schema=None) as batch_op:"
        wat = f'Boven regel {fout.regel} van `{script.naam}` ontbreekt de regel met `with`.'
        if regel.startswith(' ' * 8):
            return Hint(wat, doen.zet_onder(script, fout.regel - 1, f'    {met}'))
        return Hint(wat, doen.maak(script, fout.regel, f'{met} {regel.strip()}'))


@hint('naspelen', 'heen', 'terug')
def constraint_zonder_naam(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    zonder = []
    for aanroep in _constraints(script):
        if aanroep.args and getattr(aanroep.args[0], 'value', '') is None:
            zonder.append(aanroep)
    if zonder:
        naam = _naam_van_constraint(script)
        nieuw = [script.regel(k.lineno).replace('None', repr(naam), 1) for k in zonder]
        return Hint(
            f'In `{script.naam}`, regel {zonder[0].lineno}, heeft de constraint geen naam: er '
            'staat `None`. SQLite kan hem zo niet maken of weghalen.',
            'Geef hem overal dezelfde naam. '
            + '\n'.join(doen.maak(script, k.lineno, r) for k, r in zip(zonder, nieuw, strict=True)),
        )


@hint('naspelen', 'terug')
def namen_verschillen_in_upgrade_en_downgrade(
    oordeel: Oordeel, afwijking: Afwijking
) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    for maken, weghalen in (
        (('create_unique_constraint', 'create_foreign_key'), 'drop_constraint'),
        (('create_index',), 'drop_index'),
    ):
        gemaakt = [naam_in(k) for soort in maken for k in script.aanroepen_in('upgrade', soort)]
        for aanroep in script.aanroepen_in('downgrade', weghalen):
            weg = naam_in(aanroep)
            if gemaakt and weg and weg not in gemaakt:
                return Hint(
                    f'`{script.naam}` maakt in `upgrade()` de naam `{gemaakt[0]}`. In '
                    f'`downgrade()` haalt regel {aanroep.lineno} de naam `{weg}` weg. Die bestaat '
                    'niet.',
                    doen.maak(
                        script,
                        aanroep.lineno,
                        script.regel(aanroep.lineno).replace(weg, gemaakt[0]),
                    ),
                )


@hint('naspelen', 'heen')
def kolom_wordt_twee_keer_gemaakt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    dubbel = [
        (f'de kolom `{kolom}`', aanroep)
        for tabel, kolom, aanroep in script.nieuwe_kolommen()
        if kolom in kolommen_van(oordeel.head, tabel)
    ] + [
        (f'de tabel `{naam_in(aanroep)}`', aanroep)
        for aanroep in script.aanroepen_in('upgrade', 'create_table')
        if naam_in(aanroep) in oordeel.head
    ]
    if not dubbel:
        return None
    ding, aanroep = dubbel[0]
    doe = 'Verwijder dit script:\n' + doen.verwijder(script.naam)
    if script.revisie not in oordeel.oefenmap.heads or oordeel.toegepast(script.revisie):
        doe = (
            f'Laat het script staan, want er volgt al iets op. Zet in `{script.naam}` `pass` in '
            f'`upgrade()` en in `downgrade()`, in plaats van de regels over {ding}.'
        )
    return Hint(
        f'`{script.naam}` maakt op regel {aanroep.lineno} {ding}. Een eerdere migratie deed dat '
        'al.',
        doe,
    )


@hint('naspelen', 'heen')
def verplicht_zonder_standaardwaarde(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    for tabel, kolom, aanroep in script.nieuwe_kolommen():
        opties = {k.arg: k.value for k in aanroep.keywords}
        verplicht = getattr(opties.get('nullable'), 'value', True) is False
        if not verplicht or 'server_default' in opties or oordeel.toegepast(script.revisie):
            continue
        wat = (
            f'Kolom `{kolom}` mag niet leeg zijn. De rijen die er al zijn hebben nog geen waarde, '
            'dus SQLite weigert. `default` helpt hier niet: die kent alleen Python.'
        )
        model = oordeel.verslag.model.get(tabel, {}).get(kolom)
        if not model or model['null'] or model['standaard']:
            return Hint(wat, doen.migreer_opnieuw(oordeel, script, kolom))
        les = kolommen_na(LAATSTE).get((tabel, kolom))
        return Hint(wat, doen.zet_kolom(oordeel, les) if les else _mag_leeg(oordeel, tabel, kolom))


def _mag_leeg(oordeel: Oordeel, tabel: str, kolom: str) -> str:
    """Een eigen kolom die leeg mag zijn: dat kan bij elk type, en in elke schrijfwijze."""
    bestand = oordeel.oefenmap.bestand_met(tabel)
    nummer = bestand.regel_van_kolom(tabel, kolom)
    opdracht = deepcopy(bestand.opdracht(nummer)) if nummer else ast.Pass()
    waarde = getattr(opdracht, 'value', None) or ast.parse('db.mapped_column()').body[0].value
    doe = 'Geef hem een `server_default` die bij zijn type past, of laat hem leeg toe. '
    if not nummer or not isinstance(waarde, ast.Call):
        return f'{doe}Dat doe je in je model, met `nullable=True`. {doen.lukt_dat_niet(oordeel)}'
    waarde.keywords = [k for k in waarde.keywords if k.arg != 'nullable']
    waarde.keywords.append(ast.keyword('nullable', ast.Constant(True)))
    opdracht.value = waarde
    return doe + doen.maak(bestand, nummer, ast.unparse(opdracht))


@hint('naspelen', 'heen', 'terug')
def update_komt_te_vroeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel or 0
    functie = script.functie('downgrade' if afwijking.wat == 'terug' else 'upgrade')
    for deel in functie.body if functie else ():
        gemaakt = {naam_in(kolom) for kolom in script.aanroepen('Column', deel)}
        for knoop in script.aanroepen('execute', functie):
            if not knoop.lineno <= regel <= knoop.end_lineno:
                continue
            # Onderaan het blok hoeft de regel alleen minder ver in te springen.
            doe = doen.maak(script, knoop.lineno, ast.unparse(knoop), spaties='    ')
            if knoop.end_lineno != deel.end_lineno:
                doe = doen.verplaats(script, knoop.lineno, deel.end_lineno, '    ')
            if isinstance(deel, ast.With) and deel.lineno < regel <= deel.end_lineno:
                return Hint(
                    f'In `{script.naam}` staat regel {knoop.lineno} in het `with`-blok. Alembic '
                    'verandert de tabel pas als dat blok klaar is. De kolom is er dus nog niet.',
                    doe,
                )
            if regel < deel.lineno and gemaakt & set(re.findall(r'\w+', ast.unparse(knoop))):
                return Hint(
                    f'In `{script.naam}` gebruikt regel {knoop.lineno} een kolom die pas '
                    'daaronder wordt gemaakt.',
                    doe,
                )


@hint('naspelen', 'heen')
def waarden_zijn_niet_uniek(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    for tabel, kolom, aanroep in script.nieuwe_kolommen():
        les = kolommen_na(LAATSTE).get((tabel, kolom))
        if not (les and les.uniek and any(k.arg == 'server_default' for k in aanroep.keywords)):
            continue
        wat = (
            f'`{script.naam}` geeft in kolom `{kolom}` elke rij dezelfde waarde. De kolom is '
            'uniek, dus SQLite weigert. Leeg mag wel vaker voorkomen.'
        )
        bestand = oordeel.oefenmap.bestand_met(tabel)
        nummer = bestand.regel_van_kolom(tabel, kolom)
        if nummer and 'server_default' in bestand.regel(nummer):
            return Hint(wat, doen.maak(bestand, nummer, les.regel))
        return Hint(wat, doen.migreer_opnieuw(oordeel, script, kolom))


@hint('naspelen', 'heen')
def hernoemen_en_ook_nog_erbij(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    nieuw = {kolom for _, kolom, _ in script.nieuwe_kolommen()}
    naam = HERNOEMD.naam
    if naam in nieuw and naam in script.nieuwe_namen().values():
        return Hint(
            f'`{script.naam}` hernoemt een kolom tot `{naam}`, en maakt die ook nog eens. '
            'Hernoemen is genoeg.',
            doen.vervang_met_batch(script, TABEL, doen.HERNOEMEN),
        )


@hint('naspelen', 'heen')
def index_op_iets_wat_er_niet_is(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script, regel = oordeel.script_bij(afwijking), oordeel.fout.regel or 0
    for kolom in [k for k in STAPPEN[oordeel.stap_nu - 1].erbij if k.index]:
        for aanroep in script.aanroepen_in('upgrade', 'create_index'):
            if aanroep.lineno <= regel <= aanroep.end_lineno:
                return Hint(
                    f'De index op regel {aanroep.lineno} van `{script.naam}` kan niet: '
                    f'`{afwijking.gevonden}`.',
                    doen.maak(script, aanroep.lineno, doen.maak_index(kolom)),
                )


@hint('naspelen', 'heen', 'terug')
def tikfout_in_sql(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    functie = 'downgrade' if afwijking.wat == 'terug' else 'upgrade'
    bekend = {naam for plek in alle_kolommen(oordeel.head) for naam in plek}
    bekend |= {kolom for _, kolom, _ in script.nieuwe_kolommen()}
    for aanroep in script.aanroepen_in(functie, 'execute'):
        # De SQL staat soms nog in sa.text(...).
        teksten = [k.value for k in ast.walk(aanroep) if isinstance(k, ast.Constant)]
        sql = str(teksten[0] if teksten else '')
        met_set = ZONDER_SET.sub(r'\1SET ', sql)
        if met_set != sql:
            goed = ast.unparse(aanroep).replace(repr(sql), repr(met_set))
            return Hint(
                f'In de SQL op regel {aanroep.lineno} van `{script.naam}` ontbreekt `SET`.',
                doen.maak(script, aanroep.lineno, goed),
            )
        # Wat in SQL tussen aanhalingstekens staat is een waarde, geen naam.
        namen = re.findall(r'[a-z_]\w*', re.sub(r"""'[^']*'""", '', sql))
        for naam in namen:
            lijkt = get_close_matches(naam, bekend, 1, 0.75)
            if lijkt and naam not in bekend:
                regel = script.regel(aanroep.lineno)
                return Hint(
                    f'In de SQL op regel {aanroep.lineno} van `{script.naam}` staat `{naam}`. '
                    f'Bedoel je `{lijkt[0]}`?',
                    doen.maak(script, aanroep.lineno, re.sub(rf'\b{naam}\b', lijkt[0], regel)),
                )


# Een UPDATE met direct na de tabel een kolom, of iets wat SET had moeten zijn.
ZONDER_SET = re.compile(r'^(\s*UPDATE\s+\w+\s+)(?!SET\b)(?:\w+\s+)?(?=\w+\s*=)', re.IGNORECASE)


@hint('naspelen', 'heen')
@hint('kolom', 'ontbreekt')
@hint('model', 'add_column', 'remove_column')
def nieuwe_naam_staat_er_niet_goed(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    verdacht = oordeel.script(afwijking.revisie)
    for script in [verdacht] if verdacht else oordeel.oefenmap.scripts:
        for aanroep in script.aanroepen_in('upgrade', 'alter_column'):
            # `op` noemt eerst de tabel, `batch_op` niet.
            eigen = aanroep.args[: 2 if ast.unparse(aanroep.func).startswith('op.') else 1]
            oud = getattr(eigen[-1], 'value', None) if eigen else None
            namen = {k.arg: k.value for k in aanroep.keywords}
            nieuw = getattr(namen.pop('new_column_name', None), 'value', HERNOEMD.naam)
            # Een optie die alter_column niet kent, doet niets en geeft geen fout.
            los = [*aanroep.args[len(eigen) :], *(namen.pop(k) for k in {*namen} - OPTIES)]
            fout = [k.value for k in los if isinstance(getattr(k, 'value', None), str)]
            if oud == HERNOEMD.was and nieuw != HERNOEMD.naam:
                fout.append(nieuw)
            if not fout or afwijking.kolom not in (None, oud, HERNOEMD.naam, *fout):
                continue
            goed = HERNOEMD.naam if oud == HERNOEMD.was else fout[0]
            delen = [*map(ast.unparse, eigen), f'new_column_name={goed!r}']
            delen += [f'{naam}={ast.unparse(waarde)}' for naam, waarde in namen.items()]
            regel = f'{ast.unparse(aanroep.func)}({", ".join(delen)})'
            return Hint(
                f'Regel {aanroep.lineno} van `{script.naam}` hernoemt `{oud}` niet tot `{goed}`. '
                'De nieuwe naam hoort achter `new_column_name=`.',
                doen.eerst_terug(oordeel, script, doen.maak(script, aanroep.lineno, regel))
                or doen.weg_terug(oordeel),
            )


# Wat alter_column kent; al het andere slaat het over.
OPTIES = set(signature(Operations.alter_column).parameters)


@hint('model', 'add_index', 'remove_index')
def index_is_anders_dan_in_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    indexen = {v['wat']: v for v in oordeel.verslag.verschillen if v['soort'] == 'index'}
    script = oordeel.script(oordeel.volgorde[-1])
    if len(indexen) < 2:
        return None
    nu, goed = indexen['remove_index'], indexen['add_index']
    regels = {}
    for functie, soort in (('upgrade', 'create_index'), ('downgrade', 'drop_index')):
        for aanroep in script.aanroepen_in(functie, soort):
            oud = nieuw = ast.unparse(aanroep)
            for wat in ('doel', 'kolommen') if naam_in(aanroep) == nu['doel'] else ():
                nieuw = nieuw.replace(repr(nu[wat]), repr(goed[wat]))
            if nieuw != oud:
                regels[aanroep.lineno] = doen.maak(script, aanroep.lineno, nieuw)
    doe = doen.eerst_terug(oordeel, script, '\n'.join(regels.values()))
    # Kan er geen downgrade, dan maakt een nieuwe migratie het goed.
    if regels and doe:
        return Hint(
            f'`{script.naam}` maakt de index `{nu["doel"]}` op `{nu["kolommen"][0]}`. In je model '
            f'heet hij `{goed["doel"]}`, op `{goed["kolommen"][0]}`.',
            doe,
        )


@hint('naspelen', 'heen')
def upgrade_lukt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = (
        f'De upgrade in {plaats(oordeel)} lukt niet op een tabel met rijen: '
        f'`{oordeel.fout.soort}: {afwijking.gevonden}`.'
    )
    if oordeel.toegepast(afwijking.revisie):
        return Hint(
            f'{wat} In `data.sqlite` is hij wel gelukt. Misschien veranderde daarna een script: '
            'dit, of een eerder. Of er stonden toen nog geen rijen in.',
            'Heb je een script veranderd? Zet dat terug, met ongedaan maken in je editor. '
            + doen.lukt_dat_niet(oordeel),
        )
    naam = oordeel.naam_van(afwijking.revisie)
    return Hint(wat, f'Verbeter `upgrade()` in `{naam}`. {doen.lukt_dat_niet(oordeel)}')


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
            if goed:
                return Hint(
                    f'{wat} Daar hoort de naam van de tabel en de kolom, niet die van de klasse.',
                    doen.maak(bestand, nummer, regel.replace(doel, goed[0])),
                )
            return Hint(
                f'{wat} Geen klasse maakt die tabel.',
                f'Maak een klasse met die tabel, of verbeter deze regel:\n    {regel}\n'
                + doen.lukt_dat_niet(oordeel),
            )


def _constraints(script: Script) -> Iterator[ast.Call]:
    """De regels die een constraint maken of weghalen: eerst upgrade(), dan downgrade()."""
    for functie in ('upgrade', 'downgrade'):
        for soort in ('create_unique_constraint', 'create_foreign_key', 'drop_constraint'):
            yield from script.aanroepen_in(functie, soort)


def _naam_van_constraint(script: Script) -> str:
    """De naam die de constraint ergens al heeft, of anders een zoals in de les."""
    for aanroep in _constraints(script):
        if isinstance(naam_in(aanroep), str):
            return naam_in(aanroep)
    tabel = next((naam_in(k) for k in script.aanroepen('batch_alter_table')), TABEL)
    for begin, soort, plaats_van_kolommen in (
        ('uq', 'create_unique_constraint', 1),
        ('fk', 'create_foreign_key', 2),
    ):
        for aanroep in script.aanroepen_in('upgrade', soort):
            kolommen = ast.literal_eval(aanroep.args[plaats_van_kolommen])
            return f'{begin}_{tabel}_{kolommen[0]}'
    return f'uq_{tabel}'
