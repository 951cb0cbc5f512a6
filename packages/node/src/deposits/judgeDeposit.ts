import { type Problem, rejectionProblem } from '@plimsoll/api/wire';
import { admit, type Machine } from '@plimsoll/core/machine';
import { accepted, type OpenedCommand, rejections } from '@plimsoll/core/schema';
import { wireFigures } from '../receipts.ts';

/**
 * Why the machine would not take a deposit if it were sent now; undefined when it would. A quota
 * that is used up now is none that is used up later.
 */
export function judgeDeposit(machine: Machine, command: OpenedCommand): Problem | undefined {
  const code = admit(machine, command);
  if (code === accepted || code === rejections.quotaExceeded.code) return undefined;
  return rejectionProblem(code, wireFigures(machine.state.figures));
}
