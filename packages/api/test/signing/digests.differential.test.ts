// The compiled digests against viem's hashTypedData of the object that a wallet is shown.

import {
  type Action,
  pricesTypedData,
  type TypedDataTarget,
  typedData,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import fc from 'fast-check';
import { hashTypedData } from 'viem';
import { describe, expect, test } from 'vitest';
import type { UnsignedCommand } from '../../src/index.ts';
import {
  commandDigest,
  createDigester,
  hexOfBytes,
  pricesDigest,
} from '../../src/signing/index.ts';
import { actionOf, anyAction, anyCommand, anyPrice, commandKinds } from '../fixtures/commands.ts';

const target: TypedDataTarget = {
  chainId: 7_420,
  network: 'differential',
  salt: `0x${'5a'.repeat(32)}`,
};
const digester = createDigester(target);

function hashOfCommand(command: UnsignedCommand, on: TypedDataTarget): string {
  const { domain, types, primaryType, message } = typedData(command, on);
  return hashTypedData({ domain, types, primaryType, message });
}

function hashOfPrices(prices: readonly UnsignedObservation[], on: TypedDataTarget): string {
  const { domain, types, primaryType, message } = pricesTypedData(prices, on);
  return hashTypedData({ domain, types, primaryType, message });
}

function anyTarget(): fc.Arbitrary<TypedDataTarget> {
  const bytes = (length: number): fc.Arbitrary<`0x${string}`> =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((each) => hexOfBytes(each));
  return fc.record(
    {
      chainId: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      network: fc.string({ minLength: 1, unit: 'grapheme' }),
      verifyingContract: bytes(20),
      salt: bytes(32),
    },
    { requiredKeys: ['chainId'] },
  );
}

describe('the digest of one action is the hash of its typed data', () => {
  const covered = new Map<string, number>();

  test.each(commandKinds)('%s', (kind) => {
    fc.assert(
      fc.property(anyCommand(actionOf(kind).map((each) => [each])), (command) => {
        expect(hexOfBytes(digester.command(command))).toBe(hashOfCommand(command, target));
        covered.set(kind, (covered.get(kind) ?? 0) + 1);
      }),
      { numRuns: 25 },
    );
  });

  test('every kind of the table was covered', () => {
    expect([...covered.keys()]).toEqual(commandKinds);
  });
});

describe('the digest of a batch is the hash of its typed data', () => {
  test('of any actions', () => {
    const covered = new Set<string>();
    const batch = fc.array(anyAction(), { minLength: 2, maxLength: 32 });
    fc.assert(
      fc.property(anyCommand(batch), (command) => {
        expect(hexOfBytes(digester.command(command))).toBe(hashOfCommand(command, target));
        for (const action of command.actions) covered.add(action.kind);
      }),
      { numRuns: 100 },
    );
    expect(covered.size).toBe(commandKinds.length);
  });

  test('of all commandKinds at once, and of one kind many times', () => {
    const all = commandKinds.flatMap((kind) => fc.sample(actionOf(kind), { numRuns: 1, seed: 2 }));
    const envelope = { account: 1, nonce: 2, expiresMs: 3 };
    const command = { ...envelope, actions: all };
    expect(hexOfBytes(digester.command(command))).toBe(hashOfCommand(command, target));
    for (const action of all) {
      const many = { ...envelope, actions: Array.from({ length: 32 }, () => action) };
      expect(hexOfBytes(digester.command(many))).toBe(hashOfCommand(many, target));
    }
  });

  test('of no action, and of more than an envelope allows', () => {
    const action: Action = { kind: 'cancelAll', instrument: 0 };
    for (const length of [0, 33, 255]) {
      const actions = Array.from({ length }, () => action);
      const command = { account: 1, nonce: 2, expiresMs: 3, actions };
      expect(hexOfBytes(digester.command(command))).toBe(hashOfCommand(command, target));
    }
  });
});

test('the digest of prices is the hash of their typed data', () => {
  fc.assert(
    fc.property(fc.array(anyPrice(), { maxLength: 200, size: 'max' }), (prices) => {
      expect(hexOfBytes(digester.prices(prices))).toBe(hashOfPrices(prices, target));
    }),
    { numRuns: 50 },
  );
});

test('a domain may have any of its members', () => {
  fc.assert(
    fc.property(anyTarget(), anyCommand(), anyPrice(), (on, command, price) => {
      expect(hexOfBytes(commandDigest(command, on))).toBe(hashOfCommand(command, on));
      expect(hexOfBytes(pricesDigest([price], on))).toBe(hashOfPrices([price], on));
    }),
    { numRuns: 100 },
  );
});

test('nothing of one digest is left in the next', () => {
  const command = fc.array(anyCommand(), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(command, (commands) => {
      const alone = commands.map((each) => hexOfBytes(commandDigest(each, target)));
      const digests = commands.map((each) => digester.command(each));
      expect(digests.map(hexOfBytes)).toEqual(alone);
    }),
    { numRuns: 50 },
  );
});
