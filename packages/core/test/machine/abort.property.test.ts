import { describe, expect, test } from 'vitest';
import { runAction } from '../../src/machine/dispatch.ts';
import { AUTHORITY_ROLE } from '../../src/schema/index.ts';
import { type Caller, rollbackTo, savepoint } from '../../src/state/index.ts';
import { WriteAbortedError } from '../../src/store/index.ts';
import { bytesOf, changedColumns } from '../fixtures/bytes.ts';
import { acceptedExamples, commandKinds, createWorld, type Sent } from '../fixtures/world.ts';

function callerOf({ account }: Sent): Caller {
  return { account, isOwner: account !== 0, role: account === 0 ? AUTHORITY_ROLE.admin : 0 };
}

describe('an abort at any write leaves every byte of every column as before (I15)', () => {
  test.each(commandKinds)('%s', (kind) => {
    const world = createWorld();
    const { machine } = world;
    const { state } = machine;
    const sent = acceptedExamples[kind](world);
    state.log.clear();
    const before = bytesOf(state);
    let aborts = 0;
    for (let k = 0; ; k++) {
      const point = savepoint(state);
      state.log.abortAtWrite(k);
      let isAborted = false;
      try {
        expect(runAction(machine, sent.action, callerOf(sent))).toBe(0);
      } catch (error) {
        if (!(error instanceof WriteAbortedError)) throw error;
        isAborted = true;
      }
      state.log.abortAtWrite(-1);
      rollbackTo(state, point);
      expect(changedColumns(state, before), `${kind} at write ${k}`).toEqual([]);
      if (!isAborted) break;
      aborts += 1;
    }
    // Clearing a flag that is not set is the one command that may write nothing.
    if (kind !== 'resumeMachine') expect(aborts).toBeGreaterThan(0);
  });
});
