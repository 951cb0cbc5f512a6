// The door under attack: everything here is refused by its name, makes no block, and leaves the
// machine as it was. One account with agents, real signatures, the real opener.
import type { Hex, Network, UnsignedCommand } from '@plimsoll/api';
import { addressOf, bytesOfHex, signCommand } from '@plimsoll/api/signing';
import { ProblemError } from '@plimsoll/api/wire';
import { chainHashOf, createMachine } from '@plimsoll/core/machine';
import { type Action, AGENT_SCOPES, encodeCommandBody } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlockClock } from '../../src/blockClock.ts';
import { BlockMaker } from '../../src/blockMaker.ts';
import { createIngress } from '../../src/ingress.ts';
import { type NetworkFile, networkOf } from '../../src/network.ts';
import { createInProcessOpener } from '../../src/opening/index.ts';
import type { Ingress } from '../../src/parts.ts';

const keyOf = (n: number): Hex => `0x${n.toString(16).padStart(2, '0').repeat(32)}`;
const [ADMIN, GUARDIAN, CUSTODIAN] = [keyOf(1), keyOf(2), keyOf(3)];
const [OWNER, OTHER, STRANGER] = [keyOf(4), keyOf(5), keyOf(6)];
const [CANCELLER, EXPIRED, REVOKED] = [keyOf(7), keyOf(8), keyOf(9)];
const START_MS = 1_700_000_000_000;
const ACCOUNT = 1;
const file: NetworkFile = {
  network: 'testnet',
  chainId: 31_337,
  genesis: {
    timeMs: START_MS,
    authorities: {
      admin: addressOf(ADMIN),
      guardian: addressOf(GUARDIAN),
      custodian: addressOf(CUSTODIAN),
    },
    settlement: { name: 'USDC', decimals: 6 },
  },
  capacity: { accounts: 10 },
};
const network = networkOf(file);
const machine = createMachine(file.genesis);
let wallMs = START_MS;
const clock = new BlockClock(START_MS, { wallMs: () => wallMs, steadyMs: () => wallMs });
const maker = new BlockMaker({
  machine,
  clock,
  store: { append: async () => {} },
  config: { closeAfterMs: 20, intervalMs: 0, commandsMax: 100 },
  onStored: () => {},
});
let ingress: Ingress;
let nonce = START_MS;

interface Sending {
  readonly actions?: readonly Action[];
  readonly key?: Hex;
  readonly account?: number;
  readonly on?: Network;
  readonly envelope?: Partial<UnsignedCommand>;
}

const cancelAll: Action = { kind: 'cancelAll', instrument: 0 };
const withdraw: Action = {
  kind: 'withdraw',
  asset: 1,
  amount: 1n,
  chain: 0,
  destination: addressOf(STRANGER),
};

function sending(options: Sending = {}): { body: Uint8Array; signature: Uint8Array } {
  const { actions = [cancelAll], key = OWNER, account = ACCOUNT, on = network } = options;
  const expiresMs = wallMs + 30_000;
  const command = { account, nonce: ++nonce, expiresMs, actions, ...options.envelope };
  const { signature } = signCommand(command, on, key);
  return { body: encodeCommandBody(command), signature: bytesOfHex(signature) };
}

function submit(sent: ReturnType<typeof sending>): ReturnType<Ingress['submit']> {
  return ingress.submit({ ...sent, withEvents: false });
}

async function refusalOf(sent: ReturnType<typeof sending>): Promise<string> {
  const outcome = await submit(sent).then(
    () => 'accepted',
    (error: unknown) => error,
  );
  if (!(outcome instanceof ProblemError)) throw outcome;
  const { name, figures } = outcome.problem;
  return name === 'signatureInvalid' ? `${name} ${figures?.fault}` : name;
}

function deposit(sequence: number, owner: Hex): Action {
  const amount = 1_000_000_000n;
  return {
    kind: 'deposit',
    chain: 0,
    sequence,
    owner: addressOf(owner),
    account: 0,
    asset: 1,
    amount,
  };
}

function approval(agent: Hex, scopes: number, expiresMs: number): Action {
  return { kind: 'approveAgent', agent: addressOf(agent), scopes, expiresMs };
}

