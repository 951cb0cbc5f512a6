import { expect, test } from 'vitest';
import { planRounds } from './crashPlan.ts';

test('the same seed makes the same plan of kills, another seed another', () => {
  expect(planRounds(200, 7)).toEqual(planRounds(200, 7));
  expect(planRounds(200, 7)).not.toEqual(planRounds(200, 8));
  expect(planRounds(200, 7).slice(0, 20)).toEqual(planRounds(20, 7));
});

test('every round has a kill under load, and four rounds have every kind', () => {
  for (const seed of [0, 1, 2]) {
    const rounds = planRounds(200, seed);
    const underLoad = rounds.map(({ kills }) =>
      kills.filter(({ aim }) => aim === 'load' || aim === 'snapshot'),
    );
    expect(underLoad.every(({ length }) => length === 1)).toBe(true);
    const aims = new Set(rounds.slice(0, 4).flatMap(({ kills }) => kills.map(({ aim }) => aim)));
    expect([...aims].sort()).toEqual(['idle', 'load', 'recovery', 'snapshot', 'startUp']);
    const fractions = rounds.flatMap(({ kills }) => kills.map(({ fraction }) => fraction));
    expect(Math.min(...fractions)).toBeLessThan(0.05);
    expect(Math.max(...fractions)).toBeGreaterThan(0.95);
  }
});
