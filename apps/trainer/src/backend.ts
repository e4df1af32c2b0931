import { type Backend, ReferenceBackend } from '@unroll/tensor';

/** What `--backend` may name. */
export const backendNames = ['auto', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];

/** The backend, and why it was taken. */
export function chooseBackend(name: BackendName): { backend: Backend; reason: string } {
  const reason = name === 'auto' ? 'the only one yet' : 'as asked for';
  return { backend: new ReferenceBackend(), reason };
}
