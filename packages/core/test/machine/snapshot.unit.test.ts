import { expect, test } from 'vitest';
import {
  applyBlock,
  createMachine,
  hex,
  limitsFor,
  type Machine,
  restore,
  rootNow,
  snapshot,
} from '../../src/machine/index.ts';
import type { Address, OpenedCommand } from '../../src/schema/index.ts';

const ADMIN: Address = `0x${'a1'.repeat(20)}`;
const GUARDIAN: Address = `0x${'a2'.repeat(20)}`;
const CUSTODIAN: Address = `0x${'a3'.repeat(20)}`;
const limits = limitsFor({ accounts: 20_000, orders: 1_024 });

function deposit(sequence: number): OpenedCommand {
  const owner: Address = `0x${sequence.toString(16).padStart(40, '0')}`;
  const amount = 1_000_000_000n + BigInt(sequence);
  return {
    signer: CUSTODIAN,
    account: 0,
    nonce: sequence,
    expiresMs: 60_000,
    actions: [{ kind: 'deposit', chain: 0, sequence, owner, account: 0, asset: 1, amount }],
  };
}

function machineWith(accounts: number): Machine {
  const machine = createMachine({
    timeMs: 0,
    authorities: { admin: ADMIN, guardian: GUARDIAN, custodian: CUSTODIAN },
    settlement: { name: 'USDC', decimals: 6 },
    limits,
  });
  const commands = Array.from({ length: accounts }, (_, i) => deposit(i + 1));
  const block = { height: 1, timeMs: 1, version: 1, observations: [], commands };
  expect(applyBlock(machine, block).refusals).toEqual([]);
  return machine;
}

test('a snapshot of more than a mebibyte is whole: its buffer grew several times on the way', () => {
  const machine = machineWith(20_000);
  const bytes = snapshot(machine);
  expect(bytes.length).toBeGreaterThan(2 * 2 ** 20);
  const restored = restore(bytes, limits);
  expect(hex(rootNow(restored).root)).toBe(hex(rootNow(machine).root));
  expect(Buffer.compare(snapshot(restored), bytes)).toBe(0);
});
