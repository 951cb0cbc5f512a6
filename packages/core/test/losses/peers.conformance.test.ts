import { expect, test } from 'vitest';
import { claimOf, debtLoss } from '../../src/ledger/index.ts';
import { socializeLoss } from '../../src/losses/index.ts';
import { readVectors } from '../vectors/perps/read.ts';

type Inputs = Record<string, number>;
const vectors = readVectors<Inputs, Record<string, number>>('socializedLoss');

test('drift-socialloss-perp-01: our second step takes what the funding index would, not more', () => {
  const { inputs, expected } = vectors.find(({ id }) => id === 'drift-socialloss-perp-01')!;
  const sizes = [inputs.base_long!, -inputs.base_short!].map(BigInt);
  const { fromGains, fromPrincipal, badDebt } = socializeLoss({
    loss: BigInt(-inputs.loss_quote!),
    gains: [0n, 0n],
    equities: [10n ** 12n, 10n ** 12n],
    notionals: sizes,
    initialMargins: [10n ** 12n, 10n ** 12n],
  });
  expect(fromGains).toEqual([0n, 0n]);
  expect(badDebt).toBe(0n);
  // They round the index up to 1e-5 and collect that from everyone; ours sums to the loss.
  const delta = BigInt(expected.cumulative_funding_rate_delta!);
  sizes.forEach((size, i) => {
    const theirs = (delta * size) / 1_000_000_000_000n;
    const gap = theirs - fromPrincipal[i]!;
    expect(gap).toBeGreaterThanOrEqual(0n);
    expect(gap).toBeLessThanOrEqual((10_000n * size) / 1_000_000_000_000n + 1n);
  });
});

test('drift-socialloss-spot-01: suppliers lose what the deposit index is cut by', () => {
  const { inputs, expected } = vectors.find(({ id }) => id === 'drift-socialloss-spot-01')!;
  const index = BigInt(inputs.cumulative_deposit_interest!);
  // One supplier holds exactly the index in units, so that its loss is the cut of the index.
  const scale = 1_000n;
  const supplied = BigInt(inputs.deposits!) * scale;
  const loss = BigInt(inputs.loss!) * scale;
  const { fromSuppliers, badDebt } = debtLoss({
    shares: loss * 1_000n,
    borrowed: loss,
    borrowedShares: loss * 1_000n,
    supplied,
    covered: 0n,
  });
  expect([fromSuppliers, badDebt]).toEqual([loss, 0n]);
  const after = claimOf(index * 1_000n, supplied - fromSuppliers, supplied * 1_000n);
  expect(index - after).toBe(BigInt(expected.delta!));
});
