import type { TrainingEvent } from '@unroll/training';

/** A point of the curves of a run: a step, or an evaluation. */
export interface HistoryPoint {
  readonly step: number;
  readonly loss: number | null;
  readonly gradNorm: number | null;
  readonly validLoss: number | null;
}

/** As many steps, and as many evaluations, as a chart has room for; a run may have a million. */
const MOST = 1000;

const isEvaluation = ({ validLoss }: HistoryPoint): boolean => validLoss !== null;

/** Adds a point. When there are too many of its kind, every second one of them goes, but for the newest. */
export function addPoint(history: HistoryPoint[], point: HistoryPoint): void {
  history.push(point);
  const kind = isEvaluation(point);
  if (history.filter((each) => isEvaluation(each) === kind).length <= MOST) return;
  let nth = 0;
  const kept = history.filter((each) => isEvaluation(each) !== kind || nth++ % 2 === 0);
  history.splice(0, history.length, ...kept);
}

/** One point for a step and the evaluation after it: a chart has one place for both. */
export function byStep(history: readonly HistoryPoint[]): HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (const point of history) {
    const last = points.at(-1);
    if (last?.step !== point.step) points.push(point);
    else {
      points[points.length - 1] = {
        step: point.step,
        loss: point.loss ?? last.loss,
        gradNorm: point.gradNorm ?? last.gradNorm,
        validLoss: point.validLoss ?? last.validLoss,
      };
    }
  }
  return points;
}

/** What an event adds to the curves, if anything. */
export function pointOf(event: TrainingEvent): HistoryPoint | undefined {
  const { step } = event;
  if (event.type === 'step') return { step, loss: event.loss, gradNorm: event.gradNorm, validLoss: null };
  return event.type === 'evaluation'
    ? { step, loss: null, gradNorm: null, validLoss: event.loss }
    : undefined;
}
