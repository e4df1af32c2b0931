import { ValueError } from '@unroll/tensor';
import { WeightAverage } from './weight-average.ts';

/**
 * The mean of all weights since training stopped getting anywhere (NT-ASGD): averaging begins after an evaluation that is worse
 * than the best of those more than `nonmono` evaluations before it. The learning rate stays constant all the time. Polyak and
 * Juditsky 1992; Merity, Keskar, Socher 2018 (arXiv:1708.02182), Algorithm 1, with the trigger of that paper's code.
 */
export class TriggeredAverage extends WeightAverage {
  readonly kind: string = 'TriggeredAverage';
  readonly nonmono: number;

  /** @param options.nonmono how many evaluations, the newest, are not compared with, a whole number from 0 */
  constructor({ nonmono = 5 }: { nonmono?: number } = {}) {
    super();
    if (!Number.isSafeInteger(nonmono) || nonmono < 0) {
      throw new ValueError(`nonmono: expected a whole number of evaluations from 0, got ${nonmono}`);
    }
    this.nonmono = nonmono;
  }

  override evaluated(loss: number): boolean {
    if (this.hasBegun) return false;
    const counted = Number.isFinite(loss) ? loss : Number.MAX_VALUE; // the worst that JSON can hold
    const earlier = this.losses.slice(0, Math.max(0, this.losses.length - this.nonmono));
    this.losses.push(counted);
    if (!earlier.some((known) => counted > known)) return false;
    this.begin();
    return true;
  }

  protected partOfNewest(n: number): number {
    return 1 / (n + 1);
  }
}
