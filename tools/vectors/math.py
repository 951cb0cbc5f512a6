"""Writes packages/core/test/vectors/math/{exp,ln}.json: arguments and correctly rounded results.

Computed with mpmath at 200 bits and rounded once to the nearest double, so that they owe nothing to
the code under test.  Run: python3 tools/vectors/math.py
"""

import json
import math
import random
from pathlib import Path

import mpmath

mpmath.mp.prec = 200
OUT = Path(__file__).parents[2] / "packages/core/test/vectors/math"


def nearest(value: mpmath.mpf) -> float:
    """The double nearest to `value`, also among subnormals."""
    if value == 0:
        return 0.0
    exponent = max(mpmath.frexp(abs(value))[1] - 53, -1074)
    return math.ldexp(int(mpmath.nint(mpmath.ldexp(value, -exponent))), exponent)


def write(name: str, arguments: list[float], function) -> None:
    rows = [[x, nearest(function(mpmath.mpf(x)))] for x in arguments]
    made = "tools/vectors/math.py: mpmath at 200 bits, rounded once; seed 1"
    lines = ",\n".join(json.dumps(row) for row in rows)
    (OUT / f"{name}.json").write_text(f'{{"made": "{made}", "vectors": [\n{lines}\n]}}\n')


def main() -> None:
    random.seed(1)
    wide = [random.uniform(-745, 709.7) for _ in range(300)]
    near = [random.uniform(-1.5, 1.5) for _ in range(300)]
    small = [random.choice([-1, 1]) * 2.0 ** random.uniform(-60, -2) for _ in range(200)]
    edges = [0.0, 1.0, -1.0, 0.5, 709.78271289338, -708.5, -744.4, -745.13, 1e-300]
    halves = [(k + 0.5) * math.log(2) for k in range(-40, 41)]
    write("exp", wide + near + small + edges + halves, mpmath.exp)

    ratios = [random.uniform(0.5, 2) for _ in range(400)]
    close = [1 + random.choice([-1, 1]) * 2.0 ** random.uniform(-52, -3) for _ in range(300)]
    magnitudes = [2.0 ** random.uniform(-1073, 1023) for _ in range(300)]
    edges = [1.0, 2.0, 0.5, math.e, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
    roots = [math.sqrt(2), math.nextafter(math.sqrt(2), 0), math.sqrt(0.5)]
    write("ln", ratios + close + magnitudes + edges + roots, mpmath.log)


if __name__ == "__main__":
    main()
