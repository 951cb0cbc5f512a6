import type { Hex } from '@plimsoll/api';
import {
  eventJson,
  type PricesReceipt,
  type Problem,
  type Receipt,
  refusalProblem,
  rejectionProblem,
  type WireUnits,
} from '@plimsoll/api/wire';
import type { BlockOutcome, Refusal } from '@plimsoll/core/machine';
import { type Action, accepted, type Block } from '@plimsoll/core/schema';
import type { AdmittedCommand, AdmittedPrices } from './parts.ts';

/** What one block has to say to those who sent what is in it. */
export interface BlockAnswers {
  readonly receipts: readonly Receipt[];
  readonly pricesReceipts: readonly PricesReceipt[];
}

/** The receipts of a block, in the order of its commands and of its signed prices. */
export function receiptsOf(
  block: Block,
  outcome: BlockOutcome,
  sent: {
    readonly commands: readonly AdmittedCommand[];
    readonly prices: readonly AdmittedPrices[];
    readonly units: WireUnits;
  },
): BlockAnswers {
  const { units } = sent;
  const refusals = refusalsByCommand(outcome.refusals);
  const receipts = sent.commands.map((each, index): Receipt => {
    const mine = refusals.get(index) ?? [];
    const { code, actions } = outcome.results[index] ?? { code: accepted, actions: [] };
    const isAccepted = code === accepted && actions.every((action) => action === accepted);
    const from = outcome.eventSpans[index * 2] ?? 0;
    const to = outcome.eventSpans[index * 2 + 1] ?? 0;
    return {
      digest: hexOf(each.digest),
      signer: each.command.signer,
      height: block.height,
      index,
      timeMs: block.timeMs,
      isAccepted,
      ...(code === accepted ? {} : { refusal: problemOf(code, { refusals: mine, at: -1, units }) }),
      actions: actions.map((action, i) =>
        action === accepted
          ? null
          : problemOf(action, { refusals: mine, at: i, units, action: each.command.actions[i] }),
      ),
      ...(each.withEvents
        ? { events: outcome.events.slice(from, to).map((event) => eventJson(event, units)) }
        : {}),
    };
  });
  let next = 0;
  const pricesReceipts = sent.prices.map(({ digest, observations }): PricesReceipt => {
    const codes = outcome.observationCodes.slice(next, next + observations.length);
    next += observations.length;
    return {
      digest: hexOf(digest),
      publisher: observations[0]?.publisher ?? '0x',
      height: block.height,
      timeMs: block.timeMs,
      prices: codes.map((code) => (code === accepted ? null : rejectionProblem(code))),
    };
  });
  return { receipts, pricesReceipts };
}

/** Bytes as 0x and lower-case hex. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}

function refusalsByCommand(refusals: readonly Refusal[]): ReadonlyMap<number, Refusal[]> {
  const byCommand = new Map<number, Refusal[]>();
  for (const refusal of refusals) {
    const mine = byCommand.get(refusal.command);
    if (mine === undefined) byCommand.set(refusal.command, [refusal]);
    else mine.push(refusal);
  }
  return byCommand;
}

function problemOf(
  code: number,
  place: {
    readonly refusals: readonly Refusal[];
    readonly at: number;
    readonly units: WireUnits;
    readonly action?: Action | undefined;
  },
): Problem {
  const { refusals, at, units, action } = place;
  const figures = refusals.find((each) => each.action === at)?.figures;
  return refusalProblem({ code, figures, action }, units);
}
