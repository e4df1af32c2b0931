import { main } from '@unroll/trainer/src/main.ts';

process.exitCode = await main(process.argv.slice(2));
