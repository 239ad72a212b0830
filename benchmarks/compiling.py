"""How long `mlpl build` takes, as a whole process. Run `python -m benchmarks.compiling`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

EXAMPLES = Path(__file__).parent.parent / "examples"
TIMES = 5
LEVELS = ("-O0", "-O1", "-O2", "-Os")
LINES = (500, 1_000, 2_000, 4_000)

_FUNCTIONS = (
    """
    var sum = 0;
    for i in 0..n {
        if a[i] > $ {
            sum += a[i];
        } else {
            sum -= $;
        }
    }
    return sum;
""",
    """
    var i = 1;
    while i < n {
        let x = a[i];
        var j = i;
        while j > 0 && a[j - 1] > x {
            a[j] = a[j - 1];
            j -= 1;
        }
        a[j] = x;
        i += 1;
    }
    return a[$ & 7];
""",
    """
    var x = a[0] * $ + n;
    var y = a[1] / $;
    while y != 0 {
        let rest = x % y;
        x = y;
        y = rest;
    }
    return x;
""",
    """
    if n < 3 {
        return a[0] + $;
    }
    return @0(a, n - 1) + @0(a, n - 2);
""",
    """
    var count = 0;
    for i in 0..n {
        for j in 0..n {
            if i != j && a[i] == a[j] + $ {
                count += 1;
            }
        }
    }
    print(count);
    return count;
""",
    """
    var best = a[0];
    var at = 0;
    for i in 1..n {
        if a[i] > best || (a[i] == best && i % 2 == 0) {
            best = a[i];
            at = i;
        }
    }
    return best + at + @1(a, n) + @5(a, n);
""",
    """
    var hash = 0;
    for i in 0..n {
        hash = (hash << 1) ^ a[i] & $;
        if hash > 1000 {
            hash = hash >> $;
        }
    }
    return hash;
""",
    """
    var other: int[8];
    for i in 0..n {
        other[i] = a[n - 1 - i] + $;
    }
    for i in 0..n {
        a[i] = other[i];
    }
    return @6(other, n);
""",
)
"""Bodies of functions: `$` is a small number by chance, `@k` the function k places before."""


def program(lines: int) -> str:
    """Returns a program of about so many lines, the same at each call."""
    random = Random(lines)
    written: list[str] = []
    number = 0
    while sum(text.count("\n") for text in written) < lines:
        body = _FUNCTIONS[number % len(_FUNCTIONS)]
        while "$" in body:
            body = body.replace("$", str(random.randint(1, 14)), 1)
        for back in range(7):
            body = body.replace(f"@{back}(", f"f{number - back}(")
        written.append(f"fn f{number}(a: int[], n: int) -> int {{{body}}}\n")
        number += 1
    calls = "".join(f"    sum += f{n}(a, 8);\n" for n in range(number))
    start = "    var a: int[8];\n    for i in 0..8 {\n        a[i] = seed + i * i;\n    }\n"
    head = "fn main(seed: int) -> int {\n    var sum = 0;\n"
    return "\n".join([*written, f"{head}{start}{calls}    return sum;\n}}\n"])


def seconds(path: Path, level: str, *more: str) -> float:
    """Returns the time of a process that builds an image; the median of five."""
    with TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "mlpl", "build", str(path), level, *more]
        times = []
        for _ in range(TIMES):
            begin = perf_counter()
            subprocess.run([*words, "-o", f"{folder}/image.dec"], check=True)
            times.append(perf_counter() - begin)
    return median(times)


def main() -> None:
    """Prints the tables."""
    load = os.getloadavg()[0]
    sys.stdout.write(f"load {load:.1f}\n| example | {' | '.join(LEVELS)} |\n|---|{'--:|' * 4}\n")
    for path in sorted(EXAMPLES.glob("*.mlpl")):
        times = " | ".join(f"{seconds(path, level):.2f}" for level in LEVELS)
        sys.stdout.write(f"| {path.stem} | {times} |\n")
        sys.stdout.flush()
    sys.stdout.write("\n| lines | -O2 |\n|--:|--:|\n")
    with TemporaryDirectory() as folder:
        for lines in LINES:
            path = Path(folder, "long.mlpl")
            path.write_text(program(lines))
            rows = path.read_text().count("\n")
            time = seconds(path, "-O2", "--word-bits", "24")
            sys.stdout.write(f"| {rows:,} | {time:.2f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
