// Resident memory of 1 M accounts with 4 positions each, built through applyBlock, root armed: a
// child process of its own, measured from its own resident size after the last block.
import { hashInto } from '@chainsafe/hashtree';
import { type HashPairs, hex, rootNow } from '@plimsoll/core/machine';
import type { OpenedCommand } from '@plimsoll/core/schema';
import { applyAt, commandOf, createLoad, type Load, prices } from './fixedMix.ts';

const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? 1_000_000);
const POSITIONS = 4;
const BLOCK = 4_000;

const hashPairs: HashPairs = (input, output, count) =>
  hashInto(input.subarray(0, count * 64), output.subarray(0, count * 32));

/** Seller and buyer of a pair trade the same four books with each other. */
function pairTrades(load: Load, seller: number): OpenedCommand[] {
  return Array.from({ length: POSITIONS }, (_, k) => {
    const instrument = 1 + ((seller + k * 25) % load.books);
    return (['sell', 'buy'] as const).map((side) =>
      commandOf(load, side === 'sell' ? seller : seller + 1, [
        {
          kind: 'placeOrder',
          instrument,
          side,
          size: 10 + k,
          price: 1_000_000,
          timeInForce: side === 'sell' ? 'goodTillCancelled' : 'immediateOrCancel',
          isPostOnly: side === 'sell',
          isReduceOnly: false,
          selfTrade: 'cancelResting',
          clientId: 0,
        },
      ]),
    );
  }).flat();
}

const startMs = performance.now();
const load = createLoad({
  accounts: ACCOUNTS,
  rootIntervalMs: 0,
  hashPairs,
  positionsPerAccount: POSITIONS,
  orders: 1 << 17,
});
const openedMs = performance.now();
let commands: OpenedCommand[] = [];
let fills = 0;
let refusals = 0;
let blocks = 0;
for (let seller = 1; seller < ACCOUNTS; seller += 2) {
  commands.push(...pairTrades(load, seller));
  if (commands.length < BLOCK && seller + 2 < ACCOUNTS) continue;
  const observations = blocks % 50 === 0 ? prices(load, () => 1_000_000) : [];
  const outcome = applyAt(load, 20, { commands, observations });
  blocks += 1;
  for (const event of outcome.events) if (event.kind === 'filled') fills += 1;
  refusals += outcome.refusals.length;
  commands = [];
}
const { state } = load.machine;
const root = hex(rootNow(load.machine).root).slice(0, 16);
(globalThis as { gc?: () => void }).gc?.();
const memory = process.memoryUsage();
let positions = 0;
for (let account = 1; account <= ACCOUNTS; account++) {
  positions += state.accounts.positionCount.get(account);
}
const mebi = (bytes: number): number => Math.round(bytes / 1_048_576);
console.table([
  {
    accounts: state.machine.accountCount.get(0),
    positions,
    fills,
    refusals,
    residentMiB: mebi(memory.rss),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    heapMiB: mebi(memory.heapUsed),
    openSeconds: Math.round((openedMs - startMs) / 1000),
    tradeSeconds: Math.round((performance.now() - openedMs) / 1000),
    root,
  },
]);
