// Requests that two servers would read differently, paths that lead elsewhere, pages of other
// sites.
import { routes } from '@plimsoll/api/routes';
import { httpAnswers } from '../answers.ts';
import { replyName } from '../httpDoor.ts';
import type { Attack } from '../stage.ts';

const POST = 'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
/** What would be smuggled: an answer to it is a second answer. */
const INSIDE = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n';
const chunked = 'transfer-encoding: chunked\r\n';

const smuggling: readonly string[] = [
  // Two lengths, or a length beside chunks.
  `${POST}content-length: 0\r\n${chunked}\r\n0\r\n\r\n${INSIDE}`,
  `${POST}${chunked}content-length: 5\r\n\r\n0\r\n\r\n${INSIDE}`,
  `${POST}content-length: 0\r\ncontent-length: 44\r\n\r\n${INSIDE}`,
  `${POST}content-length: 0, 44\r\n\r\n${INSIDE}`,
  // Lengths that are no number.
  `${POST}content-length: +0\r\n\r\n${INSIDE}`,
  `${POST}content-length: -1\r\n\r\n${INSIDE}`,
  `${POST}content-length: 0x0\r\n\r\n${INSIDE}`,
  `${POST}content-length: 0 0\r\n\r\n${INSIDE}`,
  `${POST}content-length: 99999999999999999999\r\n\r\n${INSIDE}`,
  // Codings that one server knows and the next does not.
  `${POST}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${INSIDE}`,
  `${POST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${INSIDE}`,
  `${POST}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${INSIDE}`,
  `${POST}transfer-encoding:\u000bchunked\r\n\r\n0\r\n\r\n${INSIDE}`,
  `${POST}x: a\r\n transfer-encoding: chunked\r\n\r\n0\r\n\r\n${INSIDE}`,
  // Chunks whose size is none, or too large for any integer.
  `${POST}${chunked}\r\n0x0\r\n\r\n${INSIDE}`,
  `${POST}${chunked}\r\nffffffffffffffffff\r\n\r\n${INSIDE}`,
  `${POST}${chunked}\r\n-1\r\n\r\n${INSIDE}`,
  `${POST}${chunked}\r\n1\r\nAB\r\n0\r\n\r\n${INSIDE}`,
  // Lines that end otherwise; bytes that are none of a header.
  `GET /healthz HTTP/1.1\r\nhost: a\r\nx: b\rc\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/1.1\r\nhost: a\r\nx: b\0c\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/1.1\r\nhost: a\r\nx y: b\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/1.1\r\n: b\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/1.1\nhost: a\n\n${INSIDE}`,
  // Other protocols and versions.
  `GET /healthz\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/3.7\r\nhost: a\r\n\r\n${INSIDE}`,
  `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${INSIDE}`,
  `GET /healthz HTTP/1.1\r\n\r\n${INSIDE}`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

const traversal: readonly string[] = [
  ...['/docs/static/../../../../../../etc/passwd', '/docs/static/..%2f..%2f..%2fetc%2fpasswd'],
  ...['/docs/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/docs/static/..\\..\\..\\etc\\passwd'],
  ...['/docs/static/..%5c..%5cpackage.json', '/docs//etc/passwd', '/docs/static//etc/passwd'],
  ...['/docs/static/%252e%252e%252fpackage.json', '/docs/static/..%c0%af..%c0%afetc/passwd'],
  ...['/docs/static/%00/etc/passwd', '/docs/static/index.html%00.js', '/../../etc/passwd'],
  ...['/%2e%2e/%2e%2e/etc/passwd', '/docs/static/../package.json', '/docs/../../package.json'],
  ...['/v1/../../data/blocks/data.mdb', '/docs/static/.git/config', '//etc/passwd'],
  ...['/docs/static/swagger-ui.css/../../../package.json', '/v1/accounts/..%2f..%2fstatus'],
  ...['file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/'],
];
/** What stands in files that nobody may read. */
const LEAKED = /root:|"dependencies"|"devDependencies"|\[core\]|ami-id/;

export const requestAttacks: readonly Attack[] = [
  {
    name: 'request smuggling',
    what: `${smuggling.length} shapes: lengths beside chunks, codings, line ends, versions; a second request behind each`,
    expects: ['400 malformed'],
    run: async (stage, tally) => {
      const count = stage.times(smuggling.length * 10);
      const all = Math.max(count, smuggling.length);
      tally.tried(all);
      for (let at = 0; at < all; at += 28) {
        const round = Array.from({ length: Math.min(28, all - at) }, async (_, i) => {
          const shape = smuggling[(at + i) % smuggling.length] ?? '';
          const { text, end } = await stage.raw([shape], { waitMs: 5_000 });
          tally.answered(httpAnswers(text) || end);
        });
        await Promise.all(round);
      }
    },
  },
  {
    name: 'path traversal',
    what: `${traversal.length} paths out of the pages, into files: dots, escapes, backslashes, zeros`,
    expects: ['404 unknown'],
    allows: ['400 malformed'],
    run: async (stage, tally) => {
      const all = Math.max(stage.times(traversal.length * 10), traversal.length);
      for (let i = 0; i < all; i++) {
        const path = traversal[i % traversal.length] ?? '/';
        const text = `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
        tally.tried();
        const came = await stage.raw([text], { waitMs: 5_000 });
        tally.answered(LEAKED.test(came.text) ? 'a file' : httpAnswers(came.text) || came.end);
      }
    },
  },
  {
    name: 'CORS probing',
    what: 'OPTIONS, and every route, from a page of another origin; forms of other sites',
    expects: ['refused', 'answered without leave to read'],
    run: async (stage, tally) => {
      const http = stage.http();
      const origin = 'https://evil.example';
      const paths = Object.values(routes).map(({ path }) => path.replace(/:\w+/g, '1'));
      for (const path of [...paths, '/metrics', '/docs', '/', '/openapi.json']) {
        for (const method of ['OPTIONS', 'GET', 'POST']) {
          const headers = { origin, 'access-control-request-method': 'POST' };
          const reply = await http.ask({ path, method, headers });
          tally.tried();
          const mayRead = Object.keys(reply.headers).some((each) =>
            each.startsWith('access-control-allow'),
          );
          if (mayRead) tally.answered('with leave to read');
          else if (reply.status === 200) tally.answered('answered without leave to read');
          else
            tally.answered(
              reply.status >= 400 && reply.status < 500 ? 'refused' : replyName(reply),
            );
        }
      }
    },
  },
  {
    name: 'methods that are none of ours',
    what: 'TRACE, CONNECT, PUT, DELETE, PATCH, PROPFIND, 10 KB of path, 20 KB of headers',
    expects: ['404 unknown', '405 wrongMethod', '431 tooLarge'],
    allows: ['400 malformed', 'closed'],
    run: async (stage, tally) => {
      const lines = [
        ...['TRACE /v1/status', 'CONNECT a:80', 'PUT /v1/status', 'DELETE /v1/commands'],
        ...['PATCH /v1/accounts/1', 'PROPFIND /', 'PURGE /', 'GET /nothing/here'],
        ...[`GET /${'a'.repeat(10_000)}`, `GET /v1/accounts/${'1'.repeat(200)}`, 'BREW /v1/status'],
      ].map((line) => `${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      lines.push(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
      const all = Math.max(stage.times(120), lines.length);
      for (let i = 0; i < all; i++) {
        tally.tried();
        const came = await stage.raw([lines[i % lines.length] ?? ''], { waitMs: 5_000 });
        tally.answered(httpAnswers(came.text) || came.end);
      }
    },
  },
];
