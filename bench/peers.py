# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured: bouton, plain loops and other simulators in throw-away environments of their own."""

import dataclasses
import os
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
BUILD = ROOT / "build" / "release" / "bench"
ENVIRONMENTS = ROOT / "build" / "bench-env"

# What pip installs from PyPI. BrainPy 2.4.0 is the version whose numbers bouton reproduces; its younger sisters 2.4.x
# count delays differently, and it needs a JAX of its time.
PACKAGES = {
    "brainpy-2.4": ["brainpy==2.4.0", "jax==0.4.13", "jaxlib==0.4.13", "numpy<1.25", "scipy<1.11", "numba"],
    "brainpy": ["brainpy==2.8.2", "numba"],
    "bouton": [str(ROOT)],
    "brian2": ["brian2==2.9.0", "numpy<2.3", "setuptools"],
    "neuron": ["neuron==9.0.2", "numpy"],
    "nest": ["nest-simulator==3.10.0", "numpy"],
    "genn": ["pygenn"],
}


class NotRun(Exception):
    """Why a program has no result."""


@dataclasses.dataclass(frozen=True)
class Program:
    """A simulator in one of its forms."""

    label: str
    executable: str = ""  # bench_<scenario>_<executable>
    script: str = ""  # <scenario>/with_<script>.py
    environment: str = ""  # of the script
    form: str = ""  # what the script is told by --form
    has_threads: bool = True
    precisions: tuple = ("float64", "float32")
    most_neurons: int = 10**9  # more would take too much memory or time


BOUTON = Program("bouton", executable="bouton")
PROGRAMS = [
    Program("plain C++, -O3", executable="plain", has_threads=False),
    Program("plain C++, native, fast-math", executable="plain_native", has_threads=False),
    Program("BrainPy 2.4", script="brainpy", environment="brainpy-2.4", most_neurons=10_000),
    Program("BrainPy", script="brainpy", environment="brainpy", most_neurons=256_000),
    Program("bouton, from Python", script="bouton", environment="bouton"),
    Program("Brian2", script="brian2", environment="brian2", most_neurons=256_000),
    Program("GeNN", script="genn", environment="genn", form="native", has_threads=False),
    Program("GeNN, expert", script="genn_expert", environment="genn", form="native", has_threads=False),
    Program("NEURON", script="neuron", environment="neuron", precisions=("float64",), most_neurons=16_000),
    Program("NEST", script="nest", environment="nest", precisions=("float64",), most_neurons=256_000),
]


def environment(name, given):
    """The Python of an environment, which is made where it is missing; `given`: interpreters by name to use instead."""
    if name in given:
        return given[name]
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    done = folder / "complete"
    if done.exists():
        return str(python)
    print(f"Making the environment {name}", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PACKAGES[name]], check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines() or ["no message"]
        raise NotRun(f"cannot be installed: {lines[-1]}") from error
    done.touch()
    return str(python)


def file_of(program, scenario):
    if program.executable:
        return BUILD / f"bench_{scenario}_{program.executable}"
    return BENCH / scenario / f"with_{program.script}.py"


def command(program, scenario, given):
    """How a program is started, without the arguments of the run."""
    path = str(file_of(program, scenario))
    if program.executable:
        return [path]
    arguments = ["--form", program.form] if program.form else []
    return [environment(program.environment, given), path, *arguments]


def variables(threads):
    """The variables of a process that computes with so many threads; 0: all."""
    settings = {"PYTHONPATH": str(BENCH / "common"), "PYTHONDONTWRITEBYTECODE": "1", "JAX_PLATFORMS": "cpu"}
    result = os.environ | settings
    if threads:
        result |= {
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": str(threads),
            "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
        }
    return result
