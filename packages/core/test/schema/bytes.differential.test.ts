import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ByteWriter,
  type CommandKind,
  type CommandResult,
  decodeAction,
  decodeBlock,
  decodeCommand,
  decodeCommandBody,
  decodeEvent,
  decodeEvents,
  decodeObservation,
  decodeResults,
  type EventKind,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeCommandBody,
  encodeEvent,
  encodeEvents,
  encodeObservation,
  encodeResults,
  eventSchema,
} from '../../src/schema/index.ts';
import {
  anyBlock,
  anyCommand,
  anyEvent,
  anyObservation,
  commandGenerators,
  edgeAction,
  eventOf,
} from '../generators.ts';

const generators = commandGenerators();
const results: fc.Arbitrary<CommandResult[]> = fc.array(
  fc.record({ code: fc.nat(), actions: fc.array(fc.nat(), { maxLength: 32 }) }),
);

describe('what is encoded is decoded to the same value', () => {
  for (const kind of Object.keys(generators) as CommandKind[]) {
    test(`action ${kind}`, () => {
      fc.assert(
        fc.property(generators[kind], (action) => {
          expect(decodeAction(encodeAction(action))).toEqual(action);
        }),
        { numRuns: 50 },
      );
    });
  }

  for (const kind of Object.keys(eventSchema) as EventKind[]) {
    test(`event ${kind}`, () => {
      fc.assert(
        fc.property(eventOf(kind), (event) => {
          expect(decodeEvent(encodeEvent(event))).toEqual(event);
        }),
        { numRuns: 30 },
      );
    });
  }

  test('actions at the edges of their types', () => {
    fc.assert(
      fc.property(edgeAction(), (action) => {
        expect(decodeAction(encodeAction(action))).toEqual(action);
      }),
    );
  });

  test('commands, their bodies, observations, events, results and blocks', () => {
    fc.assert(
      fc.property(anyCommand(), anyObservation(), fc.array(anyEvent()), (command, one, events) => {
        const { signer: _, ...body } = command;
        expect(decodeCommand(encodeCommand(command))).toEqual(command);
        expect(decodeCommandBody(encodeCommandBody(command))).toEqual(body);
        expect(decodeObservation(encodeObservation(one))).toEqual(one);
        expect(decodeEvents(encodeEvents(events))).toEqual(events);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(results, (all) => {
        expect(decodeResults(encodeResults(all))).toEqual(all);
      }),
    );
    fc.assert(
      fc.property(anyBlock(), (block) => {
        expect(decodeBlock(encodeBlock(block))).toEqual(block);
      }),
      { numRuns: 50 },
    );
  });
});

test('a writer that is used again gives the same bytes as a new one', () => {
  const writer = new ByteWriter(1);
  fc.assert(
    fc.property(anyBlock(), (block) => {
      expect(encodeBlock(block, writer)).toEqual(encodeBlock(block));
    }),
    { numRuns: 50 },
  );
});

test('minus zero is written as zero', () => {
  const rate = { instrument: 1, rateNanoPerHour: -0, premiumNano: 0, samples: 0 };
  const event = { kind: 'fundingRateSet', ...rate } as const;
  expect(encodeEvent(event)).toEqual(encodeEvent({ ...event, rateNanoPerHour: 0 }));
});
