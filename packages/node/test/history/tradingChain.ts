import type { ActionOf, OpenedCommand } from '@plimsoll/core/schema';
import { History, type HistoryBlock } from '../../src/history/index.ts';
import { networkOf } from '../../src/network.ts';
import { decodeRecord } from '../../src/store/record.ts';
import { Chain, type MadeBlock, order, traderKey } from '../fixtures/chain.ts';

const PRICE = 1_000_000;
const TRADERS = 5;

/** Numbers 0 to below `count`, the same for the same seed. */
export function seeded(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * count);
  };
}

/** A chain on which five traders place, cross and cancel orders at random, and prices move. */
export function tradingChain(seed: number, blocks: number): { chain: Chain; made: MadeBlock[] } {
  const chain = new Chain();
  const made = chain.open(TRADERS);
  const random = seeded(seed);
  for (let i = 0; i < blocks; i++) made.push(randomBlock(chain, random));
  return { chain, made };
}

export function randomBlock(chain: Chain, random: (count: number) => number): MadeBlock {
  const commands: OpenedCommand[] = [];
  for (let i = random(7); i > 0; i--) {
    const account = 1 + random(TRADERS);
    const action = random(8) === 0 ? cancelAll : randomOrder(random);
    commands.push(chain.command(traderKey(account), account, [action]));
  }
  const elapsedMs = random(40) === 0 ? 3_700_000 : 20 + random(20_000);
  const price = PRICE - 2_000 + random(4_000);
  return chain.next({ elapsedMs, commands, ...(random(3) === 0 ? { price } : {}) });
}

const cancelAll = { kind: 'cancelAll', instrument: 1 } as const;

function randomOrder(random: (count: number) => number): ActionOf<'placeOrder'> {
  const side = random(2) === 0 ? 'buy' : 'sell';
  return order(side, 1 + random(20), PRICE - 500 + random(1_000)) as ActionOf<'placeOrder'>;
}

/** What the replica appends for a block. */
export function historyBlock({ height, record, outcome }: MadeBlock): HistoryBlock {
  const { block, digests, chainHash } = decodeRecord(record);
  const { events, eventSpans } = outcome;
  return { height, timeMs: block.timeMs, events, eventSpans, digests, chainHash };
}

export function openHistory(
  directory: string,
  chain: Chain,
  options: { readonly flushAfterBlocks?: number } = {},
): History {
  return new History({
    directory,
    genesisHash: networkOf(chain.network).genesisHash,
    multiplierOf: (instrument) => chain.machine.state.instruments.multiplier.get(instrument),
    // Batches are written when the test says so.
    flushAfterMs: 1_000_000,
    ...options,
  });
}
