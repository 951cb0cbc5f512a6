"""Writes packages/core/test/vectors/prices/{volatility,mark}.json: random walks of 300 steps.

An independent statement of rules F5 and F7: everything in mpmath at 100 bits, medians by sorting,
rounded to doubles only when written.  Nothing is shared with the code under test but the rule.
Run: python3 tools/vectors/prices.py
"""

import json
import math
import random
from pathlib import Path

import mpmath

mpmath.mp.prec = 100
OUT = Path(__file__).parents[2] / "packages/core/test/vectors/prices"
MADE = "tools/vectors/prices.py"

VOLATILITY = dict(
    sigmaPriorPpm=1500, lambdaFastPpm=995000, lambdaSlowPpm=999884, zMilli=3000, horizonSteps=12,
    stressPpm=60000, stressWeightPpm=250000, fullRatioMilli=2000, rateFloorPpm=5000,
    rateUpPpmPerDay=500000, rateDownPpmPerDay=250000,
)


def target(fast: mpmath.mpf, slow: mpmath.mpf, p: dict) -> mpmath.mpf:
    z, horizon = mpmath.mpf(p["zMilli"]) / 1000, mpmath.sqrt(p["horizonSteps"])
    raw, slow_raw = z * mpmath.sqrt(fast) * horizon, z * mpmath.sqrt(slow) * horizon
    weight, stress = mpmath.mpf(p["stressWeightPpm"]) / 10**6, mpmath.mpf(p["stressPpm"]) / 10**6
    m1 = (1 - weight) * raw + weight * stress
    full = mpmath.mpf(p["fullRatioMilli"]) / 1000
    x = min(max((raw / slow_raw - 1) / (full - 1), 0), 1)
    return min(max(m1 * (1 + (1 - x) / 4), mpmath.mpf(p["rateFloorPpm"]) / 10**6), 1)


def aged(variance: mpmath.mpf, lambda_ppm: int, k: int, r: mpmath.mpf) -> mpmath.mpf:
    decay = (mpmath.mpf(lambda_ppm) / 10**6) ** k
    return decay * variance + (1 - decay) * r * r / k


def volatility() -> None:
    random.seed(5)
    p = VOLATILITY
    fast = slow = (mpmath.mpf(p["sigmaPriorPpm"]) / 10**6) ** 2
    rate = target(fast, slow, p)
    price, rows = 5_000_000, []
    for step in range(300):
        k = random.choice([1] * 12 + [2, 3, 12, 288])
        sigma = 0.02 if 120 <= step < 150 else 0.001  # A crash in the middle.
        next_price = max(1, round(price * math.exp(random.gauss(0, sigma * math.sqrt(k)))))
        r = mpmath.log(mpmath.mpf(next_price) / price)
        fast = aged(fast, p["lambdaFastPpm"], k, r)
        slow = aged(slow, p["lambdaSlowPpm"], k, r)
        goal = target(fast, slow, p)
        days = mpmath.mpf(5 * k) / (24 * 60)
        down = rate * (1 - mpmath.mpf(p["rateDownPpmPerDay"]) / 10**6 * days)
        up = rate * (1 + mpmath.mpf(p["rateUpPpmPerDay"]) / 10**6 * days)
        rate = min(max(goal, down), up)
        rows.append([next_price, k] + [float(v) for v in (fast, slow, goal, rate)])
        price = next_price
    names = ["to", "k", "varianceFast", "varianceSlow", "target", "rate"]
    write("volatility", {"rule": p, "start": 5_000_000}, names, rows)


def mark() -> None:
    random.seed(7)
    band, basis_band, tau, slow_tau = 6250, 5000, 150_000, 3_600_000
    index, rows = 1_000_000, []
    basis = slow_basis = mpmath.mpf(0)
    for step in range(300):
        index = max(1000, round(index * math.exp(random.gauss(0, 0.001))))
        dt = random.choice([100, 250, 1000, 3000, 60_000])
        funding = random.randint(-400_000, 400_000)
        has_book = random.random() > 0.15
        mid = index + random.gauss(0, 0.004) * index if has_book else None
        bid = ask = None
        if has_book:
            bid, ask = math.floor(mid * 0.9995), math.ceil(mid * 1.0005)
            mid = (bid + ask) / 2 + random.choice([0, 0.5, 1])
            limit = mpmath.mpf(basis_band) / 10**6 * index
            goal = min(max(mpmath.mpf(mid) - index, -limit), limit)
            basis += (goal - basis) * dt / (tau + dt)
            slow_basis += (goal - slow_basis) * dt / (slow_tau + dt)
        impact = (bid + ask) / 2 if has_book else None
        a = index + basis
        m = mpmath.mpf(impact) if has_book else a
        c = index * (1 + mpmath.mpf(funding) / 10**9)
        width = mpmath.mpf(band) / 10**6
        p = min(max(sorted([a, m, c])[1], index * (1 - width)), index * (1 + width))
        price = max(1, int(mpmath.floor(p + mpmath.mpf(1) / 2)))
        second = max(1, int(mpmath.floor(index + slow_basis + mpmath.mpf(1) / 2)))
        bases = [float(basis), float(slow_basis)]
        rows.append([index, dt, funding, mid, impact, *bases, price, second])
    rule = dict(bandPpm=band, basisBandPpm=basis_band, basisTauMs=tau, basisSlowTauMs=slow_tau)
    names = ["index", "dtMs", "fundingRateNano", "mid", "impactMid"]
    names += ["basis", "basisSlow", "price", "secondPrice"]
    write("mark", {"rule": rule}, names, rows)


def write(name: str, head: dict, columns: list, rows: list) -> None:
    lines = ",\n".join(json.dumps(row) for row in rows)
    start = json.dumps({"made": MADE, **head, "columns": columns})[:-1]
    (OUT / f"{name}.json").write_text(f'{start}, "rows": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    volatility()
    mark()
