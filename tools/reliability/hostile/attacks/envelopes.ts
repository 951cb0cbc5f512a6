// Commands that are signed by whom they should be, and come too late, too early, twice, out of turn
// or too large.
import type { UnsignedCommand } from '@plimsoll/api';
import type { Action } from '@plimsoll/core/schema';
import { ACCOUNTS, cancelAll, cast } from '../cast.ts';
import { throughDoors } from '../doors.ts';
import type { Sealing } from '../lawful.ts';
import type { Attack } from '../stage.ts';

const mine = (actions: readonly Action[] = [cancelAll]): Sealing => ({
  signer: cast.mallory,
  account: ACCOUNTS.mallory,
  actions,
});

/** A lawful key, an envelope that is not: nothing of it may be in a block. */
function attack(
  name: string,
  what: string,
  {
    answer,
    envelopes,
  }: {
    readonly answer: string;
    readonly envelopes: readonly ((nowMs: number) => Partial<UnsignedCommand>)[];
  },
): Attack {
  return {
    name,
    what,
    expects: [answer],
    run: (stage, tally) => {
      const commands = Array.from({ length: stage.times(120) }, (_, i) => {
        const envelope = envelopes[i % envelopes.length]?.(Date.now()) ?? {};
        return stage.seals.forge({ ...mine(), envelope });
      });
      return throughDoors(stage, tally, commands);
    },
  };
}

/** Any order, the same one in every run. */
function shuffled<T>(all: readonly T[]): T[] {
  const out = [...all];
  let seed = 42;
  for (let i = out.length - 1; i > 0; i--) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = seed % (i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

export const envelopeAttacks: readonly Attack[] = [
  {
    name: 'replayed commands',
    what: 'one lawful command through all doors, from two addresses: executed once, the same receipt',
    expects: ['receipt'],
    run: async (stage, tally) => {
      const sealed = stage.seals.lawfully(mine());
      const again = Array.from({ length: stage.times(1_500) }, () => sealed);
      await throughDoors(stage, tally, again);
      await throughDoors(stage.elsewhere(), tally, again);
    },
  },
  {
    name: 'reordered nonces',
    what: '128 in any order: those within the window of 64 go, those below it do not',
    expects: ['receipt', 'nonceUsed'],
    run: async (stage, tally) => {
      const first = stage.seals.nextNonces(128);
      const nonces = Array.from({ length: 128 }, (_, i) => ({ nonce: first + i }));
      const within = shuffled(nonces.slice(64)).map((envelope) =>
        stage.seals.lawfully({ ...mine(), envelope }),
      );
      const below = shuffled(nonces.slice(0, 64)).map((envelope) =>
        stage.seals.forge({ ...mine(), envelope }),
      );
      await throughDoors(stage, tally, within, ['binary']);
      await throughDoors(stage, tally, below);
    },
  },
  {
    name: 'a nonce under another content',
    what: 'a used nonce again with other actions',
    expects: ['receipt', 'nonceUsed'],
    run: async (stage, tally) => {
      const nonce = stage.seals.nextNonce();
      const envelope = { nonce };
      await throughDoors(stage, tally, [stage.seals.lawfully({ ...mine(), envelope })]);
      const others = Array.from({ length: stage.times(120) }, (_, i) =>
        stage.seals.forge({ ...mine([{ kind: 'cancelAll', instrument: 1 + i }]), envelope }),
      );
      await throughDoors(stage, tally, others);
    },
  },
  attack('expired commands', 'ended a millisecond, an hour, a life ago', {
    answer: 'commandExpired',
    envelopes: [
      (now) => ({ expiresMs: now - 2_000 }),
      (now) => ({ expiresMs: now - 3_600_000 }),
      () => ({ expiresMs: 1 }),
      () => ({ expiresMs: 0 }),
    ],
  }),
  attack('commands that never expire', 'valid for a week, for ever', {
    answer: 'expiryTooFar',
    envelopes: [
      (now) => ({ expiresMs: now + 7 * 86_400_000 }),
      () => ({ expiresMs: Number.MAX_SAFE_INTEGER }),
    ],
  }),
  attack('far nonces', 'the day after tomorrow, 2⁵³ − 1', {
    answer: 'nonceTooFar',
    envelopes: [
      (now) => ({ nonce: now + 2 * 86_400_000 }),
      () => ({ nonce: Number.MAX_SAFE_INTEGER }),
    ],
  }),
  attack('nonces of long ago', '0, 1, last year', {
    answer: 'nonceUsed',
    envelopes: [
      () => ({ nonce: 0 }),
      () => ({ nonce: 1 }),
      (now) => ({ nonce: now - 365 * 86_400_000 }),
    ],
  }),
  {
    name: '32 actions, and 33',
    what: 'the most that one signature covers, one more, 255, none',
    expects: ['receipt', 'actionsCount'],
    allows: ['malformed'],
    run: async (stage, tally) => {
      const cancels = (count: number): Action[] => Array.from({ length: count }, () => cancelAll);
      const lawful = [1, 2, 3].map(() => stage.seals.lawfully(mine(cancels(32))));
      const wrong = Array.from({ length: stage.times(90) }, (_, i) => {
        const actions = cancels([33, 0, 255][i % 3] ?? 0);
        return stage.seals.forge(mine(actions));
      });
      await throughDoors(stage, tally, [...lawful, ...wrong]);
    },
  },
];
