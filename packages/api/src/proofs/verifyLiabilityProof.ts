import type { Hex } from '../network.ts';
import { refuseProof } from './errors.ts';
import { isSameBytes } from './hashing.ts';
import {
  type AmountName,
  depthOf,
  isEmpty,
  LINE_AMOUNTS,
  type LineFigures,
  leafNode,
  lineGap,
  parentNode,
  rootOfLines,
  SIGNED_AMOUNTS,
  type SumNode,
} from './liabilityLine.ts';
import {
  type Fields,
  readCount,
  readHex,
  readInteger,
  readList,
  readObject,
} from './readFields.ts';

const ASSETS_MAX = 1_024;
const SIBLINGS_MAX = 53;
const LINE_FIELDS = ['asset', 'tree', ...LINE_AMOUNTS];

/** What a checkpoint that was verified says. Amounts in asset units. */
export interface VerifiedLiabilities {
  readonly height: number;
  readonly timeMs: number;
  readonly accounts: number;
  readonly root: Hex;
  readonly stateRoot: Hex;
  /** One per asset, from 1. */
  readonly lines: readonly ({ readonly asset: number } & { readonly [A in AmountName]: bigint })[];
}

/** …and what it says of one account, which is part of the sums. */
export interface VerifiedAccountLiabilities extends VerifiedLiabilities {
  readonly account: number;
  readonly balances: readonly {
    readonly asset: number;
    readonly claims: bigint;
    readonly debts: bigint;
  }[];
}

/**
 * Checks that the lines of a checkpoint add up, asset by asset, and are under its root. Compare
 * `root` with what others were given: two roots of one height are proof of fraud. Spec: liabilities
 * 6.
 *
 * @param json what `/v1/liabilities` returns as `root`.
 * @throws InvalidProofError naming what does not hold.
 */
export function verifyLiabilityRoot(json: unknown): VerifiedLiabilities {
  const { lines, facts, root, stateRoot } = readCheckpoint(json, 'root');
  return {
    ...facts,
    root,
    stateRoot,
    lines: lines.map(({ asset, amounts }) => ({ asset, ...amounts })),
  };
}

/**
 * Checks that an account's claims and debts, in every asset, are in the sums of a checkpoint, and
 * that the checkpoint adds up. Spec: liabilities 6.
 *
 * @param json what `/v1/accounts/:account/liability-proof` returns as `proof`.
 * @throws InvalidProofError naming what does not hold.
 */
export function verifyLiabilityProof(json: unknown): VerifiedAccountLiabilities {
  const proof = readObject(json, 'proof', ['account', 'checkpoint', 'leaves']);
  const account = readCount(proof.account, 'account');
  const checkpoint = readCheckpoint(proof.checkpoint, 'checkpoint');
  const { accounts } = checkpoint.facts;
  if (account < 1 || account > accounts) refuseProof('account', `is not in 1 to ${accounts}`);
  const leaves = readList(proof.leaves, 'leaves', ASSETS_MAX);
  if (leaves.length !== checkpoint.lines.length) refuseProof('leaves', 'are not one per asset');
  const depth = depthOf(accounts);
  const balances = checkpoint.lines.map((line, i) =>
    verifyLeaf(leaves[i], line, { account, depth, place: `leaves[${i}]` }),
  );
  return { ...verifyLiabilityRoot(proof.checkpoint), account, balances };
}

function verifyLeaf(
  json: unknown,
  line: LineFigures,
  of: { readonly account: number; readonly depth: number; readonly place: string },
): { asset: number; claims: bigint; debts: bigint } {
  const { account, depth, place } = of;
  const leaf = readObject(json, place, ['asset', 'claims', 'debts', 'siblings']);
  const asset = readCount(leaf.asset, `${place}.asset`);
  if (asset !== line.asset) refuseProof(`${place}.asset`, `is not ${line.asset}`);
  const claims = readInteger(leaf.claims, `${place}.claims`);
  const debts = readInteger(leaf.debts, `${place}.debts`);
  const siblings = readList(leaf.siblings, `${place}.siblings`, SIBLINGS_MAX);
  if (siblings.length !== depth) refuseProof(`${place}.siblings`, `are not ${depth}`);
  let node = leafNode({ account, asset, claims, debts });
  let index = account;
  siblings.forEach((each, level) => {
    const sibling = readSibling(each, `${place}.siblings[${level}]`);
    node = index % 2 === 0 ? parentNode(node, sibling) : parentNode(sibling, node);
    index = Math.floor(index / 2);
  });
  const { amounts } = line;
  if (!isSameBytes(node.hash, line.tree)) refuseProof(place, "does not lead to the line's tree");
  if (node.claims !== amounts.claims || node.debts !== amounts.debts) {
    refuseProof(place, 'does not lead to the sums of its line');
  }
  return { asset, claims, debts };
}

function readSibling(json: unknown, place: string): SumNode {
  const fields = readObject(json, place, ['hash', 'claims', 'debts']);
  const node: SumNode = {
    hash: readHex(fields.hash, `${place}.hash`, 32),
    claims: readInteger(fields.claims, `${place}.claims`),
    debts: readInteger(fields.debts, `${place}.debts`),
  };
  const isZero = node.hash.every((byte) => byte === 0);
  if (isZero && !isEmpty(node)) refuseProof(place, 'has sums without anybody under it');
  return node;
}

interface Checkpoint {
  readonly facts: { readonly height: number; readonly timeMs: number; readonly accounts: number };
  readonly lines: readonly LineFigures[];
  readonly root: Hex;
  readonly stateRoot: Hex;
}

function readCheckpoint(json: unknown, place: string): Checkpoint {
  const names = ['height', 'timeMs', 'accounts', 'stateRoot', 'lines', 'root'];
  const fields = readObject(json, place, names);
  const facts = {
    height: readCount(fields.height, `${place}.height`),
    timeMs: readCount(fields.timeMs, `${place}.timeMs`),
    accounts: readCount(fields.accounts, `${place}.accounts`),
  };
  const stateRoot = readHex(fields.stateRoot, `${place}.stateRoot`, 32);
  const root = readHex(fields.root, `${place}.root`, 32);
  const lines = readList(fields.lines, `${place}.lines`, ASSETS_MAX).map((each, i) =>
    readLine(each, { asset: i + 1, place: `${place}.lines[${i}]` }),
  );
  if (!isSameBytes(root, rootOfLines({ ...facts, stateRoot }, lines))) {
    refuseProof(`${place}.root`, 'is not that of its lines');
  }
  // Hex that was read is hex: the texts can be given on.
  return { facts, lines, root: fields.root as Hex, stateRoot: fields.stateRoot as Hex };
}

function readLine(
  json: unknown,
  of: { readonly asset: number; readonly place: string },
): LineFigures {
  const { place } = of;
  const fields: Fields = readObject(json, place, LINE_FIELDS);
  const asset = readCount(fields.asset, `${place}.asset`);
  if (asset !== of.asset) refuseProof(`${place}.asset`, `is not ${of.asset}`);
  const amounts = Object.fromEntries(
    LINE_AMOUNTS.map((name) => [
      name,
      readInteger(fields[name], `${place}.${name}`, SIGNED_AMOUNTS.has(name)),
    ]),
  ) as LineFigures['amounts'];
  const line = { asset, tree: readHex(fields.tree, `${place}.tree`, 32), amounts };
  const gap = lineGap(line);
  if (gap !== 0n) refuseProof(place, `does not add up: there is ${gap} more than is claimed`);
  return line;
}
