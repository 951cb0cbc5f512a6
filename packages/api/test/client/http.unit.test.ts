import { nodeProblem, rejectionProblem } from '@plimsoll/api/wire';
import { rejections } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import {
  ConnectionError,
  OverloadedError,
  ProtocolError,
  RefusedError,
  RequestError,
  RetryableError,
  SigningError,
  TimeoutError,
} from '../../src/client/errors.ts';
import { type Fetch, requestJson } from '../../src/client/http.ts';

const get = { method: 'GET', path: '/v1/status' };

function answering(status: number, body: unknown, retryAfter?: string): Fetch {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { get: (name: string) => (name === 'retry-after' ? (retryAfter ?? null) : null) };
  return async () => ({ status, headers, text: async () => text });
}

async function failure(fetch: Fetch): Promise<unknown> {
  const http = { url: 'http://node', fetch, timeoutMs: 20 };
  return requestJson(http, get).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('a rejection of the machine comes as a RefusedError with number, figures and remedy', async () => {
  const problem = rejectionProblem(rejections.initialMargin.code, { freeMargin: '-3.5' });
  const error = (await failure(answering(422, problem))) as RefusedError;
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).not.toBeInstanceOf(RetryableError);
  expect(error).toMatchObject({
    code: 'REFUSED_initialMargin',
    rejection: 500,
    reason: 'initialMargin',
    figures: { freeMargin: '-3.5' },
    remedy: rejections.initialMargin.remedy,
  });
  expect(error.message).toContain('-3.5');
});

test('what the node cannot take is told apart from what it can take later', async () => {
  const unknown = await failure(answering(404, nodeProblem('unknown', 'no account 9')));
  expect(unknown).toBeInstanceOf(RequestError);
  const unsigned = await failure(answering(401, nodeProblem('signatureInvalid', 's is high')));
  expect(unsigned).toBeInstanceOf(SigningError);
  const busy = await failure(answering(503, nodeProblem('overloaded', 'the queue is full'), '2'));
  expect(busy).toBeInstanceOf(OverloadedError);
  expect(busy).toBeInstanceOf(RetryableError);
  expect(busy).toMatchObject({ code: 'OVERLOADED_overloaded', retryAfterMs: 2_000 });
});

test('an answer that no node gives is a ProtocolError', async () => {
  expect(await failure(answering(200, '<html>'))).toBeInstanceOf(ProtocolError);
  expect(await failure(answering(502, { message: 'bad gateway' }))).toBeInstanceOf(ProtocolError);
});

test('a node that does not answer is a ConnectionError or a TimeoutError, both retryable', async () => {
  const cause = new TypeError('refused');
  const unreachable = (await failure(() => Promise.reject(cause))) as ConnectionError;
  expect(unreachable).toBeInstanceOf(ConnectionError);
  expect(unreachable.cause).toBe(cause);
  const silent: Fetch = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const late = await failure(silent);
  expect(late).toBeInstanceOf(TimeoutError);
  expect(late).toBeInstanceOf(RetryableError);
});
