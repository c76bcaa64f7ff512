# SPDX-License-Identifier: Apache-2.0
"""Whether answers agree, and the table."""

import math
import statistics

SAME = 0.002  # of the spikes of the first steps
CLOSE = 0.05  # of the rate, or of the spikes of the first steps
CLOSE_SPIKES = 0.3  # [ms]  of two neurons
COMPARED_PARTS = 3  # of the transient: later, chaos has parted them
FEWEST_SPIKES = 1000  # for a rate to be compared
SAME_GRADIENT = {"float64": 1e-6, "float32": 2e-3}


def difference(answer, reference):
    """(of the spikes of the first steps, of the rates), each relative and the largest of all populations; the second
    is NaN where there are too few spikes or the answer covers a much shorter time.
    """
    early, rate = 0.0, math.nan
    covers = answer["timed"] >= 0.5 * reference["timed"]
    for name, expected in reference["populations"].items():
        got = answer["populations"][name]
        pairs = list(zip(got["early"], expected["early"], strict=False))[:COMPARED_PARTS]
        total = sum(b for _, b in pairs)
        early = max(early, sum(abs(a - b) for a, b in pairs) / max(total, 1))
        spikes = [result["spikes_after"][name] for result in (answer, reference)]
        enough = min(spikes) >= FEWEST_SPIKES or (max(spikes) >= FEWEST_SPIKES and min(spikes) == 0)
        if covers and enough:
            rate = max(abs(got["rate"] / expected["rate"] - 1), 0.0 if math.isnan(rate) else rate)
    return early, rate


def verdict(answer, reference):
    """(sentence, whether times may be compared)."""
    if any(math.isnan(population["mean_V"]) for population in answer["populations"].values()):
        return "DIFFERS (V became NaN)", False
    early, rate = difference(answer, reference)
    if early <= SAME:
        return "same", True
    text = f"first spikes {early:.1%}" + ("" if math.isnan(rate) else f", rate {rate:.1%}")
    if early <= CLOSE or rate <= CLOSE:
        return f"agrees ({text})", True
    return f"DIFFERS ({text})", False


def verdict_of_pair(answer, reference, dt=0.1):
    """The same for two neurons: the times of their spikes, to within 0.3 ms."""
    for name in ("pre", "post"):
        if len(answer[name]) != len(reference[name]):
            return f"DIFFERS ({name}: {len(answer[name])} spikes)", False
    steps = max(abs(a - b) for name in ("pre", "post") for a, b in zip(answer[name], reference[name], strict=True))
    if steps == 0:
        return "same", True
    far = f"{number(steps * dt, 2)} ms"
    return (f"agrees (to {far})", True) if steps <= round(CLOSE_SPIKES / dt) else (f"DIFFERS (by {far})", False)


def verdict_of_train(answer, reference):
    """The same for a loss and its gradient, of which the largest entry and the sum are compared."""
    far = max(abs(answer[key] / reference[key] - 1) for key in ("loss", "largest", "sum"))
    same = far <= SAME_GRADIENT[reference["precision"]]  # false for NaN
    return (f"same (to {far:.0e})", True) if same else (f"DIFFERS (by {far:.0e})", False)


def number(value, digits=3):
    """`value` to some significant digits, without an exponent."""
    if value == 0:
        return "0"
    return f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"


def rates(answer):
    return ", ".join(number(population["rate"]) for population in answer["populations"].values())


HEADER = ["program", "us a step, min", "median", "times bouton", "answers", "rate [Hz]", "start [s]", "memory [MB]"]
TRAIN_HEADER = [name for name in HEADER if name != "rate [Hz]"]
PAIR_HEADER = ["program", "whole process [s], min", "median", "times bouton", "answers"]


def row(label, runs, bouton_runs, judged):
    """A row for the runs of one program and those of bouton between them."""
    text, may_compare = judged
    steps = [us for run in runs for us in run["us_per_step"]]
    of_bouton = min(us for run in bouton_runs for us in run["us_per_step"])
    ratio = number(min(steps) / of_bouton) if may_compare else "-"
    start = min(run["start"] for run in runs)
    memory = min(run["memory"] for run in runs)
    name = f"{label} ({runs[0]['version']})"
    times = [number(min(steps)), number(statistics.median(steps))]
    seen = [rates(runs[0])] if "populations" in runs[0] else []
    return [name, *times, ratio, text, *seen, number(start, 2), f"{memory:.0f}"]


def row_of_pair(label, runs, bouton_runs, judged):
    text, may_compare = judged
    seconds = [run["seconds"] for run in runs]
    ratio = number(min(seconds) / min(run["seconds"] for run in bouton_runs)) if may_compare else "-"
    return [f"{label} ({runs[0]['version']})", number(min(seconds)), number(statistics.median(seconds)), ratio, text]


def table(header, rows):
    """Markdown; rows that are shorter than the header are filled up."""
    full = [header, *(row + [""] * (len(header) - len(row)) for row in rows)]
    widths = [max(len(cells[k]) for cells in full) for k in range(len(header))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
        for cells in full
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
