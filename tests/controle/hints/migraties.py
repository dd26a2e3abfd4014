"""De map `migrations`, en de reeks van revisies daarin."""

import ast
import re

from controle.hints import doen
from controle.hints.hint import Hint, hint
from controle.oefenmap import Script, naam_in
from controle.oordeel import Afwijking, Oordeel


@hint('migraties', 'geen revisie')
def nog_geen_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    database = oordeel.database
    if not database.versies and not database.schema:
        return Hint(
            'De map `migrations` is er, maar er is nog geen migratie in `migrations/versions`.',
            'Maak de eerste:\n    flask db migrate -m "eerste migratie"',
        )
    if not database.versies:
        return Hint(
            'In `data.sqlite` staan al tabellen, maar er is nog geen migratie. Ze komen dus van '
            '`db.create_all()`. Daardoor vindt `flask db migrate` niets meer om te maken.',
            doen.weg_terug(oordeel),
        )


@hint('migraties', 'ontbreken')
def migraties_zijn_er_nog_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if not oordeel.database.versies:
        return Hint('Er is geen map `migrations`.', 'Maak hem:\n    flask db init')


@hint('migraties')
def migraties_zijn_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = f'In de map `migrations` ontbreekt `{afwijking.gevonden}`.'
    if afwijking.wat != 'onvolledig':
        weg = (
            'Je migraties zijn weg. `data.sqlite` is er wel mee gemaakt: daarin staat revisie '
            f'`{oordeel.database.versies[0]}`.'
        )
    return Hint(
        weg, f'Zet het terug uit de prullenbak. Is het daar niet? {doen.weg_terug(oordeel)}'
    )


@hint('script', 'zonder revisie')
def script_zonder_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.oefenmap.bestand(afwijking.bestand)
    staat_boven = re.search(r'^Revision ID: (\w+)', script.tekst, re.MULTILINE)
    if staat_boven:
        return Hint(
            f'In `{script.naam}` ontbreekt de regel `revision = ...`.',
            doen.zet_onder(script, script.eind_van_de_imports, f"revision = '{staat_boven[1]}'"),
        )
    nodig = {vorige for ander in oordeel.oefenmap.scripts for vorige in ander.vorige}
    nodig |= set(oordeel.database.versies or [])
    # De naam van een script begint met zijn revisie.
    if script.bestandsnaam.startswith(tuple(nodig)):
        return Hint(
            f'In `{script.naam}` staat geen migratie meer. Een ander script of `data.sqlite` heeft '
            'hem nodig.',
            'Zet terug wat erin stond. Dat kan met ongedaan maken in je editor.',
        )
    return Hint(
        f'`{script.naam}` is geen migratie: er staat geen `revision = ...` in. Alembic loopt '
        'daarop vast.',
        doen.hernoem(script.naam, script.bestandsnaam),
    )


@hint('script', 'zonder vorige')
def script_zonder_vorige_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.oefenmap.bestand(afwijking.bestand)
    staat_boven = re.search(r'^Revises: (\w+)', script.tekst, re.MULTILINE)
    vorige = staat_boven[1] if staat_boven else None
    anderen = [s for s in oordeel.oefenmap.scripts if s is not script]
    if any(vorige in (s.vorige or [None]) for s in anderen):
        # Daar volgt al een ander script op: dit is een kopie.
        vorige = _eind_van_de_lijn(anderen)
    return Hint(
        f'In `{script.naam}` ontbreekt de regel `down_revision = ...`. Alembic weet niet waar '
        'dit script op volgt.',
        doen.zet_onder(script, script.toekenning('revision').lineno, f'down_revision = {vorige!r}'),
    )


@hint('reeks')
def twee_scripts_met_dezelfde_revisie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    eerste = {}
    for script in oordeel.oefenmap.scripts:
        ander = eerste.setdefault(script.revisie, script)
        if ander is not script:
            # Een kopie heet anders, of langer: 'kopie.py' of 'abc_naam (1).py'.
            kopie = max(
                (script, ander),
                key=lambda s: (not s.bestandsnaam.startswith(s.revisie), len(s.naam)),
            )
            wat = (
                f'Twee scripts hebben dezelfde revisie `{script.revisie}`: '
                f'`{ander.bestandsnaam}` en `{script.bestandsnaam}`.'
            )
            een, twee = (
                [ast.dump(k) for k in s.boom.body if isinstance(k, ast.FunctionDef)]
                for s in (script, ander)
            )
            if een == twee:
                return Hint(
                    f'{wat} Ze doen hetzelfde.',
                    'Verwijder de kopie, die is nooit uitgevoerd:\n' + doen.verwijder(kopie.naam),
                )
            rest = [s for s in oordeel.oefenmap.scripts if s is not kopie]
            revisie = _vrije_revisie(kopie, {s.revisie for s in rest})
            return Hint(
                f'{wat} `{kopie.bestandsnaam}` is een kopie, en doet iets anders.',
                'Geef de kopie een eigen revisie, en laat die op de laatste volgen. '
                + doen.maak(kopie, kopie.toekenning('revision').lineno, f'revision = {revisie!r}')
                + f'\n{_laat_volgen_op(kopie, _eind_van_de_lijn(rest))}',
            )


