"""Command lines of the studies: `python -m gdkvm long-loops | directions | crop-error | confidence | bursts |
propagation | strips`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datasets.folders import camus_folder, test_data
from ..datasets.structure_masks import CAVITY, INSIDE, clip_of
from ..export.mask_path import WAYS

if TYPE_CHECKING:
    from ..datasets.labelled_clip import LabelledClip
    from ..running.subject import Subject
    from .material import Loop


def start(arguments: argparse.Namespace, passes: str | None = None) -> tuple[Subject, Path]:
    """The model and the folder for what is found."""
    from ..running.subject import load_subject

    structure = getattr(arguments, "structure", CAVITY)
    subject = load_subject(arguments.model, threads=arguments.threads, passes=passes, structure=structure)
    out = arguments.out or Path("build") / "studies" / arguments.command / subject.name
    out.mkdir(parents=True, exist_ok=True)
    return subject, out


def camus_clips(arguments: argparse.Namespace) -> list[LabelledClip]:
    from .material import validation_clips

    return validation_clips(camus_folder(arguments.camus), arguments.patients)


def real_loops(arguments: argparse.Namespace) -> list[Loop]:
    """The given DICOM files and folders; those of the test data where none are given."""
    from .material import read_loops

    default = test_data("dicom")
    loops, left_out = read_loops(arguments.real if arguments.real is not None else [default] if default else [])
    for reason in left_out:
        print(f"left out: {reason}")
    return loops


def long_loops(arguments: argparse.Namespace) -> int:
    from . import long_loops, long_loops_report
    from .material import phantoms
    from .outcome import conclude

    subject, out = start(arguments, "forward")
    courses = long_loops.study(subject, phantoms(arguments.phantoms), real_loops(arguments))
    long_loops_report.write(courses, out)
    print(f"{subject.name}: phantoms over {long_loops.FRAMES} frames, real loops three times over")
    for course in courses:
        print(long_loops_report.describe(course))
    rows = [long_loops_report.summary_row(course) for course in courses]
    return conclude(long_loops.checks(courses), out, {"model": subject.facts(), "courses": rows})


def directions(arguments: argparse.Namespace) -> int:
    from . import directions, directions_report
    from .material import phantoms
    from .outcome import write_json

    subject, out = start(arguments, "forward")
    clips = camus_clips(arguments)
    scores = directions.study(subject, clips, phantoms(arguments.phantoms, frames=arguments.frames))
    directions_report.write(scores, out)
    summary = directions_report.summary(scores)
    print(f"{subject.name}: one pass, warmed memory, both directions")
    for line in directions_report.describe(scores):
        print(line)
    write_json(out / "summary.json", {"model": subject.facts(), **summary})
    print(f"written to {out}")
    return 0


def crop_error(arguments: argparse.Namespace) -> int:
    from . import crop_error, crop_error_report
    from .material import scanner_phantoms
    from .outcome import write_json

    subject, out = start(arguments)
    clips = crop_error.one_view_each(camus_clips(arguments))
    scores = crop_error.study_camus(subject, clips)
    scores += crop_error.study_scanner(subject, scanner_phantoms(arguments.phantoms))
    crop_error_report.write(scores, out)
    rows = crop_error_report.table(scores)
    print(f"{subject.name}: Dice when the sector's box is off")
    for line in crop_error_report.describe(rows):
        print(line)
    write_json(out / "summary.json", {"model": subject.facts(), "table": rows})
    print(f"written to {out}")
    return 0


def confidence(arguments: argparse.Namespace) -> int:
    from ..export.card import rewrite
    from ..export.model_folder import read_manifest, write_manifest
    from . import confidence, confidence_report
    from .material import phantoms
    from .outcome import conclude

    manifest = read_manifest(arguments.model) if arguments.write else None
    subject, out = start(arguments)
    if arguments.corrected:
        if arguments.structure != CAVITY:
            raise ValueError("corrections are carried to contours of the cavity only")
        return corrected_confidence(arguments, subject, out, manifest)
    structure = arguments.structure
    measure = confidence.measure_model(subject, confidence.BAD_DICE[structure])
    clips = [clip_of(clip, structure) for clip in camus_clips(arguments)]
    parts = confidence.camus_samples(subject, clips, measure)
    # Seeds apart from those that choose between settings in the other studies.
    made = phantoms(arguments.phantoms, confidence.FIRST_SEED, arguments.frames)
    parts += confidence.phantom_samples(subject, made, measure, structure)
    calibration = confidence.calibrate(confidence.Samples.join(parts))
    confidence_report.write(calibration, out)

    def flagged(loops: list[Loop]) -> dict[str, float]:
        values = {loop.name: confidence.loop_values(subject, loop, calibration) for loop in loops}
        return {name: confidence_report.flagged_share(value, calibration.limit) for name, value in values.items()}

    no_ventricle, real = flagged(confidence.no_ventricle_clips()), flagged(real_loops(arguments))
    print(f"{subject.name}: a confidence for every frame, {structure}")
    for line in confidence_report.describe(calibration, no_ventricle | real):
        print(line)
    entry = confidence.manifest_entry(calibration)
    if manifest is not None:
        if structure == CAVITY:
            manifest["confidence"] = entry
        else:
            manifest.setdefault("structureConfidence", {})[structure] = entry
        write_manifest(arguments.model, manifest)
        rewrite(arguments.model, manifest)
        print(f"  written into {arguments.model / 'manifest.json'}")
    return conclude(
        confidence_report.checks(calibration, no_ventricle),
        out,
        {
            "model": subject.facts(),
            "confidence": entry,
            "sources": confidence_report.judgements(calibration),
            "flaggedShareWithoutVentricle": no_ventricle,
            "flaggedShareOfRealLoops": real,
        },
    )


def corrected_confidence(
    arguments: argparse.Namespace, subject: Subject, out: Path, manifest: dict[str, Any] | None
) -> int:
    """The confidence of contours that a correction on another frame was carried to."""
    from ..export.card import rewrite
    from ..export.model_folder import read_manifest, write_manifest
    from . import confidence, confidence_report
    from .corrected_maps import CorrectedMaps
    from .material import phantoms
    from .outcome import conclude

    measure = CorrectedMaps(subject, arguments.threads).measure
    parts = confidence.camus_samples(subject, camus_clips(arguments), measure)
    made = phantoms(arguments.phantoms, confidence.FIRST_SEED, arguments.frames)
    samples = confidence.Samples.join([*parts, *confidence.phantom_samples(subject, made, measure)])
    calibration = confidence.calibrate(samples)
    confidence_report.write(calibration, out)
    print(f"{subject.name}: a confidence for frames to which a correction was carried")
    for line in confidence_report.describe(calibration, {}):
        print(line)
    entry = confidence.manifest_entry(calibration, "with the other frame of their pair given")
    own = read_manifest(subject.source).get("confidence")
    worth = None if own is None else confidence_report.worth_of(own, samples)
    if worth is not None:
        print(f"  by the model's own calibration: {worth}")
    if manifest is not None:
        manifest["correction"]["confidence"] = entry
        write_manifest(arguments.model, manifest)
        rewrite(arguments.model, manifest)
        print(f"  written into {arguments.model / 'manifest.json'}")
    facts = {
        "model": subject.facts(),
        "confidence": entry,
        "sources": confidence_report.judgements(calibration),
        "byTheModelsOwn": worth,
    }
    return conclude(confidence_report.checks(calibration, {}), out, facts)


def bursts(arguments: argparse.Namespace) -> int:
    from ..running.subject import load_subject
    from . import bursts
    from .material import phantoms
    from .outcome import conclude

    subject, out = start(arguments, "forward")
    made = phantoms(arguments.phantoms, bursts.FIRST_SEED, bursts.FRAMES)
    found, others, facts = bursts.study(subject, made), [], None
    if arguments.beside is not None:
        other = load_subject(arguments.beside, threads=arguments.threads, passes="forward")
        others, facts = bursts.study(other, made), other.facts()
    rows = {"model": bursts.table(found), "beside": bursts.table(others) if others else None}
    for name, part in rows.items():
        if part:
            print(f"{subject.name if name == 'model' else arguments.beside}: Dice of {bursts.LENGTH} lost frames")
            for line in bursts.describe(part):
                print(line)
    checks = bursts.checks(found, others) if others else []
    return conclude(checks, out, {"model": subject.facts(), "beside": facts, "bursts": rows})


def propagation(arguments: argparse.Namespace) -> int:
    from ..export.model_folder import read_manifest
    from ..running.subject import load_subject
    from . import propagation, propagation_report
    from .outcome import conclude
    from .spoiled_phantoms import spoiled_phantoms

    manifest = read_manifest(arguments.model)
    subject, out = start(arguments, "forward")
    # Phantoms are spoiled for one model, whichever is studied, so that models are compared on the same pictures.
    judge = load_subject(arguments.judge, threads=arguments.threads) if arguments.judge else subject
    ways = arguments.ways or propagation.WAYS
    own = manifest.get("propagation", propagation.WAYS[0])

    made = spoiled_phantoms(judge, out / "strengths.json", arguments.first_seed)
    cases, before = propagation.qualified_phantoms(made, arguments.phantoms, arguments.model, out / "phantoms")
    on_phantoms = propagation.study(cases, before, arguments.model, out / "phantoms", ways)
    pairs = [propagation.camus_case(clip) for clip in camus_clips(arguments)]
    before = propagation.before_corrections(pairs, arguments.model, out / "camus")
    on_camus = propagation.study(pairs, before, arguments.model, out / "camus", ways)
    loops = [out / "phantoms" / "clips" / f"{case.file.name}.dcm" for case in cases[: arguments.shifted]]
    moves = propagation.study_shift([*loops, *(arguments.real or [])], arguments.model, out / "shift")

    tables = {
        "phantoms": propagation_report.table(on_phantoms),
        "camus": propagation_report.table(on_camus),
        "camusCalibrated": propagation_report.table([one for one in on_camus if one.name.endswith("A4C")]),
    }
    propagation_report.write_gains([*on_phantoms, *on_camus], out / "clips.csv")
    for name, rows in tables.items():
        text = propagation_report.markdown(rows)
        (out / f"{name}.md").write_text(text)
        print(f"{subject.name}, {name}:\n{text}")
    checks = [
        *propagation_report.phantom_checks(tables["phantoms"], own),
        *propagation_report.camus_checks(tables["camus"], own),
        *propagation_report.shift_checks(moves),
    ]
    return conclude(checks, out, {"model": subject.facts(), "propagation": own, **tables, "shift": moves})


def strips(arguments: argparse.Namespace) -> int:
    from ..evaluation.progress import Progress
    from . import strips
    from .material import read_loops
    from .outcome import write_json

    subject, out = start(arguments)
    loops, left_out = read_loops(arguments.files)
    for reason in left_out:
        print(f"left out: {reason}")
    calibrated = strips.manifest_confidence(arguments.model)
    report = Progress("loops", len(loops))
    facts = []
    for done, loop in enumerate(loops, start=1):
        found = strips.contour(subject, loop, calibrated)
        stem = strips.file_stem(loop.name)
        strips.write_sheet(found, out / f"{stem}.png", arguments.every)
        if not arguments.no_gif:
            strips.write_gif(found, out / f"{stem}.gif")
        facts.append(found.facts())
        print(strips.describe(found))
        report(done)
    write_json(out / "summary.json", {"model": subject.facts(), "loops": facts, "leftOut": left_out})
    print(f"written to {out}")
    return 0


def register(commands: Any) -> None:
    """Adds the studies to the parsers of ``python -m gdkvm``."""
    long = study(commands, "long-loops", long_loops, "stability over 300 frames and over repeated real loops")
    long.add_argument("--phantoms", type=int, default=6, help="phantoms of 300 frames each")
    with_real(long)

    two = study(commands, "directions", directions, "one pass, warmed memory or both directions: accuracy and time")
    with_camus(two)
    two.add_argument("--phantoms", type=int, default=12)
    two.add_argument("--frames", type=int, default=32, help="of each phantom")

    crop = study(commands, "crop-error", crop_error, "Dice over the error of the sector's box")
    with_camus(crop, 30)
    crop.add_argument("--phantoms", type=int, default=8, help="whole scanner pictures")

    sure = study(commands, "confidence", confidence, "fit and judge a confidence for every frame")
    with_camus(sure)
    with_real(sure)
    sure.add_argument("--phantoms", type=int, default=16)
    sure.add_argument("--frames", type=int, default=24, help="of each phantom")
    sure.add_argument("--structure", choices=list(INSIDE), default=CAVITY)
    sure.add_argument("--corrected", action="store_true", help="of frames to which a correction on another was carried")
    sure.add_argument("--write", action="store_true", help="put it into the model folder's manifest.json")

    lost = study(commands, "bursts", bursts, "five frames in a row that cannot be read: what the memory is worth")
    lost.add_argument("--phantoms", type=int, default=24)
    lost.add_argument("--beside", type=Path, help="another model, on the same frames")

    carried = study(commands, "propagation", propagation, "what a correction is worth for the other frames")
    with_camus(carried)
    carried.add_argument("--phantoms", type=int, default=64, help="spoiled until mean Dice is 0.80 to 0.92")
    carried.add_argument("--first-seed", type=int, default=1_700_000_000, help="of the phantoms")
    carried.add_argument("--judge", type=Path, help="the model that phantoms are spoiled for; default: the one studied")
    carried.add_argument("--ways", nargs="+", choices=WAYS, help="default: both")
    carried.add_argument("--shifted", type=int, default=8, help="phantoms whose contour is only shifted")
    carried.add_argument("--real", type=Path, nargs="*", help="DICOM files whose contour is only shifted")

    beside = study(
        commands, "structure-measures", structure_measures, "volumes and strain on a model's wall and atrium"
    )
    with_camus(beside)
    beside.add_argument("--phantoms", type=int, default=48, help="seeds apart from all others")
    beside.add_argument("--frames", type=int, default=32, help="of each phantom")

    eye = study(commands, "strips", strips, "contours drawn on real loops, as PNG sheets and GIFs")
    eye.add_argument("files", type=Path, nargs="+", help="DICOM files or folders")
    eye.add_argument("--every", type=int, help="frames between pictures of a sheet; default: 12 pictures")
    eye.add_argument("--no-gif", action="store_true")


def structure_measures(arguments: argparse.Namespace) -> int:
    from . import structure_measures
    from .outcome import write_json

    subject, out = start(arguments)
    groups = {"CAMUS validation": list(structure_measures.camus_cases(camus_clips(arguments)))}
    if arguments.phantoms:
        seed = structure_measures.FIRST_SEED
        made = structure_measures.phantom_cases(arguments.phantoms, seed, arguments.frames)
        groups["phantoms"] = list(made)
    summary = {}
    for name, cases in groups.items():
        found = structure_measures.compare(cases, arguments.model, out / name.replace(" ", "-"))
        print(f"{subject.name}, {name}: model against reference masks")
        for line in structure_measures.describe(found):
            print(line)
        summary[name] = [{"view": view, **agreement.row()} for view, agreement in found]
    write_json(out / "summary.json", {"model": subject.facts(), "agreement": summary})
    print(f"written to {out}")
    return 0


def study(commands: Any, name: str, run: Any, what: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what)
    parser.add_argument("model", type=Path, help="model folder, checkpoint, or folder of a training run")
    parser.add_argument("--out", type=Path, help=f"default: build/studies/{name}/<model>")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.set_defaults(run=run)
    return parser


def with_camus(parser: argparse.ArgumentParser, patients: int = 50) -> None:
    parser.add_argument("--patients", type=int, default=patients, help=f"of CAMUS; default: {patients}")
    parser.add_argument("--camus", type=Path, help="folder with camus-224-val.npz; default: camus/ of the test data")


def with_real(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--real", type=Path, nargs="*", help="DICOM files, folders; default: dicom/ of the test data")
