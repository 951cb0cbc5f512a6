import {
  type Action,
  type FigureValue,
  type RejectionFigures,
  rejectionFigures,
  rejections,
  SETTLEMENT_ASSET,
} from '@plimsoll/core/schema';
import { type Problem, type ProblemFigures, rejectionProblem } from './problem.ts';
import { parameterNamed, type WireUnits } from './wireUnits.ts';
import { type WireContext, type WireRecord, writeField } from './writeField.ts';

/** A refusal of the machine: its figures as they were set, or stored. */
export interface RawRefusal {
  readonly code: number;
  readonly figures: { readonly [figure: string]: FigureValue | null } | undefined;
  /** What was refused; absent: the envelope of the command. */
  readonly action?: Action | undefined;
}

/** What the machine refused, with its figures as people read them. Spec: api 5. */
export function refusalProblem(refusal: RawRefusal, units: WireUnits): Problem {
  return rejectionProblem(refusal.code, figuresJson(refusal, units));
}

const tables: ReadonlyMap<number, RejectionFigures> = new Map(
  Object.entries(rejectionFigures).map(([name, figures]) => [
    rejections[name as keyof typeof rejections].code,
    figures,
  ]),
);

/**
 * The figures of a refusal with their units; undefined when there are none. What the table does not
 * know of this rejection was set by another one before it, and is left out.
 */
export function figuresJson(refusal: RawRefusal, units: WireUnits): ProblemFigures | undefined {
  const { figures, code, action } = refusal;
  const table = tables.get(code);
  if (figures === undefined || table === undefined) return undefined;
  const context = { ...contextOf(action), ...placesIn(figures) };
  const out: WireRecord = {};
  for (const [name, value] of Object.entries(figures)) {
    const unit = table[name];
    // A double that is not finite is stored as null: there is nothing to show.
    if (unit === undefined || value === null || (unit === 'idOrNone' && value === 0)) continue;
    writeField(out, { name, unit, value }, { context, units });
    if (unit === 'parameterValue') addParameter(out, context);
  }
  return Object.keys(out).length === 0 ? undefined : (out as ProblemFigures);
}

function addParameter(out: WireRecord, { scope, parameter }: WireContext): void {
  if (scope === undefined || parameter === undefined) return;
  const known = parameterNamed(scope, parameter);
  if (known === undefined) return;
  out.parameter = known.name;
  out.unit = known.unit;
}

/** What an action is about. Where it names no asset, money is in the settlement asset. */
function contextOf(action: Action | undefined): WireContext {
  if (action === undefined) return { asset: SETTLEMENT_ASSET };
  // The withdrawal says of which asset it is, and may be gone by now.
  if (action.kind === 'settleWithdrawal') return {};
  if (action.kind === 'setParameter') {
    const { scope, target, parameter } = action;
    return { asset: SETTLEMENT_ASSET, scope, parameter, [scope]: target };
  }
  return {
    asset: 'asset' in action ? action.asset : SETTLEMENT_ASSET,
    ...('instrument' in action ? { instrument: action.instrument } : {}),
    ...('underlying' in action ? { underlying: action.underlying } : {}),
  };
}

/** What the figures say themselves that they are about. */
function placesIn(figures: NonNullable<RawRefusal['figures']>): WireContext {
  const { scope, id } = figures;
  if (typeof scope !== 'string' || typeof id !== 'number') return {};
  return { scope: scope as NonNullable<WireContext['scope']>, parameter: id };
}
