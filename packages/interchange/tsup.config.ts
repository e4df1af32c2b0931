export { default } from '@unroll/tsup-config';
