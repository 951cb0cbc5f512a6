// What a WebSocket may not be: from another page, on another path, with frames that are none.

import { type Action, type CommandKind, commandSchema } from '@plimsoll/core/schema';
import { WebSocket } from '@plimsoll/node/webSocket';
import { ACCOUNTS, actionOf, cancelAll, cast, type Keyed } from '../cast.ts';
import { commandJson, type Line } from '../line.ts';
import { type Attack, type Stage, sleep } from '../stage.ts';

const HANDSHAKE =
  'GET /v1/stream HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Frames that the protocol forbids, as bytes. */
const broken: readonly (readonly number[])[] = [
  // Not masked; reserved bits; opcodes of no meaning.
  [0x81, 0x02, 0x68, 0x69],
  [0xc1, 0x80, 1, 2, 3, 4],
  [0xb1, 0x80, 1, 2, 3, 4],
  [0x83, 0x80, 1, 2, 3, 4],
  [0x8f, 0x80, 1, 2, 3, 4],
  // A ping in pieces, a ping of 126 bytes, a continuation of nothing.
  [0x09, 0x80, 1, 2, 3, 4],
  [0x89, 0xfe, 0x00, 0x7e, 1, 2, 3, 4],
  [0x80, 0x80, 1, 2, 3, 4],
  // Text of 2⁶³ bytes; a close of one byte; a close with a code that is none.
  [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
  [0x88, 0x81, 1, 2, 3, 4, 5],
  [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe7],
];

export const webSocketAttacks: readonly Attack[] = [
  {
    name: 'broken frames',
    what: 'not masked, reserved bits and opcodes, pings in pieces, lengths of 2⁶³, closes that are none',
    expects: ['close 1002'],
    allows: ['close 1009'],
    run: async (stage, tally) => {
      const count = stage.times(220);
      tally.tried(count);
      const all = Array.from({ length: count }, async (_, i) => {
        const frame = Buffer.from(broken[i % broken.length] ?? []);
        const { bytes, end } = await stage.raw([HANDSHAKE, frame], { waitMs: 10_000 });
        tally.answered(closeOf(bytes) ?? end);
      });
      await Promise.all(all);
    },
  },
  {
    name: 'WebSocket from a foreign origin',
    what: "a page of another site in a visitor's browser; `null`, files, look-alikes",
    expects: ['403'],
    run: async (stage, tally) => {
      const origins = [
        ...[
          'https://evil.example',
          'null',
          'file://',
          `http://127.0.0.1.evil.example:${stage.port}`,
        ],
        ...['http://127.0.0.1:1', `http://evil@127.0.0.1:80`],
      ];
      const count = stage.times(120);
      tally.tried(count);
      for (let i = 0; i < count; i++) {
        const headers = { origin: origins[i % origins.length] ?? '' };
        tally.answered(await handshake(stage, '/v1/stream', headers));
      }
    },
  },
  {
    name: 'WebSocket elsewhere',
    what: 'upgrades on other paths, of other versions, with keys that are none',
    expects: ['404', '400'],
    allows: ['426'],
    run: async (stage, tally) => {
      const count = stage.times(60);
      tally.tried(2 * count);
      for (let i = 0; i < count; i++) {
        const path = ['/', '/v1/stream/', '/v1/stream/../status', '/docs'][i % 4] ?? '/';
        tally.answered(await handshake(stage, path, {}));
        const version = ['version: 12', 'version: 13\r\nsec-websocket-key: short'][i % 2] ?? '';
        const text =
          'GET /v1/stream HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
          `sec-websocket-${version}\r\n\r\n`;
        const end = await stage.raw([text], { waitMs: 5_000 });
        tally.answered(/HTTP\/1\.1 (\d+)/.exec(end.text)?.[1] ?? end.end);
      }
    },
  },
  {
    name: 'a disconnect that does more than cancel',
    what: 'every other kind as what is to be done when the line ends, also behind a cancel',
    expects: ['malformed'],
    run: async (stage, tally) => {
      const line = await stage.line();
      const kinds = Object.keys(commandSchema) as CommandKind[];
      const others = kinds.filter((kind) => kind !== 'cancelAll' && kind !== 'cancelOrder');
      for (let i = 0; i < stage.times(240); i++) {
        const other = actionOf(others[i % others.length] ?? 'withdraw');
        const actions = i % 2 === 0 ? [other] : [cancelAll, other];
        tally.tried();
        tally.answered(await leave(line, stage, { signer: cast.mallory, actions }));
      }
      line.socket.terminate();
    },
  },
  {
    name: "cancels of others' orders at a disconnect",
    what: "the stranger leaves a cancel of the victim's orders, and 17 of mallory's, and drops the line",
    expects: [
      'signerUnauthorized',
      'agentExpired',
      'done',
      'tooManyRequests',
      "the victim's order rests",
    ],
    run: async (stage, tally) => {
      for (let i = 0; i < stage.times(50); i++) {
        const line = await stage.line();
        const signers: Keyed[] = [cast.stranger, cast.mallory, cast.revoked, cast.expired];
        const signer = signers[i % 4] ?? cast.stranger;
        tally.tried();
        tally.answered(await leave(line, stage, { signer, actions: [cancelAll] }));
        line.socket.terminate();
      }
      const line = await stage.line();
      for (let i = 0; i <= 16; i++) {
        const account = ACCOUNTS.extras + i;
        const sealing = { signer: cast.mallory, account, actions: [cancelAll] };
        const sealed = stage.seals.lawfully(sealing);
        tally.tried();
        const command = commandJson(sealed);
        tally.answered(await line.ask({ op: 'cancelOnDisconnect', command }));
      }
      line.socket.terminate();
      await sleep(500);
      tally.tried();
      const { orders } = await stage.read<{ orders: readonly unknown[] }>(
        `/v1/accounts/${ACCOUNTS.victim}/orders`,
      );
      tally.answered(orders.length === 1 ? "the victim's order rests" : 'cancelled');
    },
  },
];

function leave(
  line: Line,
  stage: Stage,
  { signer, actions }: { readonly signer: Keyed; readonly actions: readonly Action[] },
): Promise<string> {
  const sealed = stage.seals.forge({ signer, account: ACCOUNTS.victim, actions });
  return line.ask({ op: 'cancelOnDisconnect', command: commandJson(sealed) });
}

/** The status of a handshake that is refused; `open` of one that is not. */
function handshake(
  stage: Stage,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${stage.port}${path}`, {
    localAddress: stage.address(),
    headers,
  });
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_, response) => {
      resolve(`${response.statusCode}`);
      response.destroy();
    });
    socket.on('open', () => {
      resolve('open');
      socket.terminate();
    });
    socket.on('error', () => resolve('no answer'));
  });
}

/** The code of the close frame among the frames behind the handshake. */
function closeOf(bytes: Buffer): string | undefined {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at >= 4 && at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    if (((bytes[at] ?? 0) & 0x0f) === 8) return `close ${bytes.readUInt16BE(at + head)}`;
    at += head + length;
  }
  return undefined;
}
