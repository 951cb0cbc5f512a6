import {
  actionJsonSchema,
  blockJsonSchema,
  commandJsonSchema,
  eventJsonSchema,
  observationJsonSchema,
} from '@plimsoll/core/schema';
import { publishedPortfolioSchema, publishedSchema } from '@plimsoll/simulator';
import { Argument, type Command } from 'commander';
import { EXIT, type ExitCode } from './failures.ts';

/** Every schema that is published, by name. */
const SCHEMAS: Readonly<Record<string, () => object>> = {
  scenario: publishedSchema,
  portfolio: publishedPortfolioSchema,
  action: actionJsonSchema,
  command: commandJsonSchema,
  observation: observationJsonSchema,
  block: blockJsonSchema,
  event: eventJsonSchema,
};

const HELP = `
  scenario     a file for \`plimsoll simulate\`
  portfolio    a file for \`plimsoll margin\`
  action, command, observation, block, event
               what goes into the machine and what comes out, as JSON

Examples:
  plimsoll schema scenario > scenario.schema.json
  plimsoll schema event | jq '."$defs" | keys'
`;

/** Adds the verb `schema`. `exit` takes the exit code. */
export function addSchema(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('schema')
    .description('print a JSON Schema')
    .addArgument(new Argument('<name>', 'which one').choices(Object.keys(SCHEMAS)))
    .addHelpText('after', HELP)
    .action((name: string) => {
      const schema = (SCHEMAS[name] as () => object)();
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      exit(EXIT.ok);
    });
}
