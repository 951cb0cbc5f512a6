import { type ActionOf, rejections, SIDE } from '../../src/schema/index.ts';
import { PlainBook, type PlainOrder } from './plainBook.ts';

/** The market as the obvious matcher sees it: makers always pay, one instrument, no caps. */
export interface PlainMarket {
  readonly low: number;
  readonly high: number;
  readonly isRestricted: boolean;
  readonly stepsMax: number;
  readonly notionalMin: number;
  readonly mark: number;
  readonly v: number;
  /** Owner of an account. */
  readonly owner: (account: number) => number;
}

export interface PlainResult {
  readonly code: number;
  readonly fills: readonly number[][];
  readonly cancels: readonly (number | string)[][];
}

/** Price-time matching written the obvious way, over copies: what is refused leaves no trace. */
export class PlainVenue {
  book: PlainBook = new PlainBook();
  sizes: Record<number, number> = {};
  sequence = 0;

  place(account: number, order: ActionOf<'placeOrder'>, market: PlainMarket): PlainResult {
    const before = { book: this.book.copy(), sizes: { ...this.sizes }, sequence: this.sequence };
    const result = this.#run(account, order, market);
    if (result.code === 0) return result;
    this.book = before.book;
    this.sizes = before.sizes;
    this.sequence = before.sequence;
    return { ...result, fills: [], cancels: [] };
  }

  size(account: number): number {
    return this.sizes[account] ?? 0;
  }

  #closable(account: number, isBuy: boolean): number {
    return Math.max(0, isBuy ? -this.size(account) : this.size(account));
  }

  #run(account: number, order: ActionOf<'placeOrder'>, market: PlainMarket): PlainResult {
    const fills: number[][] = [];
    const cancels: (number | string)[][] = [];
    const refused = (name: keyof typeof rejections) => ({
      code: rejections[name].code,
      fills,
      cancels,
    });
    const isBuy = order.side === 'buy';
    const side = isBuy ? SIDE.buy : SIDE.sell;
    const isMarket = order.price === 0;
    if (!isMarket && (isBuy ? order.price > market.high : order.price < market.low)) {
      return refused('orderBand');
    }
    const resting = this.book.orders
      .filter((o) => o.account === account && o.side === side && !o.isReduceOnly)
      .reduce((sum, o) => sum + o.size, 0);
    const closable = this.#closable(account, isBuy);
    const isOpening = !order.isReduceOnly && resting + order.size > closable;
    if (order.isReduceOnly && closable === 0) return refused('nothingToReduce');
    if (market.isRestricted && isOpening) return refused('priceNotOk');
    const limit = isMarket ? (isBuy ? market.high : market.low) : order.price;
    const smallest = order.size * (isMarket ? market.mark : limit) * market.v;
    if (isOpening && smallest < market.notionalMin) return refused('orderNotional');
    const meets = (price: number) => (isBuy ? price <= limit : price >= limit);
    const opposite = isBuy ? SIDE.sell : SIDE.buy;
    const next = () => this.book.side(1, opposite).filter((o) => meets(o.price))[0];
    if (order.isPostOnly && next() !== undefined) return refused('wouldCross');
    this.sequence += 1;
    const id = this.sequence;
    const lots = order.isReduceOnly ? Math.min(order.size, closable) : order.size;
    const sizeBefore = this.size(account);
    let left = lots;
    let end = 'done';
    const cancel = (o: PlainOrder, reason: string) => {
      cancels.push([o.id, o.size, reason]);
      this.book.remove(o.id);
    };
    for (let steps = 0; left > 0; steps++) {
      const maker = next();
      if (maker === undefined) break;
      if (steps === market.stepsMax) {
        end = 'steps';
        break;
      }
      if (market.owner(maker.account) === market.owner(account)) {
        if (order.selfTrade !== 'cancelIncoming') cancel(maker, 'selfTrade');
        if (order.selfTrade === 'cancelResting') continue;
        end = 'selfTrade';
        break;
      }
      if (maker.price < market.low || maker.price > market.high) {
        cancel(maker, 'market');
        continue;
      }
      const room =
        maker.isReduceOnly || market.isRestricted ? this.#closable(maker.account, !isBuy) : left;
      if (room === 0) {
        cancel(maker, maker.isReduceOnly ? 'reduceOnly' : 'market');
        continue;
      }
      const traded = Math.min(left, maker.size, room);
      fills.push([maker.id, maker.price, traded]);
      left -= traded;
      maker.size -= traded;
      if (maker.size === 0) this.book.remove(maker.id);
      this.sizes[maker.account] = this.size(maker.account) + (isBuy ? -traded : traded);
      this.sizes[account] = this.size(account) + (isBuy ? traded : -traded);
    }
    if (end === 'selfTrade' && order.selfTrade === 'cancelIncoming' && left === lots) {
      return refused('selfTrade');
    }
    if (isMarket && left === lots && end === 'done') return refused('noLiquidity');
    if (left > 0 && end === 'done' && !isMarket && order.timeInForce === 'goodTillCancelled') {
      const { price, isReduceOnly } = order;
      this.book.orders.push({ id, account, instrument: 1, side, price, isReduceOnly, size: left });
      return { code: 0, fills, cancels };
    }
    if (left > 0) cancels.push([id, left, end === 'selfTrade' ? 'selfTrade' : 'immediate']);
    const now = this.size(account);
    const isReduced = Math.abs(now) <= Math.abs(sizeBefore) && now * sizeBefore >= 0;
    const isDust = now !== 0 && Math.abs(now) * market.mark * market.v < market.notionalMin;
    if (fills.length > 0 && !isReduced && isDust) return refused('positionDust');
    return { code: 0, fills, cancels };
  }
}
