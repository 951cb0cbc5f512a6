import {
  depthOf,
  LINE_AMOUNTS,
  type LiabilityLeaf,
  type LiabilityNode,
  type LiabilityProof,
  type LiabilityRoot,
  type LineFigures,
  lineGap,
  rootOfLines,
} from '@plimsoll/api/proofs';
import { hexOfBytes } from '@plimsoll/api/signing';
import { type HashPairs, type Machine, rootNow } from '@plimsoll/core/machine';
import { assert } from '@plimsoll/core/math';
import { type AssetLiabilities, collectLiabilities } from './collectLiabilities.ts';
import { buildSumTree, type NodeBytes, nodeAt, type SumTree, topNode } from './sumTree.ts';

const NO_HASH = new Uint8Array(32);

/** The liabilities of one state: published sums, and the trees that proofs are read from. */
export interface LiabilityCheckpoint {
  readonly published: LiabilityRoot;
  readonly trees: readonly SumTree[];
}

export interface CheckpointOptions {
  readonly hashPairs: HashPairs;
  /** Called between batches of hashes: where other work goes on. */
  readonly pause: () => Promise<void>;
}

/**
 * Copies the liabilities of the present state, then builds the trees from the copy while the
 * machine goes on. The lines are checked before they are published. Spec: liabilities 5.
 *
 * @throws InvariantError when an asset does not add up.
 */
export async function takeCheckpoint(
  machine: Machine,
  options: CheckpointOptions,
): Promise<LiabilityCheckpoint> {
  const { state } = machine;
  const stateRoot = rootNow(machine).root.slice();
  const facts = {
    height: state.machine.height.get(0),
    timeMs: state.machine.timeMs.get(0),
    accounts: state.machine.accountCount.get(0),
  };
  const depth = depthOf(facts.accounts);
  const trees: SumTree[] = [];
  const lines: LineFigures[] = [];
  for (const of of collectLiabilities(state)) {
    const tree = await buildSumTree(of.leaves, { ...options, asset: of.asset, depth });
    const line = lineOf(of, topNode(tree));
    const gap = lineGap(line);
    assert(gap === 0n, 'the liabilities of an asset add up', { asset: of.asset, gap });
    trees.push(tree);
    lines.push(line);
  }
  const root = rootOfLines({ ...facts, stateRoot }, lines);
  const published = {
    ...facts,
    stateRoot: hexOfBytes(stateRoot),
    lines: lines.map(publishedLine),
    root: hexOfBytes(root),
  };
  return { published, trees };
}

/**
 * What is lent is claimed rounded down, what is owed counted rounded up; the totals of the ledger
 * say what that leaves over. Nothing here is taken from the equation that it has to satisfy.
 */
function lineOf(of: AssetLiabilities, top: NodeBytes | undefined): LineFigures {
  const { claims, debts } = sumsOf(top);
  const roundings = of.supplyTotal - of.supplied + (debts - of.borrowTotal);
  return {
    asset: of.asset,
    tree: top?.hash ?? NO_HASH,
    amounts: { claims, debts, ...of.rest, roundings },
  };
}

function publishedLine({ asset, tree, amounts }: LineFigures): LiabilityRoot['lines'][number] {
  const texts = Object.fromEntries(LINE_AMOUNTS.map((name) => [name, amounts[name].toString()]));
  type Texts = { readonly [A in (typeof LINE_AMOUNTS)[number]]: string };
  return { asset, tree: hexOfBytes(tree), ...(texts as Texts) };
}

/** Undefined for an account that was opened after the checkpoint. Spec: liabilities 6. */
export function proveLiabilities(
  { published, trees }: LiabilityCheckpoint,
  account: number,
): LiabilityProof | undefined {
  const isKnown = Number.isInteger(account) && account >= 1 && account <= published.accounts;
  if (!isKnown) return undefined;
  return { account, checkpoint: published, leaves: trees.map((tree) => leafOf(tree, account)) };
}

function leafOf(tree: SumTree, account: number): LiabilityLeaf {
  const leaf = sumsOf(nodeAt(tree, 0, account));
  const siblings: LiabilityNode[] = [];
  for (let level = 0, index = account; level + 1 < tree.levels.length; level++, index >>= 1) {
    const node = nodeAt(tree, level, index ^ 1);
    const { claims, debts } = sumsOf(node);
    siblings.push({
      hash: hexOfBytes(node?.hash ?? NO_HASH),
      claims: claims.toString(),
      debts: debts.toString(),
    });
  }
  const { claims, debts } = leaf;
  return { asset: tree.asset, claims: claims.toString(), debts: debts.toString(), siblings };
}

function sumsOf(node: NodeBytes | undefined): { readonly claims: bigint; readonly debts: bigint } {
  if (node === undefined) return { claims: 0n, debts: 0n };
  const view = new DataView(node.sums.buffer, node.sums.byteOffset, node.sums.length);
  const integer = (at: number): bigint =>
    view.getBigUint64(at, true) + (view.getBigUint64(at + 8, true) << 64n);
  return { claims: integer(0), debts: integer(16) };
}
