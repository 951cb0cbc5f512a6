import { type Network, typedDataTarget } from '@plimsoll/api';
import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { type Problem, refusalProblem, rejectionProblem } from '@plimsoll/api/wire';
import type { Machine } from '@plimsoll/core/machine';
import {
  accepted,
  type CommandResult,
  encodeJsonAction,
  readableAction,
  SETTLEMENT_ASSET,
} from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { type NetworkFile, networkOf } from '../network.ts';
import type { Question } from '../parts.ts';
import { hexOf } from '../receipts.ts';
import { type BlockRecord, decodeRecord } from '../store/record.ts';
import { assetName, wireUnits } from '../units/index.ts';
import { accountIn, integerIn, readMuch, unknown } from './ask.ts';
import type { ReadContext } from './context.ts';

const DIGEST = /^0x[0-9a-f]{64}$/;

const networks = new WeakMap<NetworkFile, Network>();

/** The hash of the genesis document is computed once. */
function networkNamed(file: NetworkFile): Network {
  const known = networks.get(file) ?? networkOf(file);
  networks.set(file, known);
  return known;
}

export function network(context: ReadContext): AnswerOf<'network'> {
  const { state } = context.machine;
  const found = networkNamed(context.network);
  const { chainId, genesisHash: salt } = found;
  return {
    network: found,
    domain: { name: `Plimsoll ${typedDataTarget(found).network}`, version: '1', chainId, salt },
    settlement: {
      id: SETTLEMENT_ASSET,
      name: assetName(state, SETTLEMENT_ASSET),
      decimals: state.assets.decimals.get(SETTLEMENT_ASSET),
    },
  };
}

export function status({ machine: { state }, history }: ReadContext): AnswerOf<'status'> {
  const { machine } = state;
  return {
    status: {
      stateVersion: machine.version.get(0),
      rootTimeMs: machine.rootTimeMs.get(0),
      isCloseOnly: machine.isCloseOnly.get(0) === 1,
      accounts: machine.accountCount.get(0),
      assets: machine.assetCount.get(0),
      underlyings: machine.underlyingCount.get(0),
      instruments: machine.instrumentCount.get(0),
      openOrders: state.pools.orders.used,
      accountsWithLosses: machine.lossCount.get(0),
      historyHeight: history.height,
    },
  };
}

export function blocks(context: ReadContext, question: Question): AnswerOf<'blocks'> {
  const limit = integerIn(question, 'limit');
  const last = context.height;
  const before = integerIn(question, 'before', last + 1);
  const found: ValueOf<'BlockSummary'>[] = [];
  for (let height = Math.min(before - 1, last); height >= 1 && found.length < limit; height--) {
    const summary = summaryAt(context, height);
    if (summary === undefined) break;
    found.push(summary);
  }
  return { blocks: found };
}

/** Summaries that stay at hand: many look at the latest blocks, and they never change. */
const SUMMARIES_MAX = 1_024;
const summaries = new WeakMap<Machine, Map<number, ValueOf<'BlockSummary'>>>();

function summaryAt(context: ReadContext, height: number): ValueOf<'BlockSummary'> | undefined {
  const { machine } = context;
  const known = summaries.get(machine) ?? new Map<number, ValueOf<'BlockSummary'>>();
  summaries.set(machine, known);
  const bytes = known.has(height) ? undefined : context.readRecord(height);
  if (bytes === undefined) return known.get(height);
  const summary = summaryOf(decoded(context, bytes), bytes.length);
  for (const oldest of known.keys()) {
    if (known.size < SUMMARIES_MAX) break;
    known.delete(oldest);
  }
  known.set(height, summary);
  return summary;
}

/** Thousands of commands take milliseconds to decode, on a thread that all share. */
function decoded(context: ReadContext, bytes: Uint8Array): BlockRecord {
  return readMuch(context.machine, 'blocks', () => decodeRecord(bytes));
}

export function block(context: ReadContext, question: Question): AnswerOf<'block'> {
  const { state } = context.machine;
  const height = Number(question.params.height);
  const bytes = isHeight(context, height) ? context.readRecord(height) : undefined;
  if (bytes === undefined) {
    return unknown(`there is no block ${question.params.height}; the last is ${context.height}`);
  }
  const record = decoded(context, bytes);
  return {
    block: summaryOf(record, bytes.length),
    prices: pricesOf(record),
    commands: record.block.commands.map((_, index) => commandView(state, record, index)),
  };
}

function isHeight(context: ReadContext, height: number): boolean {
  return Number.isSafeInteger(height) && height >= 1 && height <= context.height;
}

