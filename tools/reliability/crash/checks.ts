// What must hold of a store after a crash, as functions over what clients were told and what the
// blocks hold. Each returns the violations in words; none: all is well.
import type { Hex } from '@plimsoll/api';
import type { PricesReceipt, Receipt } from '@plimsoll/api/wire';
import { type Doubt, isReceipt, type RefusedCommand } from './messages.ts';

/** A command as a block holds it. */
export interface StoredCommand {
  readonly digest: Hex;
  readonly height: number;
  readonly index: number;
  /** Of the envelope; 0: accepted. */
  readonly code: number;
  readonly actions: readonly number[];
  /** What only one command may ever do, of the actions that were accepted. */
  readonly deeds: readonly string[];
}

/** Everything that the blocks of a store hold, by digest. */
export interface Stored {
  /** In the order in which they were read. */
  readonly heights: number[];
  readonly commands: Map<Hex, StoredCommand[]>;
  /** Heights by digest of signed prices. */
  readonly prices: Map<Hex, number[]>;
}

export function nothingStored(): Stored {
  return { heights: [], commands: new Map(), prices: new Map() };
}

const placeOf = ({ height, index }: { readonly height: number; readonly index: number }): string =>
  `block ${height}, command ${index}`;

/** Every acknowledged command is in the block that was named, at that place, with that result. */
export function checkAcknowledged(receipts: readonly Receipt[], stored: Stored): string[] {
  return receipts.flatMap((receipt) => {
    const { digest } = receipt;
    const found = stored.commands.get(digest) ?? [];
    const place = `${digest}, acknowledged in ${placeOf(receipt)},`;
    if (found.length === 0) return [`lost: ${place} is in no block`];
    const same = found.find((each) => each.height === receipt.height);
    if (same === undefined || same.index !== receipt.index) {
      return [`moved: ${place} is in ${found.map(placeOf).join(' and ')}`];
    }
    const told = [receipt.refusal?.code ?? 0, ...receipt.actions.map((each) => each?.code ?? 0)];
    const kept = [same.code, ...same.actions];
    if (told.join() === kept.join()) return [];
    return [`changed: ${place} was answered with ${told}, the block has ${kept}`];
  });
}

export function checkPrices(receipts: readonly PricesReceipt[], stored: Stored): string[] {
  return receipts.flatMap(({ digest, height }) => {
    const heights = stored.prices.get(digest) ?? [];
    if (heights.includes(height)) return [];
    const where = heights.length === 0 ? 'no block' : `blocks ${heights.join()}`;
    return [`lost: prices ${digest}, acknowledged in block ${height}, are in ${where}`];
  });
}

/** No command and no deed of one is accepted twice. */
export function checkOnce(stored: Stored): string[] {
  const violations: string[] = [];
  const doers = new Map<string, StoredCommand>();
  for (const [digest, all] of stored.commands) {
    const accepted = all.filter(({ code }) => code === 0);
    if (accepted.length > 1) {
      violations.push(`twice: ${digest} was executed in ${accepted.map(placeOf).join(' and ')}`);
    }
    for (const command of accepted) {
      for (const deed of command.deeds) {
        const other = doers.get(deed);
        if (other === undefined) doers.set(deed, command);
        else violations.push(`twice: ${deed}, in ${placeOf(other)} and ${placeOf(command)}`);
      }
    }
  }
  return violations;
}

/** Heights are 1, 2, 3 … to the head. */
export function checkHeights(stored: Stored): string[] {
  const at = stored.heights.findIndex((height, i) => height !== i + 1);
  if (at === -1) return [];
  return [`gap: after ${at} blocks comes block ${stored.heights[at]}`];
}

/** What was refused at the door is in no block. */
export function checkRefused(refused: readonly RefusedCommand[], stored: Stored): string[] {
  return refused.flatMap(({ digest, name }) => {
    const [found] = stored.commands.get(digest) ?? [];
    if (found === undefined) return [];
    return [`refused and executed: ${digest} was answered with ${name}, is in ${placeOf(found)}`];
  });
}

/** What a node tells of a command after a restart is what it told when it acknowledged it. */
export function checkLookUp(receipt: Receipt, found: Receipt | null): string[] {
  const place = `${receipt.digest}, acknowledged in ${placeOf(receipt)},`;
  if (found === null) return [`forgotten: ${place} is unknown by its digest`];
  const { events: _, ...told } = receipt;
  if (JSON.stringify(sorted(told)) === JSON.stringify(sorted(found))) return [];
  return [`told otherwise: ${place}: ${JSON.stringify(told)}; later ${JSON.stringify(found)}`];
}

/** What becomes of a command without an answer. */
export type Fate = 'stored' | 'executed again' | 'refused again' | 'let be' | 'contradiction';

/**
 * A command without an answer was in one block or in none when the node was killed; sent again it
 * is answered with that block, or is executed once, or refused and in no block.
 *
 * @param stored what the blocks held after the kill, before the node was started again.
 */
export function checkDoubt(
  doubt: Doubt,
  stored: Stored,
): { readonly fate: Fate; readonly violations: readonly string[] } {
  const { digest, before, answers, after } = doubt;
  const violations: string[] = [];
  const found = stored.commands.get(digest) ?? [];
  if (found.length > 1) {
    violations.push(`twice: ${digest}, without an answer, is in ${found.map(placeOf).join()}`);
  }
  const kept = found[0] === undefined ? 'no block' : placeOf(found[0]);
  const told = before === null ? 'no block' : placeOf(before);
  if (kept !== told) {
    violations.push(`told otherwise: ${digest} is in ${kept}, its digest tells ${told}`);
  }
  const places = new Set(answers.filter(isReceipt).map(placeOf));
  if (places.size > 1) {
    violations.push(`twice: ${digest} sent again was answered with ${[...places].join(' and ')}`);
  }
  const refusals = answers.filter((each) => !isReceipt(each));
  if (before !== null) {
    for (const place of places) {
      if (place !== kept) violations.push(`twice: ${digest} of ${kept} was executed in ${place}`);
    }
    for (const refusal of refusals) {
      const { name } = refusal as RefusedCommand;
      violations.push(`unanswered: ${digest} of ${kept} sent again was answered with ${name}`);
    }
  }
  const [place = before === null ? 'no block' : told] = places;
  const last = after === null ? 'no block' : placeOf(after);
  if (last !== place) {
    violations.push(`told otherwise: ${digest} is in ${place}, later its digest tells ${last}`);
  }
  if (violations.length > 0) return { fate: 'contradiction', violations };
  if (before !== null) return { fate: 'stored', violations };
  if (places.size > 0) return { fate: 'executed again', violations };
  return { fate: answers.length > 0 ? 'refused again' : 'let be', violations };
}

/** Keys in order, so that equal answers are equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}