@hint('reeks')
def tweede_script_zonder_vorige(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    begin = [script for script in oordeel.oefenmap.scripts if not script.vorige]
    for script in sorted(begin, key=_gemaakt_op, reverse=True) if len(begin) > 1 else ():
        if oordeel.toegepast(script.revisie):
            continue
        wat = (
            f'`{script.naam}` volgt op geen enkele revisie (`down_revision = None`). Er is al een '
            'eerste migratie.'
        )
        rest = [s for s in oordeel.oefenmap.scripts if s is not script]
        tabellen, er_al = (
            {naam_in(k) for s in scripts for k in s.aanroepen_in('upgrade', 'create_table')}
            for scripts in ([script], rest)
        )
        if not script.doet_iets('upgrade') or tabellen & er_al:
            return Hint(
                f'{wat} Dit script voegt daar niets aan toe.',
                'Verwijder het:\n' + doen.verwijder(script.naam),
            )
        return Hint(wat, _laat_volgen_op(script, _eind_van_de_lijn(rest)))


@hint('reeks')
@hint('database', 'onbekende versie')
def script_heet_anders_of_staat_elders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bekend = {script.revisie for script in oordeel.oefenmap.scripts}
    nodig = {vorige for script in oordeel.oefenmap.scripts for vorige in script.vorige}
    nodig |= set(oordeel.database.versies or [])
    for revisie in sorted(nodig - bekend):
        for pad in sorted(oordeel.oefenmap.pad.glob('**/*.py*')):
            naam = pad.relative_to(oordeel.oefenmap.pad).as_posix()
            if (
                pad.suffix == '.pyc'
                or naam.startswith(('.venv', 'tests/', 'oud'))
                or not pad.is_file()
            ):
                continue
            gezocht = rf"""^revision\b.*=\s*['"]{re.escape(revisie)}['"]"""
            if re.search(gezocht, pad.read_text('utf-8', 'replace'), re.MULTILINE):
                return Hint(
                    f'Het script van revisie `{revisie}` staat in `{naam}`. Daar zoekt Alembic '
                    'niet.',
                    doen.hernoem(naam, f'migrations/versions/{pad.name.partition(".py")[0]}.py'),
                )


@hint('reeks')
def vorige_revisie_bestaat_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bekend = {script.revisie for script in oordeel.oefenmap.scripts}
    for script in oordeel.oefenmap.scripts:
        for vorige in script.vorige:
            if vorige not in bekend:
                rest = [s for s in oordeel.oefenmap.scripts if s is not script]
                return Hint(
                    f'`{script.naam}` volgt op revisie `{vorige}`, maar dat script is er niet. '
                    'Daardoor werkt geen enkele `flask db`.',
                    'Zet het script terug uit de prullenbak. Is het daar niet? '
                    + _laat_volgen_op(script, _eind_van_de_lijn(rest)),
                )


@hint('reeks', 'gebroken')
def revisies_lopen_in_een_kring(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    # Bij een kring volgt de vroegste revisie op een latere; de tijd staat in Create Date.
    op_tijd = sorted(oordeel.oefenmap.scripts, key=_gemaakt_op)
    for vorige, script in zip([None, *op_tijd], op_tijd, strict=False):
        hoort = vorige.revisie if vorige else None
        if script.vorige != ((hoort,) if hoort else ()):
            return Hint(
                'De migraties lopen in een kring. Wie `down_revision` volgt, komt nooit bij een '
                'begin.',
                _laat_volgen_op(script, hoort),
            )


@hint('reeks', 'heads')
def twee_heads(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    een, twee, *_ = (oordeel.script(head) for head in oordeel.oefenmap.heads)
    return Hint(
        f'Op `{een.naam}` volgt niets meer, en op `{twee.naam}` ook niet. Dat zijn twee heads: '
        'Flask-Migrate weet niet welke de laatste is.',
        'Voeg ze samen:\n    flask db merge heads -m "samen"',
    )


def _gemaakt_op(script: Script) -> list[str]:
    """De tijd uit de regel 'Create Date' boven in een script."""
    return script.tekst.partition('Create Date:')[2].splitlines()[:1]


def _eind_van_de_lijn(scripts: list[Script]) -> str | None:
    """De laatste revisie van de lijn die bij een script zonder vorige begint."""
    lijn = next((s for s in scripts if not s.vorige), None)
    while lijn:
        volgende = [s for s in scripts if lijn.revisie in s.vorige]
        if not volgende:
            return lijn.revisie
        lijn = volgende[0]
    return None


def _vrije_revisie(script: Script, bekend: set[str]) -> str:
    """Een revisie die nog niet bestaat: die in de naam van het script, of bijna de oude."""
    in_de_naam = re.findall(r'^[0-9a-f]{12}(?=_)', script.bestandsnaam)
    bijna = (script.revisie[:-1] + teken for teken in '0123456789abcdef')
    return next(revisie for revisie in (*in_de_naam, *bijna) if revisie not in bekend)


def _laat_volgen_op(script: Script, revisie: str | None) -> str:
    return doen.maak(
        script, script.toekenning('down_revision').lineno, f'down_revision = {revisie!r}'
    )
