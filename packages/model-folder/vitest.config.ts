export { default } from '@unroll/vitest-config';
