import { readFileSync } from 'node:fs';
import { PlimsollError } from '@plimsoll/core/math';
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { defaultConfig, type NodeConfig } from './config.ts';

/** A configuration that no node can run with; every mistake is named with its place. */
export class ConfigError extends PlimsollError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `\n  ${problem}`).join('');
    super({ code: 'CONFIG_INVALID', message: `the configuration cannot be used:${lines}` });
    this.problems = problems;
  }
}

/** One setting, however it is written. The table in docs/operating.md is made of these. */
export interface ConfigSetting {
  /** Its place in the file: `http.port`. */
  readonly path: string;
  /** `PLIMSOLL_HTTP_PORT`. */
  readonly variable: string;
  /** `--http-port`. */
  readonly flag: string;
  readonly kind: 'integer' | 'boolean' | 'text' | 'list';
  readonly doc: string;
  /** What stands when nobody says anything, as text. */
  readonly initial: string;
}

/** Where settings come from; what comes later in this list wins. */
export interface ConfigSources {
  /** A JSON file with any part of the configuration. */
  readonly file?: string | undefined;
  /** `PLIMSOLL_*`; unknown names of that prefix are refused. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Texts by the path of their setting. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

/** Variables of that prefix that mean something else, and are not read here. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'PLIMSOLL_CONFIG',
  'PLIMSOLL_COUNTS',
  'PLIMSOLL_DATA',
  'PLIMSOLL_DATA_DIR',
  'PLIMSOLL_KEY_PASSWORD',
  'PLIMSOLL_NODE24',
]);

const natural = (doc: string, minimum: number): Type.TInteger =>
  Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description: doc });

const group = <P extends Type.TProperties>(properties: P): Type.TObject<P> =>
  Type.Object(properties, { additionalProperties: false });

const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const schema = group({
  dataDirectory: Type.String({ minLength: 1, description: 'folder of the store' }),
  http: group({
    host: Type.String({ minLength: 1, description: 'address to listen on; loopback is private' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: 'port; 0 takes any free one' }),
    corsOrigins: Type.Array(Type.String({ pattern: '^(\\*|https?://[^/\\s]+)$' }), {
      description: 'origins whose pages may call from a browser; none: same origin only',
    }),
    isBehindProxy: Type.Boolean({ description: 'believe x-forwarded-for of a proxy on loopback' }),
  }),
  limits: group({
    messageBytesMax: natural('bytes of one HTTP body or WebSocket message', 1_024),
    connectionsMax: natural('open connections, HTTP and WebSocket', 1),
    connectionsPerAddressMax: natural('open connections of one address, HTTP and WebSocket', 1),
    requestsPerSecond: natural('HTTP requests per second and address, on average', 1),
    requestsBurst: natural('HTTP requests of one address at once', 1),
    inFlightPerConnectionMax: natural('unanswered commands of one connection', 1),
    queueMax: natural('commands that wait for a block; above it the node is overloaded', 1),
    subscriptionsPerConnectionMax: natural('subscriptions of one connection', 1),
    sendBufferBytesMax: natural('bytes that may wait for a slow reader', 65_536),
    badSignaturesMax: natural('signatures that do not open before a connection is closed', 1),
  }),
  blocks: group({
    closeAfterMs: natural('ms after its first command at which a block closes at latest', 1),
    intervalMs: natural('ms between two blocks at least: longer is cheaper, and later', 0),
    commandsMax: natural('commands of one block', 1),
  }),
  opening: group({ threads: natural('worker threads that open signatures', 1) }),
  snapshots: group({
    everyMs: natural('ms between snapshots', 1_000),
    kept: natural('snapshots that are kept', 1),
  }),
  checkpoints: group({ everyMs: natural('ms between checkpoints of all liabilities', 1_000) }),
  stream: group({
    heartbeatMs: natural('ms between pings', 100),
    resumeMessages: natural('messages of a channel that a client can resume from', 0),
  }),
  logLevel: Type.Union(
    levels.map((level) => Type.Literal(level)),
    { description: `what is logged: ${levels.join(', ')}` },
  ),
});

/** Every setting, in the order of the schema. */
export const configSettings: readonly ConfigSetting[] = settingsOf(schema, []);

/** The configuration as JSON Schema, for editors. */
export function configJsonSchema(): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema };
}

/**
 * Defaults, then the file, then the environment, then flags; validated as a whole.
 *
 * @throws ConfigError with every mistake.
 */
export function readConfig(sources: ConfigSources = {}): NodeConfig {
  const problems: string[] = [];
  const origins = new Map<string, string>();
  const merged: Record<string, unknown> = structuredClone({ ...defaultConfig });
  if (sources.file !== undefined) {
    const found = readFile(sources.file, problems);
    for (const [path, value] of leavesOf(found, [])) {
      origins.set(path, `in ${sources.file}`);
      place(merged, path, value);
    }
  }
  for (const { path, value, origin } of textsOf(sources, problems)) {
    origins.set(path, origin);
    place(merged, path, value);
  }
  problems.push(...schemaProblems(merged, origins));
  if (problems.length > 0) throw new ConfigError(problems);
  // What the schema holds is a NodeConfig: the compiler compares the two here.
  return merged as Static<typeof schema> satisfies NodeConfig;
}

