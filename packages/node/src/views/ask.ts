import { queryBounds } from '@plimsoll/api/routes';
import { InexactDecimalError } from '@plimsoll/api/units';
import { nodeProblem, ProblemError, type ProblemFigures } from '@plimsoll/api/wire';
import { readName } from '@plimsoll/core/governance';
import type { Machine } from '@plimsoll/core/machine';
import { accountExists, type State } from '@plimsoll/core/state';
import type { U32Column } from '@plimsoll/core/store';
import type { Question } from '../parts.ts';

// What a question names, found in the state. Shapes were checked at the door; here only whether
// there is such a thing.

/** How many names a refusal lists. */
const NAMED_MAX = 20;
const DIGITS = /^[0-9]{1,15}$/;

/** There is no such thing. */
export function unknown(detail: string, figures?: ProblemFigures): never {
  throw new ProblemError(nodeProblem('unknown', detail, figures));
}

/**
 * The question cannot be meant like that. The place that is wrong is written as the view reads it,
 * `query.limit` or `body.orders[0].size`, and told as a pointer. Spec: api 9.3.
 */
export function malformed(place: string, message: string): never {
  const pointer = `/${place
    .replace(/^body\.?/, '')
    .replaceAll(/[.[]/g, '/')
    .replaceAll(']', '')}`;
  throw new ProblemError(nodeProblem('malformed', `${pointer} ${message}`, { pointer }));
}

/** The account that the path names. */
export function accountIn(state: State, question: Question): number {
  const text = String(question.params.account ?? '');
  const account = DIGITS.test(text) ? Number(text) : 0;
  if (accountExists(state, account)) return account;
  const accounts = state.machine.accountCount.get(0);
  return unknown(`there is no account ${text}; they are numbered from 1 to ${accounts}`, {
    accounts,
  });
}

interface Listed {
  readonly what: string;
  readonly names: U32Column;
  readonly count: number;
}

/** An asset by name or number. */
export function assetNamed(state: State, text: unknown): number {
  const count = state.machine.assetCount.get(0);
  return listed({ what: 'asset', names: state.assets.name, count }, text);
}

/** An underlying by name or number. */
export function underlyingNamed(state: State, text: unknown): number {
  const count = state.machine.underlyingCount.get(0);
  return listed({ what: 'underlying', names: state.underlyings.name, count }, text);
}

/** An instrument by name or number. */
export function instrumentNamed(state: State, text: unknown): number {
  const count = state.machine.instrumentCount.get(0);
  return listed({ what: 'instrument', names: state.instruments.name, count }, text);
}

/** A name goes before a number: somebody may list a thing called 7. */
function listed({ what, names, count }: Listed, given: unknown): number {
  const text = String(given ?? '');
  for (let row = 1; row <= count; row++) if (readName(names, row) === text) return row;
  const id = DIGITS.test(text) ? Number(text) : 0;
  if (id >= 1 && id <= count) return id;
  const some = Array.from({ length: Math.min(count, NAMED_MAX) }, (_, i) => readName(names, i + 1));
  const more = count > NAMED_MAX ? ` and ${count - NAMED_MAX} more` : '';
  const there = count === 0 ? 'there is none yet' : `there are ${some.join(', ')}${more}`;
  return unknown(`there is no ${what} called "${text}", and none with that number; ${there}`, {
    count,
  });
}

/** An integer of the query, inside the bounds of its route; `absent` in place of the table's. */
export function integerIn(question: Question, name: string, absent?: number): number {
  const bounds = queryBounds(question.route, name);
  const value = question.query[name];
  if (value === undefined) return absent ?? bounds.absent ?? bounds.min;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < bounds.min || number > bounds.max) {
    malformed(`query.${name}`, `must be an integer from ${bounds.min} to ${bounds.max}`);
  }
  return number;
}

/** A text of the query. */
export function textIn(question: Question, name: string): string | undefined {
  const value = question.query[name];
  return value === undefined ? undefined : String(value);
}

/** Where a page begins, how long it is, and which way it goes. */
export interface PageAsked {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly order: 'newestFirst' | 'oldestFirst';
}

export function pageIn(question: Question, absent: PageAsked['order'] = 'newestFirst'): PageAsked {
  const limit = integerIn(question, 'limit');
  const asked = textIn(question, 'order');
  const order = asked === 'oldestFirst' || asked === 'newestFirst' ? asked : absent;
  return { limit, cursor: textIn(question, 'cursor'), order };
}

/** Reads a decimal of the request; one that is not exact is the sender's mistake. */
export function exactly<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InexactDecimalError) malformed(path, error.problem);
    throw error;
  }
}

/** What questions that read much may take of a second, of each kind, milliseconds. */
const PART_MS_MAX = 250;
const WINDOW_MS = 1000;

interface Spent {
  windowMs: number;
  tookMs: number;
}

type Much = 'accounts' | 'blocks';

const MUCH: { readonly [M in Much]: { spent: WeakMap<Machine, Spent>; what: string } } = {
  accounts: { spent: new WeakMap(), what: 'read every account' },
  blocks: { spent: new WeakMap(), what: 'read stored blocks' },
};

/** Reads every account of a machine. @throws ProblemError `overloaded`. */
export function readWhole<T>(machine: Machine, read: () => T): T {
  return readMuch(machine, 'accounts', read);
}

/**
 * Reads much, unless questions of this kind have had their part of this second: the thread that
 * answers them also feeds everybody who listens.
 *
 * @throws ProblemError `overloaded`.
 */
export function readMuch<T>(machine: Machine, kind: Much, read: () => T): T {
  const { spent, what } = MUCH[kind];
  const startMs = performance.now();
  let past = spent.get(machine);
  if (past === undefined || startMs - past.windowMs >= WINDOW_MS) {
    past = { windowMs: startMs, tookMs: 0 };
    spent.set(machine, past);
  }
  if (past.tookMs > PART_MS_MAX) {
    const detail = `Questions that ${what} have had their part of this second.`;
    throw new ProblemError(nodeProblem('overloaded', detail, { ofSecondMsMax: PART_MS_MAX }));
  }
  try {
    return read();
  } finally {
    past.tookMs += performance.now() - startMs;
  }
}
