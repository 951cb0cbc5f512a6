// The figure of docs/spec/liabilities.md, made here from plain SHA-256 and nothing of the package,
// and checked by what the package exports.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  depthOf,
  InvalidProofError,
  verifyLiabilityProof,
  verifyLiabilityRoot,
} from '../../src/proofs/index.ts';

const page = fileURLToPath(new URL('../../../../docs/spec/liabilities.md', import.meta.url));
const block = /```json liabilities\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'));
const figure = JSON.parse(block?.[1] ?? '') as {
  accounts: { claims: string; debts: string }[];
  line: Record<string, string>;
  height: number;
  timeMs: number;
  stateRoot: string;
  expect: { claims: string; debts: string; siblingsOf2: number; tree: string; root: string };
};

interface Node {
  readonly hash: Buffer;
  readonly claims: bigint;
  readonly debts: bigint;
}

const H = (...parts: Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hex = (bytes: Buffer): string => `0x${bytes.toString('hex')}`;
const int16 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 0);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value >> 64n), 8);
  return bytes;
};
const EMPTY: Node = { hash: Buffer.alloc(32), claims: 0n, debts: 0n };

function leaf(account: number, claims: bigint, debts: bigint): Node {
  if (claims === 0n && debts === 0n) return EMPTY;
  const head = Buffer.alloc(32);
  head.writeUInt32LE(account, 0);
  head.writeUInt32LE(1, 4);
  return { hash: H(head, int16(claims), int16(debts)), claims, debts };
}

function above(a: Node, b: Node): Node {
  if (a === EMPTY && b === EMPTY) return EMPTY;
  const sums = H(int16(a.claims), int16(a.debts), int16(b.claims), int16(b.debts));
  const hash = H(H(a.hash, b.hash), sums);
  return { hash, claims: a.claims + b.claims, debts: a.debts + b.debts };
}

function made() {
  const leaves = figure.accounts.map(({ claims, debts }, i) =>
    leaf(i + 1, BigInt(claims), BigInt(debts)),
  );
  const levels = [[EMPTY, ...leaves]];
  while ((levels.at(-1) as Node[]).length > 1) {
    const below = levels.at(-1) as Node[];
    levels.push(
      Array.from({ length: below.length / 2 }, (_, i) =>
        above(below[2 * i] as Node, below[2 * i + 1] as Node),
      ),
    );
  }
  const top = (levels.at(-1) as Node[])[0] as Node;
  const { custody, badDebt, entry, inFlight, fees, dust, pools, funding, roundings } = figure.line;
  const figures = [top.claims, top.debts].concat(
    [custody, badDebt, entry, inFlight, fees, dust, pools, funding, roundings].map((each) =>
      BigInt(each as string),
    ),
  );
  const head = Buffer.alloc(32);
  head.writeUInt32LE(1, 0);
  const bytes = Buffer.concat([head, top.hash, ...figures.map(int16), Buffer.alloc(16)]);
  const [a, b, c, d] = [0, 64, 128, 192].map((at) => H(bytes.subarray(at, at + 64)));
  const line = H(H(a as Buffer, b as Buffer), H(c as Buffer, d as Buffer));
  const meta = Buffer.alloc(64);
  meta.writeUInt32LE(1, 0);
  meta.writeUInt32LE(1, 4);
  meta.writeDoubleLE(figure.height, 8);
  meta.writeDoubleLE(figure.timeMs, 16);
  meta.writeDoubleLE(figure.accounts.length, 24);
  const root = H(H(meta), H(line, Buffer.from(figure.stateRoot.slice(2), 'hex')));
  const checkpoint = {
    height: figure.height,
    timeMs: figure.timeMs,
    accounts: figure.accounts.length,
    stateRoot: figure.stateRoot,
    lines: [
      {
        asset: 1,
        tree: hex(top.hash),
        claims: top.claims.toString(),
        debts: top.debts.toString(),
        ...figure.line,
      },
    ],
    root: hex(root),
  };
  return { levels, checkpoint };
}

function proofOf(account: number) {
  const { levels, checkpoint } = made();
  const siblings = levels.slice(0, -1).map((nodes, level) => {
    const node = nodes[(account >> level) ^ 1] as Node;
    const { claims, debts } = node;
    return { hash: hex(node.hash), claims: claims.toString(), debts: debts.toString() };
  });
  const { claims, debts } = figure.accounts[account - 1] as { claims: string; debts: string };
  return { account, checkpoint, leaves: [{ asset: 1, claims, debts, siblings }] };
}

test('the figure of the page is what its rules give', () => {
  const { checkpoint } = made();
  const [line] = checkpoint.lines;
  expect({ claims: line?.claims, debts: line?.debts, tree: line?.tree }).toEqual({
    claims: figure.expect.claims,
    debts: figure.expect.debts,
    tree: figure.expect.tree,
  });
  expect(checkpoint.root).toBe(figure.expect.root);
  expect(proofOf(2).leaves[0]?.siblings).toHaveLength(figure.expect.siblingsOf2);
});

test('the verifier takes the figure, for every account, one without a balance too', () => {
  expect(verifyLiabilityRoot(made().checkpoint)).toMatchObject({ root: figure.expect.root });
  figure.accounts.forEach(({ claims, debts }, i) => {
    expect(verifyLiabilityProof(proofOf(i + 1)).balances).toEqual([
      { asset: 1, claims: BigInt(claims), debts: BigInt(debts) },
    ]);
  });
});

test('a line that does not add up is refused', () => {
  const { checkpoint } = made();
  const line = { ...checkpoint.lines[0], custody: '149' };
  expect(() => verifyLiabilityRoot({ ...checkpoint, lines: [line] })).toThrow(InvalidProofError);
});

test('the tree is as deep as the numbers of accounts need', () => {
  expect([0, 1, 2, 3, 4, 7, 8, 1_000_000].map(depthOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 20]);
});

test.each([[null], [undefined], [5], ['proof'], [[]], [{}], [{ account: 1, checkpoint: {} }]])(
  'what is no proof is refused as one that does not hold: %j',
  (json) => {
    expect(() => verifyLiabilityProof(json)).toThrow(InvalidProofError);
  },
);
