import { measurePortfolio, readPortfolio } from '@plimsoll/simulator';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './failures.ts';
import { marginJson } from './marginJson.ts';
import { marginText } from './marginText.ts';

interface MarginOptions {
  readonly json?: true;
}

const HELP = `
The file holds the market (assets, underlyings with their prices, instruments with tiers and
parameters) and one account: balances, loans, positions with entry prices, open orders. A machine is
set up from it by commands and asked; every figure comes with the parts that add up to it.

A portfolio to start from:
  {
    "assets": [{ "name": "USDC", "decimals": 6 }],
    "underlyings": [{ "name": "BTC", "priceUnit": "0.1", "price": "60000" }],
    "instruments": [{ "name": "BTC-PERP", "underlying": "BTC", "lotSize": "0.001" }],
    "balances": { "USDC": "5000" },
    "positions": [{ "instrument": "BTC-PERP", "size": "0.5", "price": "61000" }]
  }

Examples:
  plimsoll margin portfolio.json
  plimsoll margin portfolio.json --json | jq '.positions[] | {instrument, liquidationPrice}'
  plimsoll schema portfolio > portfolio.schema.json

Exit codes:
  0  measured, whether the account is healthy or not
  2  the file is wrong; every mistake is named with its path in the file
`;

/** Adds the verb `margin`. `exit` takes the exit code. */
export function addMargin(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('margin')
    .description("show one portfolio's margin with all its parts")
    .argument('<portfolio>', 'a portfolio file')
    .option('--json', 'print everything as JSON on stdout, amounts in settlement units')
    .addHelpText('after', HELP)
    .action((file: string, options: MarginOptions) => {
      const margin = measurePortfolio(readPortfolio(file));
      const text = options.json === true ? marginJson(margin) : marginText(margin);
      process.stdout.write(text);
      exit(EXIT.ok);
    });
}
