// Signatures that are none, are changed, or are of something else.
import type { Network } from '@plimsoll/api';
import { ACCOUNTS, cancelAll, cast, theft } from '../cast.ts';
import { throughDoors } from '../doors.ts';
import type { Sealed } from '../lawful.ts';
import type { Attack, Stage } from '../stage.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const R = 0;
const S = 32;
const V = 64;

/** What the victim itself would be heard with, if it were whole. */
function signed(stage: Stage): Sealed {
  const { victim: signer } = cast;
  return stage.seals.forge({ signer, account: ACCOUNTS.victim, actions: [theft] });
}

type Change = (signature: Uint8Array) => void;

function changed(change: Change): (stage: Stage) => Sealed {
  return (stage) => {
    const sealed = signed(stage);
    change(sealed.signature);
    return sealed;
  };
}

function wordAt(signature: Uint8Array, at: number): bigint {
  return BigInt(`0x${Buffer.from(signature.subarray(at, at + 32)).toString('hex')}`);
}

function put(signature: Uint8Array, at: number, word: bigint): void {
  signature.set(Buffer.from(word.toString(16).padStart(64, '0'), 'hex'), at);
}

const otherV = (signature: Uint8Array): void => {
  signature[V] = 55 - (signature[V] ?? 0);
};

/** The other of the two that libraries accept: the same key, the same digest. */
const highS: Change = (signature) => {
  put(signature, S, ORDER - wordAt(signature, S));
  otherV(signature);
};

function attack(
  name: string,
  what: string,
  {
    count,
    answers,
    make,
  }: {
    readonly count: number;
    readonly answers: readonly string[];
    readonly make: (stage: Stage, i: number) => Sealed;
  },
): Attack {
  return {
    name,
    what,
    expects: answers,
    run: (stage, tally) => {
      const commands = Array.from({ length: stage.times(count) }, (_, i) => make(stage, i));
      return throughDoors(stage, tally, commands);
    },
  };
}

const zeros: readonly Change[] = [
  (signature) => signature.fill(0, R, S),
  (signature) => signature.fill(0, S, V),
  (signature) => put(signature, R, ORDER),
  (signature) => put(signature, S, ORDER),
  (signature) => signature.fill(255, R, S),
  (signature) => signature.fill(255, S, V),
  (signature) => signature.fill(0),
];

const other = (change: Partial<Network>) => (stage: Stage) => {
  const { victim: signer } = cast;
  return stage.seals.forge({ signer, account: ACCOUNTS.victim, actions: [theft], on: change });
};

/** One byte of a lawful signature, another every time. */
function flipped(stage: Stage, i: number): Sealed {
  const sealed = signed(stage);
  const at = i % V;
  sealed.signature[at] = (sealed.signature[at] ?? 0) ^ (1 << (i % 8));
  return sealed;
}

export const signatureAttacks: readonly Attack[] = [
  attack('high s', "the victim's own withdrawal with n − s for s, v flipped: malleability", {
    count: 300,
    answers: ['signatureInvalid (sHigh)'],
    make: changed(highS),
  }),
  attack('r or s out of range', 'r or s 0, n, or 2²⁵⁶ − 1, both 0', {
    count: 210,
    answers: [
      'signatureInvalid (rZero)',
      'signatureInvalid (sZero)',
      'signatureInvalid (rRange)',
      'signatureInvalid (sRange)',
    ],
    make: (stage, i) => changed(zeros[i % zeros.length] ?? highS)(stage),
  }),
  attack('v of no meaning', 'v of 2, 26, 29, 255', {
    count: 120,
    answers: ['signatureInvalid (v)'],
    make: (stage, i) => changed((each) => each.fill([2, 26, 29, 255][i % 4] ?? 2, V))(stage),
  }),
  attack('the other v', 'a lawful signature with 27 for 28: it opens to another key', {
    count: 90,
    answers: ['signerUnauthorized'],
    make: changed(otherV),
  }),
  {
    ...attack('flipped bits', 'one bit of r or s flipped', {
      count: 600,
      answers: ['signerUnauthorized'],
      make: flipped,
    }),
    allows: ['signatureInvalid (noPoint)', 'signatureInvalid (sHigh)', 'signatureInvalid (sRange)'],
  },
  attack('wrong chain id', "the victim's withdrawal, signed for chain 1", {
    count: 120,
    answers: ['signerUnauthorized'],
    make: other({ chainId: 1 }),
  }),
  attack('wrong network name', 'signed for `Plimsoll mainnet`', {
    count: 120,
    answers: ['signerUnauthorized'],
    make: other({ name: 'mainnet' }),
  }),
  attack('wrong salt', 'signed for a network of another genesis', {
    count: 120,
    answers: ['signerUnauthorized'],
    make: other({ genesisHash: `0x${'00'.repeat(32)}` }),
  }),
  attack('a signature of something else', 'a lawful signature under another body', {
    count: 120,
    answers: ['signerUnauthorized'],
    make: (stage) => {
      const { victim: signer } = cast;
      const account = ACCOUNTS.victim;
      const { signature } = stage.seals.forge({ signer, account, actions: [cancelAll] });
      return { ...signed(stage), signature };
    },
  }),
  {
    name: 'cut and long signatures',
    what: 'JSON with signatures of 0 to 200 bytes, upper case, without 0x, no text at all',
    expects: ['malformed'],
    run: async (stage, tally) => {
      const line = await stage.line();
      const whole = Buffer.from(signed(stage).signature).toString('hex');
      const texts: unknown[] = [
        ...['', '0x', `0x${whole.slice(2)}`, `0x${whole}00`, whole, `0x${whole.toUpperCase()}`],
        ...[`0x${'ab'.repeat(200)}`, null, 7, [whole], { r: 1 }, true, `0x${'zz'.repeat(65)}`],
      ];
      for (const signature of texts) {
        const command = { account: 3, nonce: 1, expiresMs: 1, actions: [], signature };
        tally.tried();
        tally.answered(await line.ask({ op: 'submit', commands: [command as never] }));
      }
    },
  },
];
