import { type BlockOutcome, hex, type Machine, type Refusal } from '@plimsoll/core/machine';
import {
  accepted,
  type Observation,
  type OpenedCommand,
  type ReadableNames,
  readableCommand,
  readableEvent,
  readableTime,
  rejections,
} from '@plimsoll/core/schema';
import type { BlockRecord } from '../record.ts';
import { namesOf } from './names.ts';

/** A block that was applied again, in the machine as it is after it. */
export interface SeenBlock {
  readonly record: BlockRecord;
  readonly outcome: BlockOutcome;
  readonly machine: Machine;
}

const DIGEST_BYTES = 32;

/** A block, its prices and commands with what became of them, and what happened beside them. */
export function blockText(seen: SeenBlock): string {
  const { record, machine } = seen;
  const { block } = record;
  const names = namesOf(machine);
  const { commands, observations } = block;
  return lines([
    `block ${block.height} at ${readableTime(block.timeMs)}, state version ${block.version}`,
    `  chained hash ${hex(record.chainHash)}`,
    `  root         ${record.root === undefined ? 'not due' : hex(record.root)}`,
    `  ${observations.length} prices under ${record.prices.length} signatures`,
    ...observations.map((each, i) => `    ${priceText(each, record.observationCodes[i], names)}`),
    `  ${commands.length} commands, in order of arrival`,
    ...commands.flatMap((_, i) => commandLines(seen, i, names).map((line) => `    ${line}`)),
    ...phaseLines(seen, names),
  ]);
}

/** One command of a block with everything it did. */
export function commandText(seen: SeenBlock, index: number): string {
  const { block } = seen.record;
  return lines([
    `command ${block.height}.${index} at ${readableTime(block.timeMs)}`,
    ...commandLines(seen, index, namesOf(seen.machine)).map((line) => `  ${line}`),
  ]);
}

/** Digest of a command of a block, as hex. */
export function digestOf(record: BlockRecord, index: number): string {
  return `0x${hex(record.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES))}`;
}

function commandLines(seen: SeenBlock, index: number, names: ReadableNames): string[] {
  const { record, outcome } = seen;
  const command = record.block.commands[index] as OpenedCommand;
  const result = record.results[index];
  const envelope = result?.code ?? accepted;
  const refused = envelope === accepted ? (result?.actions ?? []) : [envelope];
  const verdicts = refused.map((code, action) => {
    const place = envelope === accepted ? `action ${action + 1}` : 'envelope';
    const refusal = refusalOf(record.refusals, index, envelope === accepted ? action : -1);
    return `  ${place}: ${verdictOf(code, refusal)}`;
  });
  return [
    `${index}  ${digestOf(record, index)}`,
    `  ${readableCommand(command, names)}`,
    ...verdicts,
    ...eventsOf(outcome, index).map((event) => `  > ${readableEvent(event, names)}`),
  ];
}

function eventsOf(outcome: BlockOutcome, index: number): BlockOutcome['events'] {
  return outcome.events.slice(outcome.eventSpans[index * 2], outcome.eventSpans[index * 2 + 1]);
}

/** What happened in no command: prices, funding, releases, liquidations, losses. */
function phaseLines({ outcome }: SeenBlock, names: ReadableNames): string[] {
  const inCommands = new Set<number>();
  for (let i = 0; i < outcome.eventSpans.length; i += 2) {
    const end = outcome.eventSpans[i + 1] as number;
    for (let at = outcome.eventSpans[i] as number; at < end; at++) inCommands.add(at);
  }
  const beside = outcome.events.filter((_, i) => !inCommands.has(i));
  return [
    `  ${beside.length} events beside the commands`,
    ...beside.map((event) => `    > ${readableEvent(event, names)}`),
  ];
}

function priceText(
  observation: Observation,
  code: number | undefined,
  names: ReadableNames,
): string {
  const { underlying, source, publisher, price, confidence, timeMs } = observation;
  const name = names.underlying?.(underlying) ?? `underlying ${underlying}`;
  const what = `${name} source ${source}: ${price} ± ${confidence} price units`;
  return `${what} at ${readableTime(timeMs)} by ${publisher}: ${verdictOf(code ?? accepted)}`;
}

function verdictOf(code: number, refusal?: Refusal): string {
  if (code === accepted) return 'accepted';
  const rejection = Object.entries(rejections).find(([, each]) => each.code === code);
  const sentence = rejection === undefined ? '' : ` ${rejection[0]}: ${rejection[1].sentence}`;
  const figures = Object.entries(refusal?.figures ?? {}).map(([name, value]) => `${name} ${value}`);
  return `refused, ${code}${sentence}${figures.length === 0 ? '' : ` (${figures.join(', ')})`}`;
}

function refusalOf(
  refusals: readonly Refusal[],
  command: number,
  action: number,
): Refusal | undefined {
  return refusals.find((each) => each.command === command && each.action === action);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
