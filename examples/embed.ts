// The machine embedded: alice buys bitcoin from bob on margin, the price falls, alice is
// liquidated.
import { type Action, type Address, applyBlock, createMachine, type Event } from '@plimsoll/core';
import { alice, authorities, bob, deposit, listing, observation, order } from './market.ts';

const settlement = { name: 'USDC', decimals: 6 };
const parameters = { listingNoticeMs: 0 };
export const machine = createMachine({ timeMs: 0, authorities, settlement, parameters });
export const events: Event[] = [];
let height = 0;

/** A block every ten seconds: what bitcoin costs, and what somebody sends. */
function block(price: number, signer?: Address, ...actions: Action[]): void {
  const timeMs = ++height * 10_000;
  const observations = [observation(price, timeMs)];
  const account = signer === alice ? 1 : signer === bob ? 2 : 0;
  const sent = { account, nonce: height, expiresMs: timeMs + 1_000, actions };
  const commands = signer === undefined ? [] : [{ signer, ...sent }];
  const outcome = applyBlock(machine, { height, timeMs, version: 1, observations, commands });
  for (const { code } of outcome.refusals) throw new Error(`refused with ${code}`);
  events.push(...outcome.events);
}

const { admin, custodian } = authorities;
block(6_000_000, admin, ...listing);
block(6_000_000, custodian, deposit(1, alice, 10_000_000_000n), deposit(2, bob, 10n ** 11n));
for (let aggregates = 0; aggregates < 4; aggregates++) block(6_000_000);
block(6_000_000, bob, order('sell', 6_000_000));
block(6_000_000, alice, order('buy', 6_000_000)); // 120,000 dollars on 10,000
block(6_000_000, bob, order('buy', 5_700_000)); // bob would take them back 5 % lower
for (let price = 5_950_000; price >= 5_600_000; price -= 10_000) block(price);
for (const event of events) if (!/Updated|Changed/.test(event.kind)) console.log(event);
