import { ACCOUNTS, approvals, cast, listing, openings, order, PRICE } from './cast.ts';
import { HttpDoor } from './httpDoor.ts';
import type { Seals } from './lawful.ts';
import type { NodeProcess } from './nodeProcess.ts';
import { sleep } from './stage.ts';

/** Blocks with a price that a market needs before it takes orders, a second apart. */
const PRICES = 4;

/**
 * Lists the market, opens all accounts, gives it prices, and the victim its agents and an order.
 */
export async function setUp(node: NodeProcess, seals: Seals): Promise<void> {
  const http = new HttpDoor({ port: node.port, from: '127.0.0.1', socketsMax: 1 });
  const { admin, custodian, publisher, victim } = cast;
  const send = async (sealing: Parameters<Seals['lawfully']>[0]): Promise<void> => {
    const answer = await http.submit(seals.lawfully(sealing));
    if (answer !== 'receipt') throw new Error(`the market cannot be set up: ${answer}`);
  };
  await send({ signer: admin, account: 0, actions: listing() });
  for (const actions of openings()) await send({ signer: custodian, account: 0, actions });
  const account = ACCOUNTS.victim;
  await send({ signer: victim, account, actions: approvals(Date.now()) });
  for (let i = 0; i < PRICES; i++) {
    const timeMs = Date.now();
    const price = { underlying: 1, source: 0, price: BigInt(PRICE), confidence: 0n, timeMs };
    const answer = await http.publish(seals.lawfulPrices(publisher, [price]));
    if (answer !== 'published') throw new Error(`a price is not taken: ${answer}`);
    await sleep(1_000);
  }
  await send({ signer: victim, account, actions: [order('buy', PRICE - 200_000)] });
  http.close();
}

/** What the victim has: no attack may change a letter of it. */
export async function victimOf(node: NodeProcess): Promise<string> {
  const { account, balances, positions, orders } = await node.read<{
    readonly account: { readonly agents: unknown; readonly nonceHigh: number };
    readonly balances: readonly { readonly asset: string; readonly amount: unknown }[];
    readonly positions: unknown;
    readonly orders: unknown;
  }>(`/v1/accounts/${ACCOUNTS.victim}`);
  const { agents, nonceHigh } = account;
  const amounts = balances.map(({ asset, amount }) => ({ asset, amount }));
  return JSON.stringify({ amounts, positions, orders, agents, nonceHigh });
}
