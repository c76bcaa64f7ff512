# SPDX-License-Identifier: Apache-2.0
"""Measures bouton next to other simulators: the same networks, answers compared before times, in turns.

    run.py [scenario ...] [--neurons N ...] [--precision P ...] [--threads K ...] [--only LABEL ...]

Writes build/bench/results.md and prints it. A program that cannot be installed or run is listed with the reason.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import subprocess
import time

import peers
import results

WORK = peers.ROOT / "build" / "bench"


@dataclasses.dataclass(frozen=True)
class Scenario:
    neurons: tuple  # sizes
    dt: float = 0.1  # [ms]
    rows: int = 1  # of a batch
    folder: str = ""  # where it differs from the name
    arguments: tuple = ()
    transient: int = 2000  # [steps]
    steps: int = 2000  # [steps] of a block at the first of the sizes; fewer at larger ones, a quarter at least
    steps_of: dict = dataclasses.field(default_factory=dict)  # by label, other steps of a block
    blocks: int = 3


def of_brainpy(steps):
    """Its compilation is subtracted from a block, which must be much longer; with many inputs its steps are slow."""
    return dict.fromkeys(("BrainPy 2.4", "BrainPy"), steps)


SIZES = (4_000, 16_000, 64_000, 256_000, 1_000_000)
SCENARIOS = {
    "pair": Scenario((2,)),
    "kinetic": Scenario(SIZES, steps_of={"BrainPy": 10_000}),
    "kinetic_nmda": Scenario(SIZES[:3], folder="kinetic", arguments=("--nmda",), steps_of={"BrainPy": 10_000}),
    "cortical": Scenario((10_000,), transient=500, steps=1000, steps_of=of_brainpy(100)),
    "gamma": Scenario((100,), dt=0.05, transient=4000, steps=10_000, steps_of=of_brainpy(100_000)),
    "cobahh": Scenario((4_000, 64_000), steps=10_000),  # rates settle late
    "dense": Scenario((1_000,), transient=1000, steps=10_000),
    "batch": Scenario((100,), rows=64, transient=500, steps=1000, steps_of=of_brainpy(10_000)),
    "train": Scenario((100,), folder="train", arguments=("--form", "sparse"), steps=200, blocks=20),
    "train_dense": Scenario((100,), folder="train", arguments=("--form", "dense"), steps=200, blocks=20),
    "train_large": Scenario((4_000,), folder="train", arguments=("--form", "large"), steps=1000),
}
#: How the answers are judged, the header of the table and its rows, by the folder of a scenario.
TABLES = {
    "pair": (results.verdict_of_pair, results.PAIR_HEADER, results.row_of_pair),
    "train": (results.verdict_of_train, results.TRAIN_HEADER, results.row),
}
USUAL_TABLE = (results.verdict, results.HEADER, results.row)


def arguments_of_user():
    parser = argparse.ArgumentParser(description="Measures bouton next to other simulators.")
    parser.add_argument("scenarios", nargs="*", metavar="scenario", help=", ".join(SCENARIOS) + "; all by default")
    parser.add_argument("--neurons", type=int, nargs="+", help="in place of the sizes of each scenario")
    parser.add_argument("--precision", nargs="+", default=["float64", "float32"], choices=["float64", "float32"])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 0], help="0: all cores")
    parser.add_argument("--only", nargs="+", metavar="LABEL", help="peers to measure, as the table calls them")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each peer and bouton")
    parser.add_argument("--seconds", type=float, default=900, help="after which a program is ended")
    parser.add_argument(
        "--python",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=PYTHON",
        help="interpreter that has a peer",
    )
    given = parser.parse_args()
    for name in given.scenarios:
        if name not in SCENARIOS:
            parser.error(f"no scenario {name}; known are {', '.join(SCENARIOS)}")
    return given


def build():
    """The programs in C++."""
    settings = ["-DBOUTON_BENCH=ON", "-DBOUTON_TESTS=OFF"]
    subprocess.run(["cmake", "--preset", "release", *settings], check=True, cwd=peers.ROOT, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["cmake", "--build", "--preset", "release", "--target", "bench_scenarios"], check=True, cwd=peers.ROOT
    )


def start(command, threads, seconds):
    """What a program prints as its last line, with the time of the whole process. On one core where threads is 1."""
    if threads == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, env=peers.variables(threads)
        )
    except subprocess.TimeoutExpired as error:
        raise peers.NotRun(f"not ready after {seconds:.0f} s") from error
    elapsed = time.perf_counter() - begin
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        message = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise peers.NotRun(message)
    return json.loads(lines[-1]) | {"seconds": elapsed}


class Network:
    """A scenario at one size, precision and number of threads."""

    def __init__(self, name, neurons, precision, threads, given):
        self.scenario, self.name = SCENARIOS[name], name
        self.folder = self.scenario.folder or name
        self.neurons, self.precision, self.threads, self.given = neurons, precision, threads, given
        self.pythons = dict(item.split("=", 1) for item in given.python)
        self.files = WORK / f"{name}-{neurons}"
        self.table = TABLES.get(self.folder, USUAL_TABLE)

    def arguments(self, label):
        steps = self.scenario.steps_of.get(label, self.scenario.steps)
        sizes = {
            "neurons": self.neurons,
            "transient": self.scenario.transient,
            "steps": int(steps * min(1.0, max(0.25, self.scenario.neurons[0] / self.neurons))),
            "blocks": self.scenario.blocks,
            "precision": self.precision,
            "threads": self.threads,
            "network": self.files,
        }
        return [*self.scenario.arguments, *(text for key, value in sizes.items() for text in (f"--{key}", str(value)))]

    def write(self):
        """Has bouton write the network for all others."""
        program = peers.command(peers.BOUTON, self.folder, {})
        size = ["--neurons", str(self.neurons), "--write", str(self.files)]
        subprocess.run([*program, *self.scenario.arguments, *size], check=True)

    def judge(self, program, answer, reference):
        """Whether answers agree, as a sentence, and whether times may be compared."""
        judge, _, _ = self.table
        text, agrees = judge(answer, reference)
        if agrees or self.name != "pair":
            return text, agrees
        # Methods of another order agree where steps are short.
        dt = 0.002
        try:
            fine, agrees = judge(*(self.run(each, ("--dt", str(dt))) for each in (program, peers.BOUTON)), dt)
        except peers.NotRun as reason:
            return f"{text}; {reason}", False
        return f"{text}; {fine} with dt = {dt} ms", agrees

    def run(self, program, more=()):
        if self.threads != 1 and not program.has_threads:
            raise peers.NotRun("has one thread")
        if self.precision not in program.precisions:
            raise peers.NotRun(f"has no {self.precision}")
        if self.neurons > program.most_neurons:
            raise peers.NotRun(f"not tried above {program.most_neurons:,} neurons")
        command = peers.command(program, self.folder, self.pythons)
        if self.name == "pair":
            return start([*command, *more], self.threads, self.given.seconds)
        arguments = self.arguments(program.label)
        result = start([*command, *arguments], self.threads, self.given.seconds)
        if self.folder == "train":
            return result
        option = {key: int(arguments[arguments.index(f"--{key}") + 1]) for key in ("transient", "steps", "blocks")}
        timed = option["steps"] * option["blocks"]
        if "start" not in result:  # what the process took besides its steps: imports, compilation, construction
            mean = sum(result["us_per_step"]) / len(result["us_per_step"])
            result["start"] = max(0.0, result["seconds"] - (option["transient"] + timed) * mean * 1e-6)
        result["timed"] = timed
        # Spikes after the transient, as far as a rate tells.
        result["spikes_after"] = {
            name: population["rate"] * timed * self.scenario.dt * 1e-3 * self.neurons * self.scenario.rows
            for name, population in result["populations"].items()
        }
        return result

    def measure(self):
        """The table of this network, and its remarks."""
        _, header, make_row = self.table
        if self.name != "pair":
            self.write()
        rows, remarks, all_of_bouton = [], [], []
        try:
            reference = self.run(peers.BOUTON)
        except peers.NotRun as reason:
            return "", [f"bouton: {reason}"]
        for program in peers.PROGRAMS:
            if self.given.only and program.label not in self.given.only:
                continue
            if not peers.file_of(program, self.folder).exists():
                continue
            runs, of_bouton = [], []
            try:
                for _ in range(self.given.repeats):
                    runs.append(self.run(program))
                    of_bouton.append(self.run(peers.BOUTON))
            except peers.NotRun as reason:
                remarks.append(f"{program.label}: {reason}")
            if of_bouton:
                all_of_bouton += of_bouton
                judged = self.judge(program, runs[0], reference)
                rows.append(make_row(program.label, runs[: len(of_bouton)], of_bouton, judged))
                print("  ".join(rows[-1]), flush=True)
        all_of_bouton = all_of_bouton or [reference]
        rows.insert(0, make_row("bouton", all_of_bouton, all_of_bouton, ("reference", True)))
        return results.table(header, rows), remarks


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=peers.ROOT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine():
    """On what, and with what, was measured."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    commit = output_of("git", "rev-parse", "--short", "HEAD")
    if output_of("git", "status", "--porcelain", "--untracked-files=no"):
        commit += " with changes"
    return (
        f"Machine: {cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}. "
        f"Compiler: {output_of('c++', '--version').splitlines()[0]}. Flags of bouton: -O3 -DNDEBUG -ffp-contract=off. "
        f"Commit: {commit}."
    )


def main():
    given = arguments_of_user()
    build()
    WORK.mkdir(parents=True, exist_ok=True)
    text = [f"# Benchmarks\n\n{machine()}\n"]
    for name in given.scenarios or SCENARIOS:
        for neurons in (given.neurons if name != "pair" else None) or SCENARIOS[name].neurons:
            for precision in given.precision if name != "pair" else ["float64"]:
                for threads in given.threads if name != "pair" else [1]:
                    title = f"## {name}, {neurons:,} neurons, {precision}, {threads or 'all'} threads"
                    print(title, flush=True)
                    table, remarks = Network(name, neurons, precision, threads, given).measure()
                    text.append("\n\n".join(part for part in (title, table, *remarks) if part) + "\n")
                    (WORK / "results.md").write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
