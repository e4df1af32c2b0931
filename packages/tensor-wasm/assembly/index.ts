export { countLabels } from './losses';
export { findBadId, sumPartials } from './elementwise';
export { awaitDone, begin, quit, runAlone, work } from './threads';
