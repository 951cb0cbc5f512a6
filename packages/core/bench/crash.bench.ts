// A crash block that closes 20,000 accounts: 25,000 leveraged longs against a deep book of bids,
// and a price that falls 5 % between two blocks. Prints the time of the block and what it did.
import { hashInto } from '@chainsafe/hashtree';
import { type HashPairs, hex, rootNow } from '@plimsoll/core/machine';
import {
  type Action,
  globalParameters,
  instrumentParameters,
  type OpenedCommand,
} from '@plimsoll/core/schema';
import { ADMIN, applyAt, commandOf, createLoad, type Load, prices } from './fixedMix.ts';

const LONGS = Number(process.env.BENCH_LONGS ?? 25_000);
const MAKERS = 2_000;
const BOOKS = 20;
const PRICE = 1_000_000;
const BLOCK = 4_000;

const hashPairs: HashPairs = (input, output, count) =>
  hashInto(input.subarray(0, count * 64), output.subarray(0, count * 32));

const place = (
  load: Load,
  account: number,
  fields: { instrument: number; side: 'buy' | 'sell'; size: number; price: number; rests: boolean },
): OpenedCommand => {
  const { rests, ...rest } = fields;
  return commandOf(load, account, [
    {
      kind: 'placeOrder',
      ...rest,
      timeInForce: rests ? 'goodTillCancelled' : 'immediateOrCancel',
      isPostOnly: rests,
      isReduceOnly: false,
      selfTrade: 'cancelResting',
      clientId: 0,
    },
  ]);
};

type Change = Extract<Action, { kind: 'setParameter' }>;

/** Parameters move by at most a factor of ten at a time. */
function govern(load: Load): void {
  const set = (
    scope: Change['scope'],
    target: number,
    parameter: number,
    value: number,
  ): Change => ({
    kind: 'setParameter',
    scope,
    target,
    parameter,
    value: BigInt(value),
  });
  for (const [budget, tauMs] of [
    [200_000, 60_000],
    [2_000_000, 6_000],
    [10_000_000, 1_000],
  ] as const) {
    const changes = [
      set('global', 0, globalParameters.liquidationBudget.id, budget),
      set('global', 0, globalParameters.lossBudget.id, budget),
    ];
    for (let book = 1; book <= BOOKS; book++) {
      changes.push(set('instrument', book, instrumentParameters.depthSharePpm.id, 1_000_000));
      changes.push(set('instrument', book, instrumentParameters.depthTauMs.id, tauMs));
      changes.push(set('instrument', book, instrumentParameters.depthBandPpm.id, 200_000));
    }
    enact(load, changes);
  }
}

function enact(load: Load, changes: readonly Change[]): void {
  for (let from = 0; from < changes.length; from += 32) {
    load.nonce += 1;
    const actions = changes.slice(from, from + 32);
    const expiresMs = load.timeMs + 60_000;
    const command = { signer: ADMIN, account: 0, nonce: load.nonce, expiresMs, actions };
    const { refusals } = applyAt(load, 1, { commands: [command] });
    if (refusals[0] !== undefined) throw new Error(JSON.stringify(refusals[0]));
  }
}

function send(load: Load, commands: OpenedCommand[]): number {
  let fills = 0;
  for (let from = 0; from < commands.length; from += BLOCK) {
    const observations = prices(load, () => PRICE);
    const part = commands.slice(from, from + BLOCK);
    const outcome = applyAt(load, 1_000, { observations, commands: part });
    for (const event of outcome.events) if (event.kind === 'filled') fills += 1;
    if (outcome.refusals[0] !== undefined) throw new Error(JSON.stringify(outcome.refusals[0]));
  }
  return fills;
}

const isLong = (account: number): boolean => account <= LONGS;
const bookOf = (account: number): number => 1 + (account % BOOKS);
const makerOf = (k: number): number => LONGS + 1 + (k % MAKERS);
const load = createLoad({
  accounts: LONGS + MAKERS,
  books: BOOKS,
  rootIntervalMs: 0,
  hashPairs,
  // 1.50 USDC carry 20 to 29 USDC of notional.
  deposit: (account) =>
    isLong(account) ? 1_500_000n + BigInt(account % 10) * 50_000n : 10n ** 11n,
});
govern(load);
const asks: OpenedCommand[] = [];
const buys: OpenedCommand[] = [];
const bids: OpenedCommand[] = [];
for (let long = 1; long <= LONGS; long++) {
  const order = { instrument: bookOf(long), size: 20 + (long % 10), price: PRICE };
  asks.push(place(load, makerOf(long), { ...order, side: 'sell', rests: true }));
  buys.push(place(load, long, { ...order, side: 'buy', rests: false }));
}
for (let k = 0; k < BOOKS * 40; k++) {
  const price = 949_000 - Math.floor(k / BOOKS) * 20;
  bids.push(
    place(load, makerOf(k), {
      instrument: 1 + (k % BOOKS),
      size: 2_000,
      price,
      side: 'buy',
      rests: true,
    }),
  );
}
const opened = send(load, asks) + send(load, buys) + send(load, bids);
for (let i = 0; i < 10; i++) applyAt(load, 1_000, { observations: prices(load, () => PRICE) });
const startMs = performance.now();
const outcome = applyAt(load, 1_000, { observations: prices(load, () => 950_000) });
const blockMs = performance.now() - startMs;
const closed = new Set<number>();
const counts: Record<string, number> = {};
for (const event of outcome.events) {
  counts[event.kind] = (counts[event.kind] ?? 0) + 1;
  if (event.kind === 'closedOut') closed.add(event.account);
}
console.table([
  {
    accounts: LONGS + MAKERS,
    books: BOOKS,
    openingFills: opened,
    accountsClosedOut: closed.size,
    blockMs: Math.round(blockMs),
    microsecondsPerAccount: Math.round((blockMs * 1000) / Math.max(1, closed.size)),
    root: hex(rootNow(load.machine).root).slice(0, 16),
  },
]);
console.log(counts);
