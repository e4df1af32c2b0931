import type { Answer } from '../answer.ts';
import { checkAll } from './check-all.ts';

const answer: Answer = await checkAll().catch((error: Error) => ({ crash: error.stack ?? error.message }));
postMessage(answer);
