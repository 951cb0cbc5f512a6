// What counts as a failure of the node. Pure: figures in, sentences out; none means that it held.
import type { History } from './history.ts';
import type { HonestReport } from './honestMessages.ts';
import type { Lawful } from './lawful.ts';
import type { Scrape } from './scrape.ts';

/** What an attack did, and how the node took it. */
export interface AttackOutcome {
  readonly name: string;
  /** Each of these has to be seen. */
  readonly expects: readonly string[];
  /** These may be seen besides; anything else may not. */
  readonly allows: readonly string[];
  readonly attempts: number;
  readonly answers: Readonly<Record<string, number>>;
  /** An attempt of the attacker that itself broke. */
  readonly failure?: string | undefined;
  /** Whether `/readyz` said yes after it. */
  readonly isReady: boolean;
  /** Blocks that were closed meanwhile: above the first, up to the second. */
  readonly heights: readonly [number, number];
  readonly seconds: number;
  readonly memory: { readonly before: number; readonly peak: number; readonly after: number };
}

/** Answers that are not those which the attack has to be met with. */
export function attackFaults(outcome: AttackOutcome): string[] {
  const { name, expects, allows, answers, attempts, failure, isReady } = outcome;
  const answered = Object.values(answers).reduce((sum, each) => sum + each, 0);
  const missing = expects.filter((each) => (answers[each] ?? 0) === 0);
  const known = new Set([...expects, ...allows]);
  const strange = Object.entries(answers).filter(([answer]) => !known.has(answer));
  return [
    ...when(failure !== undefined, `${name}: could not be carried out: ${failure}`),
    ...when(attempts === 0, `${name}: nothing was tried`),
    ...when(answered < attempts, `${name}: ${attempts - answered} of ${attempts} without an end`),
    ...missing.map((answer) => `${name}: was never answered with ${answer}`),
    ...strange.map(([answer, times]) => `${name}: was answered ${times} times with ${answer}`),
    ...when(!isReady, `${name}: the node was not ready after it`),
  ];
}

/** What stands in a block and may not, or stands there twice. */
export function historyFaults(history: History, lawful: Lawful): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { digest, signer, height, index, account, kinds } of history.commands) {
    const where = `block ${height}, command ${index}`;
    const allowed = lawful.commands.get(digest);
    if (allowed === undefined) {
      faults.push(`${where}: nobody may ${kinds} for account ${account}; said to be of ${signer}`);
    } else if (allowed !== signer) {
      faults.push(`${where}: of ${allowed}, and said to be of ${signer}`);
    }
    if (seen.has(digest)) faults.push(`${where}: ${digest} was executed before`);
    seen.add(digest);
  }
  for (const { digest, publisher, height } of history.prices) {
    if (lawful.prices.get(digest) === publisher) continue;
    faults.push(`block ${height}: a price of ${publisher} that the publisher did not sign`);
  }
  if (history.commands.length === 0) faults.push('the blocks are empty: nothing was compared');
  return faults;
}

/** What the honest client sent and did not get, or got and is not there. */
export function honestFaults(report: HonestReport, history: History): string[] {
  const places = new Map(
    history.commands.map(({ digest, height, index }) => [digest as string, `${height}.${index}`]),
  );
  const acknowledged = Object.entries(report.places);
  const gone = acknowledged.filter(([digest, place]) => places.get(digest) !== place);
  const lost = [...Object.entries(report.lost), ...Object.entries(report.pricesLost)];
  const lostCount = Object.values(report.lost).reduce((sum, each) => sum + each, 0);
  const open = report.sent - acknowledged.length - lostCount;
  return [
    ...when(report.sent === 0, 'the honest client sent nothing'),
    ...when(report.pricesSent === 0, 'the publisher sent nothing'),
    ...lost.map(([why, times]) => `the honest client lost ${times}: ${why}`),
    ...when(open > 0, `${open} commands of the honest client were never answered`),
    ...gone.map(([digest, place]) => `acknowledged at ${place} and not there: ${digest}`),
  ];
}

export interface MemoryBounds {
  /** Without the pages of the store, above the beginning, at any time. */
  readonly privateBytes: number;
  /** Of the heap, above the beginning, at the end. */
  readonly heapBytes: number;
}

export interface MemoryOfRun {
  readonly start: Pick<Scrape, 'privateBytes' | 'heapBytes'>;
  readonly end: Pick<Scrape, 'heapBytes'>;
  readonly outcomes: readonly Pick<AttackOutcome, 'name' | 'memory'>[];
}

/** Bytes that attacks made the node keep. */
export function memoryFaults({ start, end, outcomes }: MemoryOfRun, most: MemoryBounds): string[] {
  const measured = [start.privateBytes, start.heapBytes, end.heapBytes];
  if (!measured.every((bytes) => bytes > 0)) return ['the node does not say what memory it has'];
  return [
    ...outcomes.flatMap(({ name, memory }) =>
      over(`${name}: memory`, memory.peak - start.privateBytes, most.privateBytes),
    ),
    ...over('the heap at the end', end.heapBytes - start.heapBytes, most.heapBytes),
  ];
}

export interface NodeEnd {
  /** Before it was asked to stop; undefined: it ran. */
  readonly exit: number | undefined;
  /** When it was asked to stop. */
  readonly stopCode: number | undefined;
  /** What it logged of faults of its own. */
  readonly complaints: readonly string[];
  /** Of `plimsoll verify --signatures`. */
  readonly verifyCode: number;
}

export function nodeFaults({ exit, stopCode, complaints, verifyCode }: NodeEnd): string[] {
  return [
    ...when(exit !== undefined, `the node died with ${exit}`),
    ...when(exit === undefined && stopCode !== 0, `the node stopped with ${stopCode}`),
    ...complaints.map((line) => `the node logged a fault of its own: ${line}`),
    ...when(verifyCode !== 0, `plimsoll verify --signatures ended with ${verifyCode}`),
  ];
}

/** What is the victim's, as text, before and after. */
export function victimFaults(before: string, after: string): string[] {
  return when(before !== after, `the victim had ${before} and has ${after}`);
}

function over(what: string, bytes: number, most: number): string[] {
  const mebibytes = (count: number): string => `${Math.round(count / 1_048_576)} MiB`;
  return when(
    !(bytes <= most),
    `${what} ${mebibytes(bytes)} above the beginning, at most ${mebibytes(most)}`,
  );
}

function when(isFault: boolean, sentence: string): string[] {
  return isFault ? [sentence] : [];
}
