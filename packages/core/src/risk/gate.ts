import { assert } from '../math/index.ts';
import { accepted, type Code, LIQUIDATION_STAGE, rejections } from '../schema/index.ts';
import { refuse, rollbackTo, type State, savepoint } from '../state/index.ts';
import { type Growing, growthTest, heldLotsOf, isScaled, worstLotsOf } from './growth.ts';
import { measure, RISK } from './kernel.ts';
import { isReduction, repaymentSlack, type Standing, standingOf } from './reduction.ts';
import { disarm } from './screen.ts';
import { touchedSince } from './touched.ts';

// The one gate: what an action leaves behind in the accounts that it touched. Spec: margin 8.

/** An account that an action leaves short, or that is in liquidation. */
interface Suspect {
  readonly account: number;
  readonly required: number;
  readonly available: number;
  /** Where the action leaves it. */
  readonly after: Standing;
}

/**
 * Runs an action under the gate and returns its code; a refusal undoes it. It passes when every
 * account it touched has free margin ≥ 0; otherwise it is undone, the short accounts are measured,
 * it runs again, and passes only if it strictly reduces the risk of each. `run` must do the same
 * both times. `growing` names the position that the command may grow, tested with s of F1.
 */
export function gate(state: State, run: () => Code, growing?: Growing): Code {
  const point = savepoint(state);
  const held = growing === undefined ? 0 : heldLotsOf(state, growing);
  const worst = growing === undefined ? 0 : worstLotsOf(state, growing);
  const code = run();
  if (code !== accepted) {
    rollbackTo(state, point);
    return code;
  }
  const touched = touchedSince(state, point.entries);
  const { accounts } = touched;
  let suspects: Suspect[] | undefined;
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as number;
    if (isClear(state, account)) continue;
    suspects ??= [];
    suspects.push(suspectOf(state, account));
  }
  if (suspects !== undefined) {
    rollbackTo(state, point);
    const again = judgeAgain(state, run, suspects);
    if (again !== accepted) return again;
  }
  const grown = growing === undefined ? accepted : judgeGrowth(state, growing, { held, worst });
  if (grown === accepted) disarm(state, touched);
  else rollbackTo(state, point);
  return grown;
}

/** What a position that grew must leave: the free margin with s of F1 and scaled deposits. */
function judgeGrowth(
  state: State,
  growing: Growing,
  before: { readonly held: number; readonly worst: number },
): Code {
  const hasGrown =
    heldLotsOf(state, growing) > before.held || worstLotsOf(state, growing) > before.worst;
  if (!hasGrown || !isScaled(state, growing)) return accepted;
  const { available, required } = growthTest(state, growing);
  if (available - required >= 0) return accepted;
  return refuse(state, rejections.initialMargin, {
    account: growing.account,
    required,
    available,
  });
}

/** The gate for one account only: a maker at a fill. */
export function gateAccount(state: State, account: number, run: () => Code): Code {
  const point = savepoint(state);
  const code = run();
  if (code === accepted && isClear(state, account)) return accepted;
  const suspect = code === accepted ? suspectOf(state, account) : undefined;
  rollbackTo(state, point);
  return suspect === undefined ? code : judgeAgain(state, run, [suspect]);
}

/** Whether an account has free margin ≥ 0 and is not in liquidation. */
function isClear(state: State, account: number): boolean {
  if (state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none) return false;
  const figures = state.scratch;
  measure(state, account, figures);
  return (figures[RISK.initialBalance] as number) - (figures[RISK.initial] as number) >= 0;
}

function suspectOf(state: State, account: number): Suspect {
  const after = standingOf(state, account);
  const figures = state.scratch;
  measure(state, account, figures);
  return {
    account,
    required: figures[RISK.initial] as number,
    available: figures[RISK.initialBalance] as number,
    after,
  };
}

/** The action is undone: measures the suspects, runs it again and compares. */
function judgeAgain(state: State, run: () => Code, suspects: readonly Suspect[]): Code {
  const standings: Standing[] = [];
  for (const suspect of suspects) {
    const standing = standingOf(state, suspect.account);
    // What had free margin and has none now is worse, but for what a repayment rounds: no need to
    // run again.
    const { required, available, after } = suspect;
    const hasFreeMargin = standing.freeMargin >= 0 && !isInLiquidation(state, suspect.account);
    if (hasFreeMargin && repaymentSlack(state, standing, after) === 0) {
      return refuse(state, rejections.initialMargin, {
        account: suspect.account,
        required,
        available,
      });
    }
    standings.push(standing);
  }
  const point = savepoint(state);
  const code = run();
  assert(code === accepted, 'an action that runs again does the same', { code });
  for (const [k, before] of standings.entries()) {
    const after = standingOf(state, before.account);
    if (isReduction(before, after, repaymentSlack(state, before, after))) continue;
    rollbackTo(state, point);
    const { required, available } = suspects[k] as Suspect;
    const { account, freeMargin } = before;
    return refuse(state, rejectionOf(state, before), {
      account,
      required,
      available,
      before: freeMargin,
    });
  }
  return accepted;
}

function rejectionOf(state: State, before: Standing): (typeof rejections)[keyof typeof rejections] {
  if (isInLiquidation(state, before.account)) return rejections.inLiquidation;
  return before.freeMargin >= 0 ? rejections.initialMargin : rejections.riskIncreased;
}

function isInLiquidation(state: State, account: number): boolean {
  return state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none;
}
