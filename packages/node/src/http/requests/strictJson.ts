import { nodeProblem, ProblemError } from '@plimsoll/api/wire';

/** Deepest nesting of a request: a batch of actions with lists needs 6. */
export const JSON_DEPTH_MAX = 16;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a request body: JSON in UTF-8 that means the same to every reader. Refused beside what is
 * not JSON: bytes that are not UTF-8, a key twice in one object (readers disagree which one holds),
 * `__proto__`, deeper nesting than any request has, numbers that a double does not hold as written.
 * Spec: api 9.3.
 *
 * @throws ProblemError `malformed`, with the place as a JSON pointer.
 */
export function readStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformed('', 'is not UTF-8');
  }
  return parseStrictJson(text);
}

/** As `readStrictJson`, of text. */
export function parseStrictJson(text: string): unknown {
  // Before the parser: it must never see a nesting bomb.
  new Scan(text).run();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed('', `is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** The problem of one place of a request. `pointer`: RFC 6901, '' is the whole body. */
export function malformed(pointer: string, message: string): ProblemError {
  const place = pointer === '' ? 'The body' : pointer;
  return new ProblemError(nodeProblem('malformed', `${place} ${message}.`, { pointer }));
}

interface Level {
  /** Keys of an object; absent in a list. */
  readonly keys: Set<string> | undefined;
  /** Where we are in it. */
  at: string | number;
  expectsKey: boolean;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const NUMBER = /-?[0-9][0-9.eE+-]*/y;

/** One pass over the text; text that is not JSON passes through it to the parser's own verdict. */
class Scan {
  readonly #text: string;
  readonly #levels: Level[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (code === QUOTE) this.#string();
      else if (code === 45 || (code >= 48 && code <= 57)) this.#number();
      else {
        this.#at += 1;
        this.#mark(code);
      }
    }
  }

  #mark(code: number): void {
    const level = this.#levels.at(-1);
    if (code === OPEN_OBJECT || code === OPEN_LIST) this.#open(code === OPEN_OBJECT);
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.#levels.pop();
    else if (level !== undefined && code === COLON) level.expectsKey = false;
    else if (level !== undefined && code === COMMA) {
      level.expectsKey = level.keys !== undefined;
      if (typeof level.at === 'number') level.at += 1;
    }
  }

  #open(isObject: boolean): void {
    if (this.#levels.length >= JSON_DEPTH_MAX) {
      throw malformed('', `is nested more than ${JSON_DEPTH_MAX} deep`);
    }
    const keys = isObject ? new Set<string>() : undefined;
    this.#levels.push({ keys, at: isObject ? '' : 0, expectsKey: isObject });
  }

  #string(): void {
    const start = this.#at;
    const end = this.#stringEnd();
    this.#at = end;
    const level = this.#levels.at(-1);
    if (level?.keys === undefined || !level.expectsKey) return;
    const key = keyOf(this.#text.slice(start, end));
    if (key === undefined) return;
    level.at = key;
    if (key === '__proto__') throw malformed(this.#pointer(), 'is not a name for a field');
    if (level.keys.has(key)) throw malformed(this.#pointer(), 'stands twice in one object');
    level.keys.add(key);
  }

  #stringEnd(): number {
    const text = this.#text;
    let at = this.#at + 1;
    while (at < text.length && text.charCodeAt(at) !== QUOTE) {
      at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    }
    return Math.min(at + 1, text.length);
  }

  #number(): void {
    NUMBER.lastIndex = this.#at;
    const token = NUMBER.exec(this.#text)?.[0] ?? '-';
    this.#at += token.length;
    if (!isHeld(token))
      throw malformed(this.#pointer(), 'is a number of more digits than it keeps');
  }

  #pointer(): string {
    return this.#levels.map((level) => `/${pointerToken(String(level.at))}`).join('');
  }
}

/** Whether a double keeps the number as written: a safe integer, or at most 17 digits. */
function isHeld(token: string): boolean {
  const value = Number(token);
  if (Number.isNaN(value)) return true; // Not a number at all: the parser says so.
  if (!Number.isFinite(value)) return false;
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+/, '');
  if (digits.length > 17) return false;
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}

/** The name that a quoted key means; undefined where it is not JSON. */
function keyOf(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

/** One step of a JSON pointer. */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** 'actions[2].size', as the decoders name places, as a pointer: '/actions/2/size'. */
export function pointerOf(path: string): string {
  if (path === '') return '';
  const steps = path.replaceAll('[', '.').replaceAll(']', '').split('.');
  return steps.map((step) => (step === '' ? '' : `/${pointerToken(step)}`)).join('');
}
