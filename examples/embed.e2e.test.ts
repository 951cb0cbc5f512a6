import { expect, test, vi } from 'vitest';

test('the embedded machine trades, liquidates and balances its books', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { events, machine } = await import('./embed.ts');
  const kinds = events.map((event) => event.kind);
  for (const kind of ['deposited', 'filled', 'liquidationStarted', 'closedOut']) {
    expect(kinds).toContain(kind);
  }
  const ended = events.find((event) => event.kind === 'liquidationEnded');
  expect(ended).toMatchObject({ account: 1, outcome: 'restored' });
  expect(said).toHaveBeenCalled();

  const { balances, positions, instruments, assets, machine: global } = machine.state;
  let claims = global.fund.get(0) + assets.fees.get(1) + assets.dust.get(1);
  for (let row = 0; row < 8; row++) claims += balances.amount.get(row) - positions.entry.get(row);
  expect(claims + instruments.pool.get(1)).toBe(assets.custody.get(1));
});
