/** An operating error of the simulator: a file, a figure or a folder is not what it must be. */
export class SimulatorError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    details: { facts: Readonly<Record<string, unknown>>; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = details.facts;
  }
}

/** A data file is not there. A run answers with SKIPPED, unless data is required. */
export class MissingDataError extends SimulatorError {
  constructor(file: string, searched: readonly string[]) {
    const where =
      searched.length === 0 ? 'no data folder is set' : `looked in ${searched.join(', ')}`;
    super(
      'DATA_MISSING',
      `data file ${file} is missing (${where}); set PLIMSOLL_DATA_DIR to the folder that holds it`,
      { facts: { file, searched } },
    );
  }
}

/** A data file is there but does not hold what the column map promises. */
export class DataFileError extends SimulatorError {
  constructor(file: string, problem: string, cause?: unknown) {
    super('DATA_FILE_INVALID', `${file}: ${problem}`, { facts: { file, problem }, cause });
  }
}

/** A decimal that no integer number of units equals: nothing is rounded in silence. */
export class InexactDecimalError extends SimulatorError {
  constructor(text: string, problem: string) {
    super('DECIMAL_INEXACT', `"${text}" ${problem}`, { facts: { text, problem } });
  }

  /** What is wrong, without the figure: "must be a multiple of 0.1". */
  get problem(): string {
    return String(this.facts.problem);
  }
}

/** One thing wrong in a scenario file: where, as a JSON pointer, and what to do. */
export interface ScenarioProblem {
  readonly path: string;
  readonly message: string;
}

/** A scenario file that cannot be run, with everything that is wrong in it. */
export class ScenarioFileError extends SimulatorError {
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[], cause?: unknown) {
    const lines = problems.map((problem) => `  ${problem.path || '/'}: ${problem.message}`);
    super('SCENARIO_INVALID', [`${file} is not a scenario:`, ...lines].join('\n'), {
      facts: { file, problems },
      cause,
    });
    this.problems = problems;
  }
}
