// Messages that are too large, are not text, or mean different things to different readers.
import { cast } from '../cast.ts';
import { replyName } from '../httpDoor.ts';
import type { Line } from '../line.ts';
import type { Attack, Stage } from '../stage.ts';
import type { Tally } from '../tally.ts';

const MEGABYTE = 1_048_576;

async function times(count: number, tally: Tally, ask: (i: number) => Promise<string>) {
  tally.tried(count);
  // A few at once: a thousand bodies of a megabyte would measure the attacker's memory.
  for (let at = 0; at < count; at += 10) {
    const length = Math.min(10, count - at);
    const round = Array.from({ length }, (_, i) => ask(at + i));
    for (const answer of await Promise.all(round)) tally.answered(answer);
  }
}

/** Bodies that no reader may take, through HTTP and the stream. */
function texts(name: string, what: string, all: readonly (string | Uint8Array)[]): Attack {
  return {
    name,
    what,
    expects: ['400 malformed', 'malformed'],
    run: async (stage, tally) => {
      const http = stage.http();
      const line = await stage.line();
      const rounds = Math.ceil(stage.times(120) / all.length);
      await times(rounds * all.length, tally, async (i) => {
        const text = all[i % all.length] ?? '';
        return replyName(await http.post('/v1/commands', text));
      });
      await times(rounds * all.length, tally, (i) => line.tell(all[i % all.length] ?? ''));
    },
  };
}

const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;
const depths: readonly string[] = [
  nested('[', ']', 17),
  nested('[', ']', 60_000),
  '['.repeat(200_000),
  nested('{"a":', '}', 20_000),
  `{"op":"submit","id":1,"commands":${nested('[', ']', 50_000)}}`,
  `{"commands":[{"actions":${nested('[{"kind":', '}]', 10_000)}}]}`,
];
const numbers: readonly string[] = [
  ...['1e999', '-1e999', '9007199254740993', '1e400', '0.1234567890123456789'],
  ...['123456789012345678901234567890', '1.7976931348623159e308', '-9007199254740993'],
].map((number) => `{"op":"ping","id":${number},"account":${number}}`);
const command = `"account":3,"expiresMs":9007199254740991,"actions":[],"signature":"0x"`;
const doubles: readonly string[] = [
  `{"op":"submit","op":"ping","id":1}`,
  `{"commands":[{"nonce":1,"nonce":2,${command}}]}`,
  `{"commands":[{"nonce":1,"\\u006eonce":2,${command}}]}`,
  `{"op":"submit","id":1,"commands":[{"account":4,${command},"nonce":1}]}`,
];
const prototypes: readonly string[] = [
  `{"__proto__":{"isAdmin":true},"op":"ping","id":1}`,
  `{"op":"ping","id":1,"\\u005f_proto__":{"signer":"${cast.admin.address}"}}`,
  `{"constructor":{"prototype":{"account":3}},"op":"ping","id":1}`,
  `{"op":"__proto__","id":1}`,
  `{"op":"constructor","id":1}`,
  `{"op":"submit","id":1,"commands":[{"__proto__":{},"nonce":1,${command}}]}`,
  `{"op":"submit","id":1,"commands":[{"toString":1,"nonce":1,${command}}]}`,
  `{"op":"subscribe","id":1,"topics":[{"channel":"__proto__"},{"channel":"hasOwnProperty"}]}`,
];
/** Beginnings of JSON with bytes behind that are no text. */
const invalid: readonly Uint8Array[] = [
  ...[
    [0xff, 0xfe],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0x80],
    [0xe2, 0x82],
  ],
].map((bytes) => Buffer.concat([Buffer.from('{"op":"'), Buffer.from(bytes), Buffer.from('"}')]));

export const messageAttacks: readonly Attack[] = [
  {
    name: '1 MB messages over HTTP',
    what: 'bodies of 1 MB, with their length and in chunks',
    expects: ['413 tooLarge'],
    // Who is still sending when the door closes may see the reset first.
    allows: ['reset'],
    run: async (stage, tally) => {
      const http = stage.http();
      const body = Buffer.alloc(MEGABYTE, 0x20);
      await times(stage.times(200), tally, async (i) => {
        if (i % 2 === 0) return replyName(await http.post('/v1/commands', body));
        return await chunkedMegabyte(stage);
      });
    },
  },
  {
    name: '1 MB messages over the stream',
    what: 'in one frame of text or of bytes, in 62 pieces, in 1,024 pieces, without an end',
    expects: ['close 1009'],
    // Who is still sending when the door closes sees the reset and not the code.
    allows: ['close 1006', 'close 1008'],
    run: (stage, tally) =>
      times(stage.times(200), tally, async (i) => {
        const line = await stage.line();
        sendMegabyte(line, i % 5);
        return await line.closed;
      }),
  },
  {
    name: 'invalid UTF-8',
    what: 'bytes in JSON that are no text: overlong, surrogates, cut, above the last character',
    expects: ['400 malformed', 'close 1007'],
    run: async (stage, tally) => {
      const http = stage.http();
      await times(stage.times(120), tally, async (i) =>
        replyName(await http.post('/v1/commands', invalid[i % invalid.length] ?? '')),
      );
      await times(stage.times(120), tally, async (i) => {
        const line = await stage.line();
        line.socket.send(invalid[i % invalid.length] ?? '', { binary: false });
        return await line.closed;
      });
    },
  },
  texts('deep JSON', '17 to 200,000 levels of lists and objects, with and without an end', depths),
  texts('huge numbers', 'beyond 2⁵³, beyond any double, more digits than it keeps', numbers),
  texts(
    'duplicate keys',
    'a field twice, once by its escape: readers disagree which one holds',
    doubles,
  ),
  texts(
    'prototype pollution',
    '`__proto__`, `constructor`, names that every object has',
    prototypes,
  ),
  {
    name: 'other kinds of body',
    what: 'forms, text, gzip bombs, other charsets, no type at all',
    expects: ['415 wrongMediaType'],
    run: async (stage, tally) => {
      const http = stage.http();
      const types: readonly Readonly<Record<string, string>>[] = [
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/x-www-form-urlencoded' },
        { 'content-type': 'multipart/form-data; boundary=a' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        { 'content-type': 'application/json', 'content-encoding': 'br' },
        { 'content-type': '' },
      ];
      await times(stage.times(140), tally, async (i) =>
        replyName(await http.post('/v1/commands', '{}', types[i % types.length])),
      );
    },
  },
];

async function chunkedMegabyte(stage: Stage): Promise<string> {
  const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
  const head =
    'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    'transfer-encoding: chunked\r\nconnection: close\r\n\r\n';
  const { text, end } = await stage.raw([head, ...Array(16).fill(chunk), '0\r\n\r\n'], {
    waitMs: 30_000,
    until: (sofar) => sofar.includes('remedy'),
  });
  return text.includes('413') && text.includes('tooLarge') ? '413 tooLarge' : end;
}

function sendMegabyte({ socket }: Line, shape: number): void {
  if (shape === 0) socket.send('x'.repeat(MEGABYTE));
  else if (shape === 1) socket.send(Buffer.alloc(MEGABYTE));
  else {
    const pieces = [0, 0, 62, 1_024, 62][shape] ?? 62;
    const piece = 'x'.repeat(Math.ceil(MEGABYTE / pieces));
    for (let i = 0; i < pieces; i++) socket.send(piece, { fin: shape !== 4 && i === pieces - 1 });
  }
}
