import { describe, expect, test } from 'vitest';
import { assert, broken, InvariantError, PlimsollError } from '../../src/math/index.ts';

class TornRecordError extends PlimsollError {}

describe('failures', () => {
  test('an assertion that holds does nothing', () => {
    expect(() => assert(true, 'one is one')).not.toThrow();
  });

  test('an assertion that does not hold names its sentence and its facts', () => {
    const attempt = () => assert(false, 'transfers conserve the asset', { asset: 3, sum: -7n });
    expect(attempt).toThrow(InvariantError);
    expect(attempt).toThrow('broken: transfers conserve the asset (asset 3, sum -7)');
    expect(() => broken('a row exists')).toThrow('broken: a row exists');
  });

  test('an operating error carries its class, code, facts and cause', () => {
    const cause = new Error('disk');
    const error = new TornRecordError({
      code: 'JOURNAL_TORN_RECORD',
      message: 'the last record of the journal is cut short',
      facts: { offsetBytes: 4096 },
      cause,
    });
    expect(error).toBeInstanceOf(PlimsollError);
    expect(error.name).toBe('TornRecordError');
    expect(error.message).toBe('the last record of the journal is cut short (offsetBytes 4096)');
    expect([error.code, error.facts, error.cause]).toEqual([
      'JOURNAL_TORN_RECORD',
      { offsetBytes: 4096 },
      cause,
    ]);
  });
});
