import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Action,
  actionProblem,
  blockProblem,
  type CommandKind,
  commandProblem,
  commandSchema,
  encodeAction,
  observationProblem,
} from '../../src/schema/index.ts';
import {
  anyAction,
  anyBlock,
  anyCommand,
  anyObservation,
  commandGenerators,
  edgeAction,
  hostileAction,
  idHooks,
} from '../generators.ts';

test('every action the tables allow passes the door', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(anyAction(), edgeAction()), (action) => {
      seen.add(action.kind);
      expect(actionProblem(action)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
  expect(seen.size).toBe(Object.keys(commandSchema).length);
});

test('every hostile value is named, and none throws', () => {
  const sentences = new Set<string>();
  fc.assert(
    fc.property(hostileAction(), (value) => {
      const problem = actionProblem(value);
      expect(problem).toMatch(/\w/);
      sentences.add((problem as string).split(' ').slice(-2).join(' '));
    }),
    { numRuns: 3000 },
  );
  expect(sentences.size).toBeGreaterThan(10);
});

test('the door and the encoder agree: what one refuses the other cannot write', () => {
  fc.assert(
    fc.property(fc.oneof(hostileAction(), anyAction()), (value) => {
      const problem = actionProblem(value);
      if (problem === undefined) encodeAction(value as Action);
      // Unknown fields and foreign prototypes are refused at the door and invisible to the encoder.
      else if (!/unknown field|plain/.test(problem)) {
        expect(() => encodeAction(value as Action)).toThrow();
      }
    }),
    { numRuns: 2000 },
  );
});

test('commands, observations and blocks are judged as far as their fields go', () => {
  fc.assert(
    fc.property(anyCommand(), anyObservation(), anyBlock(), (command, observation, block) => {
      expect(commandProblem(command)).toBeUndefined();
      expect(observationProblem(observation)).toBeUndefined();
      expect(blockProblem(block)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(anyCommand(), hostileAction(), (command, hostile) => {
      const actions = [...command.actions, hostile];
      expect(commandProblem({ ...command, actions })).toMatch(
        /^actions\[\d+\]: |^it is not plain data$/,
      );
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['signer', '0x12', 'signer is not an address of 0x and 40 lower-case hex digits'],
  ['account', -1, 'account is not an integer from 0 to 4294967295'],
  ['nonce', 2 ** 53, 'nonce is not an integer from 0 to 9007199254740991'],
  ['expiresMs', Number.NaN, 'expiresMs is not an integer from 0 to 9007199254740991'],
  ['expiresMs', undefined, 'expiresMs is missing'],
  ['actions', { length: 1 }, 'actions is not a list'],
  ['actions', Array.from({ length: 256 }), 'actions has more than 255 entries'],
  ['more', 1, 'it has an unknown field, more'],
])('a command whose %s is %o: %s', (field, value, sentence) => {
  const signer = `0x${'0'.repeat(40)}`;
  const command = { signer, account: 1, nonce: 1, expiresMs: 1, actions: [] };
  expect(commandProblem({ ...command, [field]: value })).toBe(sentence);
});

test('what is no object at all is named', () => {
  for (const value of [undefined, null, 1, 'x', [], new Date(0)]) {
    expect(commandProblem(value)).toBe('a command is a plain object');
    expect(observationProblem(value)).toBe('an observation is a plain object');
    expect(blockProblem(value)).toBe('a block is a plain object');
  }
  const block = { height: 1, timeMs: 1, version: 1, observations: [], commands: [] };
  expect(blockProblem({ ...block, height: -1 })).toMatch(/^height is not/);
  expect(blockProblem({ ...block, observations: 1 })).toBe('observations is not a list');
  expect(blockProblem({ ...block, commands: 1 })).toBe('commands is not a list');
});

test('every kind has a generator of its own kind', () => {
  const generators = commandGenerators();
  for (const kind of Object.keys(commandSchema) as CommandKind[]) {
    fc.assert(
      fc.property(generators[kind], (action) => {
        expect(action.kind).toBe(kind);
      }),
      { numRuns: 5 },
    );
  }
});

test('hooks put the ids of a scenario into every kind', () => {
  const hooks = idHooks({ accounts: 3, assets: 2, underlyings: 2, instruments: 4 });
  const generators = commandGenerators({ ...hooks, 'placeOrder.price': fc.constant(100) });
  fc.assert(
    fc.property(generators.placeOrder, generators.transfer, (order, transfer) => {
      expect(order.instrument).toBeLessThanOrEqual(5);
      expect(order.price).toBe(100);
      expect(transfer.to).toBeLessThanOrEqual(4);
      expect(transfer.asset).toBeLessThanOrEqual(3);
    }),
  );
});
