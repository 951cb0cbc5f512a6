import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScenarioResult } from '../../src/result.ts';
import { ReplayError, replayFile, runScenario } from '../../src/running/index.ts';
import { scenarioOf } from '../fixtures/smallScenario.ts';

let folder: string;
let path: string;
let result: ScenarioResult;
let bytes: Buffer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-replay-'));
  path = join(folder, 'blocks.replay');
  const scenario = scenarioOf({
    accounts: [
      {
        name: 'alice',
        balances: { USDC: '1000' },
        positions: [{ instrument: 'BTC-PERP', size: '10' }],
      },
    ],
    prices: [{ underlying: 'BTC', noiseBp: 5, path: { kind: 'calm', start: '100' } }],
  });
  const data = { folder: null, isRequired: false };
  result = runScenario(scenario, { fileName: 'small.json', data, replayPath: path });
  bytes = readFileSync(path);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Replays the file with changes to its bytes. */
function replayed(change: (copy: Buffer) => Buffer): () => void {
  return () => {
    const changed = join(folder, 'changed.replay');
    writeFileSync(changed, change(Buffer.from(bytes)));
    replayFile(changed);
  };
}

describe('a replay file', () => {
  test('replays to the roots of the run that wrote it', () => {
    const report = replayFile(path);
    expect(report.finalRoot).toBe(result.roots.final);
    expect(report.chain).toBe(result.roots.chain);
    expect(report.header.genesisRoot).toBe(result.roots.genesis);
    expect(report.blockCount).toBeGreaterThan(result.blockCount);
    expect(report.rootCount).toBeGreaterThan(20);
  });

  test('with any byte changed does not replay, and the message says where', () => {
    // Forty bytes over the whole: header, blocks, hashes, roots and the end mark are all hit.
    for (let at = 0; at < bytes.length; at += Math.floor(bytes.length / 40)) {
      const change = (copy: Buffer): Buffer => {
        copy.writeUInt8((copy.readUInt8(at) ^ 0x55) & 0xff, at);
        return copy;
      };
      expect(replayed(change), `byte ${at}`).toThrow(/at byte \d+/);
    }
  });

  test('that is cut off does not replay, wherever it is cut', () => {
    for (const share of [0, 0.001, 0.01, 0.3, 0.7, 0.999]) {
      const end = Math.floor(bytes.length * share);
      expect(
        replayed((copy) => copy.subarray(0, end)),
        `cut at ${end}`,
      ).toThrow(ReplayError);
    }
    expect(replayed((copy) => Buffer.concat([copy, Buffer.of(0)]))).toThrow(/end mark/);
  });

  test('without one of its blocks does not replay', () => {
    const header = 44 + bytes.readUInt32LE(8);
    const length = bytes.readUInt32LE(header) + 5 + 32 * (bytes.readUInt8(header + 4) + 1);
    const without = (copy: Buffer): Buffer =>
      Buffer.concat([copy.subarray(0, header), copy.subarray(header + length)]);
    expect(replayed(without)).toThrow(/block 1, at byte \d+: the block is refused/);
  });
});