function summaryOf(record: BlockRecord, bytes: number): ValueOf<'BlockSummary'> {
  const { block: made, chainHash, root, results } = record;
  return {
    height: made.height,
    timeMs: made.timeMs,
    version: made.version,
    chainHash: hexOf(chainHash),
    root: root === undefined ? null : hexOf(root),
    prices: made.observations.length,
    commands: made.commands.length,
    accepted: results.filter(isAccepted).length,
    bytes,
  };
}

function isAccepted({ code, actions }: CommandResult): boolean {
  return code === accepted && actions.every((action) => action === accepted);
}

function pricesOf(record: BlockRecord): ValueOf<'StoredPrice'>[] {
  const signatures = record.prices.flatMap(({ signature, count }) =>
    Array.from({ length: count }, () => hexOf(signature)),
  );
  return record.block.observations.map((observation, i) => {
    const code = record.observationCodes[i] ?? accepted;
    return {
      underlying: observation.underlying,
      source: observation.source,
      publisher: observation.publisher,
      price: String(observation.price),
      confidence: String(observation.confidence),
      timeMs: observation.timeMs,
      signature: signatures[i] ?? '0x',
      problem: code === accepted ? null : rejectionProblem(code),
    };
  });
}

function commandView(state: State, record: BlockRecord, index: number): ValueOf<'StoredCommand'> {
  const command = record.block.commands[index];
  if (command === undefined) return unknown(`the block has no command ${index}`);
  const units = wireUnits(state);
  const { refusal, actions } = problemsOf(state, record, index);
  return {
    index,
    digest: hexOf(record.digests.subarray(index * 32, index * 32 + 32)),
    signature: hexOf(record.signatures.subarray(index * 65, index * 65 + 65)),
    signer: command.signer,
    account: command.account,
    nonce: command.nonce,
    expiresMs: command.expiresMs,
    actions: command.actions.map(encodeJsonAction),
    text: command.actions.map((action) => readableAction(action, units)),
    refusal,
    results: actions,
  };
}

/** Why the envelope, and why each action, was refused; null where it was not. */
function problemsOf(
  state: State,
  record: BlockRecord,
  index: number,
): { readonly refusal: Problem | null; readonly actions: (Problem | null)[] } {
  const { code, actions } = record.results[index] ?? { code: accepted, actions: [] };
  const sent = record.block.commands[index];
  const problem = (rejection: number, action: number): Problem | null => {
    if (rejection === accepted) return null;
    const found = record.refusals.find(
      (refusal) => refusal.command === index && refusal.action === action,
    );
    const refused = sent?.actions[action];
    const figures = found?.figures;
    return refusalProblem({ code: rejection, figures, action: refused }, wireUnits(state));
  };
  return { refusal: problem(code, -1), actions: actions.map(problem) };
}

export function command(context: ReadContext, question: Question): AnswerOf<'command'> {
  const digest = String(question.params.digest).toLowerCase();
  const place = DIGEST.test(digest)
    ? context.history.receiptOf(Buffer.from(digest.slice(2), 'hex'))
    : undefined;
  const bytes = place === undefined ? undefined : context.readRecord(place.height);
  if (place === undefined || bytes === undefined) {
    return unknown(`no block has a command with the digest ${digest}`);
  }
  const record = decoded(context, bytes);
  const { refusal, actions } = problemsOf(context.machine.state, record, place.index);
  return {
    receipt: {
      digest: digest as `0x${string}`,
      signer: record.block.commands[place.index]?.signer ?? '0x',
      height: place.height,
      index: place.index,
      timeMs: record.block.timeMs,
      isAccepted: refusal === null && actions.every((action) => action === null),
      ...(refusal === null ? {} : { refusal }),
      actions,
    },
  };
}

export function accountProof(context: ReadContext, question: Question): AnswerOf<'accountProof'> {
  const account = accountIn(context.machine.state, question);
  return { proof: proofOr(context.proofs.accountProof(account), `of account ${account}`) };
}

export function liabilityProof(
  context: ReadContext,
  question: Question,
): AnswerOf<'liabilityProof'> {
  const account = accountIn(context.machine.state, question);
  const what = `of account ${account} yet: the next checkpoint will have one`;
  return { proof: proofOr(context.proofs.liabilityProof(account), what) };
}

export function liabilityRoot(context: ReadContext): AnswerOf<'liabilityRoot'> {
  return { root: proofOr(context.proofs.liabilityRoot(), 'yet: there was no checkpoint') };
}

function proofOr(proof: unknown, what: string): AnswerOf<'accountProof'>['proof'] {
  if (proof === undefined) return unknown(`there is no proof ${what}`);
  return proof as AnswerOf<'accountProof'>['proof'];
}
