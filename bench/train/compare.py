# SPDX-License-Identifier: Apache-2.0
"""Gradients by bouton and by BrainPy with JAX: answers compared first, then times, in turns on one core.

    compare.py [--python INTERPRETER_WITH_BRAINPY ...] [--bouton-python INTERPRETER] [--precision float32]
"""

import argparse
import json
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BENCH))
import peers  # noqa: E402

CLOSE = {"float64": 1e-6, "float32": 2e-3}  # of the loss and of the gradient


def run(command):
    command = ["taskset", "-c", "0", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=peers.variables(1))
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description="Gradients by bouton and by BrainPy with JAX.")
    parser.add_argument("--python", nargs="+", default=[], metavar="INTERPRETER")
    parser.add_argument("--bouton-python", metavar="INTERPRETER", help="with bouton, to time it from there, too")
    parser.add_argument("--precision", default="float32", choices=list(CLOSE))
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    bouton = str(peers.BUILD / "bench_train_bouton")
    size = ["--neurons", "100", "--steps", "200", "--precision", given.precision]
    for form in ("sparse", "dense"):
        folder = peers.ROOT / "build" / "bench" / f"train-{form}"
        subprocess.run([bouton, form, *size, "--write", str(folder)], check=True)
        ours = run([bouton, form, *size])
        print(f"{form}: bouton {ours['us_per_step'][0]:.0f} us per step, {ours['memory']:.0f} MB")
        if given.bouton_python:
            script = [given.bouton_python, str(BENCH / "train" / "from_python.py"), "--form", form]
            python = run([*script, "--network", str(folder), *size])
            off = max(abs(python[key] / ours[key] - 1) for key in ("loss", "largest", "sum"))
            time = python["us_per_step"][0]
            print(f"  from Python {time:.0f} us per step, {python['memory']:.0f} MB (same to {off:.1e})")
        for python in given.python:
            script = [python, str(BENCH / "train" / "with_brainpy.py"), "--form", form, "--network", str(folder)]
            theirs = [run([*script, *size]) for _ in range(given.repeats)]
            ours = [run([bouton, form, *size]) for _ in range(given.repeats)]
            off = max(abs(theirs[0][key] / ours[0][key] - 1) for key in ("loss", "largest", "sum"))
            if off > CLOSE[given.precision]:
                print(f"  BrainPy {theirs[0]['version']} DIFFERS by {off:.1e}")
                continue
            time = [min(result["us_per_step"][0] for result in results) for results in (theirs, ours)]
            print(
                f"  BrainPy {theirs[0]['version']} {time[0]:.0f} us per step, {theirs[0]['memory']:.0f} MB: "
                f"{time[0] / time[1]:.1f} times bouton (same to {off:.1e})"
            )


if __name__ == "__main__":
    main()
