import type { State } from '@plimsoll/core/state';

/** What a block changed that channels tell of, read from the undo log. */
export interface Touched {
  /** Per instrument the levels: price × 2 + side. */
  readonly levels: ReadonlyMap<number, ReadonlySet<number>>;
  /** Accounts that entered or left a stage of liquidation, each once. */
  readonly stages: ReadonlySet<number>;
}

interface Place {
  instrument: number;
  side: number;
  price: number;
}

/**
 * Walks the log of the last block once, newest entry first. A row of `levels` may serve several
 * prices within one block: going backward, the entries of its own columns say which it was when its
 * lots changed. Events would not do: a cancel does not name the price.
 */
export function touchedOf(state: State): Touched {
  const { log, levels, accounts } = state;
  const { columnIds, cells, oldDoubles } = log;
  const instrumentId = levels.instrument.id;
  const sideId = levels.side.id;
  const priceId = levels.price.id;
  const lotsId = levels.lots.id;
  const stageId = accounts.liquidationStage.id;
  const touched = new Map<number, Set<number>>();
  const stages = new Set<number>();
  const places = new Map<number, Place>();
  for (let entry = log.count - 1; entry >= 0; entry--) {
    const id = columnIds[entry] as number;
    if (id === stageId) stages.add(cells[entry] as number);
    if (id < instrumentId || id > lotsId) continue;
    const row = cells[entry] as number;
    let place = places.get(row);
    if (place === undefined) {
      place = placeOf(state, row);
      places.set(row, place);
    }
    const old = oldDoubles[entry] as number;
    if (id === lotsId) add(touched, place);
    else if (id === priceId) place.price = old;
    else if (id === sideId) place.side = old;
    else if (id === instrumentId) place.instrument = old;
  }
  return { levels: touched, stages };
}

function placeOf(state: State, row: number): Place {
  const { instrument, side, price } = state.levels;
  return { instrument: instrument.get(row), side: side.get(row), price: price.get(row) };
}

function add(touched: Map<number, Set<number>>, place: Place): void {
  const key = place.price * 2 + place.side;
  const levels = touched.get(place.instrument);
  if (levels === undefined) touched.set(place.instrument, new Set([key]));
  else levels.add(key);
}
