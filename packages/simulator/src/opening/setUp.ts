import type { OpenedCommand } from '@plimsoll/core/schema';
import type { Agent } from '../agents/index.ts';
import type { ScenarioDepth } from '../scenarios/index.ts';
import { type ExpandedPopulation, ladderFunding, ladderOrders } from '../setup/index.ts';
import { DepthMaker } from './depthMaker.ts';
import { codeOf, type Opening, rejectionSentence, signed } from './opening.ts';
import { orderAction } from './orders.ts';
import { type Holder, takePositions } from './takePositions.ts';

/** What stands at time 0. */
export interface SetUp {
  readonly makers: readonly DepthMaker[];
  /** Ids of the accounts of each agent, in its own order. */
  readonly agentAccounts: readonly (readonly number[])[];
  /** Positions that margin did not allow as large as a population wanted. */
  readonly shrunkCount: number;
}

/** A ladder that follows the price is filled more than once: it gets money for so many times. */
const REQUOTES = 4n;

/** Opens accounts, positions, pools and books, all by commands. Spec: scenario 10. */
export function setUp(
  opening: Opening,
  crowd: { readonly populations: readonly ExpandedPopulation[]; readonly agents: readonly Agent[] },
): SetUp {
  const { scenario } = opening;
  const holders: Holder[] = [
    ...scenario.accounts.map((account) => ({ account, mayShrink: false })),
    ...crowd.populations.flatMap((population) =>
      population.accounts.map((account) => ({ account, mayShrink: true })),
    ),
  ];
  opening.list();
  opening.open(holders.map((holder) => holder.account));
  const shrunkCount = takePositions(opening, holders);
  fundPools(opening);
  const makers = scenario.depth.map((depth) => openMaker(opening, depth));
  const agentAccounts = crowd.agents.map((agent) => openAgent(opening, agent));
  restOrders(opening);
  for (const maker of makers) opening.step(() => maker.act(0));
  opening.close(scenario.intervalMs);
  return { makers, agentAccounts, shrunkCount };
}

function fundPools(opening: Opening): void {
  const { shared, instruments } = opening.scenario.pools;
  const pools = [
    { instrument: 0, amount: shared },
    ...instruments.map(({ instrument, amount }) => ({
      instrument: opening.directory.instrument(instrument) as number,
      amount,
    })),
  ].filter(({ amount }) => amount > 0n);
  if (pools.length === 0) return;
  const total = pools.reduce((sum, { amount }) => sum + amount, 0n);
  const account = opening.openOwn('(pools)', total);
  opening.send(() =>
    pools.map((pool) => signed(opening, account, [{ kind: 'fundPool', ...pool }])),
  );
}

function openMaker(opening: Opening, depth: ScenarioDepth): DepthMaker {
  const { host, directory } = opening;
  const instrument = directory.instrument(depth.instrument) as number;
  const named = depth.account === null ? undefined : directory.account(depth.account);
  if (named !== undefined) return new DepthMaker(depth, { host, directory, account: named });
  const listing = directory.listing(instrument);
  const price = opening.priceOf(instrument);
  const orders =
    depth.ladder === null || price <= 0 ? [] : ladderOrders(depth.ladder, price, listing);
  const times = depth.requoteEveryMs === null ? 1n : REQUOTES;
  const funds = ladderFunding(orders, listing) * times;
  const account = opening.openOwn(`(depth of ${depth.instrument})`, funds);
  return new DepthMaker(depth, { host, directory, account });
}

function openAgent(opening: Opening, agent: Agent): number[] {
  return (agent.accounts ?? []).map(({ balances }, at) => {
    const name = `(${agent.name}/${at})`;
    const entries = Object.entries(balances).map(([asset, amount]) => ({ asset, amount }));
    opening.open([{ name, owner: name, balances: entries }]);
    return opening.directory.account(name) as number;
  });
}

function restOrders(opening: Opening): void {
  opening.scenario.orders.forEach((order, at) => {
    const { side, lots, price } = order;
    const account = opening.directory.account(order.account) as number;
    const instrument = opening.directory.instrument(order.instrument) as number;
    const applied = opening.step((): OpenedCommand[] => [
      signed(opening, account, [orderAction({ instrument, side, lots, price })]),
    ]);
    const code = codeOf(applied.results[0]);
    if (code !== 0) {
      opening.fail(
        `/orders/${at}`,
        `the machine refuses the order: ${code}, ${rejectionSentence(code)}`,
      );
    }
  });
}
