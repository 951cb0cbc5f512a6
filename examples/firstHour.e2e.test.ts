import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Runs the script as a newcomer does; what it printed, and how it ended. */
async function firstHour(): Promise<{ readonly text: string; readonly code: number | null }> {
  const script = fileURLToPath(new URL('first-hour.sh', import.meta.url));
  const env = { ...process.env, FIRST_HOUR_SECONDS: '6' };
  const run = spawn('bash', [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [run.stdout, run.stderr]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  const code = await new Promise<number | null>((resolve) => run.once('close', resolve));
  return { text, code };
}

test("a newcomer's first hour goes as it is written, from the first start to a proof", async () => {
  const { text, code } = await firstHour();
  expect(code, text).toBe(0);
  const landmarks = [
    'Plimsoll demo',
    'BTC-PERP ETH-PERP',
    '"sources":[{"source":0,"publisher":"0x',
    'there is no instrument called "DOGE-PERP"',
    '/nonce is missing',
    'the next start goes on from there',
    'everything is as it was written',
    /block \d+ before, block \d+ now/,
    'The deposit stands in block',
    'would be refused (500)',
    'All cancelled.',
    'The key is revoked.',
    /liquidationEnded: account \d+/,
    'With one digit more it fails',
    'No change is pending.',
    'healthy, 1,744.25 USDC of free margin',
    'That was the first hour.',
  ];
  for (const landmark of landmarks) {
    if (typeof landmark === 'string') expect(text).toContain(landmark);
    else expect(text).toMatch(landmark);
  }
});
