import type { AnswerOf } from '@plimsoll/api/routes';
import { eventJson, figuresJson } from '@plimsoll/api/wire';
import { type Action, encodeJsonAction } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireUnits } from '../../src/units/index.ts';
import { keptDirectory } from './keptDirectory.ts';
import { ACCOUNTS, createCalmReading, PRICE, type Reading } from './reading.ts';

const directory = keptDirectory();
let reading: Reading;

beforeAll(() => {
  reading = createCalmReading(directory.path);
});

afterAll(() => reading.close());

const amounts = (): fc.Arbitrary<bigint> =>
  fc.oneof(fc.bigInt({ min: 0n, max: 2_000_000_000_000n }), fc.bigInt({ min: 0n, max: 10_000n }));

/** What an owner may send, likely and unlikely. */
function actions(): fc.Arbitrary<Action> {
  const instrument = fc.integer({ min: 0, max: 3 });
  const asset = fc.integer({ min: 0, max: 3 });
  const near = fc.integer({ min: -12_000, max: 14_000 }).map((by) => PRICE + by);
  return fc.oneof(
    { weight: 6, arbitrary: orders(instrument, near) },
    fc.record({ kind: fc.constant('cancelAll' as const), instrument }),
    fc.record({
      kind: fc.constant('cancelOrder' as const),
      order: fc.integer({ min: 0, max: 40 }),
      clientId: fc.integer({ min: 0, max: 4 }),
    }),
    fc.record({
      kind: fc.constantFrom('supply', 'redeem', 'borrow', 'repay'),
      asset,
      amount: amounts(),
    }),
    fc.record({
      kind: fc.constant('transfer' as const),
      to: fc.integer({ min: 0, max: 9 }),
      asset,
      amount: amounts(),
    }),
    fc.record({
      kind: fc.constant('withdraw' as const),
      asset,
      amount: amounts(),
      chain: fc.integer({ min: 0, max: 2 }),
      destination: fc.constant(`0x${'22'.repeat(20)}` as const),
    }),
    fc.record({ kind: fc.constant('fundPool' as const), instrument, amount: amounts() }),
    fc.record({
      kind: fc.constant('setOwnRate' as const),
      ratePpm: fc.integer({ min: 0, max: 1_100_000 }),
    }),
  );
}

function orders(
  instrument: fc.Arbitrary<number>,
  near: fc.Arbitrary<number>,
): fc.Arbitrary<Action> {
  return fc.record({
    kind: fc.constant('placeOrder' as const),
    instrument,
    side: fc.constantFrom('buy', 'sell'),
    size: fc.integer({ min: 0, max: 90_000 }),
    price: fc.oneof(near, fc.constant(0)),
    timeInForce: fc.constantFrom('goodTillCancelled', 'immediateOrCancel'),
    isPostOnly: fc.boolean(),
    isReduceOnly: fc.boolean(),
    selfTrade: fc.constantFrom('cancelResting', 'cancelIncoming', 'cancelBoth'),
    clientId: fc.integer({ min: 0, max: 4 }),
  });
}

test('a preview says exactly what the command then does', () => {
  const counts = { accepted: 0, refused: 0, events: 0 };
  // Liquidations come after the commands of a block: here is nobody to liquidate.
  expect((reading.ask('liquidations') as AnswerOf<'liquidations'>).liquidations).toEqual([]);
  const owners = Object.values(ACCOUNTS);
  const units = wireUnits(reading.chain.machine.state);
  fc.assert(
    fc.property(
      fc.constantFrom(...owners),
      fc.array(actions(), { minLength: 1, maxLength: 6 }),
      (account, sent) => {
        // Nothing but the command happens in its block: no time passes and no price comes in.
        reading.next({ elapsedMs: 0 });
        const asked = { params: { account: String(account) } };
        const said = reading.ask('previewCommand', {
          ...asked,
          body: { actions: sent.map(encodeJsonAction) },
        }) as AnswerOf<'previewCommand'>;
        const { outcome } = reading.next({
          elapsedMs: 0,
          commands: [reading.by(account, ...sent)],
        });
        const result = outcome.results[0];
        expect(result?.code).toBe(0);
        expect(said.actions.map((problem) => problem?.code ?? 0)).toEqual([
          ...(result?.actions ?? []),
        ]);
        const figures = said.actions.flatMap((problem) =>
          problem === null ? [] : [problem.figures],
        );
        expect(figures).toEqual(
          outcome.refusals.map(({ code, action, figures: raw }) => {
            const written = figuresJson({ code, figures: raw, action: sent[action] }, units);
            // Nothing is left out.
            const said = Object.entries(raw ?? {}).filter(([, value]) => value !== 0);
            for (const [name] of said) expect(written, `${code}`).toHaveProperty(name);
            return written;
          }),
        );
        const [from = 0, to = 0] = outcome.eventSpans;
        expect(said.events).toEqual(
          outcome.events.slice(from, to).map((event) => eventJson(event, units)),
        );
        const { margin } = reading.ask('margin', asked) as AnswerOf<'margin'>;
        expect(said.after).toEqual(margin);
        counts.accepted += said.actions.filter((problem) => problem === null).length;
        counts.refused += figures.length;
        counts.events += said.events.length;
      },
    ),
    { numRuns: 150 },
  );
  expect(Math.min(counts.accepted, counts.refused, counts.events)).toBeGreaterThan(30);
});

test("the preview of an account's own portfolio has its margin", () => {
  for (const account of [ACCOUNTS.long, ACCOUNTS.short, ACCOUNTS.maker]) {
    const { state } = reading.chain.machine;
    const asked = { params: { account: String(account) } };
    const own = reading.ask('account', asked) as AnswerOf<'account'>;
    const body = {
      balances: own.balances.map((balance) => balance.held),
      positions: own.positions
        .filter((position) => position.lots !== 0)
        .map(({ name, size, entryPrice }) => ({ instrument: name, size, entryPrice })),
      orders: own.orders.map(({ name, side, size, price, isReduceOnly }) => ({
        instrument: name,
        side,
        size,
        price,
        isReduceOnly,
      })),
      ownRatePpm: state.accounts.ownRatePpm.get(account),
    };
    const { margin } = reading.ask('previewPortfolio', { body }) as AnswerOf<'previewPortfolio'>;
    expect(margin.figures.maintenance).toBe(own.figures.maintenance);
    expect(margin.figures.initial).toBe(own.figures.initial);
    // Entry prices are shown to a hundredth of a unit, and funding is owed from now on.
    const apart = Number(margin.figures.equity) - Number(own.figures.equity);
    expect(Math.abs(apart)).toBeLessThan(Number(own.figures.notional) * 1e-6 + 1000);
  }
});
