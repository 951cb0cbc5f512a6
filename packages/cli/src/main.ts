#!/usr/bin/env node
import { Command } from 'commander';

const program = new Command('plimsoll')
  .description('Margin and clearing of a derivative market: simulate, measure, replay.')
  .version('0.1.0')
  .showHelpAfterError();

await program.parseAsync();