interface Leaf {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
}

function textsOf(sources: ConfigSources, problems: string[]): Leaf[] {
  const { environment = {}, flags = {} } = sources;
  const known = new Set(configSettings.map((setting) => setting.variable));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('PLIMSOLL_') || known.has(name) || OTHER_VARIABLES.has(name)) continue;
    problems.push(`${name} (in the environment) is no setting${nearest(name, [...known])}`);
  }
  return configSettings.flatMap((setting) => {
    const { path, variable, flag, kind } = setting;
    const said: Leaf[] = [];
    const variableText = environment[variable];
    if (variableText !== undefined) {
      said.push({ path, value: typedValue(variableText, kind), origin: `from ${variable}` });
    }
    const flagText = flags[path];
    if (flagText !== undefined) {
      said.push({ path, value: typedValue(flagText, kind), origin: `from ${flag}` });
    }
    return said;
  });
}

/** The text as a value of its kind, or the text itself where it is none: the schema names it. */
function typedValue(text: string, kind: ConfigSetting['kind']): unknown {
  if (kind === 'integer') return /^-?[0-9]+$/.test(text) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (kind === 'list') return text === '' ? [] : text.split(',').map((each) => each.trim());
  return text;
}

function readFile(file: string, problems: string[]): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    problems.push(`${file} cannot be read: ${reasonOf(cause)}`);
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
    problems.push(`${file} is not a JSON object`);
  } catch (cause) {
    problems.push(`${file} is not JSON: ${reasonOf(cause)}`);
  }
  return {};
}

function schemaProblems(value: unknown, origins: ReadonlyMap<string, string>): string[] {
  const known = configSettings.map((setting) => setting.path);
  const problems = new Map<string, string>();
  for (const error of Value.Errors(schema, value)) {
    const path = error.instancePath.slice(1).replaceAll('/', '.');
    if (error.keyword === 'additionalProperties') {
      const { additionalProperties } = error.params as { additionalProperties: string[] };
      for (const name of additionalProperties) {
        const full = path === '' ? name : `${path}.${name}`;
        const origin = origins.get(full) ?? [...origins.values()][0] ?? '';
        problems.set(full, `${full} (${origin}) is no setting${nearest(full, known)}`);
      }
    } else if (error.keyword !== 'boolean' && !problems.has(path)) {
      const setting = configSettings.find((each) => path.startsWith(each.path));
      const origin = origins.get(setting?.path ?? path) ?? 'by default';
      const said = JSON.stringify(at(value, path));
      problems.set(path, `${path} (${origin}) ${wanted(setting, error.message)}, and is ${said}`);
    }
  }
  return [...problems.values()];
}

function wanted(setting: ConfigSetting | undefined, message: string): string {
  if (setting?.path === 'logLevel') return `must be one of ${levels.join(', ')}`;
  if (setting?.path !== 'http.corsOrigins') return message;
  return 'must be origins such as https://app.example, without a path, or * for all';
}

function settingsOf(object: TSchema, path: readonly string[]): ConfigSetting[] {
  const { properties } = object as Type.TObject;
  return Object.entries(properties).flatMap(([name, each]): ConfigSetting[] => {
    const names = [...path, name];
    const { type, description } = each as { type?: string; description?: string };
    if (type === 'object') return settingsOf(each, names);
    const words = names.join('_').replace(/([A-Z])/g, '_$1');
    const initial = at(defaultConfig, names.join('.'));
    return [
      {
        path: names.join('.'),
        variable: `PLIMSOLL_${words.toUpperCase()}`,
        flag: `--${words.toLowerCase().replaceAll('_', '-')}`,
        kind: kindOf(type),
        doc: description ?? '',
        initial: Array.isArray(initial) ? initial.join(',') : String(initial),
      },
    ];
  });
}

function kindOf(type: string | undefined): ConfigSetting['kind'] {
  if (type === 'integer' || type === 'boolean') return type;
  return type === 'array' ? 'list' : 'text';
}

function leavesOf(value: unknown, path: readonly string[]): [string, unknown][] {
  if (!isRecord(value)) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([name, each]) => leavesOf(each, [...path, name]));
}

function place(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let holder = target;
  for (const name of names) {
    if (!Object.hasOwn(holder, name) || !isRecord(holder[name])) define(holder, name, {});
    holder = holder[name] as Record<string, unknown>;
  }
  define(holder, last, value);
}

/** As an own property, whatever it is called: a file may say `__proto__`. */
function define(holder: object, name: string, value: unknown): void {
  const isPlain = { enumerable: true, writable: true, configurable: true };
  Object.defineProperty(holder, name, { value, ...isPlain });
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, name) => (holds(found, name) ? found[name] : found), value);
}

/** A list holds its entries by their place. */
function holds(value: unknown, name: string): value is Record<string, unknown> {
  return isRecord(value) || (Array.isArray(value) && Object.hasOwn(value, name));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A known name with the same last word, or most letters in common at its start. */
function nearest(name: string, known: readonly string[]): string {
  const near = known
    .map((each) => ({ each, distance: editDistance(name, each) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= 3 ? `; is ${near.each} meant?` : '';
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const swap = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
