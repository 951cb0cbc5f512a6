import { sha256 } from '@noble/hashes/sha2.js';
import type { Hex } from '../network.ts';
import { foldChunks, foldNodes, hashTwo } from './hashing.ts';

/**
 * The sums of one asset at a checkpoint, in asset units as decimal strings, all at least 0 but
 * `entry` and `funding`. They satisfy custody + debts + badDebt + entry
 * = claims + inFlight + fees + dust + pools + funding + roundings.
 * Spec: liabilities 4.
 */
export interface LiabilityLine {
  readonly asset: number;
  /** Root of the asset's tree, which has the next two as its sums. */
  readonly tree: Hex;
  /** What accounts hold and have lent. */
  readonly claims: string;
  /** What accounts owe. */
  readonly debts: string;
  /** Held in vaults. */
  readonly custody: string;
  /** Losses nobody could pay. */
  readonly badDebt: string;
  /** Σ entry notionals of all positions that settle in the asset, signed. */
  readonly entry: string;
  /** Withdrawals that left accounts and are not out of custody. */
  readonly inFlight: string;
  readonly fees: string;
  readonly dust: string;
  /** Market pools and shared fund, with the collateral it bought. */
  readonly pools: string;
  /** Funding collected from positions less what was paid to positions, signed. */
  readonly funding: string;
  /** Claims are rounded down and debts up: what that leaves over. */
  readonly roundings: string;
}

/** What a checkpoint publishes. Spec: liabilities 5. */
export interface LiabilityRoot {
  /** The block whose state it is. */
  readonly height: number;
  /** Its time, milliseconds since 1970. */
  readonly timeMs: number;
  /** Accounts opened; their numbers are 1 to this. */
  readonly accounts: number;
  /** The state root of that block. */
  readonly stateRoot: Hex;
  /** One line per asset, from 1. */
  readonly lines: readonly LiabilityLine[];
  readonly root: Hex;
}

/** One account's claims and debts in one asset, and the nodes beside its path, from the leaf up. */
export interface LiabilityLeaf {
  readonly asset: number;
  readonly claims: string;
  readonly debts: string;
  readonly siblings: readonly LiabilityNode[];
}

export interface LiabilityNode {
  readonly hash: Hex;
  readonly claims: string;
  readonly debts: string;
}

/** What shows that an account's claims and debts are in the sums, in every asset. */
export interface LiabilityProof {
  readonly account: number;
  readonly checkpoint: LiabilityRoot;
  /** One per line of the checkpoint. */
  readonly leaves: readonly LiabilityLeaf[];
}

/** A node as the tree has it. */
export interface SumNode {
  readonly hash: Uint8Array;
  readonly claims: bigint;
  readonly debts: bigint;
}

export const EMPTY_NODE: SumNode = { hash: new Uint8Array(32), claims: 0n, debts: 0n };

/** Levels above the leaves: the least that gives every account number a place, 0 included. */
export function depthOf(accounts: number): number {
  let depth = 0;
  while (2 ** depth <= accounts) depth += 1;
  return depth;
}

/** Spec: liabilities 2. */
export function leafNode(leaf: {
  readonly account: number;
  readonly asset: number;
  readonly claims: bigint;
  readonly debts: bigint;
}): SumNode {
  const { account, asset, claims, debts } = leaf;
  if (claims === 0n && debts === 0n) return EMPTY_NODE;
  const chunk = new Uint8Array(64);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, account, true);
  view.setUint32(4, asset, true);
  putInteger(view, 32, claims);
  putInteger(view, 48, debts);
  return { hash: sha256(chunk), claims, debts };
}

/** Spec: liabilities 3. */
export function parentNode(left: SumNode, right: SumNode): SumNode {
  const claims = left.claims + right.claims;
  const debts = left.debts + right.debts;
  if (isEmpty(left) && isEmpty(right)) return EMPTY_NODE;
  const sums = new Uint8Array(64);
  const view = new DataView(sums.buffer);
  putInteger(view, 0, left.claims);
  putInteger(view, 16, left.debts);
  putInteger(view, 32, right.claims);
  putInteger(view, 48, right.debts);
  return { hash: hashTwo(hashTwo(left.hash, right.hash), sha256(sums)), claims, debts };
}

export function isEmpty(node: SumNode): boolean {
  return node.claims === 0n && node.debts === 0n && node.hash.every((byte) => byte === 0);
}

/** A line with its figures read. */
export interface LineFigures {
  readonly asset: number;
  readonly tree: Uint8Array;
  readonly amounts: { readonly [A in AmountName]: bigint };
}

/** In the order in which they stand in the bytes of a line. */
export const LINE_AMOUNTS = [
  'claims',
  'debts',
  'custody',
  'badDebt',
  'entry',
  'inFlight',
  'fees',
  'dust',
  'pools',
  'funding',
  'roundings',
] as const;
export type AmountName = (typeof LINE_AMOUNTS)[number];

/** Those that may be below 0. */
export const SIGNED_AMOUNTS: ReadonlySet<AmountName> = new Set(['entry', 'funding']);

/** 0 in a line that adds up. */
export function lineGap({ amounts }: Pick<LineFigures, 'amounts'>): bigint {
  const there = amounts.custody + amounts.debts + amounts.badDebt + amounts.entry;
  const { claims, inFlight, fees, dust, pools, funding, roundings } = amounts;
  return there - (claims + inFlight + fees + dust + pools + funding + roundings);
}

/** Spec: liabilities 4. */
function lineHash({ asset, tree, amounts }: LineFigures): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, asset, true);
  bytes.set(tree, 32);
  LINE_AMOUNTS.forEach((name, i) => {
    putInteger(view, 64 + i * 16, amounts[name]);
  });
  return foldChunks(bytes);
}

/** Spec: liabilities 5. */
export function rootOfLines(
  facts: {
    readonly height: number;
    readonly timeMs: number;
    readonly accounts: number;
    readonly stateRoot: Uint8Array;
  },
  lines: readonly LineFigures[],
): Uint8Array {
  const meta = new Uint8Array(64);
  const view = new DataView(meta.buffer);
  view.setUint32(0, 1, true);
  view.setUint32(4, lines.length, true);
  view.setFloat64(8, facts.height, true);
  view.setFloat64(16, facts.timeMs, true);
  view.setFloat64(24, facts.accounts, true);
  return hashTwo(sha256(meta), hashTwo(foldNodes(lines.map(lineHash)), facts.stateRoot));
}

/** 16 bytes, little-endian, two's complement. */
function putInteger(view: DataView, at: number, value: bigint): void {
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigInt64(at + 8, value >> 64n, true);
}
