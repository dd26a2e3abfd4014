"""Een model dat iets anders wil dan de laatste migratie."""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches

from stappen import DELEN_NA, LAATSTE, OPVOLGERS, STAPPEN, TABEL, kolommen_na, lijkt_op, weg_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oefenmap import is_model, namen_van, tabellen_van
from controle.oordeel import Afwijking, Oordeel, kolom_uit
from controle.tabellen import alle_kolommen, kolommen_van


@hint('samen')
def regel_van_een_ander_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    tabel, kolom = afwijking.plek
    revisie = oordeel.revisie_van(tabel, kolom)
    if kolom:
        zet = doen.zet_kolom(oordeel, kolom_uit(oordeel.head, tabel, kolom))
    else:
        zet = doen.zet_klasse(oordeel, tabel)
    weg = 'Maak dan een migratie met `flask db migrate`.'
    if revisie in oordeel.oefenmap.heads and not oordeel.toegepast(revisie):
        weg = 'Gooi dan ook dat script weg.'
    return Hint(
        f'`{oordeel.naam_van(revisie)}` maakt {plek(afwijking)}, en in je model staat die niet. De '
        'volgende migratie zou hem weggooien.',
        zet,
        f'Haalde je hem zelf uit je model? {weg}',
    )


@hint('model')
def module_is_van_een_latere_stap(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model = oordeel.verslag.modelkolommen
    # Wat al in de database staat is niet nieuw: dan is er een script weg.
    er_al = {*alle_kolommen(oordeel.head), *alle_kolommen(oordeel.database.schema)}
    for nummer in range(LAATSTE, oordeel.stap_nu, -1):
        voor, na = (kolommen_na(n).keys() for n in (nummer - 1, nummer))
        if na != voor and na <= model and not weg_na(nummer) & model and len(na - er_al) > 1:
            return Hint(
                f'Je module is al van stap {nummer}. Je migraties zijn nog bij stap '
                f'{oordeel.gehaald}.',
                'Doe de stappen een voor een.',
                doen.weg_terug(oordeel),
            )


@hint('model')
def module_is_van_een_eerdere_stap(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model = oordeel.verslag.modelkolommen
    mist = [
        plek[1]
        for plek in kolommen_na(oordeel.gehaald)
        if plek in alle_kolommen(oordeel.head) and plek not in model
        if plek[0] in oordeel.verslag.model and plek not in STAPPEN[oordeel.stap_nu - 1].weg
    ]
    terug = sorted(naam for tabel, naam in weg_na(oordeel.gehaald) & model)
    if terug or len(mist) > 1:
        anders = f'heeft weer `{terug[0]}`' if terug else f'mist `{mist[0]}` en `{mist[1]}`'
        return Hint(
            f'Je module {anders}. Hij lijkt van een eerdere stap. Je migraties zijn al bij stap '
            f'{oordeel.gehaald}.',
            'Zet hem terug met ongedaan maken in je editor. Lukt dat niet?',
            doen.weg_terug(oordeel),
        )


@hint('model', 'add_table', 'remove_table')
def klasse_is_geen_model_meer(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = _tabellen_met(oordeel, 'remove_table')
    for tabel in weg:
        bestand = oordeel.oefenmap.bestand_met(tabel)
        klasse = bestand.klasse(tabel)
        if klasse and not is_model(klasse):
            return Hint(
                f'De klasse `{klasse.name}` is geen model meer. SQLAlchemy ziet de tabel '
                f'`{tabel}` daardoor niet.',
                daden.maak(bestand, klasse.lineno, f'class {klasse.name}(db.Model):'),
            )


@hint('model', 'add_table', 'remove_table')
def tabel_heet_anders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    erbij = _tabellen_met(oordeel, 'add_table')
    for tabel in _tabellen_met(oordeel, 'remove_table'):
        for lijkt in get_close_matches(tabel, erbij, 1, 0.7):
            return Hint(
                f'Je model heeft een tabel `{lijkt}`. Tot nu toe heette die `{tabel}`. Met een '
                'migratie raak je alle rijen kwijt.',
                doen.hernoem_tabel(oordeel, lijkt, tabel),
            )


def _tabellen_met(oordeel: Oordeel, wat: str) -> list[str]:
    return [v['tabel'] for v in oordeel.verslag.verschillen if v['wat'] == wat]


@hint('model', 'remove_table')
def klasse_is_weg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    if any(tabel == afwijking.tabel for tabel, _ in kolommen_na(oordeel.gehaald)):
        return Hint(
            f'De tabel `{afwijking.tabel}` heeft geen klasse meer. Met een migratie raak je alle '
            'rijen kwijt.',
            doen.zet_klasse(oordeel, afwijking.tabel),
        )


@hint('model', 'add_table', 'remove_column', 'add_column')
def tikfout_in_een_naam_van_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model = oordeel.verslag.model
    for tabel, kolom in kolommen_na(oordeel.stap_nu):
        goed, namen = (kolom, kolommen_van(model, tabel)) if tabel in model else (tabel, model)
        fout = lijkt_op(goed, namen) if goed not in namen else None
        if fout:
            return Hint(
                f'In je model staat `{fout}`. In de les heet dat `{goed}`.',
                doen.hernoem_kolom(oordeel, tabel, fout, goed)
                if tabel in model
                else doen.hernoem_tabel(oordeel, fout, goed),
            )


@hint('model')
def model_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Een kolom van de les die in het model niet is zoals de les hem vraagt."""
    for (tabel, naam), kolom in kolommen_na(oordeel.stap_nu).items():
        # Van een nieuwe tabel telt elke kolom.
        hier = tabel == afwijking.tabel and afwijking.kolom in (naam, None)
        if hier and oordeel.model_is_anders(kolom):
            return Hint(
                f'Kolom `{naam}` van tabel `{tabel}` is in je model anders dan in de les.',
                doen.zet_kolom(oordeel, kolom),
            )


@hint('model')
def script_is_leeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Het script is gemaakt voordat de module was opgeslagen, of om zelf te schrijven."""
    script = oordeel.script(oordeel.oefenmap.revisies[-1])
    # Een merge hoort leeg te zijn.
    is_merge = len(script.vorige) > 1
    if is_merge or script.doet_iets('upgrade') or oordeel.toegepast(script.revisie):
        return None
    tabel, naam = afwijking.plek
    kolom = kolommen_na(oordeel.stap_nu).get(afwijking.plek)
    if afwijking.wat == 'add_index' and kolom and kolom.index:
        maak = f"    op.create_index('ix_{tabel}_{naam}', '{tabel}', ['{naam}'])"
        return Hint(
            f'`{script.naam}` is nog leeg: in `upgrade()` staat alleen `pass`.',
            doen.vervang_functies(script, {'upgrade': [maak]}),
        )
    return Hint(
        f'`{script.naam}` is leeg: in `upgrade()` staat alleen `pass`. Je model was toen '
        'waarschijnlijk nog niet opgeslagen.',
        doen.gooi_weg(oordeel, script, naam or tabel),
    )


@hint('model', 'remove_column', 'remove_constraint', 'remove_index', 'remove_fk')
def model_mist_een_kolom(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    kolom = kolommen_na(oordeel.gehaald).get(afwijking.plek)
    if not kolom or afwijking.plek in oordeel.verslag.modelkolommen:
        return None
    wat = f'{plek(afwijking, hoofdletter=True)} staat niet meer in je model'
    stap = STAPPEN[oordeel.stap_nu - 1]
    nieuw = next((k for k in stap.erbij if k.was == afwijking.kolom), None)
    if nieuw and nieuw.plek not in oordeel.verslag.modelkolommen:
        return Hint(
            f'{wat}, en de nieuwe naam `{nieuw.naam}` nog niet.', doen.zet_kolom(oordeel, nieuw)
        )
    if afwijking.plek not in stap.weg:
        return Hint(f'{wat}. De les heeft hem nog nodig.', doen.zet_kolom(oordeel, kolom))


@hint('model', 'remove_column')
def eigen_kolom_is_uit_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    weg = doen.gaat_weg(oordeel, oordeel.head, oordeel.verslag.model)
    if weg and afwijking.plek in alle_kolommen(oordeel.head):
        bericht = doen.migreer(oordeel, afwijking.kolom)[-1]
        return Hint(
            f'{plek(afwijking, hoofdletter=True)} is uit je model, en er staan waarden in.',
            doen.zet_kolom(oordeel, kolom_uit(oordeel.head, *afwijking.plek)),
            f'Wil je hem kwijt? Maak dan een kopie, en een migratie:\n{weg[-1]}\n{bericht}',
        )


@hint('model')
def model_loopt_voor(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    erbij = afwijking.wat in ('add_table', 'add_column')
    for pad in _scripts_van_een_ander(oordeel, afwijking) if erbij else ():
        return Hint(
            f'{doen.nog_niet_in_een_migratie(afwijking)} `{pad}` maakt hem wel.',
            'Neem dat script over:',
            daden.Kopieer(pad, 'migrations/versions'),
        )
    # Na de stappen werken sommigen samen: eerst de regel van de ander, dan zijn script.
    samen = erbij and oordeel.gehaald >= DELEN_NA
    van_wie = ' Schreef een ander hem? Zet dan eerst zijn script in `migrations/versions`.'
    return Hint(
        doen.nog_niet_in_een_migratie(afwijking) + van_wie * samen,
        doen.migreer(oordeel, afwijking.kolom or afwijking.tabel),
        les=samen,
    )


def _scripts_van_een_ander(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[str]:
    """De scripts in een map in deze map die deze kolom of tabel maken, en hier nog niet staan."""
    map_ = oordeel.oefenmap.pad
    hier = {script.bestandsnaam for script in oordeel.oefenmap.scripts}
    maakt = f'({afwijking.kolom or afwijking.tabel!r},'
    for pad in sorted(map_.glob('*/migrations/versions/*.py')):
        naam = pad.relative_to(map_).as_posix()
        # Wat de weg terug bewaart, is van de leerling zelf.
        eigen = pad.name in hier or oordeel.oefenmap.is_bewaard(pad)
        if not eigen and maakt in pad.read_text('utf-8', 'replace'):
            yield naam


@hint('lezen', 'relatie')
def relatie_klopt_niet(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    melding = afwijking.gevonden
    wat = f'Zodra je een rij vraagt zegt SQLAlchemy: `{melding.partition(". ")[0].rstrip(".")}`.'
    for bestand in oordeel.oefenmap.code:
        for klasse, knoop in ((k, deel) for k in bestand.klassen for deel in k.body):
            if bestand.aanroepen('relationship', knoop) and _gaat_over(melding, klasse, knoop):
                return Hint(
                    f'Regel {knoop.lineno} van `{bestand.naam}` maakt een relatie die niet klopt. '
                    f'{wat}',
                    'Verbeter hem. Of laat hem weg, want de les heeft hem niet nodig.',
                    daden.haal_weg(bestand, knoop.lineno),
                )
    return Hint(wat, doen.weg_terug(oordeel))


def _gaat_over(melding: str, klasse: ast.ClassDef, knoop: ast.stmt) -> bool:
    """Of SQLAlchemy het over deze regel heeft: de naam ervan, of een tekst die erin staat."""
    teksten = {k.value for k in ast.walk(knoop) if isinstance(getattr(k, 'value', None), str)}
    return any(
        f'{klasse.name}.{naam}' in melding or repr(naam) in melding
        for naam in teksten | namen_van(knoop)
    )


@hint('lezen', 'repr')
def repr_noemt_een_kolom_die_weg_is(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout, oud = oordeel.verslag.leesfout, afwijking.kolom
    bestand = oordeel.oefenmap.bestand(fout.bestand)
    klassen = bestand.klassen if bestand else ()
    hier = [k for k in klassen if k.lineno <= fout.regel <= k.end_lineno]
    if not hier:
        return Hint(
            f'Je model kan een rij niet tonen: het kent `{oud}` niet.',
            'Verbeter `__repr__` in je model.',
            doen.lukt_dat_niet(oordeel),
        )
    kolommen = kolommen_van(oordeel.verslag.model, next(iter(tabellen_van(hier[0])), TABEL))
    lijkt = [OPVOLGERS.get(oud), *get_close_matches(oud, kolommen, 1), *kolommen]
    nieuw = next((naam for naam in lijkt if naam in kolommen), 'id')
    regel = re.sub(rf'\b{re.escape(oud)}\b', nieuw, bestand.regel(fout.regel))
    return Hint(
        f'`__repr__` gebruikt op regel {fout.regel} nog `{oud}`. Die kolom is er niet, dus '
        '`flask shell` kan geen rij tonen.',
        daden.maak(bestand, fout.regel, regel),
    )
