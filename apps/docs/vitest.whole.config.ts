import config from '@unroll/vitest-config';

export default config;
