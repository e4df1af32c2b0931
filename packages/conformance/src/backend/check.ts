import type { Backend } from '@unroll/tensor';

/** What a backend computes with. */
export type FloatDType = 'f32' | 'f64';

/** Everything in the contract of a backend that can be right or wrong. */
export type Kernel = Exclude<keyof Backend, 'name' | 'dispose'>;

/** Throws, with a message that says what differs, if the backend does not do as the contract says. */
export type Check = (backend: Backend, dtype: FloatDType) => Promise<void>;

/** For each kernel the checks that it must pass, under sentences that say what they claim. */
export type Checks<K extends Kernel = Kernel> = Readonly<Record<K, Readonly<Record<string, Check>>>>;
