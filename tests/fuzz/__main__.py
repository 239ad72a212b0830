"""The long form of the fuzzers: `make fuzz`, or `python -m tests.fuzz --help`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from tests import layouts, malformed
from tests.fuzz.draw import draw
from tests.fuzz.reduce import reduce
from tests.fuzz.report import regression
from tests.fuzz.trial import Failure, run

EVERY = 20.0
"""Seconds between two lines of progress."""
AHEAD = 4
"""Seeds that each process has waiting."""


GARBAGE = (100_000, 20, 20)
"""Thresholds of the collector, for a heap of large trees that soon are free."""


@dataclass(frozen=True)
class Outcome:
    """What one seed has shown: its verdict, or its failure with a small case of it."""

    seed: int
    verdict: str
    shape: str
    failure: str = ""
    case: str = ""


def trial(seed: int, network_share: float, reduction: float) -> Outcome:
    """Returns the outcome of a seed; a failure is made small in so many seconds."""
    case = draw(seed, network_share)
    shape = f"w={case.word_bits}{'' if case.checked else ' unchecked'}"
    shape = " ".join((shape, *case.levels, *(("network",) if case.network else ())))
    try:
        with malformed.guarded():
            return Outcome(seed, run(case).value, shape)
    except Failure as failure:
        small = reduce(replace(case), failure, reduction)
        return Outcome(seed, "FAILED", shape, str(failure), regression(small, seed, failure))


def outcomes(options: argparse.Namespace) -> Iterator[Outcome]:
    """Yields the outcomes of seeds from the first on, as they come."""
    end = time.monotonic() + 60 * options.minutes if options.minutes else None
    seeds: Iterator[int] = count(options.seed)
    if options.count:
        seeds = iter(range(options.seed, options.seed + options.count))
    if options.jobs == 1:
        for seed in seeds:
            if end is not None and time.monotonic() > end:
                return
            yield trial(seed, options.network_share, options.reduction)
        return
    with ProcessPoolExecutor(options.jobs, initializer=gc.set_threshold, initargs=GARBAGE) as pool:
        waiting: set[Future[Outcome]] = set()
        while True:
            open_ = end is None or time.monotonic() < end
            while open_ and len(waiting) < AHEAD * options.jobs:
                seed = next(seeds, -1)
                if seed < 0:
                    break
                job = pool.submit(trial, seed, options.network_share, options.reduction)
                waiting.add(job)
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from sorted((job.result() for job in done), key=lambda outcome: outcome.seed)


def fuzz_programs(options: argparse.Namespace) -> int:
    """Climbs with generated programs; returns the number of failures."""
    verdicts: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    told = time.monotonic()
    last = options.seed
    try:
        for outcome in outcomes(options):
            verdicts[outcome.verdict] += 1
            shapes.update(outcome.shape.split())
            last = max(last, outcome.seed)
            if outcome.failure:
                _tell(outcome, options.save)
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                print(f"seeds {options.seed} to {last}: {_counts(verdicts)}", flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    print(f"programs, seeds {options.seed} to {last}: {_counts(verdicts)}")
    print(f"  {_counts(shapes)}")
    return verdicts["FAILED"]


def _tell(outcome: Outcome, folder: Path | None) -> None:
    print(f"\nFAILED seed {outcome.seed} ({outcome.shape})\n{outcome.failure[:2000]}")
    print(f"{outcome.case}\n", flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{outcome.seed}.test").write_text(outcome.case)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in sorted(counter.items()))


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    kinds = ("programs", "malformed", "layouts", "all")
    parser.add_argument("--kind", choices=kinds, default="all")
    parser.add_argument("--count", type=int, default=5000, help="inputs of each kind; 0: no end")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; go on where it ended")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--minutes", type=float, help="for each kind, at most")
    parser.add_argument("--network-share", type=float, default=0.05, help="climb to the network")
    parser.add_argument("--reduction", type=float, default=120, help="seconds to make one small")
    parser.add_argument("--save", type=Path, help="folder for regression cases of the failures")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Runs the fuzzers; returns 1 if anything failed."""
    options = _parse(words)
    gc.set_threshold(*GARBAGE)
    failures = 0
    if options.kind in ("programs", "all"):
        failures += fuzz_programs(options)
    rest = ["--count", str(options.count or 5000), "--seed", str(options.seed)]
    if options.kind in ("layouts", "all"):
        failures += layouts.main(rest)
    if options.kind in ("malformed", "all"):
        failures += malformed.main(rest)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
