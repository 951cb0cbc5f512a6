import { type Action, type ActionOf, assetParameters } from '@plimsoll/core/schema';
import {
  ADMIN,
  addressOfKey,
  Chain,
  CUSTODIAN,
  networkFile,
  order,
  traderKey,
} from '../fixtures/chain.ts';

export const TRADERS = 6;
const PRICE = 1_000_000;

const open = { parameter: assetParameters.isLendingOpen.id, value: 1n };

/** Two assets that are lent, six accounts that hold both, and a maker with orders: account 1. */
export function lendingChain(): Chain {
  const network = networkFile();
  const { genesis } = network;
  const settlement = { ...genesis.settlement, parameters: { isLendingOpen: 1 } };
  const chain = new Chain({ network: { ...network, genesis: { ...genesis, settlement } } });
  chain.open(TRADERS);
  const accounts = Array.from({ length: TRADERS }, (_, i) => i + 1);
  accept(chain, [chain.command(ADMIN, 0, [listing])]);
  accept(
    chain,
    accounts.map((account) => chain.command(CUSTODIAN, 0, [bitcoin(account)])),
  );
  const supplies = [1, 2].map((asset) =>
    sent(chain, asset, { kind: 'supply', asset, amount: 300_000_000n }),
  );
  accept(chain, [...supplies, sent(chain, 1, order('sell', 3, PRICE + 9_000))]);
  return chain;
}

/** One more block of what a choice says; some of it is refused. */
export function lend(chain: Chain, choice: number): void {
  const account = 1 + (choice % TRADERS);
  const amount = BigInt(1 + choice);
  const actions: readonly Action[] = [
    { kind: 'supply', asset: 1 + (choice % 2), amount: amount * 7_777n },
    { kind: 'borrow', asset: 2, amount: amount * 333n },
    order(choice % 3 === 0 ? 'sell' : 'buy', 1 + (choice % 90), PRICE),
    { kind: 'withdraw', asset: 1, amount: amount * 10_000_001n, chain: 0, destination },
    { kind: 'redeem', asset: 1, amount },
  ];
  const price = PRICE + (choice % 100);
  const elapsedMs = 1_000 + choice * 20;
  const command = sent(chain, account, actions[choice % 5] as Action);
  chain.next({ elapsedMs, price, commands: [command, chain.deposit(50 + (choice % 100))] });
}

const destination = addressOfKey(9);

function bitcoin(account: number): ActionOf<'deposit'> {
  const owner = addressOfKey(traderKey(account));
  return {
    kind: 'deposit',
    chain: 1,
    sequence: account,
    owner,
    account,
    asset: 2,
    amount: 900_000_000n,
  };
}

const listing: Action = {
  kind: 'listAsset',
  name: 'BTC',
  decimals: 8,
  underlying: 1,
  valueNumerator: 1,
  valueDenominator: 10_000,
  parameters: [open, { parameter: assetParameters.depositMin.id, value: 0n }],
};

function sent(chain: Chain, account: number, action: Action) {
  return chain.command(traderKey(account), account, [action]);
}

function accept(chain: Chain, commands: readonly ReturnType<typeof sent>[]): void {
  const { outcome } = chain.next({ elapsedMs: 1_000, price: PRICE, commands });
  const refusal = outcome.refusals[0];
  if (refusal !== undefined) throw new Error(`refused: ${refusal.command} ${refusal.code}`);
}