beforeAll(async () => {
  const opener = await createInProcessOpener({ network });
  const options = { network, machine, maker, clock, opener, queueMax: 100 };
  ingress = createIngress({ ...options, lookUp: async () => undefined });
  const actions = [deposit(1, OWNER), deposit(2, OTHER)];
  await submit(sending({ actions, key: CUSTODIAN, account: 0 }));
  const year = START_MS + 1_000_000_000;
  const { trade, cancel } = AGENT_SCOPES;
  const agents = [
    approval(CANCELLER, cancel, year),
    approval(EXPIRED, trade | cancel, START_MS + 500),
    approval(REVOKED, trade | cancel, year),
    { kind: 'revokeAgent', agent: addressOf(REVOKED) } as const,
  ];
  const receipt = await submit(sending({ actions: agents }));
  expect(receipt.isAccepted).toBe(true);
  wallMs += 1000;
  expect((await submit(sending())).isAccepted).toBe(true);
  expect((await submit(sending({ key: CANCELLER }))).isAccepted).toBe(true);
});

afterAll(() => maker.stop());

type Attack = readonly [what: string, refusal: string, () => ReturnType<typeof sending>];

function changed(
  edit: (signature: Uint8Array, body: Uint8Array) => void,
): () => ReturnType<typeof sending> {
  return () => {
    const sent = sending();
    edit(sent.signature, sent.body);
    return sent;
  };
}

const other = (change: Partial<Network>): (() => ReturnType<typeof sending>) => {
  return () => sending({ on: { ...network, ...change } });
};

