import { type TransferHandler, transferHandlers } from 'comlink';
import { type Problem, problemOf } from './problem.ts';

interface Sent {
  readonly plain: unknown;
  readonly problem: Problem | undefined;
}

/** Errors come through from a worker with their message alone: from now on with their problem, too. For both sides, once each. */
export function carryProblems(): void {
  const thrown = transferHandlers.get('throw') as TransferHandler<{ value: unknown }, unknown>;
  const handler: TransferHandler<{ value: unknown }, Sent> = {
    canHandle: thrown.canHandle,
    serialize(caught) {
      const [plain, transferables] = thrown.serialize(caught);
      return [{ plain, problem: problemOf(caught.value) }, transferables];
    },
    deserialize({ plain, problem }) {
      try {
        return thrown.deserialize(plain); // which throws
      } catch (error) {
        throw error instanceof Error && problem ? Object.assign(error, { problem }) : error;
      }
    },
  };
  transferHandlers.set('throw', handler);
}
