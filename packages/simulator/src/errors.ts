import { PlimsollError } from '@plimsoll/core/math';

/** A data file is not there. A run answers with SKIPPED, unless data is required. */
export class MissingDataError extends PlimsollError {
  readonly file: string;

  constructor(file: string, searched: readonly string[]) {
    const where =
      searched.length === 0 ? 'no data folder is set' : `looked in ${searched.join(', ')}`;
    super({
      code: 'DATA_MISSING',
      message:
        `data file ${file} is missing: ${where}; ` +
        'set PLIMSOLL_DATA_DIR to the folder that holds it',
    });
    this.file = file;
  }
}

/** A data file is there but does not hold what the column map promises. */
export class DataFileError extends PlimsollError {
  readonly file: string;

  constructor(file: string, problem: string, cause?: unknown) {
    super({ code: 'DATA_FILE_INVALID', message: `${file}: ${problem}`, cause });
    this.file = file;
  }
}

/** One thing wrong in a scenario file: where, as a JSON pointer, and what to do. */
export interface ScenarioProblem {
  readonly path: string;
  readonly message: string;
}

/** A scenario file that cannot be run, with everything that is wrong in it. */
export class ScenarioFileError extends PlimsollError {
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[], cause?: unknown) {
    const lines = problems.map((problem) => `  ${problem.path || '/'}: ${problem.message}`);
    super({
      code: 'SCENARIO_INVALID',
      message: [`${file} is not a scenario that can be run:`, ...lines].join('\n'),
      cause,
    });
    this.problems = problems;
  }
}

/** A portfolio file that cannot be measured, with everything that is wrong in it. */
export class PortfolioFileError extends PlimsollError {
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[]) {
    const lines = problems.map((problem) => `  ${problem.path || '/'}: ${problem.message}`);
    super({
      code: 'PORTFOLIO_INVALID',
      message: [`${file} is not a portfolio that can be measured:`, ...lines].join('\n'),
    });
    this.problems = problems;
  }
}

/** A scenario that is well-formed and yet cannot be set up, or a run that the machine refused. */
export class RunError extends PlimsollError {
  constructor(message: string, facts: RunFacts = {}) {
    super({ code: 'RUN_FAILED', message, facts });
  }
}

/** Figures beside a message. */
export interface RunFacts {
  readonly [fact: string]: number | bigint | string;
}
