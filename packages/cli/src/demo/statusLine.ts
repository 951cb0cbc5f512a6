/** What the status line shows. */
export interface DemoFigures {
  readonly height: number;
  readonly commandsPerSecond: number;
  /** From the closing of a block to its last byte on disk, mean. */
  readonly blockMs: number;
  readonly markets: readonly { readonly name: string; readonly price: string | null }[];
  readonly accounts: number;
  /** Accounts in liquidation now, and how many began since this start alone. */
  readonly inLiquidation: number;
  readonly liquidations: number;
}

/** One line that says how a demo is doing, again and again. */
export interface StatusLine {
  show(figures: DemoFigures): void;
  /** A line of its own above it. */
  say(text: string): void;
  end(): void;
}

const PLAIN_EVERY_MS = 5_000;

/** On a terminal the line stays where it is; anywhere else a plain line comes now and then. */
export function statusLineOn(stream: NodeJS.WriteStream): StatusLine {
  const isLive = stream.isTTY === true;
  let shownMs = Number.NEGATIVE_INFINITY;
  let line = '';
  const clear = (): void => {
    if (isLive && line !== '') stream.write('\r\x1b[K');
  };
  return {
    show(figures) {
      const nowMs = performance.now();
      if (!isLive && nowMs - shownMs < PLAIN_EVERY_MS) return;
      shownMs = nowMs;
      line = statusText(figures);
      stream.write(isLive ? `\r\x1b[K${line.slice(0, (stream.columns ?? 120) - 1)}` : `${line}\n`);
    },
    say(text) {
      clear();
      stream.write(`${text}\n`);
      if (isLive) stream.write(line);
    },
    end: clear,
  };
}

/** `block 1,204 · 31 commands/s · 2.1 ms a block · …` */
export function statusText(figures: DemoFigures): string {
  const { height, commandsPerSecond, blockMs, markets, accounts } = figures;
  const prices = markets.map(({ name, price }) => `${name} ${price ?? 'no price yet'}`);
  // What matters most comes first: a narrow terminal cuts the end off.
  return [
    `block ${height.toLocaleString('en-US')}`,
    `${Math.round(commandsPerSecond)} commands/s`,
    `${blockMs.toFixed(1)} ms a block`,
    `${figures.inLiquidation} in liquidation, ${figures.liquidations} begun since this start`,
    ...prices,
    `${accounts} accounts`,
  ].join(' · ');
}
