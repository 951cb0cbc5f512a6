import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregateHeld, aggregateIndex, createHeldAggregate } from '../../src/oracle/index.ts';
import { INDEX_STATUS, SOURCES_PER_UNDERLYING } from '../../src/schema/index.ts';
import { type State, timeMs } from '../../src/state/index.ts';
import {
  priceBlock,
  setUnderlyingParameter,
  stateWithSources,
  type Word,
} from '../fixtures/oracle.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import {
  defaultRules,
  type Rules,
  type TwinUnderlying,
  twinBlock,
  twinUnderlying,
} from './twin.ts';

const WEIGHTS = [3, 2, 2, 1, 1];

/** What the machine holds on underlying 1, in the twin's words. */
function held(state: State): Record<string, number> {
  const u = state.underlyings;
  const names = [
    'index',
    'confidence',
    'acceptedMs',
    'pendingPrice',
    'pendingReference',
    'pendingCounter',
    'pendingSinceMs',
    'status',
    'slowPrice',
    'slowMs',
    'gridMs',
    'gridIndex',
    'varianceFast',
    'varianceSlow',
    'rate',
    'target',
    'maintenanceRate',
    'plausibleLow',
    'plausibleHigh',
    'notOkSinceMs',
    'disputedMs',
    'graceStartedMs',
    'graceUntilMs',
  ] as const;
  return Object.fromEntries(names.map((name) => [name, u[name].get(1)]));
}

function twinHeld(u: TwinUnderlying): Record<string, number> {
  const volatility = u.volatility ?? { varianceFast: 0, varianceSlow: 0, rate: 0, target: 0 };
  return {
    ...u.record,
    ...volatility,
    status: u.status,
    slowPrice: u.slow,
    slowMs: u.slowMs,
    gridMs: u.gridMs,
    gridIndex: u.gridIndex,
    maintenanceRate: u.maintenanceRate,
    plausibleLow: u.low,
    plausibleHigh: u.high,
    notOkSinceMs: u.notOkSinceMs,
    disputedMs: u.disputedMs,
    graceStartedMs: u.graceStartedMs,
    graceUntilMs: u.graceUntilMs,
  };
}

/** The observations that the twin takes, by the rules of the page; true if there is one. */
function twinHears(u: TwinUnderlying, words: readonly Word[], now: number): boolean {
  let isObserved = false;
  for (const { source, price, confidence = 1, timeMs: at = now } of words) {
    const report = u.reports[source];
    if (report === undefined) continue;
    const isSound = price > 0 && confidence >= 0 && confidence <= price;
    const isTimely = at <= now && at >= now - u.rules.observationAgeMaxMs && at > report.timeMs;
    if (!isSound || !isTimely) continue;
    u.reports[source] = { ...report, price, confidence, timeMs: at };
    isObserved = true;
  }
  return isObserved;
}

/** A price that wanders, sometimes jumps, with sources that lag, lie, repeat and fall silent. */
function drawWords(draw: Draw, price: number, now: number): Word[] {
  const words: Word[] = [];
  const isQuiet = draw(6) === 0;
  for (let source = 0; source < WEIGHTS.length; source++) {
    if (isQuiet || draw(5) === 0) continue;
    const lie = draw(25) === 0 ? draw(3) * 4 * price : price + draw(21) - 10;
    const age = draw(4) === 0 ? draw(12_000) - 500 : 0;
    words.push({ source, price: lie, confidence: draw(30), timeMs: now - age });
  }
  return words;
}

const GAPS_MS = [1000, 1000, 1000, 1000, 5000, 5000, 40_000, 150_000, 400_000, 7_300_000];

function drawRules(draw: Draw): Rules {
  return {
    ...defaultRules(),
    sourcesMin: 1 + draw(5),
    stepPpm: 1000 * (1 + draw(20)),
    pendingCount: 1 + draw(4),
    disputeMs: draw(2) * 600_000,
    slowTauMs: 10_000 + draw(3_600_000),
  };
}

test('the price phase on columns equals the plain twin, bit for bit, over random streams', () => {
  const seen = { block: 0, ok: 0, degraded: 0, stale: 0, halted: 0, grace: 0, pending: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const draw = seeded(seed);
    const state = stateWithSources(WEIGHTS);
    const rules = drawRules(draw);
    for (const [name, value] of Object.entries(rules)) {
      setUnderlyingParameter(state, name as keyof Rules, value);
    }
    const twin = twinUnderlying(WEIGHTS, rules);
    let price = 10_000;
    for (let block = 0; block < 300; block++) {
      const dtMs = GAPS_MS[draw(GAPS_MS.length)] as number;
      const now = timeMs(state) + dtMs;
      price = Math.max(50, Math.floor(price * (1 + (draw(2001) - 1000) / 400_000)));
      if (draw(40) === 0) price = Math.max(50, Math.floor(price * (0.7 + draw(61) / 100)));
      const words = drawWords(draw, price, now);
      if (draw(60) === 0) {
        twin.disputedMs = timeMs(state) + rules.disputeMs;
        state.underlyings.disputedMs.set(1, twin.disputedMs);
      }
      priceBlock(state, dtMs, words);
      twinBlock(twin, now, twinHears(twin, words, now));
      expect(held(state)).toEqual(twinHeld(twin));
      seen.block++;
      if (twin.status === INDEX_STATUS.ok) seen.ok++;
      if (twin.status === INDEX_STATUS.degraded) seen.degraded++;
      if (twin.status === INDEX_STATUS.stale) seen.stale++;
      if (twin.status === INDEX_STATUS.halted) seen.halted++;
      if (twin.record.pendingCounter > 0) seen.pending++;
      if (twin.graceStartedMs === now) seen.grace++;
    }
  }
  console.log('price phase against its twin:', JSON.stringify(seen));
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

const report = fc.record({
  weight: fc.integer({ min: 0, max: 4 }),
  price: fc.oneof(fc.integer({ min: 95, max: 105 }), fc.integer({ min: 0, max: 2_147_483_647 })),
  confidence: fc.integer({ min: 0, max: 50 }),
  ageMs: fc.integer({ min: 0, max: 12_000 }),
});

test('the aggregate read from columns equals the one made of records', () => {
  fc.assert(
    fc.property(
      fc.array(report, { minLength: 1, maxLength: SOURCES_PER_UNDERLYING }),
      fc.integer({ min: 1, max: 6 }),
      (reports, sourcesMin) => {
        const state = stateWithSources(reports.map(({ weight }) => weight));
        setUnderlyingParameter(state, 'sourcesMin', sourcesMin);
        const now = timeMs(state);
        const words = reports.map(({ ageMs, ...rest }, source) => {
          const row = SOURCES_PER_UNDERLYING + source;
          state.sources.price.set(row, rest.price);
          state.sources.confidence.set(row, rest.confidence);
          state.sources.timeMs.set(row, now - ageMs);
          return { ...rest, source, timeMs: now - ageMs };
        });
        const rule = { timeMs: now, ageMaxMs: 10_000, sourcesMin };
        const { hasQuorum, index, confidence, oldestMs } = aggregateIndex(words, rule);
        const into = createHeldAggregate();
        aggregateHeld(state, 1, into);
        expect(into).toMatchObject({ hasQuorum, index, confidence, oldestMs });
      },
    ),
    { numRuns: 1500 },
  );
});
