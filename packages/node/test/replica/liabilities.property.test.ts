import { createHash } from 'node:crypto';
import {
  depthOf,
  EMPTY_NODE,
  InvalidProofError,
  leafNode,
  parentNode,
  type SumNode,
  verifyAccountProof,
  verifyLiabilityProof,
  verifyLiabilityRoot,
} from '@plimsoll/api/proofs';
import { hexOfBytes } from '@plimsoll/api/signing';
import { conservationErrors, debtOf, suppliedOf } from '@plimsoll/core/ledger';
import { hashPairsPortable, type Machine, rootNow } from '@plimsoll/core/machine';
import { findBalance } from '@plimsoll/core/state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import { proveLiabilities, takeCheckpoint } from '../../src/replica/liabilities/index.ts';
import { proofReader } from '../../src/replica/proofs.ts';
import type { Chain } from '../fixtures/chain.ts';
import { lend, lendingChain, TRADERS } from './lendingChain.ts';

const pause = () => Promise.resolve();
const RUNS = { numRuns: 8 };

/** A chain with loans, positions, withdrawals in flight, and prices that moved. */
function chainOf(choices: readonly number[]): Chain {
  const chain = lendingChain();
  for (const choice of choices) lend(chain, choice);
  return chain;
}

const MAKER = 1;
const worlds = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 });

function balanceOf(machine: Machine, account: number, asset: number) {
  const { state } = machine;
  const row = findBalance(state, account, asset);
  const amount = row < 0 ? 0n : state.balances.amount.get(row);
  return {
    claims: amount + suppliedOf(state, account, asset),
    debts: debtOf(state, account, asset),
  };
}

/** The tree as the rules say it, node by node. */
function plainRoot(machine: Machine, asset: number): SumNode {
  const accounts = machine.state.machine.accountCount.get(0);
  let nodes: SumNode[] = Array.from({ length: 2 ** depthOf(accounts) }, (_, account) =>
    account >= 1 && account <= accounts
      ? leafNode({ account, asset, ...balanceOf(machine, account, asset) })
      : EMPTY_NODE,
  );
  while (nodes.length > 1) {
    nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
      parentNode(nodes[2 * i] as SumNode, nodes[2 * i + 1] as SumNode),
    );
  }
  return nodes[0] as SumNode;
}

describe('the liability tree', () => {
  test('is that of the rules, node by node, with either hash function', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (choices) => {
        const { machine } = chainOf(choices);
        const options = { hashPairs: hashPairsNative, pause };
        const { published } = await takeCheckpoint(machine, options);
        const portable = { hashPairs: hashPairsPortable, pause };
        expect((await takeCheckpoint(machine, portable)).published).toEqual(published);
        for (const line of published.lines) {
          const { hash, claims, debts } = plainRoot(machine, line.asset);
          expect(line.tree).toBe(hexOfBytes(hash));
          expect([line.claims, line.debts]).toEqual([claims.toString(), debts.toString()]);
        }
      }),
      RUNS,
    );
  });

  test('adds up to what the ledger conserves, and every account is in it', async () => {
    let debtors = 0;
    await fc.assert(
      fc.asyncProperty(worlds, async (choices) => {
        const { machine } = chainOf(choices);
        const { state } = machine;
        expect(conservationErrors(state)).toEqual([]);
        const checkpoint = await takeCheckpoint(machine, { hashPairs: hashPairsNative, pause });
        const root = verifyLiabilityRoot(checkpoint.published);
        expect(root.stateRoot).toBe(hexOfBytes(rootNow(machine).root));
        root.lines.forEach((line) => {
          expect(line.custody).toBe(state.assets.custody.get(line.asset));
          expect(line.inFlight).toBe(state.assets.inFlight.get(line.asset));
          // A unit at most per account that lends or owes, and the virtual shares.
          expect(line.roundings).toBeLessThan(1_000n);
        });
        const sums = root.lines.map(() => ({ claims: 0n, debts: 0n }));
        for (let account = 1; account <= root.accounts; account++) {
          const json = JSON.parse(JSON.stringify(proveLiabilities(checkpoint, account)));
          const verified = verifyLiabilityProof(json);
          expect(verified).toMatchObject({ account, root: root.root, height: root.height });
          verified.balances.forEach(({ asset, claims, debts }, i) => {
            expect({ claims, debts }).toEqual(balanceOf(machine, account, asset));
            const sum = sums[i] as (typeof sums)[number];
            sum.claims += claims;
            sum.debts += debts;
            if (debts > 0n) debtors += 1;
          });
        }
        expect(sums).toEqual(root.lines.map(({ claims, debts }) => ({ claims, debts })));
      }),
      RUNS,
    );
    expect(debtors).toBeGreaterThan(0);
  });

  test('is of one state, however the machine goes on while it is built', async () => {
    const chain = chainOf([5, 77, 300]);
    const still = await takeCheckpoint(chain.machine, { hashPairs: hashPairsNative, pause });
    let blocks = 0;
    const busy = await takeCheckpoint(chain.machine, {
      hashPairs: hashPairsNative,
      pause: () => {
        blocks += 1;
        if (blocks < 20) chain.next({ commands: [chain.deposit(TRADERS + blocks)] });
        return Promise.resolve();
      },
    });
    expect(blocks).toBeGreaterThan(3);
    expect(busy.published).toEqual(still.published);
  });

  test('proves nothing of an account that is younger or does not exist', async () => {
    const chain = chainOf([1]);
    const checkpoint = await takeCheckpoint(chain.machine, { hashPairs: hashPairsNative, pause });
    const { accounts } = checkpoint.published;
    expect(proveLiabilities(checkpoint, accounts)).toBeDefined();
    for (const account of [0, -1, accounts + 1, 1.5, Number.NaN]) {
      expect(proveLiabilities(checkpoint, account)).toBeUndefined();
    }
  });
});

