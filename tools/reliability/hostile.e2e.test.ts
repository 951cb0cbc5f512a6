// A tenth of `npm run hostile` against a real node process: what it takes from strangers, thieves
// and floods, and that the honest client gets its answers meanwhile.
import { expect, test } from 'vitest';
import { runHostile } from './hostile/runHostile.ts';

test('a node under attack accepts nothing unauthorized and loses nothing of the honest', async () => {
  const said: string[] = [];
  const { faults, outcomes, honest, history } = await runHostile({
    isShort: true,
    ratePerSecond: 50,
    calmMs: 0,
    attackMsMin: 0,
    say: (line) => said.push(line),
  });
  expect(faults, said.join('\n')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(60);
  expect(honest.sent).toBeGreaterThan(100);
  expect(history.commands).toBeGreaterThan(honest.sent);
});
