import { type Problem, refusalProblem } from '@plimsoll/api/wire';
import { admit, type Machine } from '@plimsoll/core/machine';
import { accepted, type OpenedCommand, rejections } from '@plimsoll/core/schema';
import { wireUnits } from '../units/index.ts';

/**
 * Why the machine would not take a deposit if it were sent now; undefined when it would. A quota
 * that is used up now is none that is used up later.
 */
export function judgeDeposit(machine: Machine, command: OpenedCommand): Problem | undefined {
  const code = admit(machine, command);
  if (code === accepted || code === rejections.quotaExceeded.code) return undefined;
  const { state } = machine;
  return refusalProblem({ code, figures: state.figures }, wireUnits(state));
}