/** Every value of a JSON, changed in every way that keeps or breaks its type. */
function* alterationsOf(json: unknown): Generator<[place: string, altered: unknown]> {
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) {
      for (const [place, each] of alterationsOf(json[i])) {
        yield [`[${i}]${place}`, json.map((old, at) => (at === i ? each : old))];
      }
    }
    yield ['[+]', [...json, json[0] ?? '0x00']];
    if (json.length > 0) yield ['[-]', json.slice(0, -1)];
    return;
  }
  if (typeof json === 'object' && json !== null) {
    for (const [name, value] of Object.entries(json)) {
      for (const [place, each] of alterationsOf(value)) {
        yield [`.${name}${place}`, { ...json, [name]: each }];
      }
      yield [`.${name}-`, Object.fromEntries(Object.entries(json).filter(([n]) => n !== name))];
    }
    yield ['.more', { ...json, more: 1 }];
    return;
  }
  if (typeof json === 'number') for (const by of [1, -1, 2 ** 32, 0.5]) yield ['', json + by];
  if (typeof json === 'string') yield* alterationsOfText(json);
  for (const other of [null, '', 0, [], {}]) if (other !== json) yield ['', other];
}

function* alterationsOfText(text: string): Generator<[string, unknown]> {
  if (!text.startsWith('0x')) {
    const value = BigInt(text);
    for (const each of [
      value + 1n,
      value - 1n,
      -value - 1n,
      value + 2n ** 64n,
      value + 2n ** 128n,
    ]) {
      yield ['', each.toString()];
    }
    yield ['', `0${text}`];
    yield ['', Number(text)];
    return;
  }
  for (let at = 2; at < text.length; at += Math.max(1, Math.floor(text.length / 9))) {
    const digit = text[at] === '0' ? '1' : '0';
    yield ['', text.slice(0, at) + digit + text.slice(at + 1)];
  }
  yield ['', `${text}00`];
  yield ['', text.slice(0, -2)];
  yield ['', text.replace('0x', '')];
}

function expectAllRefused(json: unknown, verify: (json: unknown) => unknown): number {
  expect(() => verify(json)).not.toThrow();
  let tried = 0;
  for (const [place, altered] of alterationsOf(json)) {
    tried += 1;
    let refusal: unknown;
    try {
      verify(altered);
    } catch (error) {
      refusal = error;
    }
    if (!(refusal instanceof InvalidProofError)) {
      throw new Error(`${place} was altered and not refused properly: ${String(refusal)}`);
    }
  }
  return tried;
}

describe('a proof in which any field is altered is refused', () => {
  test('of liabilities, and of the published root', async () => {
    const { machine } = chainOf([3, 141, 592]);
    const checkpoint = await takeCheckpoint(machine, { hashPairs: hashPairsNative, pause });
    const proof = JSON.parse(JSON.stringify(proveLiabilities(checkpoint, 4)));
    expect(expectAllRefused(proof, verifyLiabilityProof)).toBeGreaterThan(500);
    expect(expectAllRefused(proof.checkpoint, verifyLiabilityRoot)).toBeGreaterThan(100);
  });

  test('of an account against the state root, and the rows that it reads are the account', () => {
    const { machine } = chainOf([3, 141, 592]);
    const { state } = machine;
    const reader = proofReader(machine, () => undefined);
    const proof = JSON.parse(JSON.stringify(reader.accountProof(MAKER)));
    const verified = verifyAccountProof(proof);
    expect(verified).toMatchObject({
      account: MAKER,
      height: state.machine.height.get(0),
      timeMs: state.machine.timeMs.get(0),
      root: hexOfBytes(rootNow(machine).root),
    });
    const row = findBalance(state, MAKER, 1);
    expect(verified.balances[0]).toMatchObject({
      asset: 1,
      amount: state.balances.amount.get(row),
    });
    expect(verified.orders.length).toBe(state.accounts.orderCount.get(MAKER));
    expect(verified.orders.length).toBeGreaterThan(0);
    expect(verified.positions.length).toBe(state.accounts.positionCount.get(MAKER));
    expect(expectAllRefused(proof, verifyAccountProof)).toBeGreaterThan(100);
    expect(reader.accountProof(9_999)).toBeUndefined();
    expect(reader.liabilityRoot()).toBeUndefined();
    expect(reader.liabilityProof(1)).toBeUndefined();
  });

  test('and two accounts cannot stand for one leaf', async () => {
    const { machine } = chainOf([3]);
    const checkpoint = await takeCheckpoint(machine, { hashPairs: hashPairsNative, pause });
    const one = proveLiabilities(checkpoint, 1);
    const two = proveLiabilities(checkpoint, 2);
    expect(() => verifyLiabilityProof({ ...two, leaves: one?.leaves })).toThrow(InvalidProofError);
    expect(() => verifyLiabilityProof({ ...one, account: 2 })).toThrow(InvalidProofError);
  });
});

test('the hash of the tree is plain SHA-256', () => {
  const leaf = leafNode({ account: 1, asset: 1, claims: 5n, debts: 3n });
  const chunk = Buffer.alloc(64);
  chunk.writeUInt32LE(1, 0);
  chunk.writeUInt32LE(1, 4);
  chunk.writeBigUInt64LE(5n, 32);
  chunk.writeBigUInt64LE(3n, 48);
  expect(hexOfBytes(leaf.hash)).toBe(`0x${createHash('sha256').update(chunk).digest('hex')}`);
});
