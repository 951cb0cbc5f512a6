import { toPriceUnits } from '@plimsoll/api/units';
import { cholesky, correlationOf, type PathSpec } from '../markets/index.ts';
import type { Problems } from './problems.ts';
import type { Listings } from './resolveListings.ts';
import type { FaultSpec, ScenarioFile } from './scenarioFile.ts';

interface Names {
  readonly underlyings: ReadonlySet<string>;
  readonly instruments: ReadonlySet<string>;
  readonly publishers: ReadonlySet<string>;
}

/** Adds a problem for a time that is well-formed and yet does not exist, such as a 30 February. */
export function expectInstant(text: string | undefined, path: string, problems: Problems): void {
  if (text === undefined) return;
  const timeMs = Date.parse(text);
  const isReal =
    !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text.slice(0, 16));
  problems.expect(isReal, path, `${text} is no time that exists`);
}

function checkPath(
  path: PathSpec,
  at: { readonly path: string; readonly priceUnit: string },
  problems: Problems,
): void {
  const expectUnits = (place: string, price: string): void => {
    problems.convert(place, 0, () => toPriceUnits(price, at.priceUnit));
  };
  if (path.kind === 'points') {
    path.points.forEach((point, index) => {
      expectUnits(`${at.path}/points/${index}/price`, point.price);
      const before = path.points[index - 1];
      problems.expect(
        before === undefined || before.timeMs < point.timeMs,
        `${at.path}/points/${index}/timeMs`,
        `must be above the time before, ${before?.timeMs}`,
      );
    });
  } else if (path.kind === 'file') {
    const { columns, from, to } = path;
    const bars = [columns?.open, columns?.high, columns?.low, columns?.close];
    problems.expect(
      columns === undefined || columns.price !== undefined || !bars.includes(undefined),
      `${at.path}/columns`,
      'must name "price", or all of "open", "high", "low" and "close"',
    );
    expectInstant(from, `${at.path}/from`, problems);
    expectInstant(to, `${at.path}/to`, problems);
    problems.expect(
      from === undefined || to === undefined || !(Date.parse(from) >= Date.parse(to)),
      `${at.path}/to`,
      `must be after "from" (${from})`,
    );
  } else {
    expectUnits(`${at.path}/start`, path.start);
  }
}

function checkPrices(
  file: ScenarioFile,
  at: { readonly names: Names; readonly listings: Listings },
  problems: Problems,
): void {
  const common = new Set<string>();
  file.prices.forEach((spec, index) => {
    const path = `/prices/${index}`;
    const noun = 'underlying';
    problems.expectKnown(spec.underlying, at.names.underlyings, {
      path: `${path}/underlying`,
      noun,
    });
    spec.sources?.forEach((source, which) => {
      problems.expectKnown(source, at.names.publishers, {
        path: `${path}/sources/${which}`,
        noun: 'publisher',
      });
    });
    if (spec.sources === undefined) {
      problems.expect(
        !common.has(spec.underlying),
        path,
        `${spec.underlying} has a common path already; name "sources" for a path of their own`,
      );
      common.add(spec.underlying);
    }
    const priceUnit = at.listings.underlyings.get(spec.underlying)?.priceUnit;
    if (priceUnit !== undefined)
      checkPath(spec.path, { path: `${path}/path`, priceUnit }, problems);
  });
  const priced = new Set(file.prices.map((spec) => spec.underlying));
  file.underlyings.forEach(({ name }, index) => {
    problems.expect(
      priced.has(name),
      `/underlyings/${index}`,
      `no price path is given for "${name}"; add one to "prices"`,
    );
  });
}

function checkCorrelations(file: ScenarioFile, names: Names, problems: Problems): void {
  const correlations = file.correlations ?? [];
  correlations.forEach(({ between }, index) => {
    between.forEach((name, which) => {
      const path = `/correlations/${index}/between/${which}`;
      problems.expectKnown(name, names.underlyings, { path, noun: 'underlying' });
    });
    problems.expect(
      between[0] !== between[1],
      `/correlations/${index}/between`,
      'must name two different underlyings',
    );
  });
  const all = [...names.underlyings];
  const matrix = all.map((row) =>
    all.map((column) => (row === column ? 1 : correlationOf(correlations, row, column))),
  );
  problems.expect(
    cholesky(matrix) !== null,
    '/correlations',
    'contradict each other: no random walks have all of them; bring the values nearer to 0',
  );
}

function checkFault(
  fault: FaultSpec,
  at: { readonly path: string; readonly names: Names },
  problems: Problems,
): void {
  problems.expect(
    fault.fromMs < fault.toMs,
    `${at.path}/toMs`,
    `must be above fromMs (${fault.fromMs})`,
  );
  if (fault.kind === 'halt') {
    const place = { path: `${at.path}/instrument`, noun: 'instrument' };
    problems.expectKnown(fault.instrument, at.names.instruments, place);
    return;
  }
  if (fault.underlying !== undefined) {
    const place = { path: `${at.path}/underlying`, noun: 'underlying' };
    problems.expectKnown(fault.underlying, at.names.underlyings, place);
  }
  fault.sources?.forEach((source, which) => {
    const place = { path: `${at.path}/sources/${which}`, noun: 'publisher' };
    problems.expectKnown(source, at.names.publishers, place);
  });
}

/** Checks price paths, correlations and faults against what is listed. */
export function checkMarkets(
  file: ScenarioFile,
  at: { readonly listings: Listings; readonly publishers: readonly string[] },
  problems: Problems,
): void {
  const names: Names = {
    underlyings: new Set(at.listings.underlyings.keys()),
    instruments: new Set(at.listings.instruments.keys()),
    publishers: new Set(at.publishers),
  };
  checkPrices(file, { names, listings: at.listings }, problems);
  checkCorrelations(file, names, problems);
  (file.faults ?? []).forEach((fault, index) => {
    checkFault(fault, { path: `/faults/${index}`, names }, problems);
  });
}