const attacks: readonly Attack[] = [
  [
    'no signature',
    'signatureInvalid length',
    () => ({ ...sending(), signature: new Uint8Array(0) }),
  ],
  [
    'a signature without v',
    'signatureInvalid length',
    () => ({ ...sending(), signature: sending().signature.subarray(0, 64) }),
  ],
  ['v of 29', 'signatureInvalid v', changed((signature) => signature.fill(29, 64))],
  ['r = 0', 'signatureInvalid rZero', changed((signature) => signature.fill(0, 0, 32))],
  [
    'r beyond the order',
    'signatureInvalid rRange',
    changed((signature) => signature.fill(255, 0, 32)),
  ],
  ['s = 0', 'signatureInvalid sZero', changed((signature) => signature.fill(0, 32, 64))],
  [
    's beyond the order',
    'signatureInvalid sRange',
    changed((signature) => signature.fill(255, 32, 64)),
  ],
  ['high s', 'signatureInvalid sHigh', changed((signature) => signature.fill(0x80, 32, 33))],
  [
    'the other v',
    'signerUnauthorized',
    changed((signature) => signature.fill(55 - (signature[64] as number), 64)),
  ],
  ['another chain id', 'signerUnauthorized', other({ chainId: 1 })],
  ['another network name', 'signerUnauthorized', other({ name: 'mainnet' })],
  ['another genesis', 'signerUnauthorized', other({ genesisHash: `0x${'00'.repeat(32)}` })],
  [
    'a signature of another command',
    'signerUnauthorized',
    () => ({ ...sending(), signature: sending().signature }),
  ],
  [
    'an instrument changed after signing',
    'signerUnauthorized',
    changed((_, body) => body.fill(1, body.length - 4, body.length - 3)),
  ],
  ['a stranger', 'signerUnauthorized', () => sending({ key: STRANGER })],
  ['the owner of another account', 'signerUnauthorized', () => sending({ key: OTHER })],
  ['an account that does not exist', 'accountUnknown', () => sending({ account: 9 })],
  [
    'an agent of another account',
    'signerUnauthorized',
    () => sending({ key: CANCELLER, account: 2 }),
  ],
  [
    'an agent beyond its scope',
    'agentScope',
    () => sending({ key: CANCELLER, actions: [{ kind: 'supply', asset: 1, amount: 1n }] }),
  ],
  [
    'an agent beyond its scope, behind a lawful action',
    'agentScope',
    () =>
      sending({ key: CANCELLER, actions: [cancelAll, { kind: 'supply', asset: 1, amount: 1n }] }),
  ],
  [
    'an agent that withdraws',
    'signerUnauthorized',
    () => sending({ key: CANCELLER, actions: [withdraw] }),
  ],
  [
    'an agent that approves an agent',
    'signerUnauthorized',
    () => sending({ key: CANCELLER, actions: [approval(STRANGER, 31, wallMs + 1000)] }),
  ],
  ['an expired agent', 'agentExpired', () => sending({ key: EXPIRED })],
  ['a revoked agent', 'signerUnauthorized', () => sending({ key: REVOKED })],
  ['an owner that deposits', 'signerUnauthorized', () => sending({ actions: [deposit(3, OWNER)] })],
  [
    'an owner as an authority',
    'signerUnauthorized',
    () => sending({ account: 0, actions: [{ kind: 'resumeMachine' }] }),
  ],
  [
    'a guardian that does what an admin may',
    'signerUnauthorized',
    () => sending({ key: GUARDIAN, account: 0, actions: [{ kind: 'resumeMachine' }] }),
  ],
  [
    'an admin that deposits',
    'signerUnauthorized',
    () => sending({ key: ADMIN, account: 0, actions: [deposit(3, STRANGER)] }),
  ],
  [
    'a custodian that acts for an account',
    'signerUnauthorized',
    () => sending({ key: CUSTODIAN, actions: [withdraw] }),
  ],
  ['an expired command', 'commandExpired', () => sending({ envelope: { expiresMs: wallMs } })],
  [
    'a command that lives for years',
    'expiryTooFar',
    () => sending({ envelope: { expiresMs: wallMs + 1e11 } }),
  ],
  ['nonce 0', 'nonceUsed', () => sending({ envelope: { nonce: 0 } })],
  ['a nonce below the window', 'nonceUsed', () => sending({ envelope: { nonce: START_MS - 100 } })],
  [
    'a nonce of the day after tomorrow',
    'nonceTooFar',
    () => sending({ envelope: { nonce: wallMs + 2e8 } }),
  ],
  ['no action', 'actionsCount', () => sending({ actions: [] })],
  [
    '33 actions',
    'actionsCount',
    () => sending({ actions: Array.from({ length: 33 }, () => cancelAll) }),
  ],
  [
    'bytes after the end',
    'malformed',
    () => ({ ...sending(), body: Uint8Array.from([...sending().body, 0]) }),
  ],
  ['another kind of document', 'malformed', changed((_, body) => body.fill(3, 1, 2))],
  ['no body', 'malformed', () => ({ ...sending(), body: new Uint8Array(0) })],
];

describe('nothing unauthorized is accepted', () => {
  test.each(attacks)('%s: %s', async (_, refusal, attack) => {
    const before = Buffer.from(chainHashOf(machine)).toString('hex');
    expect(await refusalOf(attack())).toBe(refusal);
    expect(Buffer.from(chainHashOf(machine)).toString('hex')).toBe(before);
  });

  test('a used nonce under another content is refused, the same content gets its receipt', async () => {
    const envelope = { nonce: ++nonce };
    const sent = sending({ envelope });
    const receipt = await submit(sent);
    expect(receipt.isAccepted).toBe(true);
    expect(await submit(sent)).toEqual(receipt);
    const actions: Action[] = [{ kind: 'cancelAll', instrument: 1 }];
    expect(await refusalOf(sending({ envelope, actions }))).toBe('nonceUsed');
  });

  test('whatever bits are flipped in what was signed, nothing is accepted', async () => {
    const before = Buffer.from(chainHashOf(machine)).toString('hex');
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (bit, inBody) => {
        const { body, signature } = sending();
        const bytes = inBody ? body : signature;
        // v has two spellings: its bits are in the table above.
        const at = bit % (8 * (inBody ? body.length : 64));
        bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
        seen.add(await refusalOf({ body, signature }));
      }),
      { numRuns: 300 },
    );
    expect(seen.has('accepted')).toBe(false);
    expect([...seen]).toEqual(expect.arrayContaining(['signerUnauthorized', 'malformed']));
    expect(Buffer.from(chainHashOf(machine)).toString('hex')).toBe(before);
  });
});
