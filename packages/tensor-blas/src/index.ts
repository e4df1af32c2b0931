export { type BlasBackendOptions, createBlasBackend } from './create-blas-backend.ts';
export { type FoundBlas, findBlas } from './find-blas.ts';
