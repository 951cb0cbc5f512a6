import {
  eventJson,
  eventText,
  figuresJson,
  type RawRefusal,
  valueText,
  type WireUnits,
} from '@plimsoll/api/wire';
import { type BlockOutcome, hex, type Machine } from '@plimsoll/core/machine';
import {
  accepted,
  type Event,
  type Observation,
  type OpenedCommand,
  readableCommand,
  readableTime,
  rejections,
} from '@plimsoll/core/schema';
import { wireUnits } from '../../units/index.ts';
import type { BlockRecord } from '../record.ts';

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
  const units = wireUnits(machine.state);
  const { commands, observations } = block;
  return lines([
    `block ${block.height} at ${readableTime(block.timeMs)}, state version ${block.version}`,
    `  chained hash ${hex(record.chainHash)}`,
    `  root         ${record.root === undefined ? 'not due' : hex(record.root)}`,
    `  ${observations.length} prices under ${record.prices.length} signatures`,
    ...observations.map((each, i) => `    ${priceLine(each, record.observationCodes[i], units)}`),
    `  ${commands.length} commands, in order of arrival`,
    ...commands.flatMap((_, i) => commandLines(seen, i).map((line) => `    ${line}`)),
    ...phaseLines(seen),
  ]);
}

/** One command of a block with everything it did. */
export function commandText(seen: SeenBlock, index: number): string {
  const { block } = seen.record;
  return lines([
    `command ${block.height}.${index} at ${readableTime(block.timeMs)}`,
    ...commandLines(seen, index).map((line) => `  ${line}`),
  ]);
}

/** Digest of a command of a block, as hex. */
export function digestOf(record: BlockRecord, index: number): string {
  return `0x${hex(record.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES))}`;
}

function commandLines(seen: SeenBlock, index: number): string[] {
  const { record, outcome, machine } = seen;
  const units = wireUnits(machine.state);
  const command = record.block.commands[index] as OpenedCommand;
  const result = record.results[index];
  const envelope = result?.code ?? accepted;
  const refused = envelope === accepted ? (result?.actions ?? []) : [envelope];
  const verdicts = refused.map((code, action) => {
    const place = envelope === accepted ? `action ${action + 1}` : 'envelope';
    const at = envelope === accepted ? action : -1;
    const { figures } =
      record.refusals.find((each) => each.command === index && each.action === at) ?? {};
    const refusal = { code, figures, action: command.actions[at] };
    return `  ${place}: ${verdictOf(refusal, units)}`;
  });
  return [
    `${index}  ${digestOf(record, index)}`,
    `  ${readableCommand(command, units)}`,
    ...verdicts,
    ...eventsOf(outcome, index).map((event) => `  > ${lineOf(event, units)}`),
  ];
}

function eventsOf(outcome: BlockOutcome, index: number): BlockOutcome['events'] {
  return outcome.events.slice(outcome.eventSpans[index * 2], outcome.eventSpans[index * 2 + 1]);
}

/** What happened in no command: prices, funding, releases, liquidations, losses. */
function phaseLines({ outcome, machine }: SeenBlock): string[] {
  const units = wireUnits(machine.state);
  const inCommands = new Set<number>();
  for (let i = 0; i < outcome.eventSpans.length; i += 2) {
    const end = outcome.eventSpans[i + 1] as number;
    for (let at = outcome.eventSpans[i] as number; at < end; at++) inCommands.add(at);
  }
  const beside = outcome.events.filter((_, i) => !inCommands.has(i));
  return [
    `  ${beside.length} events beside the commands`,
    ...beside.map((event) => `    > ${lineOf(event, units)}`),
  ];
}

function lineOf(event: Event, units: WireUnits): string {
  return eventText(eventJson(event, units));
}

function priceLine(observation: Observation, code: number | undefined, units: WireUnits): string {
  const { underlying, source, publisher, timeMs } = observation;
  const known = units.underlying(underlying);
  const write = (price: bigint): string => known?.price(Number(price)) ?? `${price} price units`;
  const price = `${write(observation.price)} ± ${write(observation.confidence)}`;
  const what = `${known?.name ?? `underlying ${underlying}`} source ${source}: ${price}`;
  const verdict = verdictOf({ code: code ?? accepted, figures: undefined }, units);
  return `${what} at ${readableTime(timeMs)} by ${publisher}: ${verdict}`;
}

function verdictOf(refusal: RawRefusal, units: WireUnits): string {
  const { code } = refusal;
  if (code === accepted) return 'accepted';
  const rejection = Object.entries(rejections).find(([, each]) => each.code === code);
  const sentence = rejection === undefined ? '' : ` ${rejection[0]}: ${rejection[1].sentence}`;
  const figures = Object.entries(figuresJson(refusal, units) ?? {}).map(
    ([name, value]) => `${name} ${valueText(value)}`,
  );
  return `refused, ${code}${sentence}${figures.length === 0 ? '' : ` (${figures.join(', ')})`}`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
