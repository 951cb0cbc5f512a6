import { PlimsollError } from '@plimsoll/core/math';

/** There is no such block, command or account in the store. */
export class UnknownPlaceError extends PlimsollError {
  constructor(what: string, remedy: string) {
    super({ code: 'STORE_UNKNOWN_PLACE', message: `${what}; ${remedy}` });
  }
}
