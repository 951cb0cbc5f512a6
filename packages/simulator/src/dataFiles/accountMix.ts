import { columnOf, readTable } from './table.ts';

/** One real account, reduced to what a population copies from it. */
export interface MixRow {
  /** Gross notional ÷ equity. */
  readonly leverage: number;
  /** In the currency of the file (US dollars in the files known here). */
  readonly equity: number;
}

/** A distribution of accounts as a file has it, and how many of its rows were left out. */
export interface AccountMix {
  readonly rows: readonly MixRow[];
  readonly droppedCount: number;
}

/** Which columns, and which rows count. */
export interface AccountMixOptions {
  readonly leverageColumn: string;
  readonly equityColumn: string;
  /** Rows above this are artefacts of the reconstruction. */
  readonly leverageMax: number;
  readonly leverageMin: number;
  readonly equityMin: number;
  readonly equityMax: number;
}

export const ACCOUNT_MIX_DEFAULTS: AccountMixOptions = {
  leverageColumn: 'leverage_realtime',
  equityColumn: 'account_value_realtime',
  leverageMax: 100,
  leverageMin: 0,
  equityMin: 0,
  equityMax: Number.MAX_VALUE,
};

/**
 * Leverage and size of real accounts, row by row, so that their dependence is kept. Rows without
 * equity, without leverage or outside the bounds are dropped and counted, not repaired.
 */
export function readAccountMix(file: string, options: AccountMixOptions): AccountMix {
  const table = readTable(file);
  const leverageAt = columnOf(table, options.leverageColumn);
  const equityAt = columnOf(table, options.equityColumn);
  const rows: MixRow[] = [];
  for (const cells of table.rows) {
    const leverage = Number(cells[leverageAt] || Number.NaN);
    const equity = Number(cells[equityAt] || Number.NaN);
    if (!(leverage > 0 && leverage >= options.leverageMin && leverage <= options.leverageMax)) {
      continue;
    }
    if (!(equity > 0 && equity >= options.equityMin && equity <= options.equityMax)) continue;
    rows.push({ leverage, equity });
  }
  return { rows, droppedCount: table.rows.length - rows.length };
}
