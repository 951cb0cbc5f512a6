import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Check, Errors } from 'typebox/value';
import type { ScenarioProblem } from '../errors.ts';

/** The parts of JSON Schema that a scenario's schema is made of. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keyword: string]: unknown;
}

const PROBLEMS_MAX = 20;

const quote = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** One segment of a JSON pointer. */
export function pointerSegment(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What was found, short enough for one line. */
function found(value: unknown): string {
  if (Array.isArray(value)) return `found a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'found an object';
  const text = quote(value);
  return `found ${text.length > 40 ? `${text.slice(0, 37)}...` : text}`;
}

/** "must be a decimal text above 0 such as "1.5"; found 1.5". */
function expectation(node: Node, value: unknown): string {
  if (node.description !== undefined) return `must be ${node.description}; ${found(value)}`;
  if (node.enum !== undefined) {
    return `must be one of ${node.enum.map(quote).join(', ')}; ${found(value)}`;
  }
  if (node.const !== undefined) return `must be ${quote(node.const)}; ${found(value)}`;
  const nouns: Record<string, string> = { object: 'an object', array: 'a list', string: 'a text' };
  return `must be ${nouns[node.type ?? ''] ?? `of type ${node.type}`}; ${found(value)}`;
}

/** Walks a pointer of the schema ("#/properties/a/items") and the value that it applies to. */
function follow(
  root: Node,
  schemaPath: string,
  instancePath: string,
): { readonly node: Node; readonly union: { node: Node; path: string } | null } {
  const steps = schemaPath.split('/').slice(1);
  const instance = instancePath.split('/').slice(1);
  let node: unknown = root;
  let depth = 0;
  for (let at = 0; at < steps.length; at++) {
    const step = (steps[at] as string).replaceAll('~1', '/').replaceAll('~0', '~');
    if (step === 'anyOf') {
      const path = instance.slice(0, depth).map((segment) => `/${segment}`);
      return { node: node as Node, union: { node: node as Node, path: path.join('') } };
    }
    node = (node as Record<string, unknown> | undefined)?.[step];
    const isContainer = ['properties', 'patternProperties', 'items'].includes(step);
    if (isContainer) depth++;
    if (isContainer && !(step === 'items' && !Array.isArray(node))) {
      at++;
      const key = (steps[at] as string | undefined)?.replaceAll('~1', '/').replaceAll('~0', '~');
      node = (node as Record<string, unknown> | undefined)?.[key ?? ''];
    }
  }
  return { node: (node ?? {}) as Node, union: null };
}

function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const segment of path.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return value;
}

/** The kinds that a union of objects tells apart by `kind`, or null when it is another union. */
function kindsOf(union: Node): readonly string[] | null {
  const kinds = (union.anyOf ?? []).map((branch) => branch.properties?.kind?.const);
  return kinds.every((kind) => typeof kind === 'string') ? (kinds as string[]) : null;
}

/** The problems of a union: those of the branch that the author meant. */
function unionProblems(union: Node, value: unknown, path: string): ScenarioProblem[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const kinds = kindsOf(union);
  const branches = union.anyOf ?? [];
  if (kinds !== null) {
    const listed = kinds.map(quote).join(', ');
    if (!isObject) {
      return [{ path, message: `must be an object with "kind" one of ${listed}; ${found(value)}` }];
    }
    const kind = (value as Record<string, unknown>).kind;
    const branch = branches[kinds.indexOf(String(kind))];
    if (branch !== undefined) return nodeProblems(branch, value, path);
    const message = `must be one of ${listed}; ${found(kind)}`;
    return [{ path: `${path}/kind`, message }];
  }
  const branch = isObject ? branches.find((one) => one.type === 'object') : undefined;
  if (branch !== undefined) return nodeProblems(branch, value, path);
  return [{ path, message: expectation(union, value) }];
}

function nodeProblems(schema: Node, value: unknown, path: string): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  const unions = new Set<string>();
  for (const error of Errors(schema as TSchema, value)) {
    const { node, union } = follow(schema, error.schemaPath, error.instancePath);
    if (union !== null || node.anyOf !== undefined) {
      const at = union?.path ?? error.instancePath;
      if (unions.has(at)) continue;
      unions.add(at);
      problems.push(...unionProblems(union?.node ?? node, valueAt(value, at), path + at));
    } else if (error.keyword === 'required') {
      for (const key of error.params.requiredProperties) {
        const wanted = node.properties?.[key]?.description;
        const hint = wanted === undefined ? '' : `; it is ${wanted}`;
        problems.push({
          path: path + error.instancePath,
          message: `"${key}" is missing${hint}`,
        });
      }
    } else if (error.keyword === 'additionalProperties') {
      const known = Object.keys(node.properties ?? {}).join(', ');
      for (const key of error.params.additionalProperties) {
        problems.push({
          path: path + error.instancePath + pointerSegment(key),
          message: `is not known here; known are ${known}`,
        });
      }
    } else if (error.keyword !== 'boolean') {
      problems.push({
        path: path + error.instancePath,
        message: expectation(node, valueAt(value, error.instancePath)),
      });
    }
  }
  return problems;
}

/**
 * Everything in `value` that the schema does not allow, at most 20 problems, one per place, in
 * words that name the place and say what belongs there. Empty exactly when the value is valid.
 */
export function schemaProblems(schema: TSchema, value: unknown): ScenarioProblem[] {
  if (Check(schema, value)) return [];
  // The library stops at 8 by default, which the branches of one union can use up.
  Settings.Set({ maxErrors: 1000 });
  const byPath = new Map<string, ScenarioProblem>();
  for (const problem of nodeProblems(schema as Node, value, '')) {
    const key = problem.message.includes('is missing')
      ? problem.path + problem.message
      : problem.path;
    if (!byPath.has(key)) byPath.set(key, problem);
  }
  return [...byPath.values()].slice(0, PROBLEMS_MAX);
}
